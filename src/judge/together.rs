//! Steps that one command takes together: put together before they run, and taken apart after.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::check::{CheckName, Ended, Outcome, StepName};
use crate::config::{Check, CommandLine, Subject};
use crate::plan::{Decision, Plan, Step};

/// How long a command may be, in bytes: Linux takes 128 KiB for one argument, which a line for a shell is.
const LONGEST: usize = 96 * 1024;

/// A plan in which steps that are run together are one.
pub(super) struct Together {
    pub plan: Plan,
    /// The steps that each of those stands for.
    members: BTreeMap<StepName, Vec<StepName>>,
}

impl Together {
    /// Puts running steps of one check together where its command takes several, in as many commands as the check says,
    /// each about as long by what is `expected` of the steps. Where one would then have to wait for itself, nothing is put
    /// together.
    pub(super) fn of(plan: &Plan, expected: impl Fn(&StepName) -> Option<Duration>) -> Self {
        let mut families: BTreeMap<&CheckName, Vec<&Step>> = BTreeMap::new();
        for step in plan.running() {
            if let Some(subject) = step.check.subject.as_ref().filter(|subject| subject.together.is_some()) {
                families.entry(&subject.check).or_default().push(step);
            }
        }
        let mut together = Self { plan: plan.clone(), members: BTreeMap::new() };
        for (family, steps) in families {
            let alike =
                |step: &&Step| (&step.check.dir, &step.check.cleanup) == (&steps[0].check.dir, &steps[0].check.cleanup);
            if steps.iter().all(alike) {
                together.join(family, &bins(&steps, &expected));
            }
        }
        let is_sound = !waits_for_itself(&together.plan);
        if is_sound { together } else { Self { plan: plan.clone(), members: BTreeMap::new() } }
    }

    /// How many steps are not seen by themselves.
    pub(super) fn hidden(&self) -> usize {
        self.members.values().map(|members| members.len() - 1).sum()
    }

    fn join(&mut self, family: &CheckName, bins: &[Vec<&Step>]) {
        let several = bins.len() > 1;
        for (at, bin) in bins.iter().enumerate().filter(|(_, bin)| bin.len() > 1) {
            let what =
                if bin[0].check.subject.as_ref().is_some_and(|of| of.file.is_some()) { "test files" } else { "units" };
            let part = if several { format!(", part {}", at + 1) } else { String::new() };
            let name = family.over(&format!("{} {what}{part}", bin.len()));
            let Some(step) = joined(&name, bin) else { continue };
            let members: Vec<StepName> = bin.iter().map(|step| step.name.clone()).collect();
            self.replace(step, members);
        }
    }

    fn replace(&mut self, step: Step, members: Vec<StepName>) {
        let gone: BTreeSet<&StepName> = members.iter().collect();
        self.plan.steps.retain(|other| !gone.contains(&other.name));
        self.plan.steps.push(step.clone());
        let lead = |names: &mut BTreeSet<StepName>, is_other: bool| {
            let before = names.len();
            names.retain(|name| !gone.contains(name));
            names.extend((names.len() < before && is_other).then(|| step.name.clone()));
        };
        for other in &mut self.plan.steps {
            let is_other = other.name != step.name;
            lead(&mut other.needs, is_other);
            lead(&mut other.after, is_other);
        }
        self.plan.steps.sort_by(|a, b| a.name.cmp(&b.name));
        self.members.insert(step.name, members);
    }

    /// How every step ended, out of how those ended that stand for several. The second are those of commands that failed:
    /// which of their steps fail is only known once each has run by itself.
    pub(super) fn apart(&self, ended: Vec<Ended>) -> (Vec<Ended>, BTreeSet<StepName>) {
        let (mut apart, mut open) = (Vec::new(), BTreeSet::new());
        for ended in ended {
            let Some(members) = self.members.get(&ended.step) else {
                apart.push(ended);
                continue;
            };
            if ended.outcome == Outcome::Failed {
                open.extend(members.iter().cloned());
            }
            let one = |member: &StepName| Ended { step: member.clone(), together: members.len(), ..ended.clone() };
            apart.extend(members.iter().map(one));
        }
        (apart, open)
    }
}

