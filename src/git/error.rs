//! What can go wrong between gate and a repository.

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::process::SpawnError;

/// What can go wrong between gate and a repository.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no repository here.
    #[error("'{0}' is not in a git repository")]
    NotARepository(PathBuf),
    /// The repository has no files of its own, and the command needs some.
    #[error("'{0}' is a bare repository: this needs a working tree")]
    Bare(PathBuf),
    /// An object is not where it should be.
    #[error("object {0} is missing or damaged")]
    Object(ObjectId, #[source] Option<git2::Error>),
    /// A name that is no commit.
    #[error("'{0}' is not a commit in this repository")]
    Revision(String),
    /// libgit2 refused.
    #[error("{0}")]
    Library(#[from] git2::Error),
    /// The git program could not be started.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// The git program failed.
    #[error("'git {command}' failed: {message}")]
    Program {
        /// What it was asked, without the options that are the same every time.
        command: String,
        /// What it said.
        message: String,
    },
    /// A file of the repository could not be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let (code, hint) = match error {
            Error::NotARepository(_) => {
                ("git/no-repository", Some("run it inside a repository, or make one: git init"))
            }
            Error::Bare(_) => ("git/bare", Some("name what to judge: --commit, or --from and --to")),
            Error::Object(..) => ("git/object", Some("git fsck tells what is damaged; git fetch may bring it back")),
            Error::Revision(_) => ("git/revision", None),
            Error::Library(_) | Error::Program { .. } | Error::Io(_) => ("git/failed", None),
            Error::Spawn(_) => ("git/missing", Some("install git 2.38 or newer and make sure that PATH has it")),
        };
        let shown = Self::error(code, error.to_string());
        match hint {
            Some(hint) => shown.hint(hint),
            None => shown,
        }
    }
}
