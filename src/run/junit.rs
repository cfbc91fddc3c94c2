//! The JUnit files that a step writes.
//!
//! What a file holds is counted only for the step that wrote it: one that was there before, as it is now, is another's, and
//! one that another step may have written meanwhile belongs to neither.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bstr::BStr;
use fs_err::File;

use crate::output::{JunitFiles, Told};
use crate::path::{Cursor, Mode, RepoPath, Selection};
use crate::plan::Check;

/// How many entries of folders are looked at for them at most.
const ENTRIES: usize = 100_000;

/// How many bytes of them are read at most.
const BYTES: u64 = 64 << 20;

/// Which files a step writes.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    folder: PathBuf,
    files: Selection,
}

/// What tells a file from the same one written anew: its inode, its size, and when anything of it changed last.
type Stamp = (u64, u64, i64, i64);

/// The JUnit files of a step that goes on.
#[derive(Debug)]
pub(crate) struct Junit {
    scope: Scope,
    /// Those that were there before; `None` where there is too much to look at.
    before: Option<BTreeMap<PathBuf, Stamp>>,
}

/// The steps that wrote JUnit files, and until when.
#[derive(Debug, Default)]
pub(crate) struct Writers(Vec<(Scope, SystemTime)>);

impl Junit {
    /// Looks at what is there, if the check says that it writes such files. `folder` is where it runs.
    pub(crate) fn begin(check: &Check, folder: &Path) -> Option<Self> {
        if check.junit.is_empty() {
            return None;
        }
        let scope = Scope { folder: folder.to_owned(), files: Selection::new(&check.junit, &[]) };
        let before = scope.look().ok();
        Some(Self { scope, before })
    }

    /// Where they lie.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What the files tell that were written since then. `others` have written meanwhile.
    pub(crate) fn finish<'s>(self, others: impl Iterator<Item = &'s Scope>) -> Told {
        let Some((before, after)) = self.before.zip(self.scope.look().ok()) else { return Told::default() };
        let others: Vec<&Scope> = others.collect();
        let (mut files, mut left) = (JunitFiles::default(), BYTES);
        for (path, _) in after.iter().filter(|(path, stamp)| before.get(*path) != Some(*stamp)) {
            let document = if others.iter().any(|other| other.takes(path)) { None } else { read(path, left) };
            match document {
                Some(document) => {
                    left -= document.len() as u64;
                    files.take(&document);
                }
                None => files.spoil(),
            }
        }
        files.finish()
    }
}

impl Writers {
    /// Those that were still writing at a time.
    pub(crate) fn since(&self, time: SystemTime) -> impl Iterator<Item = &Scope> {
        self.0.iter().filter(move |(_, until)| *until >= time).map(|(scope, _)| scope)
    }

    /// One more has ended.
    pub(crate) fn ended(&mut self, scope: Scope, at: SystemTime) {
        self.0.push((scope, at));
    }
}

impl Scope {
    /// Whether a file is one of them.
    fn takes(&self, path: &Path) -> bool {
        let inside = path.strip_prefix(&self.folder);
        inside.is_ok_and(|inside| self.files.matches(&RepoPath::new(inside.as_os_str().as_bytes()), Mode::File))
    }

    /// The files that are there. Links are not followed.
    fn look(&self) -> io::Result<BTreeMap<PathBuf, Stamp>> {
        let mut look = Look { files: &self.files, found: BTreeMap::new(), entries: 0, open: Vec::new() };
        look.open.push((self.folder.clone(), self.files.start()));
        while let Some((folder, at)) = look.open.pop() {
            match fs_err::read_dir(&folder) {
                Ok(listing) => look.folder(listing, &at)?,
                // It was removed meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(look.found)
    }
}

/// A look for files.
struct Look<'s> {
    files: &'s Selection,
    found: BTreeMap<PathBuf, Stamp>,
    /// How many entries of folders were seen.
    entries: usize,
    /// Folders to look into.
    open: Vec<(PathBuf, Cursor)>,
}

impl Look<'_> {
    fn folder(&mut self, listing: fs_err::ReadDir, at: &Cursor) -> io::Result<()> {
        for entry in listing {
            self.entries += 1;
            if self.entries > ENTRIES {
                return Err(io::Error::other("there are too many files to look at"));
            }
            self.entry(&entry?, at)?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &fs_err::DirEntry, at: &Cursor) -> io::Result<()> {
        let name = entry.file_name();
        let (name, kind) = (BStr::new(name.as_bytes()), entry.file_type()?);
        if kind.is_dir() && name != ".git" {
            let below = self.files.enter(at, name);
            if !self.files.is_dead(&below) {
                self.open.push((entry.path(), below));
            }
        } else if kind.is_file() && self.files.takes(at, name, Mode::File) {
            let of = entry.metadata()?;
            self.found.insert(entry.path(), (of.ino(), of.size(), of.ctime(), of.ctime_nsec()));
        }
        Ok(())
    }
}

/// A file, if it is not larger than that.
fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut document = Vec::new();
    let file = File::open(path).ok()?;
    file.take(most.saturating_add(1)).read_to_end(&mut document).ok()?;
    (document.len() as u64 <= most).then_some(document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Pattern;
    use crate::run::testing::check;

    const ONE: &str = "<testsuite name='s'><testcase name='a'/></testsuite>";

    fn begin(folder: &Path) -> Junit {
        let junit = vec![Pattern::parse("out/**/*.xml").unwrap()];
        Junit::begin(&Check { junit, ..check("test") }, folder).unwrap()
    }

    fn ran(told: &Told) -> Option<u64> {
        told.counts.map(crate::check::TestCounts::ran)
    }

    #[test]
    fn only_what_was_written_meanwhile_counts() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = folder.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, ONE).unwrap();
        };
        assert!(Junit::begin(&check("test"), folder.path()).is_none());
        write("out/old.xml");
        write("elsewhere.xml");
        let nothing = begin(folder.path());
        assert_eq!(ran(&nothing.finish([].into_iter())), None, "nothing was written");
        let junit = begin(folder.path());
        write("out/deep/new.xml");
        write("other.xml");
        fs_err::os::unix::fs::symlink(folder.path().join("elsewhere.xml"), folder.path().join("out/link.xml")).unwrap();
        assert_eq!(ran(&junit.finish([].into_iter())), Some(1));
        let junit = begin(folder.path());
        fs_err::write(folder.path().join("out/old.xml"), ONE.replace("<testcase name='a'/>", "")).unwrap();
        assert_eq!(ran(&junit.finish([].into_iter())), Some(0), "it was written anew");
    }

    #[test]
    fn what_two_may_have_written_is_neithers() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir(folder.path().join("out")).unwrap();
        for (below, told) in [("", None), ("packages", Some(1))] {
            let other = begin(&folder.path().join(below));
            let junit = begin(folder.path());
            fs_err::write(folder.path().join("out").join(format!("{}.xml", below.len())), ONE).unwrap();
            assert_eq!(ran(&junit.finish([other.scope()].into_iter())), told, "{below}");
        }
        let mut writers = Writers::default();
        let at = |seconds| SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        writers.ended(begin(folder.path()).scope().clone(), at(5));
        assert_eq!((writers.since(at(5)).count(), writers.since(at(6)).count()), (1, 0));
    }
}
