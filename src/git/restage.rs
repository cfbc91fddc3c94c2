//! Changing the user's index: on a copy, which takes the place of the index as git itself would do it.
//!
//! Git makes `index.lock`, writes the new index there and renames it. So does this, except that the lock is made of the
//! finished copy at one stroke, so that a run that is killed leaves a lock behind only if it dies between two system calls.
//! While git makes a commit, it holds that lock itself and names a file of its own to the hook:
//!
//! | command | index that git names | what becomes the repository's index |
//! |---|---|---|
//! | `git commit` | `index` | the same; not locked |
//! | `git commit -a`, `-i`, `-p` | `index.lock` | the same |
//! | `git commit PATH` | `next-index-PID.lock` | `index.lock`, which holds what else is staged too |

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bstr::ByteSlice;

use super::snapshot::PrivateIndex;
use super::{Error, GitProgram, Repo, Side, stale};
use crate::digest::ObjectId;
use crate::path::RepoPath;

/// How often a lock that somebody else holds is tried, and how long it is waited in between.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Settings under which the user's own index is written: what makes git quick in it stays in it.
const KEPT: [&str; 1] = ["core.untrackedCache=keep"];

/// A change of an index, on a copy until it is put in place.
pub struct IndexEdit {
    copy: PrivateIndex,
    /// What the index held when the copy was made.
    before: Vec<u8>,
    held: bool,
}

/// What became of a change of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restaged {
    /// It is in place.
    Done,
    /// Somebody else wrote the index in between: nothing was changed.
    Changed,
    /// Somebody else holds the lock: nothing was changed.
    Locked,
}

impl Repo {
    /// The indexes that a change of what is about to be committed belongs into: the one that git names, and where that is
    /// made for one commit only, the one that will be the repository's afterwards.
    ///
    /// # Errors
    /// When there is no working tree.
    pub fn indexes_of_commit(&self) -> Result<Vec<PathBuf>, Error> {
        let named = self.index_path()?;
        let stem = named.file_stem().and_then(|stem| stem.to_str());
        let passing = is_lock(&named) && stem.is_some_and(|stem| stem.starts_with("next-index-"));
        let lasting = named.with_file_name("index.lock");
        if passing && is_in(&named, self.git_dir()) && lasting.exists() {
            return Ok(vec![named, lasting]);
        }
        Ok(vec![named])
    }

    /// Begins to change an index. The copy lies in `folder`.
    ///
    /// # Errors
    /// When it can't be read or copied.
    pub fn edit_index(&self, index: &Path, folder: &Path) -> Result<IndexEdit, Error> {
        let before = fs_err::read(index)?;
        let copy = PrivateIndex::copy(index, folder)?;
        // The lock of the git command that called us, which waits for us and then takes what lies there.
        let held = is_lock(index) && is_in(index, self.git_dir());
        Ok(IndexEdit { copy, before, held })
    }
}

/// Whether somebody else holds the lock of an index, also after a moment. Where the index is a lock itself, whoever called
/// us holds it.
#[must_use]
pub fn is_locked(index: &Path) -> bool {
    let lock = lock_of(index);
    (0..TRIES).all(|n| {
        if n > 0 {
            std::thread::sleep(PAUSE);
        }
        lock.symlink_metadata().is_ok()
    })
}

fn lock_of(index: &Path) -> PathBuf {
    let mut name = index.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn is_lock(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "lock")
}

fn is_in(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    file.parent().and_then(real).is_some_and(|parent| Some(parent) == real(folder))
}

impl IndexEdit {
    /// The tree of what it holds.
    ///
    /// # Errors
    /// When it holds what no tree can, or gate's store can't be written.
    pub fn tree(&self, repo: &Repo) -> Result<ObjectId, Error> {
        if let Some(store) = repo.store()
            && let Some(tree) = stale::tree(&fs_err::read(&self.copy.path)?, repo, store)?
        {
            return Ok(tree);
        }
        self.copy.write_tree(repo)
    }

