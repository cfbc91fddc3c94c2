//! The verdicts of several shards to one: out of their documents alone.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::SystemTime;

use crate::check::{Outcome, Stage, StepName};
use crate::digest::{Digest, ObjectId};
use crate::plan::{Decision, Reason, Shard};
use crate::record::{Entry, StepEntry, new_id};
use crate::verdict::{Cause, Join, JoinedStep, Kind, Overridden, Part, Proof, Verdict, Worth};

/// A document, and where it came from.
#[derive(Clone, Debug)]
pub struct Document {
    /// The name that it is told by.
    pub name: String,
    /// What it holds, or why it can't be read.
    pub entry: Result<Entry, String>,
}

/// What the shards of one plan have in common.
type Key = (Digest, NonZeroUsize, ObjectId, Option<ObjectId>);

/// A document that is one of the plan's shards.
#[derive(Clone)]
struct Piece {
    name: String,
    shard: Shard,
    entry: Entry,
}

/// Joins the documents of all shards of one plan.
pub(super) fn join_shards(documents: Vec<Document>, now: SystemTime, process: u32) -> (Option<Entry>, Vec<Cause>) {
    let (pieces, mut gaps) = usable(documents);
    let Some(key) = chosen(&pieces) else { return (None, gaps) };
    let (pieces, others): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| piece.key() == Some(key));
    gaps.extend(others.iter().map(|piece| unusable(&piece.name, &other_plan(piece, key))));
    let (pieces, doubtful) = one_each(pieces, &mut gaps);
    let is_there = |shard: &Shard| doubtful.contains(shard) || pieces.iter().any(|piece| piece.shard == *shard);
    let absent = Shard::all(key.1).filter(|shard| !is_there(shard));
    gaps.extend(absent.map(|shard| Cause::ShardMissing { shard: shard.to_string() }));
    let steps = steps(&pieces, &mut gaps);
    let Some(first) = pieces.first().map(|piece| piece.entry.clone()) else { return (None, gaps) };
    let verdict = Join {
        parts: pieces.iter().map(Piece::part).collect(),
        steps: steps.iter().filter(|step| elsewhere(step).is_none()).map(joined).collect(),
        gaps: gaps.clone(),
    }
    .decide();
    let runs: Vec<String> = pieces.iter().map(|piece| format!("{} in run {}", piece.shard, piece.entry.id)).collect();
    let entries: Vec<&Entry> = pieces.iter().map(|piece| &piece.entry).collect();
    let entry = Entry {
        id: new_id(now, process),
        narrowed: !gaps.is_empty(),
        steps,
        ..joint(first, &entries, verdict, &format!("shards: {}", runs.join(", ")))
    };
    (Some(entry), gaps)
}

