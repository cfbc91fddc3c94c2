//! What steps told of their tests: which failed, and whether there were fewer than before.

use std::collections::BTreeMap;

use super::planned::Planned;
use crate::check::{Ended, FailedTests, Outcome, Stage, StepName};
use crate::record::{Entry, Ledger};
use crate::verdict::{Fewer, is_defined_alike};

/// Which tests failed of the steps of the merge stage that did, where their runner tells all of them.
pub(super) fn failed_tests(planned: &Planned, ended: &[Ended]) -> BTreeMap<StepName, FailedTests> {
    let of_stage = ended.iter().filter(|_| planned.plan.stage == Stage::Merge);
    of_stage.filter_map(|ended| Some((ended.step.clone(), ended.failed_tests.clone()?))).collect()
}

/// The steps that ran fewer tests than before: than the same inputs ever had, or else than at their last pass. Of those that
/// did not pass, only that no test ran is worth telling.
///
/// Steps whose command takes files have the tests of other files each time.
pub(super) fn fewer_tests(planned: &Planned, ended: &[Ended], ledger: &Ledger) -> BTreeMap<StepName, Fewer> {
    let mut fewer = BTreeMap::new();
    for ended in ended {
        let (Some(counts), Some(step)) = (ended.tests, planned.plan.step(&ended.step)) else { continue };
        let tells = ended.outcome == Outcome::Passed || (ended.outcome == Outcome::Failed && counts.ran() == 0);
        if !tells || step.files.is_some() {
            continue;
        }
        let before = ledger.tests_before(&ended.step, &step.fingerprint.subject());
        let known =
            before.same_inputs.map(|pass| (pass, true)).into_iter().chain(before.last.map(|pass| (pass, false)));
        let more = known.into_iter().find(|(pass, _)| pass.tests.ran() > counts.ran());
        fewer.extend(more.map(|(pass, same_inputs)| {
            let before = pass.tests.ran();
            (ended.step.clone(), Fewer { ran: counts.ran(), before, run: pass.run, tree: pass.tree, same_inputs })
        }));
    }
    fewer
}

/// Notes which tests of the steps that failed fail on the base too: what joins the verdicts of shards has only their entries.
pub(super) fn tell_base_tests(planned: &Planned, entry: &mut Entry) {
    for told in entry.steps.iter_mut().filter(|step| step.failed_tests.is_some()) {
        let is_alike = planned.plan.step(&told.name).is_some_and(is_defined_alike);
        told.base_failed_tests = planned.base_tests.get(&told.name).filter(|_| is_alike).cloned();
    }
}
