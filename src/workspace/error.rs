//! What can go wrong with a private checkout.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::git;
use crate::path::RepoPath;

/// What can go wrong with a private checkout.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused something.
    #[error("can't {action} '{}': {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The repository refused something.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// A path that must not be written: it would reach git's own folder or leave the checkout.
    #[error("the candidate holds the path '{0}', which can't be checked out")]
    Path(RepoPath),
    /// A file that goes through a filter could not be written.
    #[error("can't write '{path}' through its filter: {message}")]
    Filter {
        /// The first such file.
        path: RepoPath,
        /// What git said.
        message: String,
    },
    /// A preparing command failed.
    #[error("the prepare command '{command}' failed{how}:\n{message}")]
    Prepare {
        /// The command as the user wrote it.
        command: String,
        /// With which code or signal; begins with a space.
        how: String,
        /// The end of what it wrote.
        message: String,
    },
    /// It was told to end by this signal.
    #[error("it was ended by signal {0}")]
    Interrupted(i32),
    /// Something of the user's checkout can't be shared.
    #[error("can't share '{path}': {why}")]
    Share {
        /// What was to be shared.
        path: RepoPath,
        /// Why it can't be.
        why: String,
        /// What to do instead.
        cure: &'static str,
    },
}

impl Error {
    /// Wraps what the operating system said of a path.
    pub(super) fn io(action: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        let source = source.into();
        // What names a path already is taken apart: the path is named once.
        let inner = source.get_ref().and_then(|inner| inner.source()?.downcast_ref::<io::Error>()?.raw_os_error());
        let source = inner.map_or(source, io::Error::from_raw_os_error);
        // So does fs_err, which keeps what it wraps to itself.
        let bare =
            source.to_string().rsplit_once("`: ").map(|(_, rest)| io::Error::new(source.kind(), rest.to_owned()));
        let source = bare.unwrap_or(source);
        Self::Io { action, path: path.to_owned(), source }
    }
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let (code, hint) = match error {
            Error::Io { source, .. } => system(source.kind()),
            Error::Git(error) => return error.into(),
            Error::Path(_) => ("workspace/path", Some("git refuses it too: rename it in the tree")),
            Error::Filter { .. } => (
                "workspace/filter",
                Some("for LFS, fetch what is missing (git lfs fetch) and look that git-lfs is in PATH"),
            ),
            Error::Prepare { .. } => ("workspace/prepare", Some("run it in a fresh clone to see it fail there too")),
            Error::Interrupted(_) => ("workspace/interrupted", None),
            Error::Share { cure, .. } => ("workspace/share", Some(*cure)),
        };
        let shown = Self::error(code, error.to_string());
        match hint {
            Some(hint) => shown.hint(hint),
            None => shown,
        }
    }
}

/// What an error of the operating system means here.
fn system(kind: io::ErrorKind) -> (&'static str, Option<&'static str>) {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ("workspace/disk-full", Some("make room, or remove idle checkouts: gate clean"))
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            ("workspace/read-only", Some("name a cache folder that can be written: XDG_CACHE_HOME"))
        }
        io::ErrorKind::PermissionDenied => {
            ("workspace/permission", Some("gate's cache folder must belong to the user who runs gate"))
        }
        _ => ("workspace/io", None),
    }
}
