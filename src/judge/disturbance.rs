//! What one look at the checkout after the last step says of the steps.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use crate::check::{Ended, Outcome, StepName};
use crate::diagnostic::Diagnostic;
use crate::workspace::{Touched, TouchedKind};

/// File systems stamp with the time of the last clock tick, which lies up to this far back.
const TICK: Duration = Duration::from_millis(20);

/// Applies what was touched to how the steps ended: a step that passed while a tracked file changed, or a file was left,
/// is `modified`. Gives the steps that earn no receipts, because they may have read what is not of the candidate.
///
/// A file's time tells only of its last change; there may have been others before. So what was put back disturbs every
/// step that had begun by then, and what was not disturbs them all. What `prepare` made is not the candidate's: who writes
/// to it is not `modified`.
pub(super) fn apply(touched: &[Touched], ended: &mut [Ended]) -> BTreeSet<StepName> {
    let mut disturbed = BTreeSet::new();
    for touch in touched {
        let restored = touch.kind == TouchedKind::Restored;
        let begun = |ended: &&Ended| ended.span.is_some_and(|(begin, _)| !restored || begin <= touch.changed + TICK);
        disturbed.extend(ended.iter().filter(begun).map(|ended| ended.step.clone()));
        if matches!(touch.kind, TouchedKind::Changed | TouchedKind::Left) {
            mark_culprits(ended, touch);
        }
    }
    disturbed
}

/// Marks the steps that ran when a file changed. If none did, any of them may have done it.
fn mark_culprits(ended: &mut [Ended], touch: &Touched) {
    let known = ended.iter().any(|ended| overlaps(ended, touch.changed));
    let suspect = |ended: &Ended| if known { overlaps(ended, touch.changed) } else { ended.span.is_some() };
    let names: Vec<StepName> = ended.iter().filter(|ended| suspect(ended)).map(|ended| ended.step.clone()).collect();
    for ended in ended.iter_mut().filter(|ended| suspect(ended)) {
        let others: Vec<&StepName> = names.iter().filter(|name| **name != ended.step).collect();
        mark(ended, touch, &others);
    }
}

/// What to tell of a step that wrote to what `prepare` made: nobody sees it otherwise, and nothing is proved by the run.
pub(super) fn told(touched: &[Touched]) -> Option<Diagnostic> {
    let touch = touched.iter().find(|touch| touch.kind == TouchedKind::Product)?;
    let text =
        format!("'{}', which prepare made, was changed while the steps ran: their passes prove nothing", touch.path);
    let hint = "let no step write to what prepare made; caches in it can be named in [workspace] keep";
    Some(Diagnostic::warning("workspace/prepare", text).hint(hint))
}

/// Whether something had been changed before the steps began: after the last look, by no step of this run.
pub(super) fn is_older(touched: &[Touched], began: SystemTime) -> bool {
    touched.iter().any(|touch| touch.kind != TouchedKind::Restored && touch.changed + TICK < began)
}

fn overlaps(ended: &Ended, at: SystemTime) -> bool {
    ended.span.is_some_and(|(begin, end)| begin <= at + TICK && at <= end + TICK)
}

/// Says of a step that it changed a file, or may have: which of those that ran then did it is not known.
fn mark(ended: &mut Ended, touch: &Touched, others: &[&StepName]) {
    if !matches!(ended.outcome, Outcome::Passed | Outcome::Flaky | Outcome::Modified) {
        return;
    }
    if ended.outcome != Outcome::Modified {
        ended.outcome = Outcome::Modified;
        ended.passed_files.clear();
        let who = match others {
            [] => "it".to_owned(),
            [other] => format!("it or {other}"),
            _ => "it or another step that ran then".to_owned(),
        };
        let what = if touch.kind == TouchedKind::Left { "left" } else { "changed" };
        ended.note = Some(format!("{who} {what} '{}'", touch.path));
    }
}
