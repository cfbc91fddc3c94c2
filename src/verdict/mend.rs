//! Whether a change to a broken main mends it.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Cause, Finding, Kind, Standing};
use crate::check::{FailedTests, StepName};
use crate::plan::{Field, Fingerprint, Step};

/// Which tests of steps failed, where their runners tell it.
#[derive(Clone, Copy, Debug)]
pub struct Tests<'a> {
    /// On the candidate.
    pub candidate: &'a BTreeMap<StepName, FailedTests>,
    /// On the base.
    pub base: &'a BTreeMap<StepName, FailedTests>,
}

/// What is known of single steps.
pub(super) trait Seen {
    /// Whether a step fails for what the base has too: for the same fingerprint, or in no other tests, all of them told.
    fn fails_alike(&self, step: &StepName) -> bool;

    /// Whether fewer tests of a step fail than at the base although there are as many: what is taken away is not mended.
    fn fails_less(&self, step: &StepName) -> bool;

    /// Whether a step passes because of the change.
    fn is_mended(&self, step: &StepName) -> bool;
}

/// Whether every failure is one that the base has too, for the same fingerprint or in the same tests, and one of the base's
/// failures passes now because of the change. Whatever else speaks against the change keeps it rejected.
///
/// A failing check that is taken away or no longer required is not mended, and one that passes now for the base's own
/// fingerprint would pass at the base as well.
pub(super) fn mends(seen: &impl Seen, standing: &Standing, findings: &[Finding]) -> bool {
    let Standing::Broken { steps: broken, .. } = standing else { return false };
    let mut failing = BTreeSet::new();
    for finding in findings.iter().filter(|finding| finding.leads_to.is_some()) {
        match &finding.cause {
            Cause::Step { step, outcome } if outcome.is_failure() && seen.fails_alike(step) => {
                failing.insert(step);
            }
            _ => return false,
        }
    }
    let broken: BTreeSet<&StepName> = broken.iter().collect();
    let tolerated = failing.iter().all(|step| broken.contains(*step));
    let mended = broken.difference(&failing).any(|step| seen.is_mended(step));
    let mended = mended || failing.iter().any(|step| seen.fails_less(step));
    debug_assert!(
        findings.iter().any(|finding| finding.leads_to == Some(Kind::Rejected)),
        "only rejections are mended"
    );
    tolerated && mended
}

/// Whether a check is defined as the base has it: one that looks at less does not fail less.
#[must_use]
pub fn is_defined_alike(step: &Step) -> bool {
    let definition = |fingerprint: &Fingerprint| -> Vec<Field> {
        let fields = fingerprint.fields().iter().filter(|field| field.name.starts_with("definition."));
        fields.cloned().collect()
    };
    step.base.as_ref().is_some_and(|base| definition(base) == definition(&step.fingerprint))
}

/// Whether no other tests fail than on the base.
pub(super) fn in_no_others((here, base): (&FailedTests, &FailedTests)) -> bool {
    here.names.is_subset(&base.names)
}

/// Whether fewer tests fail than on the base although there are as many.
pub(super) fn in_fewer((here, base): (&FailedTests, &FailedTests)) -> bool {
    here.names.len() < base.names.len() && here.total >= base.total
}

impl<'a> Tests<'a> {
    /// Those of a step, where both are told.
    pub(super) fn of(self, step: &StepName) -> Option<(&'a FailedTests, &'a FailedTests)> {
        self.candidate.get(step).zip(self.base.get(step))
    }
}
