//! Why there is no verdict at all.

use crate::diagnostic::Diagnostic;
use crate::{evidence, git, workspace};

/// Why there is no verdict at all: none of these is a pass.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Whose turn it is.
    pub kind: RefusalKind,
    /// What is wrong, everything at once.
    pub diagnostics: Vec<Diagnostic>,
}

/// Whose turn it is after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The user's, who asked for what can't be.
    Usage,
    /// The user's, who asked for what the rules forbid.
    Forbidden,
    /// The user's, whose repository is in a state that can't be judged.
    Undecided,
    /// The user's, whose gate.toml is missing or wrong.
    Configuration,
    /// Nobody's: gate or the machine failed.
    Internal,
    /// The user's, who ended it by a signal of this number.
    Interrupted(i32),
}

impl Refusal {
    /// A refusal with one problem.
    #[must_use]
    pub fn new(kind: RefusalKind, diagnostic: Diagnostic) -> Self {
        Self { kind, diagnostics: vec![diagnostic] }
    }

    /// A fault of gate's own.
    #[must_use]
    pub fn internal(what: &str) -> Self {
        Self::new(RefusalKind::Internal, Diagnostic::error("gate/internal", what))
    }
}

impl From<git::Error> for Refusal {
    fn from(error: git::Error) -> Self {
        let kind = match &error {
            git::Error::NotARepository(_)
            | git::Error::Bare(_)
            | git::Error::Format { .. }
            | git::Error::Owner(_)
            | git::Error::Revision(_)
            | git::Error::Ambiguous { .. }
            | git::Error::Identity => RefusalKind::Usage,
            git::Error::Unmerged(_) | git::Error::NoIndex(_) | git::Error::Unmergeable(_) | git::Error::Tree { .. } => {
                RefusalKind::Undecided
            }
            git::Error::Open { .. }
            | git::Error::Object(..)
            | git::Error::Index { .. }
            | git::Error::Library(_)
            | git::Error::Spawn(_)
            | git::Error::Version(_)
            | git::Error::Program { .. }
            | git::Error::Io(_) => RefusalKind::Internal,
        };
        Self::new(kind, Diagnostic::from(&error))
    }
}

impl From<evidence::Error> for Refusal {
    fn from(error: evidence::Error) -> Self {
        let kind = match &error {
            evidence::Error::TrustedKey(..) => RefusalKind::Configuration,
            _ => RefusalKind::Internal,
        };
        Self::new(kind, Diagnostic::from(&error))
    }
}

impl From<workspace::Error> for Refusal {
    fn from(error: workspace::Error) -> Self {
        let kind = match &error {
            workspace::Error::Interrupted(signal) => RefusalKind::Interrupted(*signal),
            workspace::Error::Git(_) | workspace::Error::Io { .. } | workspace::Error::Filter { .. } => {
                RefusalKind::Internal
            }
            workspace::Error::Path(_) | workspace::Error::Prepare { .. } => RefusalKind::Undecided,
            workspace::Error::Share { .. } => RefusalKind::Configuration,
        };
        Self::new(kind, Diagnostic::from(&error))
    }
}
