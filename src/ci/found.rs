//! What was found in a CI's environment.

use std::fmt;

use super::told::{BranchName, Origin, Told};
use crate::digest::ObjectId;

/// What is to be merged into what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The CI.
    pub system: System,
    /// What the run is for.
    pub kind: Kind,
    /// The target.
    pub into: Target,
    /// The head commit. Where a CI doesn't say whether it is the change's own or one that it made by merging it into the
    /// target, it may be either: merged into the target, both come to the same.
    pub from: Told<ObjectId>,
    /// The commit that the host made of both, for [`super::check_merge`]. It is not what is judged: that merge is our own.
    pub merged: Option<Told<ObjectId>>,
    /// Whether the request is a draft, where that is told.
    pub draft: Option<Told<bool>>,
    /// Whether the change comes from a fork, where that is told.
    pub fork: Option<Told<bool>>,
}

/// A CI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// GitHub Actions.
    GitHub,
    /// Gitea Actions.
    Gitea,
    /// Forgejo Actions.
    Forgejo,
    /// GitLab CI/CD.
    GitLab,
    /// Buildkite.
    Buildkite,
    /// Jenkins, a multibranch pipeline.
    Jenkins,
    /// CircleCI.
    CircleCi,
    /// Azure Pipelines.
    Azure,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request to merge.
    PullRequest,
    /// A request to merge, run on a commit that the host made of both (GitLab's merged results pipeline).
    MergedResult,
    /// A group of a merge queue: the head is the very commit that will land, and the target is told as the group ahead.
    /// GitHub lands a group past one ahead that failed, unless it is asked not to.
    MergeQueue,
    /// A request on a merge train: the target is the train ahead of it. GitLab lands what is ahead first; where that fails,
    /// it takes it off and begins again with everything behind it.
    MergeTrain,
    /// A branch was pushed; there is nothing to merge. The target is what the branch was before.
    Push,
}

/// The target of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This very commit: the state of the queue or train ahead, or of the branch before it was pushed. Where
    /// [`Kind::may_pass_over`] it, nobody has to vouch for it.
    Commit {
        /// The branch that it is for.
        branch: Told<BranchName>,
        /// The commit.
        commit: Told<ObjectId>,
    },
    /// The tip of a branch, wherever it is now: look it up on the remote.
    Tip {
        /// The branch.
        branch: Told<BranchName>,
        /// A commit that the tip was at when the event was made, which may be long ago.
        seen: Option<Told<ObjectId>>,
    },
    /// A push of which the state before is not told: there is no base, and everything runs. The branch itself is at the
    /// head already: compared with it, nothing would ever have changed.
    Unknown {
        /// The branch that was pushed.
        branch: Told<BranchName>,
    },
}

/// A line of what was found, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is: `into` for the branch, `ahead` for the queue's or train's state, `base` for the
    /// branch before a push or `seen` for where its tip was seen,
    /// then `from`, `merged`, `draft`, `fork`.
    pub name: &'static str,
    /// The value, in full. A branch's name may hold anything but control characters.
    pub value: String,
    /// Where it was found.
    pub origin: Origin,
}

impl Found {
    /// Everything that was found, in the order in which it is shown.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![fact("into", self.into.branch())];
        facts.extend(match &self.into {
            Target::Commit { commit, .. } if self.kind == Kind::Push => Some(fact("base", commit)),
            Target::Commit { commit, .. } => Some(fact("ahead", commit)),
            Target::Tip { seen, .. } => seen.as_ref().map(|seen| fact("seen", seen)),
            Target::Unknown { .. } => None,
        });
        facts.push(fact("from", &self.from));
        facts.extend(self.merged.as_ref().map(|merged| fact("merged", merged)));
        facts.extend(self.draft.as_ref().map(|draft| fact("draft", draft)));
        facts.extend(self.fork.as_ref().map(|fork| fact("fork", fork)));
        facts
    }
}

fn fact<T: fmt::Display>(name: &'static str, told: &Told<T>) -> Fact {
    Fact { name, value: told.value.to_string(), origin: told.origin }
}

impl Target {
    /// The branch.
    #[must_use]
    pub fn branch(&self) -> &Told<BranchName> {
        match self {
            Self::Commit { branch, .. } | Self::Tip { branch, .. } | Self::Unknown { branch } => branch,
        }
    }

    /// The commit that was told, be it the target itself or where its tip was seen.
    #[must_use]
    pub fn commit(&self) -> Option<&Told<ObjectId>> {
        match self {
            Self::Commit { commit, .. } => Some(commit),
            Self::Tip { seen, .. } => seen.as_ref(),
            Self::Unknown { .. } => None,
        }
    }
}

impl Kind {
    /// Whether a change may land although what is ahead of it, which it is told as its target, does not.
    #[must_use]
    pub fn may_pass_over(self) -> bool {
        self == Self::MergeQueue
    }

    /// Whether the host's own commit, where there is one, is the merge of the head into the target's tip, so that
    /// [`super::check_merge`] holds for it. Trains and queues may squash or rebase instead.
    #[must_use]
    pub fn merges_as_is(self) -> bool {
        matches!(self, Self::PullRequest | Self::MergedResult)
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GitHub => "GitHub Actions",
            Self::Gitea => "Gitea Actions",
            Self::Forgejo => "Forgejo Actions",
            Self::GitLab => "GitLab CI/CD",
            Self::Buildkite => "Buildkite",
            Self::Jenkins => "Jenkins",
            Self::CircleCi => "CircleCI",
            Self::Azure => "Azure Pipelines",
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PullRequest => "pull request",
            Self::MergedResult => "merged result",
            Self::MergeQueue => "merge queue",
            Self::MergeTrain => "merge train",
            Self::Push => "push",
        })
    }
}
