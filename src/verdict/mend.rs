//! Whether a change to a broken main mends it.

use std::collections::BTreeSet;

use super::answer::{Cause, Finding, Kind, Standing};
use crate::check::{Outcome, StepName};
use crate::plan::Plan;

/// Whether every failure is one that the base has too, for the same fingerprint, and the failing steps are strictly fewer
/// than the base's. Whatever else speaks against the change keeps it rejected.
pub(super) fn mends(plan: &Plan, standing: &Standing, findings: &[Finding]) -> bool {
    let Standing::Broken { steps: broken, .. } = standing else { return false };
    let mut failing = BTreeSet::new();
    for finding in findings.iter().filter(|finding| finding.leads_to.is_some()) {
        match &finding.cause {
            Cause::Step { step, outcome: Outcome::Failed | Outcome::TimedOut } if fails_alike(plan, step) => {
                failing.insert(step);
            }
            _ => return false,
        }
    }
    let broken: BTreeSet<&StepName> = broken.iter().collect();
    let tolerated = failing.iter().all(|step| broken.contains(*step));
    debug_assert!(
        findings.iter().any(|finding| finding.leads_to == Some(Kind::Rejected)),
        "only rejections are mended"
    );
    tolerated && failing.len() < broken.len()
}

fn fails_alike(plan: &Plan, step: &StepName) -> bool {
    plan.step(step).is_some_and(|step| step.base.as_ref() == Some(&step.fingerprint))
}
