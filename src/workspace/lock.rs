//! The lock of one checkout, which the kernel frees however its holder ends.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

/// Held as long as it lives. Programs that are started do not inherit it.
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock if nobody holds it.
    pub(super) fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(path)?.into_file();
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { file })),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Lock {
    /// Frees it at once: a program that is just being started by another thread has a copy of the descriptor for a moment.
    fn drop(&mut self) {
        // Closing frees it too; there is nothing to do about an error.
        let _freed = rustix::fs::flock(&self.file, FlockOperation::Unlock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_held_once_and_freed_when_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.lock");
        let held = Lock::try_take(&path).unwrap();
        assert!(held.is_some());
        assert!(Lock::try_take(&path).unwrap().is_none());
        drop(held);
        assert!(Lock::try_take(&path).unwrap().is_some());
    }
}
