//! The state of a file as the system keeps it: equal stamps mean that nobody has written the file in between.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// How fresh a change may be to be overlooked: the coarsest clock that a file system in use keeps times with.
const GRAIN: i64 = 2_000_000_000;

/// The state of a file, of what a link leads to, or of a folder's list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    dev: u64,
    ino: u64,
    size: u64,
    mode: u32,
    /// Nanoseconds since 1970; of these two only the second can't be set back.
    mtime: i64,
    ctime: i64,
}

impl Stamp {
    /// The state of what `path` leads to; `None` if there is nothing, or nothing that may be looked at.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let meta = fs_err::metadata(path).ok()?;
        let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Some(Self {
            dev: meta.dev(),
            ino: meta.ino(),
            size: meta.size(),
            mode: meta.mode(),
            mtime: nanoseconds(meta.mtime(), meta.mtime_nsec()),
            ctime: nanoseconds(meta.ctime(), meta.ctime_nsec()),
        })
    }

    /// Whether it is a regular file that somebody may execute.
    pub(super) fn is_program(&self) -> bool {
        self.is_file() && self.mode & 0o111 != 0
    }

    /// Whether it is a regular file.
    pub(super) fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }

    /// Whether two paths lead to the same file.
    pub(super) fn same_file(&self, other: &Self) -> bool {
        (self.dev, self.ino) == (other.dev, other.ino)
    }

    /// The size in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Whether a change right after `now` would show. What was changed a moment before `now` could be changed again
    /// within the same tick of the file system's clock (git calls such entries of its index racily clean).
    pub(super) fn is_settled(&self, now: i64) -> bool {
        self.ctime.saturating_add(GRAIN) < now
    }

    /// All of it, as text.
    pub(super) fn text(&self) -> String {
        let Self { dev, ino, size, mode, mtime, ctime } = self;
        format!("{dev}:{ino}:{size}:{mode:o}:{mtime}:{ctime}")
    }
}

/// Stamps that were taken already: no file is looked at twice.
#[derive(Default)]
pub(super) struct Stamps {
    taken: HashMap<PathBuf, Option<Stamp>>,
}

impl Stamps {
    /// The state of a file when it was first asked for.
    pub(super) fn get(&mut self, path: &Path) -> Option<Stamp> {
        if let Some(stamp) = self.taken.get(path) {
            return *stamp;
        }
        let stamp = Stamp::of(path);
        self.taken.insert(path.to_owned(), stamp);
        stamp
    }
}
