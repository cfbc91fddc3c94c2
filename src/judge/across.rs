//! The verdicts of several platforms to one: out of their documents alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use super::join::{Document, join_shards, joint, unusable};
use crate::check::{Outcome, Stage, StepName};
use crate::evidence;
use crate::plan::{Decision, Reason};
use crate::record::{Entry, StepEntry, new_id};
use crate::verdict::{Across, Cause, Place, Proof};

/// Joins the documents of all shards, and of all platforms where there is more than one on which a change was judged.
/// Whatever is missing, unreadable or of another plan leaves the change undecided, and what any shard of the plan rejects is
/// rejected.
///
/// `None` where no document is of use, so that there is nothing to speak of.
#[must_use]
pub fn join(documents: Vec<Document>, now: SystemTime, process: u32) -> (Option<Entry>, Vec<Cause>) {
    let Some(groups) = by_platform(&documents) else { return join_shards(documents, now, process) };
    let unread = documents.iter().filter_map(|document| Some(unusable(&document.name, document.entry.as_ref().err()?)));
    let mut gaps: Vec<Cause> = unread.collect();
    let mut sights = BTreeMap::new();
    for (platform, group) in groups {
        let name = group.iter().map(|document| document.name.clone()).collect::<Vec<_>>().join(", ");
        let sight = whole(&group).or_else(|| {
            let (entry, lacking) = join_shards(group, now, process);
            gaps.extend(lacking);
            Some(Sight { name, entry: entry? })
        });
        sights.extend(sight.map(|sight| (platform, sight)));
    }
    (join_platforms(&sights, gaps.clone(), now, process), gaps)
}

/// What stands for one platform: the name of its document, and the document.
struct Sight {
    name: String,
    entry: Entry,
}

/// The documents of each platform, where they are of more than one and not shards of the same whole: then each platform
/// has judged all of it.
fn by_platform(documents: &[Document]) -> Option<BTreeMap<String, Vec<Document>>> {
    let mut groups: BTreeMap<String, Vec<Document>> = BTreeMap::new();
    for document in documents {
        let Ok(entry) = &document.entry else { continue };
        groups.entry(platform(entry)?).or_default().push(document.clone());
    }
    let numbers = |group: &[Document]| -> BTreeSet<Option<usize>> {
        let entries = group.iter().filter_map(|document| document.entry.as_ref().ok());
        entries.map(|entry| entry.shard.map(|shard| shard.index)).collect()
    };
    let mut met = BTreeSet::new();
    let meets = groups.values().flat_map(|group| numbers(group)).any(|number| number.is_none() || !met.insert(number));
    (groups.len() > 1 && meets).then_some(groups)
}

/// Where a document comes from, if it says so and is of one mind about it.
fn platform(entry: &Entry) -> Option<String> {
    let told = entry.environments.values().map(|environment| environment.get("platform"));
    let names: BTreeSet<Option<String>> = told.map(|text| text.map(|text| evidence::platform_name(text))).collect();
    names.first().filter(|_| names.len() == 1).cloned().flatten()
}

/// The only document of a platform, if it is of all steps.
fn whole(documents: &[Document]) -> Option<Sight> {
    let [Document { name, entry: Ok(entry) }] = documents else { return None };
    let is_whole = entry.shard.is_none() && !entry.narrowed && entry.stage == Stage::Merge;
    is_whole.then(|| Sight { name: name.clone(), entry: entry.clone() })
}

/// Joins what was said on each platform.
fn join_platforms(
    sights: &BTreeMap<String, Sight>,
    mut gaps: Vec<Cause>,
    now: SystemTime,
    process: u32,
) -> Option<Entry> {
    let first = sights.values().next()?.entry.clone();
    let about = |entry: &Entry| (entry.candidate.tree, entry.base.as_ref().map(|base| base.tree));
    let (sights, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
        sights.iter().partition(|(_, sight)| about(&sight.entry) == about(&first));
    gaps.extend(others.values().map(|sight| unusable(&sight.name, "it is of another merge than the others")));
    let names = |entry: &Entry| -> BTreeSet<StepName> { entry.steps.iter().map(|step| step.name.clone()).collect() };
    let strange = sights.values().filter(|sight| names(&sight.entry) != names(&first));
    gaps.extend(strange.map(|sight| unusable(&sight.name, "it has other steps than the others")));
    let places = sights.iter().map(|(platform, sight)| (platform.as_str(), place(&sight.entry))).collect();
    let verdict = Across { places, gaps: gaps.clone() }.decide();
    let entries: Vec<&Entry> = sights.values().map(|sight| &sight.entry).collect();
    let runs: Vec<String> =
        sights.iter().map(|(platform, sight)| format!("{platform} in run {}", sight.entry.id)).collect();
    Some(Entry {
        id: new_id(now, process),
        narrowed: !gaps.is_empty(),
        steps: steps(&sights),
        ..joint(first, &entries, verdict, &format!("platforms: {}", runs.join(", ")))
    })
}

fn place(entry: &Entry) -> Place<'_> {
    let is_others = |step: &&StepEntry| step.reasons.first() == Some(&Reason::OtherPlatform);
    let is_proved = entry.steps.iter().filter(|step| step.required && !is_others(step)).all(|step| step.proves);
    let proof = entry.proof.unwrap_or(if is_proved { Proof::Proved } else { Proof::Relative });
    Place {
        kind: entry.verdict,
        proof,
        standing: &entry.standing,
        findings: &entry.findings,
        proved: entry.steps.iter().filter(|step| step.proves).map(|step| &step.name).collect(),
    }
}

/// Every step as each platform has it that has a result of its own: one, where it need not pass on more.
fn steps(sights: &BTreeMap<&String, &Sight>) -> Vec<StepEntry> {
    let asks = |cause: &Cause, name: &StepName| matches!(cause, Cause::PlatformUnproved { step, .. } if step == name);
    let is_told_apart = |name: &StepName| {
        sights.values().any(|sight| sight.entry.findings.iter().any(|finding| asks(&finding.cause, name)))
    };
    let mut steps: Vec<StepEntry> = Vec::new();
    for (platform, sight) in sights {
        // What a path means is known on the runner that wrote it.
        for step in sight.entry.steps.iter().map(|step| StepEntry { log: None, ..step.clone() }) {
            let known = steps.iter().position(|known| known.name == step.name);
            match known {
                _ if is_told_apart(&step.name) && has_result(&step) => {
                    let note =
                        step.note.iter().cloned().chain([format!("on {platform}")]).collect::<Vec<_>>().join("; ");
                    steps.push(StepEntry { note: Some(note), ..step });
                }
                None => steps.push(step),
                Some(known) if !passes(&step) && has_result(&step) && passes(&steps[known]) => steps[known] = step,
                Some(_) => {}
            }
        }
    }
    let told: BTreeSet<StepName> = steps.iter().filter(|step| has_result(step)).map(|step| step.name.clone()).collect();
    steps.retain(|step| has_result(step) || !told.contains(&step.name));
    steps.sort_by(|a, b| a.name.cmp(&b.name));
    steps
}

fn has_result(step: &StepEntry) -> bool {
    step.decision != Decision::Skip
}

fn passes(step: &StepEntry) -> bool {
    step.decision != Decision::Run || step.outcome == Some(Outcome::Passed)
}
