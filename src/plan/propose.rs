//! From a question to a plan, before anything is recalled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compare::difference;
use super::side::{Fingerprints, is_newly_required};
use super::{Decision, Facts, FileWork, Plan, Question, Reason, Step};
use crate::change::Base;
use crate::check::{CheckName, StepName};
use crate::config::{Check, Reuse, Rules, UnprovedBase};

impl Plan {
    /// The plan for a question. What receipts cover is not known to it: every step runs or is skipped as unchanged.
    #[must_use]
    pub fn propose(question: &Question<'_>) -> Self {
        let wanted = wanted(question);
        let mut base = Fingerprints::default();
        if let Some(side) = &question.base {
            base.take(side);
        }
        let mut candidate = Fingerprints::default();
        candidate.take(&question.candidate);
        let steps = stage_checks(question)
            .filter_map(|check| {
                let (_, facts) = question.candidate.check(&check.name)?;
                let fingerprint = candidate.of(&check.name)?.clone();
                let mut step = Step {
                    name: StepName::from(&check.name),
                    check: Arc::new(check.clone()),
                    decision: Decision::Run,
                    reasons: Vec::new(),
                    files: file_work(question, check, facts),
                    base: base.of(&check.name).cloned(),
                    fingerprint,
                    elsewhere: BTreeMap::new(),
                    needs: check.needs.iter().map(StepName::from).collect(),
                    after: check.after.iter().map(StepName::from).collect(),
                };
                (step.decision, step.reasons) = decide(question, &step, facts, &wanted);
                Some(step)
            })
            .collect();
        let mut plan = Self { stage: question.stage, steps, narrowed: !question.only.is_empty() };
        plan.drop_absent_predecessors();
        plan.skip_with_needs();
        plan
    }

    /// Order only binds steps that are there.
    fn drop_absent_predecessors(&mut self) {
        let there: BTreeSet<StepName> = self.steps.iter().map(|step| step.name.clone()).collect();
        for step in &mut self.steps {
            step.after.retain(|name| there.contains(name));
        }
    }

    /// A step whose need the user skips can't run either, and is as much owed.
    fn skip_with_needs(&mut self) {
        loop {
            let skipped: BTreeMap<StepName, Reason> =
                self.steps.iter().filter_map(|step| Some((step.name.clone(), asked(step)?.clone()))).collect();
            let mut more = false;
            for step in self.steps.iter_mut().filter(|step| !skipped.contains_key(&step.name)) {
                let reason = step.needs.iter().find_map(|need| skipped.get(need)).cloned();
                more |= reason.is_some();
                step.skip_for(reason);
            }
            if !more {
                return;
            }
        }
    }
}

impl Step {
    fn skip_for(&mut self, reason: Option<Reason>) {
        if let Some(reason) = reason {
            (self.decision, self.reasons) = (Decision::Skip, vec![reason]);
        }
    }
}

/// The user's wish to skip a step.
fn asked(step: &Step) -> Option<&Reason> {
    step.reasons.first().filter(|reason| matches!(reason, Reason::Asked { .. }))
}

fn stage_checks<'a>(question: &Question<'a>) -> impl Iterator<Item = &'a Check> {
    let stage = question.stage;
    question.candidate.rules.checks.values().filter(move |check| check.on.contains(&stage))
}

/// The checks that `--only` names and what they need.
fn wanted(question: &Question<'_>) -> BTreeSet<CheckName> {
    let mut wanted = question.only.clone();
    let mut open: Vec<CheckName> = wanted.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let needs = question.candidate.rules.checks.get(&name).map(|check| check.needs.clone()).unwrap_or_default();
        open.extend(needs.into_iter().filter(|need| wanted.insert(need.clone())));
    }
    wanted
}

fn decide(
    question: &Question<'_>,
    step: &Step,
    facts: &Facts,
    wanted: &BTreeSet<CheckName>,
) -> (Decision, Vec<Reason>) {
    let name = &step.check.name;
    if !question.only.is_empty() && !wanted.contains(name) {
        return (Decision::Skip, vec![Reason::NotSelected]);
    }
    if let Some(why) = question.skips.get(name) {
        return (Decision::Skip, vec![Reason::Asked { why: why.clone() }]);
    }
    let no_files = step.files.as_ref().is_some_and(|files| !files.assumed && files.pending.is_empty());
    if facts.selected == 0 || no_files {
        return (Decision::Skip, vec![Reason::SelectsNothing]);
    }
    if question.fresh {
        return (Decision::Run, vec![Reason::Fresh]);
    }
    if step.check.reuse == Reuse::Never {
        return (Decision::Run, vec![Reason::NeverReused]);
    }
    match (&question.change.base, &step.base) {
        (Base::None(why), _) => (Decision::Run, vec![Reason::NoBase { why: why.clone() }]),
        (Base::Known { .. }, None) => (Decision::Run, vec![Reason::NewCheck]),
        (Base::Known { .. }, Some(base)) if *base == step.fingerprint => {
            let there = question.base.as_ref().and_then(|side| side.check(name));
            if there.is_some_and(|(there, _)| is_newly_required(there, &step.check)) {
                return (Decision::Run, vec![Reason::DefinitionChanged { field: "required".to_owned() }]);
            }
            unchanged(question.candidate.rules)
        }
        (Base::Known { .. }, Some(base)) => {
            (Decision::Run, vec![difference(question.change, (&step.check, facts), base, &step.fingerprint)])
        }
    }
}

fn unchanged(rules: &Rules) -> (Decision, Vec<Reason>) {
    match rules.policy.unproved_base {
        UnprovedBase::Assume => (Decision::Skip, vec![Reason::Unchanged]),
        UnprovedBase::Run => (Decision::Run, vec![Reason::UnprovedBase]),
    }
}

fn file_work(question: &Question<'_>, check: &Check, facts: &Facts) -> Option<FileWork> {
    if !check.takes_files() {
        return None;
    }
    let mut pending = question.files.get(&check.name).cloned().unwrap_or_default();
    pending.sort_by(|a, b| a.path.cmp(&b.path));
    Some(FileWork {
        pending,
        total: facts.selected,
        assumed: !question.fresh && question.candidate.assumes_files(question.base.as_ref(), &check.name),
        common: question.candidate.common(check, facts),
        proved: None,
    })
}
