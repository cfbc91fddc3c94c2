//! What a change does to the gate itself.

use std::time::Duration;

use super::Cause;
use crate::change::{Change, Side};
use crate::config::{
    Affects, Check, DeclaredUnit, PerUnit, Prepare, Queue, Reuse, Rules, UnitRule, UnitRules, Units, UnprovedBase,
    WorkspaceRules,
};
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
    let ahead = was.queue == Queue::Tip && is.queue == Queue::Ahead;
    note(ahead, "policy.queue", "takes what the queue holds ahead to pass");
    note(was.reject_flaky && !is.reject_flaky, "policy.flaky", "accepts flaky checks");
    let fewer_tests = was.reject_fewer_tests && !is.reject_fewer_tests;
    note(fewer_tests, "policy.fewer-tests", "accepts fewer tests of the same inputs");
    note(was.guarded.iter().any(|path| !has(&is.guarded, path)), "policy.guarded", "guards fewer files");
    let more = |name: &String| !was.override_by.contains(name);
    note(is.override_by.iter().any(more), "policy.override", "lets more people override");
    note(!was.warm && is.warm, "policy.warm", "takes evidence from checkouts with kept folders");
    note(
        is.trust.iter().any(|trust| !was.trust.contains(trust)),
        "policy.trust",
        "trusts another key, or a key in other environments",
    );
    for (key, text) in knows_less(&old.units, &new.units) {
        note(true, key, text);
    }
    let (was, is) = (&old.server, &new.server);
    note(!was.force_push && is.force_push, "server.force-push", "lets commits be left out");
    note(!was.delete && is.delete, "server.delete", "lets branches be deleted");
    note(!was.create && is.create, "server.create", "lets branches be made");
    let (was, is) = (&old.workspace, &new.workspace);
    note(!prepares_alike(was, is), "workspace.prepare", "has other commands make what checks find");
    note(was.share != is.share, "workspace.share", "brings other files of the user's");
    note(is.keep.iter().any(|path| !has(&was.keep, path)), "workspace.keep", "keeps more between runs");
    how
}

/// Whether what a checkout has beside the tree is made by the same commands: what else they left there may be what a check
/// starts. That one of them runs again more often is nothing to allow.
fn prepares_alike(old: &WorkspaceRules, new: &WorkspaceRules) -> bool {
    let alike = |(old, new): (&Prepare, &Prepare)| {
        (&old.run, &old.dir, &old.env) == (&new.run, &new.dir, &new.env) && !fewer(&old.inputs, &new.inputs)
    };
    old.prepare.len() == new.prepare.len() && old.prepare.iter().zip(&new.prepare).all(alike)
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
    note(goes_over_fewer(old.per_unit.as_ref(), new.per_unit.as_ref()), "goes over other units".to_owned());
    note(fewer(&old.inputs, &new.inputs), "depends on fewer inputs".to_owned());
    note(new.exclude.iter().any(|pattern| !has(&old.exclude, pattern)), "excludes more".to_owned());
    note(!old.platforms.is_subset(&new.platforms), "has to pass on fewer platforms".to_owned());
    note(!old.allow_empty && new.allow_empty, "may match nothing".to_owned());
    note(new.timeout > old.timeout, "may run longer".to_owned());
    let longer = old.idle_timeout.is_some_and(|old| new.idle_timeout.is_none_or(|new| new > old));
    note(longer, "may be silent for longer".to_owned());
    note(new.retries > old.retries, "is retried more often".to_owned());
    note(lasts(new.reuse) > lasts(old.reuse), "its passes count for longer".to_owned());
    note(!old.on.is_subset(&new.on), "runs at fewer stages".to_owned());
    note(!old.skippable && new.skippable, "may be skipped".to_owned());
    how
}

/// Whether it looks at less of a change: at units instead of the whole, or at other units.
fn goes_over_fewer(old: Option<&PerUnit>, new: Option<&PerUnit>) -> bool {
    match (old, new) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => {
            let more = match (&old.units, &new.units) {
                (Units::Named(old), Units::Named(new)) => old.is_subset(new),
                (old, new) => old == new,
            };
            !more || (!old.by_test_file && new.by_test_file)
        }
    }
}

