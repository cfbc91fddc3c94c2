//! The trees of what is not committed yet: of the index, and of the working tree.
//!
//! Git works on a private copy of the index and writes into gate's store, so that nothing of the user's changes, and
//! nobody's `index.lock` is in the way.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use tempfile::TempPath;

use super::index::{Cached, cached_tree};
use super::{Error, GitProgram, Repo, stale};
use crate::digest::ObjectId;
use crate::path::RepoPath;

/// Puts what is added into one pack, as git does with large files, unless a filter or line endings have a say. As little
/// is done for its safety as for that of single objects: a run that misses one says so.
const PACKED: [&str; 3] = ["core.bigFileThreshold=1", "core.fsync=none", "pack.compression=1"];

impl Repo {
    /// The tree of the index that git names (`GIT_INDEX_FILE`), else of the repository's. New objects go to `store`, which
    /// is read from then on. No git process, unless the index is split, sparse, of version 4, or holds what no tree can.
    ///
    /// # Errors
    /// When the index is unmerged or damaged, or an object can't be written.
    pub fn index_tree(&self, store: &Path) -> Result<ObjectId, Error> {
        let path = self.index_path()?;
        match cached(&path)? {
            None => return self.without_index(path),
            Some(Cached::Tree(tree)) if self.contains(tree) => return Ok(tree),
            Some(_) => {}
        }
        self.use_store(store)?;
        if let Some(tree) = stale::tree(&fs_err::read(&path)?, self, store)? {
            return Ok(tree);
        }
        PrivateIndex::copy(&path, store)?.write_tree(self)
    }

    /// The tree of the working tree: tracked, staged, and untracked but not ignored, as `git add --all` would take them in,
    /// filters included. New objects go to `store`, which is read from then on. One git process, or two where
    /// [`Repo::index_tree`] has one.
    ///
    /// What the index marks as assume-unchanged, or as outside of a sparse checkout and not there, is taken as the index
    /// has it. An unmerged path is taken as it lies in the working tree.
    ///
    /// # Errors
    /// When there is no working tree, something in it can't be read, or an object can't be written.
    pub fn work_tree(&self, store: &Path) -> Result<ObjectId, Error> {
        let work_dir = self.work_dir().ok_or_else(|| Error::Bare(self.git_dir().to_owned()))?;
        let path = self.index_path()?;
        if cached(&path)?.is_none() {
            self.without_index(path.clone())?;
        }
        self.use_store(store)?;
        let index = PrivateIndex::copy(&path, store)?;
        let settings: &[&str] = if self.expects_many() { &PACKED } else { &[] };
        let mut add = index.git_with(self, "add", settings).arg("--all").arg("--sparse");
        let own = store.parent().and_then(|gate| gate.strip_prefix(work_dir).ok());
        // Git refuses to be told of what it ignores anyway.
        if let Some(own) = own.filter(|own| !self.inner().is_path_ignored(own).unwrap_or(false)) {
            let mut except = OsString::from(":(top,exclude,literal)");
            except.push(own);
            add = add.arg("--").arg(":/").arg(except);
        }
        let added = add.run().map_err(|error| index.blame(error))?;
        unreadable(&added.stderr)?;
        match fs_err::read(&index.path) {
            Ok(bytes) => match stale::tree(&bytes, self, store)? {
                Some(tree) => Ok(tree),
                None => index.write_tree(self),
            },
            // Nothing was there to be added, and nothing before.
            Err(_) => index.write_tree(self),
        }
    }

    /// The index file that git names, else the repository's own.
    pub(super) fn index_path(&self) -> Result<PathBuf, Error> {
        let (cwd, environment) = self.opened_as();
        match (&environment.index_file, self.work_dir()) {
            // Git goes to the top of the working tree before it opens it.
            (Some(named), top) => Ok(top.unwrap_or(cwd).join(named)),
            (None, Some(_)) => Ok(self.git_dir().join("index")),
            (None, None) => Err(Error::Bare(self.git_dir().to_owned())),
        }
    }

    /// A repository of which nothing was ever added has no index. A named one that is missing is a mistake, and taking it
    /// for empty would judge a tree with nothing in it.
    fn without_index(&self, path: PathBuf) -> Result<ObjectId, Error> {
        let own = self.git_dir().join("index");
        let same = path == own || path.parent().and_then(|dir| dir.canonicalize().ok()) == own.parent().map(Into::into);
        if same && path.file_name() == own.file_name() { Ok(ObjectId::EMPTY_TREE) } else { Err(Error::NoIndex(path)) }
    }
}

