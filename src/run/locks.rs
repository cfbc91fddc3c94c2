//! Locks that hold between all runs of a user on a machine, as locked files: whoever dies gives them back.

use std::collections::BTreeSet;
use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};

use fs_err::OpenOptions;

use super::names::file_name;

/// The folder of the lock files.
pub(crate) struct Locks(PathBuf);

/// Locks that are held until this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Held {
    files: Vec<fs_err::File>,
}

impl Locks {
    /// The locks below gate's state folder.
    pub(crate) fn below(state: &Path) -> Self {
        Self(state.join("locks"))
    }

    /// Takes all of some locks or none of them, so that two runs never wait for each other; `None` if one is held.
    pub(crate) fn try_take(&self, names: &BTreeSet<String>) -> io::Result<Option<Held>> {
        let mut held = Held::default();
        if !names.is_empty() {
            fs_err::create_dir_all(&self.0)?;
        }
        for name in names {
            // The files stay: one that was removed while another run had it open would lock nothing.
            let path = self.0.join(file_name(name));
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
            match file.file().try_lock() {
                Ok(()) => held.files.push(file),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(Some(held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_or_none_are_taken() {
        let dir = tempfile::tempdir().unwrap();
        let locks = Locks::below(dir.path());
        let names = |list: &[&str]| list.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        let first = locks.try_take(&names(&["b"])).unwrap().unwrap();
        assert!(locks.try_take(&names(&["a", "b"])).unwrap().is_none());
        let a = locks.try_take(&names(&["a"])).unwrap().expect("'a' was given back");
        drop((first, a));
        assert!(locks.try_take(&names(&["a", "b", "../c"])).unwrap().is_some());
    }
}
