//! Shards: balance against every arrangement, and steps that are in one of them whatever runners know.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::check::{Stage, StepName};
use crate::config::{Check, UnprovedBase};
use crate::digest::ObjectId;
use crate::plan::{Decision, Field, Fingerprint, Plan, Reason, Step};

fn name(text: &str) -> StepName {
    StepName::from(&text.parse().unwrap())
}

#[test]
fn shards_are_numbered_from_one() {
    let parse = |text: &str| text.parse::<Shard>().map(|shard| (shard.index(), shard.of().get(), shard.to_string()));
    assert_eq!(parse("2/3"), Ok((2, 3, "2/3".into())));
    assert_eq!(parse("1000/1000").map(|shard| shard.0), Ok(1000));
    for text in ["", "2", "/", "2/", "/3", "+1/3", "1/-3", "a/b", "1/3/4", " 1/3", "1 /3", "99999999999/3"] {
        assert_eq!(parse(text), Err(ParseShardError::Form), "{text:?}");
    }
    for text in ["0/3", "4/3", "0/0"] {
        assert_eq!(parse(text), Err(ParseShardError::Number(text.to_owned())));
    }
    assert_eq!(parse("1/1001"), Err(ParseShardError::TooMany));
}

/// The least that the fullest bin can hold, by trying every arrangement.
fn best(weights: &[u64], loads: &mut [u64]) -> u64 {
    let Some((first, rest)) = weights.split_first() else { return loads.iter().copied().max().unwrap() };
    let mut least = u64::MAX;
    for bin in 0..loads.len() {
        loads[bin] += first;
        least = least.min(best(rest, loads));
        loads[bin] -= first;
    }
    least
}

/// Whether bins and loads say the same.
fn assert_consistent(spread: &Balance, weights: &[u64], held: &[u64]) {
    let mut loads = held.to_vec();
    for (weight, bin) in weights.iter().zip(&spread.bins) {
        loads[*bin] += weight;
    }
    assert_eq!((loads, spread.bins.len()), (spread.loads.clone(), weights.len()));
}

/// Numbers that are the same in every run of the tests.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn a_few_weights_are_spread_as_well_as_can_be() {
    let mut random = Random(1);
    for _ in 0..400 {
        let bins = 1 + usize::try_from(random.below(3)).unwrap();
        let weights: Vec<u64> = (0..random.below(9)).map(|_| 1 + random.below(50)).collect();
        let held: Vec<u64> = (0..bins).map(|_| random.below(2) * random.below(30)).collect();
        let spread = balance(&weights, &held);
        assert_consistent(&spread, &weights, &held);
        let least = best(&weights, &mut held.clone());
        assert_eq!(spread.loads.iter().copied().max(), Some(least), "{weights:?} over {held:?}");
    }
    // Where heaviest first alone is a third too much.
    assert_eq!(balance(&[5, 5, 4, 4, 3, 3, 3], &[0, 0, 0]).loads.into_iter().max(), Some(9));
}

#[test]
fn many_weights_are_spread_within_a_tenth_of_the_best() {
    let mut random = Random(2);
    for round in 0..60 {
        let bins = 2 + usize::try_from(random.below(15)).unwrap();
        let count = 1 + random.below(200);
        // A few long ones and many short ones, as suites have.
        let weight = |random: &mut Random| {
            let scale = [100, 1_000, 10_000, 100_000][usize::try_from(random.below(4)).unwrap()];
            1 + random.below(scale)
        };
        let weights: Vec<u64> = (0..count).map(|_| weight(&mut random)).collect();
        let spread = balance(&weights, &vec![0; bins]);
        assert_consistent(&spread, &weights, &vec![0; bins]);
        let fullest = spread.loads.iter().copied().max().unwrap();
        let bound = lower_bound(&weights, bins);
        assert!(fullest * 10 <= bound * 11, "{round}: {fullest} for at least {bound}: {weights:?} over {bins}");
    }
}

