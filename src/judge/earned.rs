//! What a run has earned: which passes may stand in for later runs.

use std::collections::BTreeSet;

use super::carry_out::Carried;
use super::planned::Planned;
use crate::check::{Outcome, StepName};
use crate::plan::{Decision, Reason, Step};
use crate::record::{Earned, Ledger};
use crate::verdict::Ground;

/// Every pass of a step that nothing disturbed, on exactly the candidate, but for those that are doubtful.
pub(super) fn earned(planned: &Planned, carried: &Carried, doubtful: &BTreeSet<StepName>) -> Earned {
    let mut earned = Earned { shared: carried.ground == Ground::Shared, ..Earned::default() };
    let proves = |step: &StepName| {
        !carried.disturbed.contains(step) && !carried.foreign.contains(step) && !doubtful.contains(step)
    };
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

/// The steps of which it is proved that they pass: over all of their files, on the candidate itself, and
/// without folders of the user's checkout.
pub(super) fn proving(planned: &Planned, earned: &Earned) -> BTreeSet<StepName> {
    let is_whole = |step: &Step| step.files.as_ref().is_none_or(|files| !files.assumed);
    let is_shared =
        |step: &Step| step.files.as_ref().and_then(|files| files.proved).is_some_and(|proved| proved.shared);
    let proves = |step: &&Step| match step.decision {
        Decision::Run if step.reasons.contains(&Reason::Here) => false,
        Decision::Run => earned.steps.contains(&step.name) && !earned.shared && is_whole(step) && !is_shared(step),
        Decision::Reuse => !is_shared(step),
        Decision::Skip => false,
    };
    planned.plan.steps.iter().filter(proves).map(|step| step.name.clone()).collect()
}

/// Whether something that is reused may have passed in a checkout that had kept folders: evidence of it is as good as the
/// run that saw it.
pub(super) fn rests_on_warm(planned: &Planned, ledger: &Ledger) -> bool {
    let keeps = !planned.rules.workspace.keep.is_empty();
    let mut runs = BTreeSet::new();
    let mut parts = false;
    let is_own = |step: &&Step| {
        let foreign = step.reasons.iter().any(|reason| matches!(reason, Reason::Evidence { .. }));
        step.check.builtin().is_none() && !foreign
    };
    for step in planned.plan.steps.iter().filter(is_own) {
        let receipt = step.reasons.iter().find_map(|reason| match reason {
            Reason::Receipt { run, .. } => Some(run),
            _ => None,
        });
        match receipt.filter(|_| step.decision == Decision::Reuse) {
            Some(run) => drop(runs.insert(run)),
            // Of which runs the receipts of its files are, nobody has noted.
            None => parts |= step.files.as_ref().is_some_and(|files| files.proved.is_some()),
        }
    }
    (parts && keeps) || runs.into_iter().any(|run| ledger.may_be_warm(run))
}
