//! The sentence that ends every report: the verdict, what it rests on, and what to do next.

use std::time::SystemTime;

use super::next;
use super::words::{self, ago, listed};
use crate::check::Outcome;
use crate::plan::{Decision, Reason};
use crate::record::Entry;
use crate::verdict::{Cause, Kind, Proof, Standing};

/// The closing sentence, on one line; it begins with the verdict.
pub(super) fn sentence(entry: &Entry, now: SystemTime, recorded: bool) -> String {
    let counts = counts(entry, now);
    let base = entry.base.as_ref().map(|base| words::base(&base.choice));
    let against = base.as_ref().map(|base| format!(", against {base}")).unwrap_or_default();
    match (entry.verdict, entry.proof) {
        (Kind::Deployable, Some(Proof::Relative)) => relative(entry, &counts, base),
        (Kind::Deployable, _) => format!("deployable: {counts}{against}."),
        (Kind::Mends, _) => {
            format!("mends: {}; it may land, but not be deployed ({counts}{against}).", broken(entry))
        }
        (Kind::Clear, _) => {
            let only = match (&entry.shard, entry.narrowed) {
                (Some(shard), _) => format!(" by shard {}/{}, which says nothing of the whole", shard.index, shard.of),
                (None, true) => " by the steps that were asked for".to_owned(),
                (None, false) => String::new(),
            };
            format!("clear: nothing found against it{only} ({counts}{against}).")
        }
        (kind @ (Kind::Rejected | Kind::Undecided), _) => {
            format!("{kind}: {} ({counts}{against}). {}", causes(entry, kind), next::after(entry, recorded))
        }
    }
}

/// Deployable, but not proved: why, and what would prove it.
fn relative(entry: &Entry, counts: &str, base: Option<String>) -> String {
    let is_flaky = entry.steps.iter().any(|step| step.required && step.outcome == Some(Outcome::Flaky));
    match base {
        Some(base) if !is_flaky => {
            format!("deployable if {base} is: {counts}. {}", next::proving(entry))
        }
        _ if is_flaky => format!("deployable, not proved: {counts}. Run it again: a flaky pass proves nothing."),
        _ => format!("deployable, not proved: {counts}. What passes with folders of your own checkout proves nothing."),
    }
}

/// How many steps ended how.
fn counts(entry: &Entry, now: SystemTime) -> String {
    let mut parts = Vec::new();
    for outcome in [
        Outcome::Failed,
        Outcome::TimedOut,
        Outcome::Leaked,
        Outcome::Modified,
        Outcome::Cancelled,
        Outcome::NotStarted,
        Outcome::Flaky,
        Outcome::Passed,
    ] {
        let ended = entry.steps.iter().filter(|step| step.outcome == Some(outcome)).count();
        if ended > 0 {
            parts.push(format!("{ended} {outcome}"));
        }
    }
    parts.extend(reused(entry, now));
    let skipped = |reason: fn(&Reason) -> bool| {
        let skipped = entry.steps.iter().filter(|step| step.decision == Decision::Skip);
        skipped.filter(|step| step.reasons.iter().any(reason)).count()
    };
    for (number, word) in [
        (skipped(|reason| matches!(reason, Reason::Unchanged)), "unchanged"),
        (skipped(|reason| matches!(reason, Reason::SelectsNothing)), "without files"),
        (skipped(|reason| matches!(reason, Reason::Asked { .. })), "skipped on request"),
        (skipped(|reason| matches!(reason, Reason::NotSelected)), "left out by --only"),
        (skipped(|reason| matches!(reason, Reason::OtherShard { .. })), "of other shards"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    if parts.is_empty() { "there is nothing to check".to_owned() } else { parts.join(", ") }
}

/// How many steps were reused, and from when.
fn reused(entry: &Entry, now: SystemTime) -> Option<String> {
    let reused = entry.steps.iter().filter(|step| step.decision == Decision::Reuse);
    let times = reused.clone().flat_map(|step| &step.reasons).filter_map(|reason| match reason {
        Reason::Receipt { finished, .. } => Some(*finished),
        Reason::FileReceipts { oldest, .. } => Some(*oldest),
        _ => None,
    });
    let number = reused.count();
    let from = |newest: i64| match ago(newest, now).as_str() {
        "just now" => "a moment ago".to_owned(),
        age => age.to_owned(),
    };
    match (number, times.max()) {
        (0, _) => None,
        (1, Some(newest)) => Some(format!("1 reused from {}", from(newest))),
        (_, Some(newest)) => Some(format!("{number} reused, newest from {}", from(newest))),
        (_, None) => Some(format!("{number} reused")),
    }
}

/// What led to a verdict.
pub(super) fn causes(entry: &Entry, kind: Kind) -> String {
    let deciding =
        || entry.findings.iter().filter(|finding| finding.leads_to == Some(kind)).map(|finding| &finding.cause);
    let mut found: Vec<String> = Outcome::ALL.into_iter().filter_map(|outcome| ended(deciding(), outcome)).collect();
    found.extend(deciding().filter(|cause| !matches!(cause, Cause::Step { .. })).map(words::short_cause));
    // Only a run in the user's own tree leaves a change open without a finding.
    if found.is_empty() { "nothing failed in your own tree, which proves nothing".to_owned() } else { listed(&found) }
}

/// The steps that ended in one way, as one clause.
fn ended<'a>(causes: impl Iterator<Item = &'a Cause>, outcome: Outcome) -> Option<String> {
    let step = |cause: &Cause| match cause {
        Cause::Step { step, outcome: ended } if *ended == outcome => Some(step.to_string()),
        _ => None,
    };
    let steps: Vec<String> = causes.filter_map(step).collect();
    let verb = if steps.len() == 1 { words::ended(outcome) } else { words::all_ended(outcome) };
    (!steps.is_empty()).then(|| format!("{} {verb}", listed(&steps)))
}

/// What is broken on the base, and stays so.
fn broken(entry: &Entry) -> String {
    let Standing::Broken { steps, .. } = &entry.standing else { return "the base is broken".to_owned() };
    let failing = |name: &&crate::check::StepName| {
        let step = entry.step(name);
        step.is_some_and(|step| step.outcome != Some(Outcome::Passed) && step.decision != Decision::Reuse)
    };
    let (still, mended): (Vec<_>, Vec<_>) = steps.iter().partition(failing);
    let names =
        |steps: Vec<&crate::check::StepName>| listed(&steps.iter().map(ToString::to_string).collect::<Vec<_>>());
    match (mended.is_empty(), still.is_empty()) {
        (true, _) => format!("the base is broken, and {} still not passed", names(still)),
        (false, true) => format!("{} failed on the base and passed here", names(mended)),
        (false, false) => format!("{} failed on the base and passed here, {} still not", names(mended), names(still)),
    }
}
