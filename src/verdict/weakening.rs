//! What a change does to the gate itself.

use super::Cause;
use crate::change::Change;
use crate::config::{Check, Rules};
use crate::path::{Pattern, Selection};

/// Every check that the change takes away or weakens, and every guarded file that it touches; what is guarded is for the
/// base to say.
#[must_use]
pub fn weakenings(base: &Rules, candidate: &Rules, change: &Change) -> Vec<Cause> {
    let mut causes = Vec::new();
    for (name, old) in &base.checks {
        let told = |how: String| Cause::Weakened { check: name.to_string(), how };
        match candidate.checks.get(name) {
            None if old.required => causes.push(told("removed".to_owned())),
            None => {}
            Some(new) => causes.extend(weaker(old, new).into_iter().map(told)),
        }
    }
    if base.policy.guarded.is_empty() {
        return causes;
    }
    let guarded = Selection::new(&base.policy.guarded, &[]);
    for delta in &change.deltas {
        if [delta.old, delta.new].into_iter().flatten().any(|side| guarded.matches(&delta.path, side.mode)) {
            causes.push(Cause::GuardedFile { path: delta.path.to_string() });
        }
    }
    causes
}

fn weaker(old: &Check, new: &Check) -> Vec<String> {
    let mut how = Vec::new();
    let mut note = |weaker: bool, text: String| {
        if weaker {
            how.push(text);
        }
    };
    note(old.required && !new.required, "no longer required".to_owned());
    note(old.work != new.work, format!("does {} instead of {}", new.work.text(), old.work.text()));
    note(fewer(&old.files, &new.files), "takes fewer files".to_owned());
    note(fewer(&old.inputs, &new.inputs), "depends on fewer inputs".to_owned());
    note(new.exclude.iter().any(|pattern| !has(&old.exclude, pattern)), "excludes more".to_owned());
    note(!old.allow_empty && new.allow_empty, "may match nothing".to_owned());
    note(new.timeout > old.timeout, "may run longer".to_owned());
    note(new.retries > old.retries, "is retried more often".to_owned());
    note(!old.on.is_subset(&new.on), "runs at fewer stages".to_owned());
    note(!old.skippable && new.skippable, "may be skipped".to_owned());
    how
}

/// Whether `new` lacks a pattern that `old` has. No pattern at all stands for the whole tree, which is never fewer.
fn fewer(old: &[Pattern], new: &[Pattern]) -> bool {
    match (old.is_empty(), new.is_empty()) {
        (_, true) => false,
        (true, false) => true,
        (false, false) => old.iter().any(|pattern| !has(new, pattern)),
    }
}

fn has(patterns: &[Pattern], pattern: &Pattern) -> bool {
    patterns.iter().any(|other| other.as_str() == pattern.as_str())
}
