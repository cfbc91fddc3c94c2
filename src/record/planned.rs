//! A plan as a document: what a run of it would do, before anything has run.

use schemars::JsonSchema;
use serde::Serialize;

use super::entry::{BaseEntry, CandidateEntry, StepEntry, base};
use crate::change::{Change, NoBase};
use crate::check::{Stage, StepName};
use crate::plan::{Plan, Shard, Shards};

/// The name of the document's format.
pub const PLAN_SCHEMA: &str = "gate.plan/1";

/// A plan as a document.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlanEntry {
    /// The document's format: always `gate.plan/1`.
    #[schemars(extend("const" = PLAN_SCHEMA))]
    pub schema: String,
    /// The stage asked for.
    pub stage: Stage,
    /// What the candidate is compared with; null where there is nothing.
    pub base: Option<BaseEntry>,
    /// Why there is nothing to compare with; null where there is a base.
    pub no_base: Option<NoBase>,
    /// What is to be judged.
    pub candidate: CandidateEntry,
    /// Whether steps were left out with `--only`.
    pub narrowed: bool,
    /// Every step, whatever is decided about it; none has an outcome.
    pub steps: Vec<StepEntry>,
    /// The shards that the steps are spread over; none where that was not asked for.
    pub shards: Vec<PlannedShard>,
}

/// What a shard has to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlannedShard {
    /// The shard, as `--shard` takes it: `2/3`.
    pub shard: String,
    /// Its number, from 1.
    pub index: usize,
    /// The steps that it runs.
    pub steps: Vec<StepName>,
    /// How long they take one after another, in milliseconds, as far as is known.
    pub estimate_ms: u64,
}

impl PlannedShard {
    /// The shards of a plan, in their order.
    #[must_use]
    pub fn all(plan: &Plan, shards: &Shards) -> Vec<Self> {
        let one = |shard: Shard| {
            let steps = plan.running().map(|step| &step.name).filter(|name| shards.home(name) == Some(shard));
            let steps: Vec<StepName> = steps.cloned().collect();
            let estimate: std::time::Duration = steps.iter().map(|step| shards.lasts(step)).sum();
            let estimate_ms = u64::try_from(estimate.as_millis()).unwrap_or(u64::MAX);
            Self { shard: shard.to_string(), index: shard.index(), steps, estimate_ms }
        };
        Shard::all(shards.of()).map(one).collect()
    }
}

impl PlanEntry {
    /// The document of a plan.
    #[must_use]
    pub fn new(change: &Change, plan: &Plan) -> Self {
        let (base, no_base) = base(change);
        Self {
            schema: PLAN_SCHEMA.to_owned(),
            stage: plan.stage,
            base,
            no_base,
            candidate: change.candidate.into(),
            narrowed: plan.narrowed,
            steps: plan.steps.iter().map(StepEntry::planned).collect(),
            shards: Vec::new(),
        }
    }
}
