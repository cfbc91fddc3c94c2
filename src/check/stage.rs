//! When a check runs.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stage of a change's way to the main branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A commit is about to be made.
    PreCommit,
    /// A commit message has been written.
    CommitMsg,
    /// Commits are about to be pushed.
    PrePush,
    /// The change is about to land: the only stage that can say `deployable`.
    Merge,
}

impl Stage {
    /// Every stage, earliest first.
    pub const ALL: [Self; 4] = [Self::PreCommit, Self::CommitMsg, Self::PrePush, Self::Merge];

    /// The name as configuration and reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::Merge => "merge",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