#[test]
fn nothing_spreads_over_anything() {
    assert_eq!(balance(&[], &[0, 0]).loads, [0, 0]);
    assert!(balance(&[3, 3], &[]).loads.is_empty());
    assert_eq!(lower_bound(&[], 3), 0);
    assert_eq!(lower_bound(&[4, 4, 4, 4], 3), 8, "two share one");
}

/// A step by what trees say of it, and by what one machine does.
#[derive(Clone, Debug)]
struct Told {
    tree: bool,
    machine: bool,
    needs: BTreeSet<usize>,
    seconds: Option<u64>,
}

fn told(number: usize) -> impl Strategy<Value = Told> {
    let needs = proptest::collection::btree_set(0..number.max(1), 0..if number == 0 { 1 } else { 2 });
    let needs = (needs, any::<bool>()).prop_map(|(needs, some)| if some { needs } else { BTreeSet::new() });
    (any::<bool>(), any::<bool>(), needs, proptest::option::of(1_u64..500))
        .prop_map(|(tree, machine, needs, seconds)| Told { tree, machine, needs, seconds })
}

fn steps() -> impl Strategy<Value = Vec<Told>> {
    (1_usize..14).prop_flat_map(|count| (0..count).map(told).collect::<Vec<_>>())
}

/// The plan as a machine makes it on which programs differ between base and candidate, or not.
fn plan(told: &[Told], differs: bool) -> Plan {
    let label = |number: usize| name(&format!("s{number:02}"));
    let step = |(number, told): (usize, &Told)| {
        let fingerprint = |tree: bool, machine: bool| {
            let fields =
                [Field::subject("inputs", tree.to_string()), Field::environment("program", machine.to_string())];
            Fingerprint::new(fields.to_vec())
        };
        let (new, old) = (fingerprint(told.tree, differs && told.machine), fingerprint(false, false));
        let runs = new != old;
        let check = Check::sample(&format!("s{number:02}"), "true");
        Step {
            name: label(number),
            check: Arc::new(check),
            decision: if runs { Decision::Run } else { Decision::Skip },
            reasons: vec![if runs { Reason::EnvironmentChanged { field: "x".into() } } else { Reason::Unchanged }],
            fingerprint: new,
            base: Some(old),
            files: None,
            needs: told.needs.iter().filter(|need| **need < number).map(|need| label(*need)).collect(),
            after: BTreeSet::new(),
            elsewhere: BTreeMap::new(),
        }
    };
    Plan { stage: Stage::Merge, steps: told.iter().enumerate().map(step).collect(), narrowed: false }
}

fn spread(told: &[Told], plan: &Plan, of: usize, unproved: UnprovedBase) -> Shards {
    let times = told
        .iter()
        .enumerate()
        .filter_map(|(number, told)| Some((name(&format!("s{number:02}")), Duration::from_secs(told.seconds?))));
    let durations: BTreeMap<StepName, Duration> = times.collect();
    let of = NonZeroUsize::new(of).unwrap();
    let candidate = ObjectId::from_bytes([2; 20]);
    Shards::new(plan, &Spread { of, durations: &durations, unproved, base: None, candidate })
}

fn running(plan: &Plan) -> Vec<StepName> {
    plan.running().map(|step| step.name.clone()).collect()
}

