//! Why a known CI's environment doesn't say what is to be merged into what.

use std::io;

use super::found::System;
use super::told::{Origin, Told};
use crate::diagnostic::Diagnostic;

/// Why a known CI's environment doesn't say what is to be merged into what.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The marks of two CIs at once.
    #[error("the environment is that of {0} and of {1} at once")]
    Several(System, System),
    /// A value isn't there.
    #[error("{system} doesn't say '{name}'")]
    Missing {
        /// The CI.
        system: System,
        /// Where it should be.
        name: Origin,
        /// What to do about it.
        cure: &'static str,
    },
    /// A value is not what it should be.
    #[error("'{name}' is '{value}', which is not {wanted}")]
    Malformed {
        /// Where it is.
        name: Origin,
        /// The value, cut and with everything escaped that could steer a terminal or a log.
        value: String,
        /// What it should be.
        wanted: &'static str,
        /// What to do about it.
        cure: &'static str,
    },
    /// Two values can't both be true.
    #[error("'{}' is '{}', and '{}' is '{}': {why}", one.origin, one.value, other.origin, other.value)]
    Contradiction {
        /// One of them.
        one: Told<String>,
        /// The other.
        other: Told<String>,
        /// Why not.
        why: &'static str,
    },
    /// A run that is not about a merge, or not one that can be trusted.
    #[error("{system} runs this {}", run.text())]
    Run {
        /// The CI.
        system: System,
        /// What it is about.
        run: Run,
    },
    /// The event's file can't be read.
    #[error("the file that GITHUB_EVENT_PATH names can't be read")]
    Unreadable(#[source] io::Error),
    /// The event's file is larger than any event.
    #[error("the file that GITHUB_EVENT_PATH names is not a file of at most {0} bytes")]
    NotAnEventFile(u64),
    /// The event's file doesn't hold an event.
    #[error("the file that GITHUB_EVENT_PATH names holds no event of the kind that GITHUB_EVENT_NAME says: {0}")]
    NotAnEvent(String),
}

/// A run that is not about a merge, or not one that can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// For a tag.
    Tag,
    /// For a branch that was deleted.
    Deleted,
    /// For a request that is closed.
    Closed,
    /// With the target's secrets, on the target's commit: `pull_request_target`.
    Privileged,
    /// For a merge queue's branch, as for any push: the target isn't told.
    Queue,
    /// In the fork, where the branch of the target's name is the fork's own.
    InFork,
    /// For a request whose target isn't told.
    Untold,
    /// For something else, by its name.
    Other(String),
}

/// The way out that there always is.
pub(super) const NAME_BOTH: &str = "name both: --into TARGET --from HEAD";

impl Run {
    fn text(&self) -> String {
        match self {
            Self::Tag => "for a tag, which is merged into nothing".into(),
            Self::Deleted => "for a branch that was deleted".into(),
            Self::Closed => "for a request that is closed".into(),
            Self::Privileged => {
                "as 'pull_request_target': the change's code would get at the target's secrets, and GITHUB_SHA is the \
                 target's commit, not the change's"
                    .into()
            }
            Self::Queue => "for a merge queue's branch as for any push, without saying its target".into(),
            Self::InFork => "in the fork, whose remote has the fork's branches and not the target's".into(),
            Self::Untold => "for a request to merge, without saying its target".into(),
            Self::Other(name) => format!("for '{name}', which doesn't say what is merged into what"),
        }
    }

    fn cure(&self, system: System) -> &'static str {
        match (self, system) {
            (Self::Tag | Self::Deleted | Self::Closed, _) => {
                "run the merge check for requests and pushes to branches only"
            }
            (Self::Privileged, _) => "run the merge check on 'pull_request' and 'merge_group'",
            (Self::Queue, System::Buildkite) => "switch on 'Build merge queues' in the pipeline's settings",
            (Self::Queue, System::GitHub) => "run the merge check on 'merge_group' instead of 'push'",
            (Self::InFork, _) => {
                "have the pipeline run in the target's project, or fetch the target from there and name it: --into TARGET"
            }
            (Self::Untold, System::CircleCi) => {
                "pass it on: --into \"origin/<< pipeline.event.github.pull_request.base.ref >>\" --from HEAD"
            }
            _ => NAME_BOTH,
        }
    }
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let shown = |code, hint: &str| Self::error(code, error.to_string()).hint(hint);
        match error {
            Error::Several(..) => shown("ci/several", NAME_BOTH),
            Error::Missing { cure, .. } => shown("ci/missing", cure),
            Error::Malformed { cure, .. } => shown("ci/malformed", cure),
            Error::Contradiction { .. } => shown("ci/contradiction", NAME_BOTH),
            Error::Run { run, system } => shown("ci/run", run.cure(*system)),
            Error::Unreadable(reason) => Self::error("ci/event", format!("{error}: {reason}"))
                .hint(format!("let it be readable, or {NAME_BOTH}")),
            Error::NotAnEventFile(_) | Error::NotAnEvent(_) => shown(
                "ci/event",
                "leave GITHUB_EVENT_PATH and GITHUB_EVENT_NAME as the CI sets them, or name both: --into TARGET --from HEAD",
            ),
        }
    }
}
