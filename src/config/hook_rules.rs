//! `[hook.NAME]`: what the hooks do beside running checks.

use std::collections::BTreeSet;

/// What the hooks do beside running the checks of their stages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HookRules {
    /// Whether pre-commit mends what can be mended first.
    pub fix: bool,
    /// Whether pre-push judges every commit that is pushed, not only the last.
    pub each_commit: bool,
    /// What git may be in the middle of so that the hook asks for nothing.
    pub skip_during: BTreeSet<Doing>,
}

/// What git can be in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// A merge.
    Merge,
    /// A rebase, or `git am`.
    Rebase,
    /// A cherry-pick.
    CherryPick,
    /// A revert.
    Revert,
}

impl Doing {
    /// All of them, by the words of gate.toml.
    pub const ALL: [(&'static str, Self); 4] =
        [("merge", Self::Merge), ("rebase", Self::Rebase), ("cherry-pick", Self::CherryPick), ("revert", Self::Revert)];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Rebase => "rebase",
            Self::CherryPick => "cherry-pick",
            Self::Revert => "revert",
        }
    }
}
