//! A plan as a document: what a run of it would do, before anything has run.

use schemars::JsonSchema;
use serde::Serialize;

use super::entry::{BaseEntry, CandidateEntry, StepEntry, base};
use crate::change::{Change, NoBase};
use crate::check::Stage;
use crate::plan::Plan;

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
        }
    }
}
