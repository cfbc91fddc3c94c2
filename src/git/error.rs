//! What can go wrong between gate and a repository.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::path::RepoPath;
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
    /// The repository is of a format that gate can't read, such as SHA-256 or reftable.
    #[error("'{path}' is a repository of a format that gate can't read: {reason}")]
    Format {
        /// Where it is.
        path: PathBuf,
        /// What it is that can't be read.
        reason: String,
    },
    /// The repository belongs to another user, so its configuration can't be trusted.
    #[error("'{0}' belongs to another user")]
    Owner(PathBuf),
    /// The repository is there and can't be opened.
    #[error("can't open the repository '{path}': {reason}")]
    Open {
        /// Where it is.
        path: PathBuf,
        /// What libgit2 says.
        reason: String,
    },
    /// An object is not where it should be.
    #[error("object {0} is missing or damaged")]
    Object(ObjectId, #[source] Option<git2::Error>),
    /// A tree that can be read in more than one way.
    #[error("the tree {id} is none that git would make: {fault}")]
    Tree {
        /// The tree.
        id: ObjectId,
        /// What is wrong with it.
        fault: String,
    },
    /// A name that is no commit.
    #[error("'{0}' is not a commit in this repository")]
    Revision(String),
    /// A name that several refs have, which are at different commits.
    #[error("'{name}' is the name of several commits: {}", .refs.join(", "))]
    Ambiguous {
        /// The name.
        name: String,
        /// What is called so.
        refs: Vec<String>,
    },
    /// The index holds several versions of paths: a merge is going on.
    #[error("unmerged: {}", list(.0))]
    Unmerged(Vec<RepoPath>),
    /// The index that git names is not there.
    #[error("there is no index '{0}'")]
    NoIndex(PathBuf),
    /// The index can't be read.
    #[error("can't read the index '{path}': {reason}")]
    Index {
        /// Where it is.
        path: PathBuf,
        /// What git says.
        reason: String,
    },
    /// libgit2 refused.
    #[error("{0}")]
    Library(#[from] git2::Error),
    /// The git program could not be started.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// The git program is too old, or does not say how old it is.
    #[error("git is too old: it says that it is version '{0}'")]
    Version(String),
    /// The git program failed.
    #[error("'git {command}' failed: {message}")]
    Program {
        /// What it was asked, without the options that are the same every time.
        command: String,
        /// What it said.
        message: String,
    },
    /// Two commits can't be merged at all, which is something else than that they conflict.
    #[error("they can't be merged: {0}")]
    Unmergeable(Unmergeable),
    /// Nobody is named who could make a commit.
    #[error("nobody is named as the one who commits")]
    Identity,
    /// A file of the repository could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Why two commits can't be merged at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmergeable {
    /// They share no history.
    #[error("they share no history")]
    Unrelated,
    /// The clone lacks the history that would say what they share.
    #[error("the clone is shallow")]
    Shallow,
    /// A file has merge attributes, and git is too old to take them from a commit.
    #[error("'{0}' has merge attributes, which git before 2.43 does not read from a commit")]
    Attributes(RepoPath),
    /// Git is too old to put a commit on top of a tree.
    #[error("git before 2.45 can't replay commits")]
    Replay,
    /// Git finds a conflict and names no path.
    #[error("git says that they conflict, and not where")]
    Unlocated,
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let (code, hint) = match error {
            Error::NotARepository(_) => {
                ("git/no-repository", Some("run it inside a repository, or make one: git init"))
            }
            Error::Bare(_) => ("git/bare", Some("name what to judge: --commit, or --from and --to")),
            Error::Format { reason, .. } if reason.contains("extensions.partialclone") => {
                ("git/format", Some("newer git does without: git config --unset extensions.partialClone"))
            }
            Error::Format { .. } => ("git/format", Some("gate reads SHA-1 repositories that keep their refs in files")),
            Error::Owner(path) => {
                let trust = format!("git config --global --add safe.directory '{}'", path.display());
                return Self::error("git/owner", error.to_string()).hint(format!("if you trust it: {trust}"));
            }
            Error::Open { .. } => ("git/open", Some("git status may say more")),
            Error::Object(..) => ("git/object", Some("git fsck tells what is damaged; git fetch may bring it back")),
            Error::Tree { .. } => ("git/tree", Some("git fsck says more; make the commit again, with git itself")),
            Error::Revision(_) => ("git/revision", Some("git log --all --oneline lists what there is")),
            Error::Ambiguous { .. } => ("git/ambiguous", Some("name the one that is meant in full")),
            Error::Unmerged(_) => ("git/unmerged", Some("resolve the conflicts, then: git add")),
            Error::NoIndex(_) => {
                ("git/no-index", Some("GIT_INDEX_FILE names it: unset it, or run where git runs hooks"))
            }
            Error::Index { .. } => ("git/index", Some("git fsck checks it; git read-tree HEAD makes a new one")),
            Error::Io(error) => system(error.kind()),
            Error::Unmergeable(Unmergeable::Shallow) => {
                ("git/shallow", Some("fetch the rest of the history: git fetch --unshallow"))
            }
            Error::Unmergeable(Unmergeable::Attributes(_)) => ("git/version", Some("install git 2.43 or newer")),
            Error::Unmergeable(Unmergeable::Replay) => ("git/version", Some("install git 2.45 or newer")),
            Error::Unmergeable(Unmergeable::Unrelated) => {
                ("git/unmergeable", Some("name two commits that descend from one"))
            }
            Error::Unmergeable(Unmergeable::Unlocated) => ("git/unmergeable", None),
            Error::Library(_) | Error::Program { .. } => system(told(&error.to_string())),
            Error::Version(_) => {
                ("git/version", Some("install git 2.38 or newer and make sure that PATH finds it first"))
            }
            Error::Identity => (
                "git/identity",
                Some("git config --global user.name 'YOUR NAME' and git config --global user.email YOU@EXAMPLE.ORG"),
            ),
            Error::Spawn(_) => ("git/missing", Some("install git 2.38 or newer and make sure that PATH has it")),
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
            ("git/disk-full", Some("make room, or remove idle checkouts: gate clean"))
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => (
            "git/permission",
            Some("the user who runs gate must be able to read the repository and to write the cache"),
        ),
        _ => ("git/failed", None),
    }
}

/// The first few paths, and how many more there are.
fn list(paths: &[RepoPath]) -> String {
    const SHOWN: usize = 5;
    let first = paths.iter().take(SHOWN).map(|path| format!("'{path}'")).collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The system's error that git tells of in words only.
fn told(message: &str) -> io::ErrorKind {
    let kinds = [
        ("No space left on device", io::ErrorKind::StorageFull),
        ("Out of diskspace", io::ErrorKind::StorageFull),
        ("Permission denied", io::ErrorKind::PermissionDenied),
    ];
    kinds.into_iter().find(|(words, _)| message.contains(words)).map_or(io::ErrorKind::Other, |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_whoever_finds_it() {
        let library =
            |text: &str| Error::Library(git2::Error::new(git2::ErrorCode::GenericError, git2::ErrorClass::Os, text));
        for error in [
            Error::Io(io::ErrorKind::StorageFull.into()),
            library("failed to write out file: No space left on device"),
            library("write error. Out of diskspace"),
        ] {
            let shown = Diagnostic::from(&error);
            assert_eq!(shown.code, "git/disk-full", "{error}");
            assert!(shown.hint.is_some(), "{error}");
        }
        assert_eq!(Diagnostic::from(&library("x")).code, "git/failed");
        assert_eq!(Diagnostic::from(&library("open 'x': Permission denied")).code, "git/permission");
    }
}