/// What a document says that was joined from these, beside its steps: as the first has it, where all are alike.
pub(super) fn joint(first: Entry, entries: &[&Entry], verdict: Verdict, runs: &str) -> Entry {
    let mut notes: Vec<String> = Vec::new();
    for note in entries.iter().flat_map(|entry| &entry.notes) {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    notes.push(format!("joined from the verdicts of {runs}"));
    let overridden = joint_override(entries, &verdict);
    Entry {
        verdict: verdict.kind,
        proof: verdict.proof,
        standing: verdict.standing,
        findings: verdict.findings,
        started: entries.iter().map(|entry| entry.started).min().unwrap_or(first.started),
        duration_ms: duration(entries),
        shard: None,
        notes,
        fixes: None,
        warm: entries.iter().any(|entry| entry.warm),
        environments: entries.iter().flat_map(|entry| entry.environments.clone()).collect(),
        overridden,
        ..first
    }
}

pub(super) fn unusable(document: &str, why: &str) -> Cause {
    Cause::ShardUnusable { document: document.to_owned(), why: why.to_owned() }
}

/// The documents that are a shard's, and what is wrong with the rest.
fn usable(documents: Vec<Document>) -> (Vec<Piece>, Vec<Cause>) {
    let (mut pieces, mut gaps) = (Vec::new(), Vec::new());
    for Document { name, entry } in documents {
        match entry.and_then(|entry| Ok((of_shard(&entry)?, entry))) {
            Ok((shard, entry)) => pieces.push(Piece { name, shard, entry }),
            Err(why) => gaps.push(unusable(&name, &why)),
        }
    }
    (pieces, gaps)
}

fn of_shard(entry: &Entry) -> Result<Shard, String> {
    let shard = entry.shard.ok_or("it is the verdict of a run that was no shard")?;
    let shard = shard.shard().ok_or("it is of a shard that there can't be")?;
    if entry.stage != Stage::Merge || !entry.narrowed || matches!(entry.verdict, Kind::Deployable | Kind::Mends) {
        return Err("it says more than one shard can".to_owned());
    }
    Ok(shard)
}

/// The plan that most documents are of; the first one's of two.
fn chosen(pieces: &[Piece]) -> Option<Key> {
    let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
    for key in pieces.iter().filter_map(Piece::key) {
        *counts.entry(key).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    pieces.iter().filter_map(Piece::key).find(|key| counts.get(key) == Some(&most))
}

fn other_plan(piece: &Piece, (_, of, candidate, base): Key) -> String {
    let entry = &piece.entry;
    let is_same_base = entry.base.as_ref().map(|base| base.tree) == base;
    let why = if entry.candidate.tree != candidate {
        "it is of another candidate than the other shards"
    } else if !is_same_base {
        "it is of another base than the other shards"
    } else if piece.shard.of() != of {
        "it is of another number of shards than the others"
    } else {
        "its steps are spread in another way: every shard needs the same --durations, and the same gate"
    };
    why.to_owned()
}

/// One document for each shard, and the shards of which two documents say different things.
fn one_each(pieces: Vec<Piece>, gaps: &mut Vec<Cause>) -> (Vec<Piece>, BTreeSet<Shard>) {
    let mut one: BTreeMap<Shard, Piece> = BTreeMap::new();
    let mut doubtful = BTreeSet::new();
    for piece in pieces {
        match one.get(&piece.shard) {
            Some(there) if there.says() != piece.says() => {
                let why = format!("shard {} is in {}, too, where it ended in another way", piece.shard, there.name);
                gaps.push(unusable(&piece.name, &why));
                doubtful.insert(piece.shard);
            }
            Some(_) => {}
            None => {
                one.insert(piece.shard, piece);
            }
        }
    }
    (one.into_values().filter(|piece| !doubtful.contains(&piece.shard)).collect(), doubtful)
}

/// Every step, as the shard has it in which it is at home.
fn steps(pieces: &[Piece], gaps: &mut Vec<Cause>) -> Vec<StepEntry> {
    let mut steps: BTreeMap<&StepName, StepEntry> = BTreeMap::new();
    for step in pieces.iter().flat_map(|piece| &piece.entry.steps).filter(|step| elsewhere(step).is_some()) {
        steps.insert(&step.name, step.clone());
    }
    let mut owners: BTreeMap<&StepName, &Piece> = BTreeMap::new();
    for piece in pieces {
        for step in piece.entry.steps.iter().filter(|step| elsewhere(step).is_none()) {
            if let Some(other) = owners.insert(&step.name, piece) {
                gaps.push(unusable(&piece.name, &format!("{} is {}'s, too", step.name, other.name)));
            }
            // What a path means is known on the runner that wrote it.
            steps.insert(&step.name, StepEntry { log: None, ..step.clone() });
        }
    }
    for piece in pieces {
        let lost = steps.values().filter(|step| elsewhere(step).is_some_and(|home| home == piece.shard.to_string()));
        gaps.extend(
            lost.map(|step| unusable(&piece.name, &format!("it says nothing of {}, which is its own", step.name))),
        );
        let known = |name: &StepName| piece.entry.step(name).is_some();
        if !steps.keys().all(|name| known(name)) {
            gaps.push(unusable(&piece.name, "it has other steps than the other shards"));
        }
    }
    steps.into_values().collect()
}

/// The shard that a step was left to.
fn elsewhere(step: &StepEntry) -> Option<&str> {
    step.reasons.iter().find_map(|reason| match reason {
        Reason::OtherShard { shard } => Some(shard.as_str()),
        _ => None,
    })
}

fn joined(step: &StepEntry) -> JoinedStep {
    JoinedStep {
        name: step.name.clone(),
        required: step.required,
        worth: worth(step),
        is_alike: step.base_fingerprint == Some(step.fingerprint),
        outcome: step.outcome,
        tests: step.failed_tests.clone().zip(step.base_failed_tests.clone()),
    }
}

fn worth(step: &StepEntry) -> Worth {
    match (step.decision, step.outcome, step.reasons.first()) {
        (Decision::Reuse, ..) | (Decision::Run, Some(Outcome::Passed), _) => Worth::Passes,
        // What there is against one that is flaky, selects nothing or is owed by another platform, the shard has found.
        (Decision::Run, Some(Outcome::Flaky), _)
        | (Decision::Skip, _, Some(Reason::Unchanged | Reason::SelectsNothing | Reason::OtherPlatform)) => {
            Worth::Accepted
        }
        (Decision::Run | Decision::Skip, ..) => Worth::Nothing,
    }
}

/// What lets the change land all the same: only where each entry that speaks against it says so, with the same words, and
/// nothing else speaks against it.
fn joint_override(entries: &[&Entry], verdict: &Verdict) -> Option<Overridden> {
    let is_against = |kind: Kind| matches!(kind, Kind::Rejected | Kind::Undecided);
    let against: Vec<&&Entry> = entries.iter().filter(|entry| is_against(entry.verdict)).collect();
    let deciding = verdict.findings.iter().filter(|finding| finding.leads_to.is_some());
    let mut is_theirs = deciding.map(|finding| against.iter().any(|entry| entry.findings.contains(finding)));
    if !is_against(verdict.kind) || !is_theirs.all(|theirs| theirs) {
        return None;
    }
    let words = |told: &Overridden| Overridden { checks: Vec::new(), ..told.clone() };
    let told: Option<Vec<&Overridden>> = against.iter().map(|entry| entry.overridden.as_ref()).collect();
    let (first, rest) = told.as_ref()?.split_first()?;
    let checks: BTreeSet<&String> = told.iter().flatten().flat_map(|told| &told.checks).collect();
    let is_one = rest.iter().all(|other| words(other) == words(first));
    is_one.then(|| Overridden { checks: checks.into_iter().cloned().collect(), ..words(first) })
}

/// From the first one's start to the last one's end, in milliseconds.
fn duration(entries: &[&Entry]) -> u64 {
    let start = |entry: &&Entry| entry.started.as_millisecond();
    let length = |entry: &&Entry| i64::try_from(entry.duration_ms).unwrap_or(i64::MAX);
    let end = entries.iter().map(|entry| start(entry).saturating_add(length(entry))).max().unwrap_or(0);
    let first = entries.iter().map(start).min().unwrap_or(0);
    u64::try_from(end.saturating_sub(first)).unwrap_or(0)
}

impl Piece {
    fn key(&self) -> Option<Key> {
        let plan = self.entry.shard?.plan;
        Some((plan, self.shard.of(), self.entry.candidate.tree, self.entry.base.as_ref().map(|base| base.tree)))
    }

    fn part(&self) -> Part<'_> {
        Part {
            kind: self.entry.verdict,
            proof: self.entry.shard.map_or(Proof::Relative, |shard| shard.proof),
            standing: &self.entry.standing,
            findings: &self.entry.findings,
        }
    }

    /// What two documents of one shard have to agree in.
    fn says(&self) -> (Kind, Vec<(&StepName, bool, Worth)>) {
        let steps = self.entry.steps.iter().map(|step| (&step.name, elsewhere(step).is_some(), worth(step)));
        (self.entry.verdict, steps.collect())
    }
}
