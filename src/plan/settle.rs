//! The last word of a plan: what recalled steps must run after all, because something that runs uses their products.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decision, Fingerprint, Plan, Reason, Step};
use crate::check::{Outcome, StepName};

impl Plan {
    /// Turns every step that is not run into one that is, if a running step needs its products and nothing holds them.
    ///
    /// Gives the running steps that have to be given every file of their check, because products of some files only are
    /// not what others need: see [`super::FileWork::take_all`].
    #[must_use]
    pub fn settle(&mut self, holds: impl Fn(&Fingerprint) -> bool) -> Vec<StepName> {
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
                return self.partial_needs(&holds);
            }
        }
    }

    fn partial_needs(&self, holds: &impl Fn(&Fingerprint) -> bool) -> Vec<StepName> {
        let needed: BTreeSet<&StepName> = self.running().flat_map(|step| &step.needs).collect();
        let partial = |step: &&Step| step.files.as_ref().is_some_and(|files| !files.is_whole());
        let open = self.running().filter(|step| needed.contains(&step.name) && !holds(&step.fingerprint));
        open.filter(partial).map(|step| step.name.clone()).collect()
    }

    /// Whether the needed step had to be turned into a running one.
    fn run_need(&mut self, need: &StepName, dependent: StepName, holds: &impl Fn(&Fingerprint) -> bool) -> bool {
        let Some(step) = self.steps.iter_mut().find(|step| &step.name == need) else { return false };
        let empty = step.reasons.contains(&Reason::SelectsNothing);
        if step.decision == Decision::Run || empty || holds(&step.fingerprint) {
            return false;
        }
        step.decision = Decision::Run;
        step.reasons = vec![Reason::NeededBy { step: dependent }];
        true
    }

    /// The part of the plan whose running steps `belong` to it, when other parts have ended with `outcomes`: what passed
    /// there counts as reused, and what needs something that did not pass is not in it.
    #[must_use]
    pub fn part(&self, belong: impl Fn(&Step) -> bool, outcomes: &BTreeMap<StepName, Outcome>) -> Self {
        let mut part = self.clone();
        for step in part.steps.iter_mut().filter(|step| step.decision == Decision::Run && !belong(step)) {
            let passed = outcomes.get(&step.name).is_some_and(|outcome| outcome.lets_dependents_start());
            step.decision = if passed { Decision::Reuse } else { Decision::Skip };
        }
        let open = |part: &Self, need: &StepName| part.step(need).is_some_and(|step| step.decision == Decision::Skip);
        let ran = |need: &StepName| self.step(need).is_some_and(|step| step.decision == Decision::Run);
        let blocked: BTreeSet<StepName> = part
            .running()
            .filter(|step| step.needs.iter().any(|need| ran(need) && open(&part, need)))
            .map(|step| step.name.clone())
            .collect();
        part.steps.retain(|step| !blocked.contains(&step.name));
        part
    }
}
