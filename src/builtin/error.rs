//! What can keep a built-in check from coming to an end.

use crate::diagnostic::Diagnostic;
use crate::git;

/// What can keep a built-in check from coming to an end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was told to stop.
    #[error("stopped before every file was looked at")]
    Stopped,
    /// An object could not be read.
    #[error(transparent)]
    Git(#[from] git::Error),
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        match error {
            Error::Stopped => Self::error("builtin/stopped", error.to_string()),
            Error::Git(error) => error.into(),
        }
    }
}
