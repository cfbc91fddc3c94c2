//! A plan, with what it was made from.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::check::{FailedTests, StepName};
use crate::config::{Policy, Rules};
use crate::digest::ObjectId;
use crate::evidence::Foreign;
use crate::plan::{Field, Plan, Shard, Shards};
use crate::verdict::{Cause, Standing};

/// A plan, with what it was made from.
pub struct Planned {
    /// What is judged.
    pub change: Change,
    /// The candidate's rules, with the base's policy where the base has one.
    pub rules: Rules,
    /// What will be done, and why.
    pub plan: Plan,
    /// What is known of the base.
    pub standing: Standing,
    /// Which tests failed on the base, where that is known.
    pub base_tests: BTreeMap<StepName, FailedTests>,
    /// What the change does to the gate itself.
    pub weakenings: Vec<Cause>,
    /// How steps are known to end that have to run, as others have signed it.
    pub known: BTreeMap<StepName, Foreign>,
    /// What holds for every step of the candidate.
    pub shared: Vec<Field>,
    /// The commit that the candidate lies on top of, where it is none itself.
    pub under: Option<ObjectId>,
    /// The base's own policy, where it has one.
    pub before: Option<Policy>,
    /// How the steps are spread over several runners, where that was asked for.
    pub shards: Option<Shards>,
    /// Which of them this is.
    pub(super) own: Option<Shard>,
}

impl Planned {
    /// Which of several shards this is, and what all of them are.
    pub(super) fn shard(&self) -> Option<(Shard, &Shards)> {
        self.own.zip(self.shards.as_ref())
    }
}