/// What has to run by itself after commands for several failed: their steps, and what was not started for their sake.
pub(super) fn left_over(plan: &Plan, ended: &[Ended], mut open: BTreeSet<StepName>) -> BTreeSet<StepName> {
    loop {
        let waits = |ended: &&Ended| {
            let needs = plan.step(&ended.step).map(|step| &step.needs);
            ended.outcome == Outcome::NotStarted && needs.is_some_and(|needs| !needs.is_disjoint(&open))
        };
        let more: Vec<StepName> = ended.iter().filter(waits).map(|ended| ended.step.clone()).collect();
        let before = open.len();
        open.extend(more);
        if open.len() == before {
            return open;
        }
    }
}

/// Steps in as many lists as their check says, the longest first into the shortest.
fn bins<'s>(steps: &[&'s Step], expected: &impl Fn(&StepName) -> Option<Duration>) -> Vec<Vec<&'s Step>> {
    let wanted = steps[0].check.subject.as_ref().map_or(1, |subject| subject.groups.get());
    let longest: usize = steps.iter().map(|step| step.check.work.text().len()).sum();
    let count = wanted.max(longest.div_ceil(LONGEST)).min(steps.len());
    let known: Vec<Option<Duration>> = steps.iter().map(|step| expected(&step.name)).collect();
    let told: Vec<Duration> = known.iter().flatten().copied().collect();
    // What never ran is taken to last as long as the others do on average.
    let usual = told
        .iter()
        .sum::<Duration>()
        .checked_div(u32::try_from(told.len()).unwrap_or(1))
        .unwrap_or(Duration::from_secs(1));
    let mut order: Vec<(Duration, &Step)> =
        steps.iter().zip(known).map(|(step, known)| (known.unwrap_or(usual), *step)).collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    let mut bins: Vec<(Duration, Vec<&Step>)> = vec![(Duration::ZERO, Vec::new()); count];
    for (long, step) in order {
        if let Some((filled, bin)) = bins.iter_mut().min_by_key(|(filled, bin)| (*filled, bin.len())) {
            *filled += long;
            bin.push(step);
        }
    }
    for (_, bin) in &mut bins {
        bin.sort_by(|a, b| a.name.cmp(&b.name));
    }
    bins.into_iter().map(|(_, bin)| bin).collect()
}

/// One step for several.
fn joined(name: &CheckName, bin: &[&Step]) -> Option<Step> {
    let subjects: Vec<&Subject> = bin.iter().filter_map(|step| step.check.subject.as_ref()).collect();
    let run: CommandLine = subjects.first()?.together.as_ref()?.for_subjects(&subjects);
    let names: BTreeSet<&StepName> = bin.iter().map(|step| &step.name).collect();
    let all = |of: fn(&Step) -> &BTreeSet<StepName>| -> BTreeSet<StepName> {
        bin.iter().flat_map(|step| of(step)).filter(|name| !names.contains(name)).cloned().collect()
    };
    let (needs, after) = (all(|step| &step.needs), all(|step| &step.after));
    let check = Check { name: name.clone(), work: run.into(), ..(*bin[0].check).clone() };
    Some(Step { name: StepName::from(name), check: Arc::new(check), needs, after, ..bin[0].clone() })
}

/// Whether the running steps of a plan wait for each other in a circle.
fn waits_for_itself(plan: &Plan) -> bool {
    let mut open: BTreeMap<&StepName, BTreeSet<&StepName>> = BTreeMap::new();
    let running: BTreeSet<&StepName> =
        plan.steps.iter().filter(|step| step.decision == Decision::Run).map(|step| &step.name).collect();
    for step in plan.running() {
        let waits = step.needs.iter().chain(&step.after).filter(|name| running.contains(name));
        open.insert(&step.name, waits.collect());
    }
    loop {
        let free: Vec<&StepName> = open.iter().filter(|(_, waits)| waits.is_empty()).map(|(name, _)| *name).collect();
        if free.is_empty() {
            return !open.is_empty();
        }
        for name in &free {
            open.remove(name);
        }
        for waits in open.values_mut() {
            waits.retain(|name| !free.contains(name));
        }
    }
}
