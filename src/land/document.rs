//! What came of landing, as programs read it: the document `gate.landing/1`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::digest::ObjectId;
use crate::verdict::{Cause, Kind, Overridden, Proof};

/// The name of the document's format.
pub const SCHEMA: &str = "gate.landing/1";

/// What came of landing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Landing {
    /// The document's format: always `gate.landing/1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// What was landed on.
    pub target: TargetEntry,
    /// How the branches were brought together: `merge`, `squash` or `rebase`.
    pub method: &'static str,
    /// Whether all was done but the landing.
    pub dry_run: bool,
    /// Every branch that was named, in that order.
    pub branches: Vec<BranchEntry>,
    /// Every set that was judged, in the order in which that was done.
    pub checks: Vec<CheckEntry>,
    /// How often it started again because the target had moved.
    pub restarts: Vec<Restart>,
    /// The signal that ended it early, if one did.
    pub signal: Option<i32>,
}

/// What was landed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TargetEntry {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The remote that it is a branch of; null for one of this repository.
    pub remote: Option<String>,
    /// The commit that it was at when it began.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub before: ObjectId,
    /// The last commit that landed on it, or in a dry run would have; the one that it was at if none did.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub after: ObjectId,
}

/// A branch, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BranchEntry {
    /// The revision that named it.
    pub name: String,
    /// The commit that it was at when it began.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub head: ObjectId,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
}

/// What became of a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    /// It is part of the target now.
    Landed {
        /// The commit of the target that brought it.
        #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
        commit: ObjectId,
        /// The run that judged exactly this tree.
        run: String,
        /// What was said of it.
        verdict: Kind,
        /// What that rests on, if it is `deployable`.
        proof: Option<Proof>,
        /// Who lets it land though the verdict does not; null where it does.
        overridden: Option<Overridden>,
    },
    /// It would have landed.
    Ready {
        /// The run that judged exactly this tree.
        run: String,
        /// What was said of it.
        verdict: Kind,
        /// What that rests on, if it is `deployable`.
        proof: Option<Proof>,
        /// Who lets it land though the verdict does not; null where it does.
        overridden: Option<Overridden>,
    },
    /// The target had everything of it before.
    Contained,
    /// It is what breaks the target.
    Rejected {
        /// The run that saw it; null where none could be made of it.
        run: Option<String>,
        /// What speaks against it.
        causes: Vec<Cause>,
        /// Why nothing could be made of it, one sentence each.
        problems: Vec<String>,
        /// The branches that were in that run with it. They have landed, so that it would come to the same again.
        with: Vec<String>,
    },
    /// It does not fit the target.
    Conflict {
        /// Where.
        causes: Vec<Cause>,
    },
    /// It did not land, and nothing is said against it.
    Held {
        /// Why.
        #[serde(flatten)]
        why: Hold,
    },
}

/// Why a branch did not land although nothing is said against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Hold {
    /// It could not be worked out what it comes to.
    Undecided {
        /// The run; null where there was none.
        run: Option<String>,
        /// What was left open.
        causes: Vec<Cause>,
        /// Why there was no verdict, one sentence each.
        problems: Vec<String>,
    },
    /// The target is broken, and this does not mend it.
    TargetBroken {
        /// The run.
        run: Option<String>,
        /// What fails there without it.
        causes: Vec<Cause>,
    },
    /// A check failed that sees nothing of this branch, nor of any other that it was judged with.
    NotItsDoing {
        /// The run.
        run: Option<String>,
        /// What failed.
        causes: Vec<Cause>,
    },
    /// The branch is somewhere else now.
    BranchMoved {
        /// Where; null where it is gone.
        #[schemars(with = "Option<String>", extend("pattern" = "^[0-9a-f]{40}$"))]
        to: Option<ObjectId>,
    },
    /// The target moved each time before it could land.
    TargetMoved {
        /// How often.
        times: u32,
    },
    /// It may land, and something is in the way.
    Blocked {
        /// What.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// It was ended before its turn came.
    Interrupted,
}

/// A set of branches that was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckEntry {
    /// The branches, in order.
    pub branches: Vec<String>,
    /// The target's commit that they were judged on.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub base: ObjectId,
    /// The tree that they come to.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub tree: ObjectId,
    /// The run; null where there was no verdict at all.
    pub run: Option<String>,
    /// What was said; null where there was no verdict at all.
    pub verdict: Option<Kind>,
    /// How many steps ran.
    pub ran: usize,
    /// How many were reused.
    pub reused: usize,
}

/// A start from the plan anew, because the target had moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Restart {
    /// Where the target was taken to be.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub from: ObjectId,
    /// Where it is.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub to: ObjectId,
}

impl Fate {
    /// Whether the branch is where it was to be.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Landed { .. } | Self::Ready { .. } | Self::Contained)
    }

    /// Whether a verdict, or a conflict, is what kept it from landing.
    #[must_use]
    pub fn is_rejection(&self) -> bool {
        match self {
            Self::Rejected { .. } | Self::Conflict { .. } => true,
            Self::Held { why } => matches!(why, Hold::TargetBroken { .. } | Hold::NotItsDoing { .. }),
            Self::Landed { .. } | Self::Ready { .. } | Self::Contained => false,
        }
    }
}
