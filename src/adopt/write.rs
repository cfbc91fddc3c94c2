//! Puts a gate.toml where there is none.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;

/// Why a gate.toml was not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is one already.
    #[error("'{0}' is there already")]
    Exists(PathBuf),
    /// The file could not be written.
    #[error("can't write '{0}': {1}")]
    Io(PathBuf, #[source] io::Error),
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        match error {
            Error::Exists(_) => {
                Self::error("init/exists", error.to_string()).hint("see what would be written: gate init --stdout")
            }
            Error::Io(..) => Self::error("init/write", error.to_string()),
        }
    }
}

/// Writes the text to a new file.
///
/// # Errors
/// When anything lies at the path, even a link that leads nowhere, or the file can't be written.
pub fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
        _ => Error::Io(path.to_owned(), error),
    };
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gate.toml");
        write_new(&path, "one").unwrap();
        assert!(matches!(write_new(&path, "two"), Err(Error::Exists(_))));
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "one");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        assert!(matches!(write_new(&link, "two"), Err(Error::Exists(_))));
        assert!(matches!(write_new(&folder.path().join("no/gate.toml"), ""), Err(Error::Io(..))));
    }
}
