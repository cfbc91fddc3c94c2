//! Which step runs in which shard.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::Duration;

use super::{Shard, balance};
use crate::check::StepName;
use crate::config::UnprovedBase;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::plan::{Decision, Plan, Reason, Step};

/// Raise it when steps are spread in another way: shards of two versions of gate then don't fit together.
const FORMAT: u32 = 1;

/// What a step is taken to last where nothing is known of any, in milliseconds.
const UNKNOWN: u64 = 1000;

/// What the spreading of steps depends on beside the plan.
#[derive(Clone, Copy, Debug)]
pub struct Spread<'a> {
    /// How many shards.
    pub of: NonZeroUsize,
    /// How long each step lasts, where that is known.
    pub durations: &'a BTreeMap<StepName, Duration>,
    /// What a step is worth that nothing was changed for.
    pub unproved: UnprovedBase,
    /// The tree that the candidate is compared with.
    pub base: Option<ObjectId>,
    /// The candidate's tree.
    pub candidate: ObjectId,
}

/// The steps of a plan, each at home in one shard.
///
/// Every step has a home, whether it runs or not: where one runner has a receipt or another program than the rest, steps
/// run or don't run in their home, and none falls between two shards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shards {
    of: NonZeroUsize,
    homes: BTreeMap<StepName, usize>,
    lasts: BTreeMap<StepName, Duration>,
    digest: Digest,
}

/// Steps that need each other, directly or not.
struct Group<'a> {
    steps: Vec<&'a Step>,
    selected: u64,
    whole: u64,
}

impl Shards {
    /// Spreads the steps of a plan that nothing was recalled for yet.
    ///
    /// Which steps have to run is judged by what trees and policy say, and by nothing that machines could differ in. Those
    /// are balanced first, and then what is left over is.
    #[must_use]
    pub fn new(plan: &Plan, spread: &Spread<'_>) -> Self {
        let lasts = lasts(plan, spread.durations);
        let groups = groups(plan, &selected(plan, spread.unproved), &lasts);
        let (first, rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.selected > 0);
        let mut homes = BTreeMap::new();
        let mut loads = vec![0; spread.of.get()];
        for (groups, is_selected) in [(first, true), (rest, false)] {
            let weights: Vec<u64> =
                groups.iter().map(|group| if is_selected { group.selected } else { group.whole }).collect();
            let spread = balance(&weights, &loads);
            for (group, bin) in groups.iter().zip(&spread.bins) {
                homes.extend(group.steps.iter().map(|step| (step.name.clone(), bin + 1)));
            }
            loads = spread.loads;
        }
        let digest = digest(plan, spread, &homes);
        Self { of: spread.of, homes, lasts, digest }
    }

    /// How many shards are of use: one for each group of steps that have to run, and one where none has to.
    #[must_use]
    pub fn useful(plan: &Plan, unproved: UnprovedBase, most: NonZeroUsize) -> NonZeroUsize {
        let lasts = lasts(plan, &BTreeMap::new());
        let groups = groups(plan, &selected(plan, unproved), &lasts);
        let running = groups.iter().filter(|group| group.selected > 0).count();
        NonZeroUsize::new(running).unwrap_or(NonZeroUsize::MIN).min(most)
    }

    /// The shard that a step is at home in; the first for a step that was not in the plan, so that it is in one.
    #[must_use]
    pub fn home(&self, step: &StepName) -> Option<Shard> {
        Shard::new(self.homes.get(step).copied().unwrap_or(1), self.of.get())
    }

    /// How many shards there are.
    #[must_use]
    pub fn of(&self) -> NonZeroUsize {
        self.of
    }

    /// How long a step is taken to last.
    #[must_use]
    pub fn lasts(&self, step: &StepName) -> Duration {
        self.lasts.get(step).copied().unwrap_or_default()
    }

    /// What the shards of one plan have in common, and those of no other: both trees, how many shards, and every step with
    /// its home and with what its result depends on in the trees.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Leaves the steps of other shards out of a plan.
    pub fn narrow(&self, plan: &mut Plan, shard: Shard) {
        plan.narrowed = true;
        for step in &mut plan.steps {
            if let Some(home) = self.home(&step.name).filter(|home| *home != shard) {
                step.decision = Decision::Skip;
                step.reasons = vec![Reason::OtherShard { shard: home.to_string() }];
            }
        }
    }
}

