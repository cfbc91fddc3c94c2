//! The last word of a plan: what recalled steps must run after all, because something that runs uses their products.

use std::collections::BTreeSet;

use super::{Decision, Fingerprint, Plan, Reason};
use crate::check::StepName;

impl Plan {
    /// Turns every step that is not run into one that is, if a running step needs its products and nothing holds them.
    pub fn settle(&mut self, holds: impl Fn(&Fingerprint) -> bool) {
        loop {
            let wanted: Vec<(StepName, StepName)> = self
                .running()
                .flat_map(|step| step.needs.iter().map(|need| (need.clone(), step.name.clone())))
                .collect();
            let mut settled = true;
            for (need, dependent) in wanted {
                settled &= !self.run_need(&need, dependent, &holds);
            }
            if settled {
                return;
            }
        }
    }

    /// Whether the needed step had to be turned into a running one.
    fn run_need(&mut self, need: &StepName, dependent: StepName, holds: &impl Fn(&Fingerprint) -> bool) -> bool {
        let Some(step) = self.steps.iter_mut().find(|step| &step.name == need) else { return false };
        let empty = step.reasons.contains(&Reason::SelectsNothing)
            || step.files.as_ref().is_some_and(|work| work.pending.is_empty());
        if step.decision == Decision::Run || empty || holds(&step.fingerprint) {
            return false;
        }
        step.decision = Decision::Run;
        step.reasons = vec![Reason::NeededBy { step: dependent }];
        true
    }

    /// Steps that the user asked to skip: they are owed to the merge stage.
    #[must_use]
    pub fn owed(&self) -> BTreeSet<StepName> {
        let asked = |reason: &Reason| matches!(reason, Reason::Asked { .. });
        self.steps.iter().filter(|step| step.reasons.iter().any(asked)).map(|step| step.name.clone()).collect()
    }
}
