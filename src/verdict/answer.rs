//! Verdicts.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::change::Conflict;
use crate::check::{Outcome, StepName};
use crate::digest::ObjectId;

/// What is said of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The result can be deployed. Only the merge stage says so.
    Deployable,
    /// The base is broken, and the result is less so. Only the merge stage says so.
    Mends,
    /// Nothing was found against it so far.
    Clear,
    /// The result would not be deployable.
    Rejected,
    /// It could not be worked out whether the result would be deployable.
    Undecided,
}

/// What a deployable verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Every required step passed or was reused.
    Proved,
    /// Some were skipped as unchanged against a base without receipts.
    Relative,
}

/// What is known of a base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Standing {
    /// It has a record.
    Deployable {
        /// The run that proved it.
        run: String,
    },
    /// Required steps are known to fail on it.
    Broken {
        /// The run that saw them fail.
        run: String,
        /// The steps.
        steps: Vec<StepName>,
    },
    /// Nothing is known of it.
    Unknown,
}

/// One thing that speaks against a change, or leaves it open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cause {
    /// A required step ended without passing.
    Step {
        /// The step.
        step: StepName,
        /// How it ended.
        outcome: Outcome,
    },
    /// A required step's patterns match nothing.
    SelectsNothing {
        /// The step.
        step: StepName,
    },
    /// A required step passed on what may not have been the candidate: another one wrote to it meanwhile.
    Disturbed {
        /// The step.
        step: StepName,
    },
    /// Nobody whom the base's policy trusts has signed that a required step passes on a platform where it has to.
    PlatformUnproved {
        /// The step.
        step: StepName,
        /// The platform.
        platform: String,
    },
    /// A required step was skipped because the user asked for it: it is owed to the merge stage.
    Owed {
        /// The step.
        step: StepName,
    },
    /// A step ran fewer tests than before.
    FewerTests {
        /// The step.
        step: StepName,
        /// How many, and what they are compared with.
        #[serde(flatten)]
        fewer: Fewer,
    },
    /// No required check belongs to the merge stage, so nothing says that the result can be deployed.
    NothingRequired,
    /// The run was ended before it was done.
    Interrupted,
    /// The change takes a check away or weakens it.
    Weakened {
        /// The check.
        check: String,
        /// How.
        how: String,
    },
    /// The change makes gate.toml more lenient beside its checks.
    Loosened {
        /// The key, such as `policy.trust`.
        key: String,
        /// How.
        how: String,
    },
    /// The change touches a file that `[policy] guarded` names.
    GuardedFile {
        /// The path.
        path: String,
    },
    /// Somebody whom the base's policy lists allows a weakening, or a change to a guarded file.
    Allowed {
        /// The check, or the path.
        what: String,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The change takes gate.toml away.
    RulesRemoved,
    /// No document says what came of one of the shards.
    ShardMissing {
        /// The shard, as in `2/3`.
        shard: String,
    },
    /// A document can't be joined with the others.
    ShardUnusable {
        /// The document.
        document: String,
        /// Why.
        why: String,
    },
    /// The two commits that are merged do not fit together.
    Conflict {
        /// The path.
        path: String,
        /// What git calls it, such as `contents` or `modify/delete`.
        conflict: String,
    },
}

/// That a step ran fewer tests than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fewer {
    /// How many ran.
    pub ran: u64,
    /// How many ran before.
    pub before: u64,
    /// The run that saw those.
    pub run: String,
    /// The tree that it judged.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub tree: ObjectId,
    /// Whether all that the step reads of the tree was the same then.
    pub same_inputs: bool,
}

impl Fewer {
    /// Whether a pass with them is not to be relied on: the same inputs have more tests, or there were some and none is left.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.same_inputs || self.ran == 0
    }
}

impl From<&Conflict> for Cause {
    fn from(conflict: &Conflict) -> Self {
        Self::Conflict { path: conflict.path.to_string(), conflict: conflict.kind.clone() }
    }
}

/// A cause, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What was found.
    pub cause: Cause,
    /// The verdict that it alone would lead to; `None` if it is only told.
    pub leads_to: Option<Kind>,
}

/// What is said of a change, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// What is said.
    pub kind: Kind,
    /// What it rests on, if it is `deployable`.
    pub proof: Option<Proof>,
    /// What is known of the base.
    pub standing: Standing,
    /// What speaks against the change or is worth telling.
    pub findings: Vec<Finding>,
}

impl Cause {
    /// The step that it is about, if it is about one.
    #[must_use]
    pub fn step(&self) -> Option<&StepName> {
        match self {
            Self::Step { step, .. }
            | Self::SelectsNothing { step }
            | Self::Disturbed { step }
            | Self::PlatformUnproved { step, .. }
            | Self::Owed { step }
            | Self::FewerTests { step, .. } => Some(step),
            Self::NothingRequired
            | Self::Interrupted
            | Self::Weakened { .. }
            | Self::Loosened { .. }
            | Self::GuardedFile { .. }
            | Self::Allowed { .. }
            | Self::RulesRemoved
            | Self::ShardMissing { .. }
            | Self::ShardUnusable { .. }
            | Self::Conflict { .. } => None,
        }
    }
}

impl Proof {
    /// The name as reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Relative => "relative",
        }
    }
}

impl Kind {
    /// The name as reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployable => "deployable",
            Self::Mends => "mends",
            Self::Clear => "clear",
            Self::Rejected => "rejected",
            Self::Undecided => "undecided",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
