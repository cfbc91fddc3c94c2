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
        let (mut found, mut entries) = (BTreeMap::new(), 0);
        let mut folders: Vec<(PathBuf, Cursor)> = vec![(self.folder.clone(), self.files.start())];
        while let Some((folder, at)) = folders.pop() {
            let listing = match fs_err::read_dir(&folder) {
                Ok(listing) => listing,
                // It was removed meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for entry in listing {
                let entry = entry?;
                entries += 1;
                if entries > ENTRIES {
                    return Err(io::Error::other("there are too many files to look at"));
                }
                let name = entry.file_name();
                let (name, kind) = (BStr::new(name.as_bytes()), entry.file_type()?);
                if kind.is_dir() && name != ".git" {
                    let below = self.files.enter(&at, name);
                    if !self.files.is_dead(&below) {
                        folders.push((entry.path(), below));
                    }
                } else if kind.is_file()
                    && self.files.takes(&at, name, Mode::File)
                    && let Ok(of) = entry.metadata()
                {
                    found.insert(entry.path(), (of.ino(), of.size(), of.ctime(), of.ctime_nsec()));
                }
            }
        }
        Ok(found)
    }
}

/// A file, if it is not larger than that.
fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut document = Vec::new();
    let file = File::open(path).ok()?;
    file.take(most.saturating_add(1)).read_to_end(&mut document).ok()?;
    (document.len() as u64 <= most).then_some(document)
}
