//! What a run has earned: which passes may stand in for later runs.

use super::carry_out::Carried;
use super::planning::Planned;
use crate::check::Outcome;
use crate::record::Earned;
use crate::verdict::Ground;

/// Every pass of a step that nothing disturbed, on exactly the candidate.
pub(super) fn earned(planned: &Planned, carried: &Carried) -> Earned {
    let mut earned = Earned { shared: carried.ground == Ground::Shared, ..Earned::default() };
    for ended in carried.ended.iter().filter(|ended| !carried.disturbed.contains(&ended.step)) {
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