proptest! {
    #[test]
    fn every_step_that_runs_runs_in_one_shard_with_what_it_needs(told in steps(), of in 1_usize..6, run in any::<bool>()) {
        let unproved = if run { UnprovedBase::Run } else { UnprovedBase::Assume };
        let mut whole = plan(&told, true);
        let shards = spread(&told, &whole, of, unproved);
        let mut ran = Vec::new();
        for shard in Shard::all(shards.of()) {
            let mut part = whole.clone();
            shards.narrow(&mut part, shard);
            let whole = part.settle(|_| false);
            prop_assert!(whole.is_empty() && part.narrowed);
            ran.extend(running(&part));
        }
        ran.sort();
        let _whole = whole.settle(|_| false);
        prop_assert_eq!(ran, running(&whole));
    }

    #[test]
    fn machines_that_differ_spread_alike(told in steps(), of in 1_usize..6, run in any::<bool>()) {
        let unproved = if run { UnprovedBase::Run } else { UnprovedBase::Assume };
        let one = spread(&told, &plan(&told, true), of, unproved);
        let other = spread(&told, &plan(&told, false), of, unproved);
        prop_assert_eq!(one, other);
    }
}

#[test]
fn what_has_to_run_is_balanced_whatever_else_there_is() {
    let step = |tree, seconds| Told { tree, machine: false, needs: BTreeSet::new(), seconds: Some(seconds) };
    let told = [step(true, 60), step(false, 500), step(true, 50), step(false, 400), step(true, 10)];
    let load = |unproved| {
        let plan = plan(&told, false);
        let shards = spread(&told, &plan, 2, unproved);
        let mut loads = [0, 0];
        for (number, told) in told.iter().enumerate() {
            if told.tree || unproved == UnprovedBase::Run {
                loads[shards.home(&name(&format!("s{number:02}"))).unwrap().index() - 1] += told.seconds.unwrap();
            }
        }
        loads.sort_unstable();
        loads
    };
    assert_eq!(load(UnprovedBase::Assume), [60, 60]);
    assert_eq!(load(UnprovedBase::Run), [510, 510]);
}

#[test]
fn more_shards_than_there_is_work_for_are_of_no_use() {
    let step =
        |tree, need: Option<usize>| Told { tree, machine: false, needs: need.into_iter().collect(), seconds: None };
    let told = [step(false, None), step(true, Some(0)), step(true, Some(0)), step(true, None), step(false, None)];
    let useful = |told: &[Told], most| {
        let most = NonZeroUsize::new(most).unwrap();
        Shards::useful(&plan(told, false), UnprovedBase::Assume, most).get()
    };
    assert_eq!((useful(&told, 8), useful(&told, 1)), (2, 1));
    assert_eq!((useful(&told[..1], 8), useful(&[], 8)), (1, 1));
}

#[test]
fn the_digest_is_of_both_trees_the_steps_and_how_they_are_spread() {
    let step = |tree, seconds| Told { tree, machine: false, needs: BTreeSet::new(), seconds: Some(seconds) };
    let told = [step(true, 60), step(true, 50), step(true, 10)];
    let (of, durations) = (NonZeroUsize::new(2).unwrap(), BTreeMap::new());
    let (base, candidate, unproved) = (None, ObjectId::from_bytes([2; 20]), UnprovedBase::Assume);
    let usual = Spread { of, durations: &durations, unproved, base, candidate };
    let digest = |plan: &Plan, spread: &Spread<'_>| Shards::new(plan, spread).digest();
    let plan_of = plan(&told, false);
    let first = digest(&plan_of, &usual);
    assert_eq!(first, digest(&plan(&told, true), &usual));
    let times = BTreeMap::from([(name("s00"), Duration::from_secs(1)), (name("s01"), Duration::from_secs(9))]);
    for other in [
        Spread { of: NonZeroUsize::new(3).unwrap(), ..usual },
        Spread { base: Some(ObjectId::from_bytes([1; 20])), ..usual },
        Spread { candidate: ObjectId::from_bytes([3; 20]), ..usual },
        Spread { durations: &times, ..usual },
    ] {
        assert_ne!(first, digest(&plan_of, &other));
    }
    assert_ne!(first, digest(&plan(&told[..2], false), &usual));
    let mut changed = plan_of.clone();
    changed.steps[0].fingerprint = Fingerprint::new(vec![Field::subject("inputs", "other")]);
    assert_ne!(first, digest(&changed, &usual));
}
