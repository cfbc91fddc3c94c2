//! Why hooks were not installed or taken away.

use std::io;
use std::path::{Path, PathBuf};

use crate::check::Hook;
use crate::diagnostic::Diagnostic;
use crate::git;

/// Why hooks were not installed or taken away. Nothing was written then, unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// git, or the repository.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// A file could not be read or written; some hooks may be in place already.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Nothing in gate.toml calls for a hook.
    #[error("no check of gate.toml is at a stage that a hook reaches")]
    NothingWanted,
    /// A bare repository never asks for this hook.
    #[error("a bare repository never runs {0}")]
    Bare(Hook),
    /// A shim that somebody changed.
    #[error("'{0}' was changed after gate wrote it")]
    Edited(PathBuf),
    /// Both a hook and one that was put aside for gate, and they differ.
    #[error("'{hook}' and '{aside}' are both there, and only one of them can run before gate")]
    Two {
        /// The one that git runs.
        hook: PathBuf,
        /// The one that was put aside.
        aside: PathBuf,
    },
    /// A hook that is no file.
    #[error("'{0}' is not a file")]
    NotAFile(PathBuf),
    /// git looks elsewhere in one worktree.
    #[error("core.hooksPath is '{0}' for this worktree alone")]
    Worktree(String),
    /// Another program holds the lock of git's configuration.
    #[error("'{0}' is in the way: another program is changing git's configuration, or was ended while it did")]
    Locked(PathBuf),
    /// What was written has no effect; it is there.
    #[error("git looks for hooks in '{0}' all the same")]
    Overruled(PathBuf),
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let shown = |code, hint: String| Self::error(code, error.to_string()).hint(hint);
        let quoted = |path: &Path| path.display().to_string();
        match error {
            Error::Git(error) => error.into(),
            Error::Io(_) => shown("hook/io", "see that you may write there, then run it again: it goes on".into()),
            Error::NothingWanted => shown(
                "hook/nothing-wanted",
                "give a check on = [\"pre-commit\"] or on = [\"pre-push\"], or name hooks: gate install --hook pre-push"
                    .into(),
            ),
            Error::Bare(_) => shown("hook/bare", "name pre-receive or pre-push, or no hook at all".into()),
            Error::Edited(path) => shown(
                "hook/edited",
                format!("move your lines to a hook of their own and remove it: rm '{}'", quoted(path)),
            ),
            Error::Two { hook, .. } => shown(
                "hook/two",
                format!("make '{}' do what both do, then remove the other, and run gate install", quoted(hook)),
            ),
            Error::NotAFile(path) => shown("hook/not-a-file", format!("move '{}' elsewhere", quoted(path))),
            Error::Worktree(_) => {
                shown("hook/worktree", "git config --worktree --unset core.hooksPath, then gate install".into())
            }
            Error::Locked(path) => {
                shown("hook/locked", format!("if no git command is running: rm '{}'", quoted(path)))
            }
            Error::Overruled(_) => shown(
                "hook/overruled",
                "git config --show-origin --get-all core.hooksPath says which setting it is: remove it".into(),
            ),
        }
    }
}
