//! What one look at the checkout after the last step says of the steps.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use crate::check::{Ended, Outcome, StepName};
use crate::workspace::{Touched, TouchedKind};

/// File systems stamp with the time of the last clock tick, which lies up to this far back.
const TICK: Duration = Duration::from_millis(20);

/// Applies what was touched to how the steps ended: a step that passed while a tracked file changed, or a file was left,
/// is `modified`. Gives the steps that overlapped any touch, even one that was undone: another step may have read the
/// file meanwhile, so they earn no receipts.
pub(super) fn apply(touched: &[Touched], ended: &mut [Ended]) -> BTreeSet<StepName> {
    let mut disturbed = BTreeSet::new();
    for touch in touched {
        let overlapped: Vec<usize> = (0..ended.len()).filter(|at| overlaps(&ended[*at], touch.changed)).collect();
        // A change that no step's time explains may have been made by any of them.
        let all = || (0..ended.len()).filter(|at| ended[*at].span.is_some()).collect();
        let culprits = if overlapped.is_empty() { all() } else { overlapped };
        for at in culprits {
            disturbed.insert(ended[at].step.clone());
            if touch.kind != TouchedKind::Restored {
                mark(&mut ended[at], touch);
            }
        }
    }
    disturbed
}

fn overlaps(ended: &Ended, at: SystemTime) -> bool {
    ended.span.is_some_and(|(begin, end)| begin <= at + TICK && at <= end + TICK)
}

fn mark(ended: &mut Ended, touch: &Touched) {
    if !matches!(ended.outcome, Outcome::Passed | Outcome::Flaky | Outcome::Modified) {
        return;
    }
    if ended.outcome != Outcome::Modified {
        ended.outcome = Outcome::Modified;
        ended.passed_files.clear();
        let what = if touch.kind == TouchedKind::Left { "left" } else { "changed" };
        ended.note = Some(format!("it {what} '{}'", touch.path));
    }
}