    /// Makes its entries for these files other ones. Everything else in it stays, entries that are only announced
    /// (`git add -N`) included; and so does that a file need not be in the working tree.
    ///
    /// # Errors
    /// When git can't write the copy.
    pub fn set(&self, repo: &Repo, files: &BTreeMap<RepoPath, Side>) -> Result<(), Error> {
        let absent = self.absent(repo, files)?;
        let mut input = Vec::new();
        for (path, side) in files {
            input.extend_from_slice(format!("{} {}\t", side.mode.octal(), side.id).as_bytes());
            input.extend_from_slice(path.as_bstr());
            input.push(0);
        }
        self.update(repo, &["-z", "--index-info"]).input(input).run()?;
        if !absent.is_empty() {
            let names = super::lines(absent.iter());
            self.update(repo, &["--skip-worktree", "-z", "--stdin"]).input(names).run()?;
        }
        Ok(())
    }

    /// Notes what the file system says of the files that hold what the entries say, as `git status` would: scripts that ask
    /// git's plumbing whether anything differs are told the truth right away.
    ///
    /// # Errors
    /// When git can't write the copy.
    pub fn refresh(&self, repo: &Repo) -> Result<(), Error> {
        self.update(repo, &["-q", "--refresh"]).run()?;
        Ok(())
    }

    /// Puts it in the place of the index.
    ///
    /// # Errors
    /// When the file system refuses it.
    pub fn put(self) -> Result<Restaged, Error> {
        let original = self.copy.original.clone();
        if self.held {
            if fs_err::read(&original)? != self.before {
                return Ok(Restaged::Changed);
            }
            replace(&self.copy.path, &original)?;
            return Ok(Restaged::Done);
        }
        let lock = Lock::take(&self.copy.path, &original)?;
        let Some(lock) = lock else { return Ok(Restaged::Locked) };
        if fs_err::read(&original)? != self.before {
            return Ok(Restaged::Changed);
        }
        lock.become_index(&original)?;
        Ok(Restaged::Done)
    }

    /// Those of the files that a sparse checkout leaves out.
    fn absent(&self, repo: &Repo, files: &BTreeMap<RepoPath, Side>) -> Result<Vec<RepoPath>, Error> {
        let Some(top) = repo.work_dir() else { return Ok(Vec::new()) };
        if files.keys().all(|path| top.join(path.as_path()).symlink_metadata().is_ok()) {
            return Ok(Vec::new());
        }
        // Each is `TAG SP PATH NUL`; a small letter means that the entry is taken for unchanged as well.
        let listed = self.copy.git(repo, "ls-files").arg("-t").arg("-z").run()?;
        let skipped = listed.stdout.split_str(b"\0").filter_map(|line| line.strip_prefix(b"S ").map(RepoPath::new));
        Ok(skipped.filter(|path| files.contains_key(path)).collect())
    }

    fn update(&self, repo: &Repo, args: &[&str]) -> GitProgram {
        let program = GitProgram::with(repo, "update-index", &KEPT).env("GIT_INDEX_FILE", &self.copy.path);
        args.iter().fold(program, GitProgram::arg)
    }
}

/// The lock of an index, with the new index in it.
struct Lock {
    path: PathBuf,
    there: bool,
}

impl Lock {
    /// Waits for a moment if somebody else has it.
    fn take(new: &Path, index: &Path) -> Result<Option<Self>, Error> {
        let path = lock_of(index);
        for n in 0..TRIES {
            if n > 0 {
                std::thread::sleep(PAUSE);
            }
            match fs_err::hard_link(new, &path) {
                Ok(()) => return Ok(Some(Self { path, there: true })),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                // Another file system, or one without links.
                Err(_) => match fs_err::OpenOptions::new().write(true).create_new(true).open(&path) {
                    Ok(mut file) => {
                        let lock = Self { path, there: true };
                        io::copy(&mut fs_err::File::open(new)?, &mut file)?;
                        return Ok(Some(lock));
                    }
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error.into()),
                },
            }
        }
        Ok(None)
    }

    fn become_index(mut self, index: &Path) -> Result<(), Error> {
        fs_err::rename(&self.path, index)?;
        self.there = false;
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.there {
            // Whoever finds it is told by git what to do.
            let _stays = fs_err::remove_file(&self.path);
        }
    }
}

/// Renames a file over another one, or takes it there first.
fn replace(new: &Path, old: &Path) -> Result<(), Error> {
    if fs_err::rename(new, old).is_ok() {
        return Ok(());
    }
    let mut name = old.as_os_str().to_owned();
    name.push(".gate");
    fs_err::copy(new, &name)?;
    Ok(fs_err::rename(&name, old)?)
}
