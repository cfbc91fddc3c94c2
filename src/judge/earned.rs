//! What a run has earned: which passes may stand in for later runs.

use std::collections::BTreeSet;

use super::carry_out::Carried;
use super::planning::Planned;
use crate::check::{Outcome, StepName};
use crate::plan::{Decision, Step};
use crate::record::Earned;
use crate::verdict::Ground;

/// Every pass of a step that nothing disturbed, on exactly the candidate.
pub(super) fn earned(planned: &Planned, carried: &Carried) -> Earned {
    let mut earned = Earned { shared: carried.ground == Ground::Shared, ..Earned::default() };
    let proves = |step: &StepName| !carried.disturbed.contains(step) && !carried.foreign.contains(step);
    for ended in carried.ended.iter().filter(|ended| proves(&ended.step)) {
        if ended.outcome == Outcome::Passed {
            earned.steps.insert(ended.step.clone());
        }
        let takes_files = planned.plan.step(&ended.step).is_some_and(|step| step.files.is_some());
        if takes_files && matches!(ended.outcome, Outcome::Passed | Outcome::Failed) {
            earned.files.insert(ended.step.clone(), ended.passed_files.clone());
        }
    }
    earned
}

/// The steps of which it is proved that they pass: over all of their files, and without folders of the user's checkout.
pub(super) fn proving(planned: &Planned, earned: &Earned) -> BTreeSet<StepName> {
    let is_whole = |step: &Step| step.files.as_ref().is_none_or(|files| !files.assumed);
    let is_shared =
        |step: &Step| step.files.as_ref().and_then(|files| files.proved).is_some_and(|proved| proved.shared);
    let proves = |step: &&Step| match step.decision {
        Decision::Run => earned.steps.contains(&step.name) && !earned.shared && is_whole(step) && !is_shared(step),
        Decision::Reuse => !is_shared(step),
        Decision::Skip => false,
    };
    planned.plan.steps.iter().filter(proves).map(|step| step.name.clone()).collect()
}
