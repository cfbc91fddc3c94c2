//! The git hooks that gate answers.

use std::fmt;

use super::Stage;

/// A hook, by the name that git gives it: <https://git-scm.com/docs/githooks>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hook {
    /// Before a commit is made.
    PreCommit,
    /// Before a merge that went through by itself is committed.
    PreMergeCommit,
    /// Before the message of a commit is edited.
    PrepareCommitMsg,
    /// After it was written.
    CommitMsg,
    /// After another commit was checked out.
    PostCheckout,
    /// After a merge.
    PostMerge,
    /// Before anything is pushed.
    PrePush,
    /// On a server, before what was pushed is let in.
    PreReceive,
}

impl Hook {
    /// Every hook, in the order in which a change meets them.
    pub const ALL: [Self; 8] = [
        Self::PreCommit,
        Self::PreMergeCommit,
        Self::PrepareCommitMsg,
        Self::CommitMsg,
        Self::PostCheckout,
        Self::PostMerge,
        Self::PrePush,
        Self::PreReceive,
    ];

    /// The name that git gives it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::CommitMsg => "commit-msg",
            Self::PostCheckout => "post-checkout",
            Self::PostMerge => "post-merge",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }

    /// The hook of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hook| hook.as_str() == name)
    }

    /// The stage whose checks it runs, if it runs checks.
    #[must_use]
    pub fn stage(self) -> Option<Stage> {
        match self {
            Self::PreCommit | Self::PreMergeCommit => Some(Stage::PreCommit),
            Self::CommitMsg => Some(Stage::CommitMsg),
            Self::PrePush => Some(Stage::PrePush),
            Self::PreReceive => Some(Stage::Merge),
            Self::PrepareCommitMsg | Self::PostCheckout | Self::PostMerge => None,
        }
    }

    /// Whether git says what is pushed on the hook's standard input.
    #[must_use]
    pub fn reads_refs(self) -> bool {
        matches!(self, Self::PrePush | Self::PreReceive)
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