/// How long each step lasts: what is not known is as long as the middle one of the others.
fn lasts(plan: &Plan, known: &BTreeMap<StepName, Duration>) -> BTreeMap<StepName, Duration> {
    let mut sorted: Vec<Duration> = plan.steps.iter().filter_map(|step| known.get(&step.name).copied()).collect();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(Duration::from_millis(UNKNOWN));
    let of = |step: &Step| (step.name.clone(), known.get(&step.name).copied().unwrap_or(middle));
    plan.steps.iter().map(of).collect()
}

/// The steps that have to run, by what trees and policy say, with those that they need.
fn selected(plan: &Plan, unproved: UnprovedBase) -> BTreeSet<&StepName> {
    let mut selected: BTreeSet<&StepName> = BTreeSet::new();
    let mut open: Vec<&Step> = plan.steps.iter().filter(|step| has_to_run(step, unproved)).collect();
    while let Some(step) = open.pop() {
        if selected.insert(&step.name) {
            open.extend(step.needs.iter().filter_map(|need| plan.step(need)));
        }
    }
    selected
}

fn has_to_run(step: &Step, unproved: UnprovedBase) -> bool {
    let is_open = match step.decision {
        Decision::Run => true,
        Decision::Skip => step.reasons.contains(&Reason::Unchanged),
        Decision::Reuse => false,
    };
    let is_asked = step.reasons.iter().any(|reason| matches!(reason, Reason::Fresh | Reason::NeverReused));
    let is_alike = step.base.as_ref().is_some_and(|base| base.subject() == step.fingerprint.subject());
    is_open && (is_asked || !is_alike || unproved == UnprovedBase::Run)
}

fn groups<'a>(plan: &'a Plan, selected: &BTreeSet<&StepName>, lasts: &BTreeMap<StepName, Duration>) -> Vec<Group<'a>> {
    let mut tied: BTreeMap<&StepName, Vec<&StepName>> = BTreeMap::new();
    for step in &plan.steps {
        for need in step.needs.iter().filter(|need| plan.step(need).is_some()) {
            tied.entry(&step.name).or_default().push(need);
            tied.entry(need).or_default().push(&step.name);
        }
    }
    let mut taken: BTreeSet<&StepName> = BTreeSet::new();
    let mut groups = Vec::new();
    for first in &plan.steps {
        let mut open = vec![&first.name];
        let mut names = BTreeSet::new();
        while let Some(name) = open.pop() {
            if taken.insert(name) {
                names.insert(name);
                open.extend(tied.get(name).into_iter().flatten().copied());
            }
        }
        let steps: Vec<&Step> = plan.steps.iter().filter(|step| names.contains(&step.name)).collect();
        if !steps.is_empty() {
            let weight = |steps: &mut dyn Iterator<Item = &&Step>| {
                steps.map(|step| lasts.get(&step.name).map_or(1, |time| milliseconds(*time))).sum()
            };
            let chosen = weight(&mut steps.iter().filter(|step| selected.contains(&step.name)));
            let whole = weight(&mut steps.iter());
            groups.push(Group { steps, selected: chosen, whole });
        }
    }
    groups
}

/// At least one, so that steps that take no time are spread as well.
fn milliseconds(time: Duration) -> u64 {
    // More than a thousand years would not add up.
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 45)
}

fn digest(plan: &Plan, spread: &Spread<'_>, homes: &BTreeMap<StepName, usize>) -> Digest {
    let mut hasher = Hasher::new("shards", FORMAT);
    hasher.field("base", spread.base.map(|tree| tree.to_string()).unwrap_or_default());
    hasher.field("candidate", spread.candidate.to_string());
    hasher.field("of", spread.of.to_string());
    for step in &plan.steps {
        let home = homes.get(&step.name).copied().unwrap_or(1);
        hasher.field(step.name.as_str(), format!("{home} {}", step.fingerprint.subject()));
    }
    hasher.finish()
}
