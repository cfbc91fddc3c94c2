//! What a change does to the gate itself.

use std::time::Duration;

use super::Cause;
use crate::change::{Change, Side};
use crate::config::{Check, Reuse, Rules, UnprovedBase};
use crate::path::{Pattern, Selection};

/// The file at the root that says whose keys may allow something: guarded wherever anybody may.
const KEYS: &str = "trusted-keys";

/// Every check that the change takes away or weakens, every key of gate.toml beside them that it makes more lenient, and
/// every guarded file that it touches; what is guarded is for the base to say.
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
    causes.extend(looser(base, candidate).into_iter().map(|(key, how)| Cause::Loosened { key: key.to_owned(), how }));
    let guarded = (!base.policy.guarded.is_empty()).then(|| Selection::new(&base.policy.guarded, &[]));
    let has_keys = !base.policy.override_by.is_empty();
    for delta in &change.deltas {
        let named = |side: Side| guarded.as_ref().is_some_and(|guarded| guarded.matches(&delta.path, side.mode));
        let is_keys = has_keys && delta.path.as_bstr() == KEYS;
        if is_keys || [delta.old, delta.new].into_iter().flatten().any(named) {
            causes.push(Cause::GuardedFile { path: delta.path.to_string() });
        }
    }
    causes
}

/// What of the rules beside the checks becomes more lenient: the key, and how.
fn looser(old: &Rules, new: &Rules) -> Vec<(&'static str, String)> {
    let (was, is) = (&old.policy, &new.policy);
    let mut how = Vec::new();
    let mut note = |looser: bool, key: &'static str, text: &str| {
        if looser {
            how.push((key, text.to_owned()));
        }
    };
    let branches = &new.main.branches;
    note(old.main.branches.iter().any(|branch| !has(branches, branch)), "main.branches", "names fewer branches");
    let assumes = was.unproved_base == UnprovedBase::Run && is.unproved_base == UnprovedBase::Assume;
    note(assumes, "policy.unproved-base", "takes an unproved base to pass");
    note(was.reject_flaky && !is.reject_flaky, "policy.flaky", "accepts flaky checks");
    note(was.guarded.iter().any(|path| !has(&is.guarded, path)), "policy.guarded", "guards fewer files");
    let more = |name: &String| !was.override_by.contains(name);
    note(is.override_by.iter().any(more), "policy.override", "lets more people override");
    note(!was.warm && is.warm, "policy.warm", "takes evidence from checkouts with kept folders");
    note(
        is.trust.iter().any(|trust| !was.trust.contains(trust)),
        "policy.trust",
        "trusts another key, or a key in other environments",
    );
    let (was, is) = (&old.server, &new.server);
    note(!was.force_push && is.force_push, "server.force-push", "lets commits be left out");
    note(!was.delete && is.delete, "server.delete", "lets branches be deleted");
    note(!was.create && is.create, "server.create", "lets branches be made");
    how
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
    note(!old.platforms.is_subset(&new.platforms), "has to pass on fewer platforms".to_owned());
    note(!old.allow_empty && new.allow_empty, "may match nothing".to_owned());
    note(new.timeout > old.timeout, "may run longer".to_owned());
    note(new.retries > old.retries, "is retried more often".to_owned());
    note(lasts(new.reuse) > lasts(old.reuse), "its passes count for longer".to_owned());
    note(!old.on.is_subset(&new.on), "runs at fewer stages".to_owned());
    note(!old.skippable && new.skippable, "may be skipped".to_owned());
    how
}

/// For how long a pass counts.
fn lasts(reuse: Reuse) -> Duration {
    match reuse {
        Reuse::Always => Duration::MAX,
        Reuse::Never => Duration::ZERO,
        Reuse::For(limit) => limit,
    }
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
