//! What is asked of a fix run, and what it answers.

use std::path::PathBuf;

use crate::check::CheckName;
use crate::event::{FailedFix, Fixes, LeftFix};
use crate::git::Side;
use crate::path::RepoPath;

/// Where fixes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the working tree, where files are what the candidate has.
    WorkTree,
    /// To the index that git names, and merged into the working tree where files were edited since they were staged.
    Index,
}

/// What a fix run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// Files that were written: to the working tree, or to the index for [`Target::Index`].
    pub changed: Vec<RepoPath>,
    /// Fixes that were not written, or not everywhere.
    pub left: Vec<Left>,
    /// Checks whose fixers still changed something in the last round; nothing of what they changed is written.
    pub unsettled: Vec<CheckName>,
    /// Checks whose fixers could not run, or failed and changed nothing, each with how.
    pub failed: Vec<(CheckName, String)>,
    /// The command that applies the patch of what was left, as far as it fits.
    pub apply: Option<String>,
}

/// A fix that was not written, or not everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The file.
    pub path: RepoPath,
    /// Why not.
    pub why: String,
    /// The file that holds the fix as a patch, where one is kept.
    pub patch: Option<PathBuf>,
}

impl Left {
    pub(super) fn new(path: &RepoPath, why: &str) -> Self {
        Self { path: path.clone(), why: why.to_owned(), patch: None }
    }
}

impl Fixed {
    /// The same as reports have it.
    #[must_use]
    pub fn fixes(&self) -> Fixes {
        let left = self.left.iter().map(|left| LeftFix {
            path: left.path.to_string(),
            why: left.why.clone(),
            patch: left.patch.as_ref().map(|patch| patch.display().to_string()),
        });
        let failed = self.failed.iter().map(|(check, why)| FailedFix { check: check.clone(), why: why.clone() });
        Fixes {
            changed: self.changed.iter().map(ToString::to_string).collect(),
            left: left.collect(),
            unsettled: self.unsettled.clone(),
            failed: failed.collect(),
            apply: self.apply.clone(),
        }
    }
}

/// A file that fixers changed.
#[derive(Clone, Debug)]
pub(super) struct Mended {
    pub(super) path: RepoPath,
    /// What the candidate has.
    pub(super) old: Side,
    /// What it came to.
    pub(super) new: Side,
}
