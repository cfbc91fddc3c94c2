//! What can go wrong while tools are looked at.

use std::io;

use crate::diagnostic::Diagnostic;
use crate::git;

/// What can go wrong while tools are looked at. What is wrong with a tool itself is a fact, not an error.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The tree can't be read.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// The folder in which tools are asked can't be made.
    #[error("can't make a folder to ask tools in: {0}")]
    Folder(#[from] io::Error),
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        match error {
            Error::Git(error) => Self::from(&error),
            Error::Folder(_) => Self::error("tool/folder", error.to_string()).hint("make room, or the folder writable"),
        }
    }
}