/// What gate.toml says less of who depends on what, or says otherwise of what files affect.
fn knows_less(old: &UnitRules, new: &UnitRules) -> Vec<(&'static str, &'static str)> {
    let is_wider = |rule: &&UnitRule| rule.affects == Affects::Everything && !old.rules.contains(rule);
    let rules = !new.rules.iter().filter(|rule| !is_wider(rule)).eq(&old.rules);
    let kept = |(name, unit): (&String, &DeclaredUnit)| {
        let new = new.declared.get(name);
        new.is_some_and(|new| new.root == unit.root && unit.depends.is_subset(&new.depends))
    };
    // What lies in the folder of a new unit has affected all units before.
    let is_new = |(name, unit): (&String, &DeclaredUnit)| unit.root.is_some() && !old.declared.contains_key(name);
    let declared = !old.declared.iter().all(kept) || new.declared.iter().any(is_new);
    let rules = rules.then_some(("units.rule", "has files affect other units"));
    let declared = declared.then_some(("unit", "has files belong to other units, or units depend on less"));
    rules.into_iter().chain(declared).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Condition, Main, Policy, Trust, WorkspaceRules};

    fn rules(change: impl FnOnce(&mut Rules)) -> Rules {
        let mut rules = Rules {
            version: None,
            main: Main::default(),
            policy: Policy::default(),
            server: crate::config::ServerRules::default(),
            workspace: WorkspaceRules::default(),
            units: crate::config::UnitRules::default(),
            checks: [].into(),
            hooks: [].into(),
            slots: None,
            local_skips: [].into(),
        };
        change(&mut rules);
        rules
    }

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::parse(text).unwrap()).collect()
    }

    fn trust(key: &str, environment: &[&str]) -> Trust {
        let conditions = environment.iter().map(|text| Condition::parse(text).unwrap()).collect();
        Trust { key: key.to_owned(), environment: conditions }
    }

    /// The keys that become more lenient one way, and those that do the other way.
    fn both(one: impl FnOnce(&mut Rules), other: impl FnOnce(&mut Rules)) -> (Vec<&'static str>, Vec<&'static str>) {
        let (one, other) = (rules(one), rules(other));
        let keys = |old: &Rules, new: &Rules| looser(old, new).into_iter().map(|(key, _)| key).collect();
        (keys(&one, &other), keys(&other, &one))
    }

    #[test]
    fn every_key_that_can_be_loosened_is_named_and_no_stricter_one_is() {
        let run = |rules: &mut Rules| rules.policy.unproved_base = UnprovedBase::Run;
        let strict = |rules: &mut Rules| rules.policy.reject_flaky = true;
        let guarded = |rules: &mut Rules| rules.policy.guarded = patterns(&["a", "b"]);
        let less = |rules: &mut Rules| rules.policy.guarded = patterns(&["b"]);
        let branches = |rules: &mut Rules| rules.main.branches = patterns(&["main", "master", "release/*"]);
        let nobody = |_: &mut Rules| {};
        let somebody = |rules: &mut Rules| rules.policy.override_by = vec!["ops".to_owned()];
        let others = |rules: &mut Rules| rules.policy.override_by = vec!["dev".to_owned()];
        let warm = |rules: &mut Rules| rules.policy.warm = true;
        let none: Vec<&str> = Vec::new();
        assert_eq!(both(nobody, nobody), (none.clone(), none.clone()));
        assert_eq!(both(run, nobody), (vec!["policy.unproved-base"], none.clone()));
        assert_eq!(both(strict, nobody), (vec!["policy.flaky"], none.clone()));
        assert_eq!(both(guarded, less), (vec!["policy.guarded"], none.clone()));
        assert_eq!(both(branches, nobody), (vec!["main.branches"], none.clone()));
        assert_eq!(both(nobody, somebody), (vec!["policy.override"], none.clone()));
        assert_eq!(both(others, somebody), (vec!["policy.override"], vec!["policy.override"]));
        assert_eq!(both(nobody, warm), (vec!["policy.warm"], none));
    }

    #[test]
    fn whoever_is_trusted_in_addition_is_named() {
        let of = |all: Vec<Trust>| move |rules: &mut Rules| rules.policy.trust = all;
        let (a, b) = (|| trust("a", &[]), || trust("b", &[]));
        let linux = || trust("a", &["platform=linux*"]);
        let (key, none) = (vec!["policy.trust"], Vec::new());
        assert_eq!(both(of(vec![]), of(vec![a()])), (key.clone(), none.clone()));
        assert_eq!(
            both(of(vec![a(), b()]), of(vec![b(), a()])),
            (none.clone(), none.clone()),
            "the order is irrelevant"
        );
        assert_eq!(both(of(vec![a()]), of(vec![b()])), (key.clone(), key.clone()));
        assert_eq!(both(of(vec![linux()]), of(vec![a()])).0, key, "in every environment");
        assert_eq!(both(of(vec![linux()]), of(vec![linux(), linux()])), (none.clone(), none));
    }

    #[test]
    fn a_check_is_weaker_where_its_passes_count_for_longer() {
        let check = |reuse| Check { reuse, ..Check::sample("a", "true") };
        let hours = |n| Reuse::For(Duration::from_hours(n));
        let order = [Reuse::Never, hours(1), hours(2), Reuse::Always];
        for (i, one) in order.iter().enumerate() {
            for (j, other) in order.iter().enumerate() {
                assert_eq!(!weaker(&check(*one), &check(*other)).is_empty(), i < j, "{one:?} {other:?}");
            }
        }
    }
}
