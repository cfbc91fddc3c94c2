//! What is asked, and what it comes to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conflict, Delta, Method};
use crate::digest::ObjectId;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSpec {
    /// Where the candidate comes from.
    pub source: Source,
    /// What it is to be compared with.
    pub base: BaseSpec,
}

/// What a candidate is to be compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BaseSpec {
    /// What goes with its source.
    #[default]
    Usual,
    /// The merge-base with a revision.
    Named(String),
    /// The merge-base with the nearest guarded branch as a remote has it. Where the remote has none, nothing is assumed.
    Remote(String),
    /// Nothing: every check is affected.
    Nothing,
}

/// Where a candidate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The working tree: tracked, staged, and untracked but not ignored.
    WorkTree,
    /// The index that git names.
    Staged,
    /// A commit or tree, against another one.
    Range {
        /// The base, as a revision.
        from: String,
        /// The candidate, as a revision.
        to: String,
    },
    /// A commit, against its first parent.
    Commit(String),
    /// What merging a commit into another one comes to, against that one.
    ///
    /// Both are commits and no names: a branch that moves meanwhile must not be read at two places.
    Merge {
        /// What the target is called: its branch, where that is known.
        target: String,
        /// The commit that is merged into: the tip of the target.
        into: ObjectId,
        /// The commit that is merged.
        from: ObjectId,
        /// How they are brought together.
        method: Method,
    },
    /// A commit that is pushed to a branch that must stay deployable, against what the branch is at.
    Received {
        /// The branch, without `refs/heads/`.
        branch: String,
        /// What it is at, or where it is new, what the repository's main branch is at; nothing where there is none.
        onto: Option<ObjectId>,
        /// The commit.
        new: ObjectId,
    },
}

/// What it comes to: a pair of trees and what differs between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What the candidate is compared with.
    pub base: Base,
    /// What is judged.
    pub candidate: Candidate,
    /// What differs between the two; empty where there is no base.
    pub deltas: Vec<Delta>,
    /// What does not fit together where two commits are merged. There is nothing to run then.
    pub conflicts: Vec<Conflict>,
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The commit, where there is one.
    pub commit: Option<ObjectId>,
    /// The tree.
    pub tree: ObjectId,
}

/// What the candidate is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// A tree.
    Known {
        /// The commit, where there is one.
        commit: Option<ObjectId>,
        /// The tree.
        tree: ObjectId,
        /// How it was chosen.
        choice: BaseChoice,
    },
    /// Nothing: everything runs.
    None(NoBase),
}

/// How a base was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum BaseChoice {
    /// The user named it: the revision itself, or the merge-base with it.
    Named {
        /// The revision.
        revision: String,
    },
    /// The commit that HEAD is at.
    Head,
    /// The first parent of the candidate's commit.
    Parent,
    /// The tip of the branch that the change is to land on.
    Target {
        /// The branch, where it is known; else the revision that named its tip.
        revision: String,
    },
    /// The merge-base with a guarded branch.
    MergeBase {
        /// The branch, as a full ref name.
        branch: String,
    },
}

/// Why there is no base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NoBase {
    /// The user asked for everything.
    Asked,
    /// HEAD has no commit yet.
    Unborn,
    /// The commit has no parent.
    Root,
    /// No branch that `[main] branches` names was found.
    NoGuardedBranch,
    /// The candidate shares no history with the guarded branch.
    Unrelated {
        /// The branch, as a full ref name, or what the user named.
        branch: String,
    },
    /// The clone is shallow, and the merge-base or the parent may be one that it lacks.
    Shallow {
        /// The branch, as a full ref name, or what the user named.
        branch: String,
    },
}

impl Source {
    /// Whether what is judged is to land on a branch that must stay deployable.
    #[must_use]
    pub fn lands(&self) -> bool {
        matches!(self, Self::Merge { .. } | Self::Received { .. })
    }

    /// The branch that is pushed to, if that is what is judged.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Received { branch, .. } => Some(branch),
            _ => None,
        }
    }
}

impl Change {
    /// The base's commit, where there is one.
    #[must_use]
    pub fn base_commit(&self) -> Option<ObjectId> {
        match self.base {
            Base::Known { commit, .. } => commit,
            Base::None(_) => None,
        }
    }

    /// The base's tree, where there is one.
    #[must_use]
    pub fn base_tree(&self) -> Option<ObjectId> {
        match self.base {
            Base::Known { tree, .. } => Some(tree),
            Base::None(_) => None,
        }
    }
}
