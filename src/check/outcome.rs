//! How a step can end.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a step ended. The set is closed; only `Passed` makes a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It exited with 0 at the first attempt.
    Passed,
    /// It exited with another code, was ended by a signal of its own, or could not be started.
    Failed,
    /// It failed at first and passed on a retry.
    Flaky,
    /// It ran longer than its `timeout`, or was silent longer than its `idle-timeout`.
    TimedOut,
    /// It was running when the run was ended.
    Cancelled,
    /// It never began: something that it needs did not pass, or the run was ended first.
    NotStarted,
    /// It passed, but a process that it had started outlived it.
    Leaked,
    /// It passed, but a tracked file changed while it ran, or it left a file that is neither ignored nor kept.
    Modified,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 8] = [
        Self::Passed,
        Self::Failed,
        Self::Flaky,
        Self::TimedOut,
        Self::Cancelled,
        Self::NotStarted,
        Self::Leaked,
        Self::Modified,
    ];

    /// The name as reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Flaky => "flaky",
            Self::TimedOut => "timed-out",
            Self::Cancelled => "cancelled",
            Self::NotStarted => "not-started",
            Self::Leaked => "leaked",
            Self::Modified => "modified",
        }
    }

    /// Whether what was looked at failed: not the run of it, and nothing beside it.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut)
    }

    /// Whether steps that need this one may start.
    #[must_use]
    pub fn lets_dependents_start(self) -> bool {
        matches!(self, Self::Passed | Self::Flaky)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
