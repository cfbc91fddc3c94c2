//! What fixers did to the user's files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::CheckName;

/// What fixers did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fixes {
    /// Files that were changed.
    pub changed: Vec<String>,
    /// Fixes that were not applied, or not everywhere.
    pub left: Vec<LeftFix>,
    /// Checks whose fixers still changed something in the last round: what they changed was not written.
    pub unsettled: Vec<CheckName>,
    /// Checks whose fixers failed.
    pub failed: Vec<FailedFix>,
    /// The command that applies the patch of what was left, as far as it fits; null where there is none.
    pub apply: Option<String>,
}

/// A fix that was not applied, or not everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftFix {
    /// The file.
    pub path: String,
    /// Why not.
    pub why: String,
    /// The file that holds the fix as a patch, where one is kept.
    pub patch: Option<String>,
}

/// A fixer that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailedFix {
    /// The check it belongs to.
    pub check: CheckName,
    /// How it failed.
    pub why: String,
}

impl Fixes {
    /// Whether there is anything to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.left.is_empty() && self.unsettled.is_empty() && self.failed.is_empty()
    }
}