/// What an index says of its tree; `None` if it isn't there.
fn cached(path: &Path) -> Result<Option<Cached>, Error> {
    match cached_tree(path) {
        Ok(Cached::Damaged) => Err(Error::Index { path: path.to_owned(), reason: "it is damaged or cut off".into() }),
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A copy of an index that git may change.
pub(super) struct PrivateIndex {
    pub(super) original: PathBuf,
    pub(super) path: TempPath,
}

impl PrivateIndex {
    /// One that holds nothing yet.
    pub(super) fn empty(store: &Path) -> Result<Self, Error> {
        let path = tempfile::Builder::new().prefix("tmp_gate_index_").tempfile_in(store)?.into_temp_path();
        fs_err::remove_file(&path)?;
        Ok(Self { original: path.to_path_buf(), path })
    }

    pub(super) fn copy(original: &Path, store: &Path) -> Result<Self, Error> {
        // Git's own housekeeping removes what is left of such names in a folder of objects.
        let mut copy = tempfile::Builder::new().prefix("tmp_gate_index_").tempfile_in(store)?;
        match fs_err::File::open(original) {
            Ok(mut index) => {
                io::copy(&mut index, &mut copy)?;
                // Files that are not older than the index are compared by content, since a later edit of the same size
                // may not show. A copy that looks younger would hide such edits.
                copy.as_file().set_modified(index.metadata()?.modified()?)?;
                Ok(Self { original: original.to_owned(), path: copy.into_temp_path() })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let path = copy.into_temp_path();
                fs_err::remove_file(&path)?;
                Ok(Self { original: original.to_owned(), path })
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn git(&self, repo: &Repo, command: &str) -> GitProgram {
        self.git_with(repo, command, &[])
    }

    fn git_with(&self, repo: &Repo, command: &str, settings: &[&str]) -> GitProgram {
        GitProgram::with(repo, command, settings).env("GIT_INDEX_FILE", &self.path)
    }

    pub(super) fn write_tree(&self, repo: &Repo) -> Result<ObjectId, Error> {
        let wrote = match self.git(repo, "write-tree").run() {
            Ok(wrote) => wrote,
            Err(error) => return Err(self.unmerged(repo).unwrap_or_else(|| self.blame(error))),
        };
        let text = wrote.stdout.trim().to_str_lossy();
        text.parse()
            .map_err(|_| Error::Program { command: "write-tree".into(), message: format!("it printed '{text}'") })
    }

    /// The error that names the unmerged paths, if there are any.
    fn unmerged(&self, repo: &Repo) -> Option<Error> {
        let listed = self.git(repo, "ls-files").arg("--unmerged").arg("-z").run().ok()?;
        // Each is `mode SP id SP stage TAB path NUL`, once per stage.
        let paths = listed.stdout.split_str(b"\0").filter_map(|line| line.split_once_str(b"\t"));
        let mut paths: Vec<RepoPath> = paths.map(|(_, path)| RepoPath::new(path)).collect();
        paths.dedup();
        (!paths.is_empty()).then_some(Error::Unmerged(paths))
    }

    /// Says it of the user's index where git says it of the copy.
    fn blame(&self, error: Error) -> Error {
        match error {
            Error::Program { message, .. } if message.contains("index file") || message.contains("index uses") => {
                Error::Index { path: self.original.clone(), reason: message }
            }
            other => other,
        }
    }
}

/// Git only warns of what it can't look into, and leaves it out.
fn unreadable(said: &[u8]) -> Result<(), Error> {
    let inside = [&b"could not open directory"[..], b"unable to access"];
    let ends = [&b": Permission denied"[..], b": Input/output error", b": Stale file handle"];
    let blind = |line: &&[u8]| {
        inside.iter().any(|words| line.contains_str(words)) || ends.iter().any(|end| line.ends_with(end))
    };
    match said.lines().find(blind) {
        None => Ok(()),
        Some(line) => Err(Error::Program { command: "add".into(), message: line.to_str_lossy().into_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_could_not_look_into_is_an_error() {
        let check = |said: &str| unreadable(said.as_bytes()).map_err(|error| error.to_string());
        let embedded = "warning: adding embedded git repository: x\nhint: You've added another git repository\n";
        assert_eq!(check(embedded), Ok(()));
        let closed = "warning: could not open directory 'x/': Permission denied";
        assert_eq!(check(&format!("{embedded}{closed}\n")), Err(format!("'git add' failed: {closed}")));
        assert_eq!(check("t/f: Permission denied\n"), Err("'git add' failed: t/f: Permission denied".into()));
        let rules = "warning: unable to access '.gitignore': Permission denied";
        assert_eq!(check(rules), Err(format!("'git add' failed: {rules}")));
    }
}
