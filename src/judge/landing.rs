//! What holds beside the candidate's own rules where a change is to land.

use std::collections::{BTreeMap, BTreeSet};

use super::allowance::Allowances;
use super::rules::{self, Found};
use super::site::Site;
use super::{Refusal, RefusalKind, Request};
use crate::change::Change;
use crate::check::{CheckName, Stage};
use crate::config::{Check, Rules};
use crate::diagnostic::Diagnostic;
use crate::verdict::Cause;

/// What a check's name ends with where it is meant as the base defines it.
const AS_BEFORE: &str = ".before";

/// Whether a check's name may be one that was made for it as the base defines it.
pub(super) fn is_as_before(name: &CheckName) -> bool {
    name.whole().ends_with(AS_BEFORE)
}

/// The name by which people know a check: without what says that the base's definition is meant.
#[must_use]
pub fn as_people_name_it(name: &str) -> &str {
    name.trim_end_matches(AS_BEFORE)
}

/// Refuses a change for a base that says nothing of what may land on it, unless somebody says that this is the start.
pub(super) fn refuse_start(request: &Request, base: Option<&Rules>) -> Result<(), Refusal> {
    if base.is_some() || request.starts {
        return Ok(());
    }
    let shown = Diagnostic::error("merge/no-rules", "the branch that this is to land on has no valid gate.toml");
    let hint = "nothing but the change itself says what has to hold; where that is meant: gate merge-check --start, or gate land --start";
    Err(Refusal::new(RefusalKind::Undecided, shown.hint(hint)))
}

/// What is said of commits that conflict, and the rules by which it is: those of the branch that they were to land on.
pub(super) fn conflicting(change: &Change, site: &mut Site) -> Result<(Rules, Vec<Cause>), Refusal> {
    let found = change.base_tree().map_or(Ok(Found::Absent), |tree| rules::find(&site.repo, tree))?;
    let base = match found {
        Found::Blob(blob) => rules::of_base(site, blob)?,
        Found::Absent => None,
    };
    let causes = change.conflicts.iter().map(Cause::from).collect();
    Ok((base.ok_or_else(|| rules::absent(site))?, causes))
}

/// Adds each check that has to pass and that the base defines in another way, as the base defines it, to both sides: a
/// change can't make a check easier for itself, unless somebody allows that.
pub(super) fn hold_to_both(rules: &mut Rules, base: &mut Rules, allowances: Option<&Allowances>) {
    let added = as_before(rules, base, |check| allowances.is_some_and(|allowances| allowances.allows(check)));
    rules.checks.extend(added.clone());
    base.checks.extend(added);
}

fn as_before(rules: &Rules, base: &Rules, is_allowed: impl Fn(&str) -> bool) -> BTreeMap<CheckName, Check> {
    let is_held = |check: &&Check| check.required && check.on.contains(&Stage::Merge);
    let differs = |old: &&Check| {
        let new = rules.checks.get(&old.name).filter(|new| is_held(new) && !is_allowed(old.name.as_str()));
        new.is_some_and(|new| old.definition() != new.definition() || old.needs != new.needs)
    };
    let mut held: BTreeSet<&CheckName> = BTreeSet::new();
    let mut open: Vec<&Check> = base.checks.values().filter(is_held).filter(differs).collect();
    while let Some(check) = open.pop() {
        if held.insert(&check.name) {
            let gone = check.needs.iter().filter(|need| !rules.checks.contains_key(*need));
            open.extend(gone.filter_map(|need| base.checks.get(need)));
        }
    }
    let names: BTreeMap<&CheckName, CheckName> =
        held.into_iter().filter_map(|name| Some((name, free_name(name, rules, base)?))).collect();
    let renamed = |names_of: &BTreeSet<CheckName>| -> BTreeSet<CheckName> {
        names_of.iter().map(|name| names.get(name).unwrap_or(name).clone()).collect()
    };
    let there = |name: &CheckName| rules.checks.contains_key(name) || names.values().any(|new| new == name);
    let variant = |(old, name): (&&CheckName, &CheckName)| {
        let check = base.checks.get(*old)?;
        let mut after = renamed(&check.after);
        after.retain(there);
        Some((name.clone(), Check { name: name.clone(), needs: renamed(&check.needs), after, ..check.clone() }))
    };
    names.iter().filter_map(variant).collect()
}

fn free_name(name: &CheckName, rules: &Rules, base: &Rules) -> Option<CheckName> {
    let mut text = format!("{name}{AS_BEFORE}");
    loop {
        let name: CheckName = text.parse().ok()?;
        if !rules.checks.contains_key(&name) && !base.checks.contains_key(&name) {
            return Some(name);
        }
        text.push_str(AS_BEFORE);
    }
}
