//! Which tests failed, out of what steps of the merge stage wrote.

use std::collections::BTreeMap;
use std::io::BufReader;

use super::planned::Planned;
use crate::check::{Ended, FailedTests, Outcome, Stage, StepName};
use crate::output;
use crate::record::Entry;
use crate::verdict::is_defined_alike;

/// Notes at each step that failed which of its tests did, where their runner tells all of them. A step that was tried more
/// than once, or in parts, has more than one run's tests in its log.
pub(super) fn failed_tests(planned: &Planned, ended: &mut [Ended]) -> BTreeMap<StepName, FailedTests> {
    let mut tests = BTreeMap::new();
    if planned.plan.stage != Stage::Merge {
        return tests;
    }
    for ended in ended.iter_mut().filter(|ended| ended.outcome == Outcome::Failed && ended.attempts == 1) {
        let takes_files = planned.plan.step(&ended.step).is_none_or(|step| step.files.is_some());
        let Some(log) = ended.log.as_ref().filter(|_| !takes_files) else { continue };
        let told = fs_err::File::open(log).and_then(|file| output::failed_tests(BufReader::new(file)));
        // What can't be read tells nothing.
        if let Ok(Some(told)) = told {
            tests.insert(ended.step.clone(), told.clone());
            ended.failed_tests = Some(told);
        }
    }
    tests
}

/// Notes which tests of the steps that failed fail on the base too: what joins the verdicts of shards has only their entries.
pub(super) fn tell_base_tests(planned: &Planned, entry: &mut Entry) {
    for told in entry.steps.iter_mut().filter(|step| step.failed_tests.is_some()) {
        let is_alike = planned.plan.step(&told.name).is_some_and(is_defined_alike);
        told.base_failed_tests = planned.base_tests.get(&told.name).filter(|_| is_alike).cloned();
    }
}
