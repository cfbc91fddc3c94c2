//! Whether a change to a broken main mends it.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Cause, Finding, Kind, Standing};
use crate::check::{Outcome, StepName};
use crate::plan::{Decision, Plan};

/// What ran: the plan, and how its steps ended.
#[derive(Clone, Copy)]
pub(super) struct Ran<'a> {
    /// The plan.
    pub(super) plan: &'a Plan,
    /// How the steps that ran ended.
    pub(super) outcomes: &'a BTreeMap<StepName, Outcome>,
}

/// Whether every failure is one that the base has too, for the same fingerprint, and one of the base's failures passes now
/// because of the change. Whatever else speaks against the change keeps it rejected.
///
/// A failing check that is taken away or no longer required is not mended, and one that passes now for the base's own
/// fingerprint would pass at the base as well.
pub(super) fn mends(ran: Ran<'_>, standing: &Standing, findings: &[Finding]) -> bool {
    let Standing::Broken { steps: broken, .. } = standing else { return false };
    let mut failing = BTreeSet::new();
    for finding in findings.iter().filter(|finding| finding.leads_to.is_some()) {
        match &finding.cause {
            Cause::Step { step, outcome: Outcome::Failed | Outcome::TimedOut } if fails_alike(ran.plan, step) => {
                failing.insert(step);
            }
            _ => return false,
        }
    }
    let broken: BTreeSet<&StepName> = broken.iter().collect();
    let tolerated = failing.iter().all(|step| broken.contains(*step));
    let mended = broken.difference(&failing).any(|step| is_mended(ran, step));
    debug_assert!(
        findings.iter().any(|finding| finding.leads_to == Some(Kind::Rejected)),
        "only rejections are mended"
    );
    tolerated && mended
}

fn fails_alike(plan: &Plan, step: &StepName) -> bool {
    plan.step(step).is_some_and(|step| step.base.as_ref() == Some(&step.fingerprint))
}

fn is_mended(ran: Ran<'_>, step: &StepName) -> bool {
    ran.plan.step(step).is_some_and(|step| {
        let passes = match step.decision {
            Decision::Reuse => true,
            Decision::Run => ran.outcomes.get(&step.name) == Some(&Outcome::Passed),
            Decision::Skip => false,
        };
        passes && step.check.required && step.base.as_ref() != Some(&step.fingerprint)
    })
}
