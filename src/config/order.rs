//! What is wrong between checks: names that nothing has, stages that don't meet, checks that wait for each other.

use std::collections::BTreeMap;

use toml::Spanned;

use super::GitView;
use super::check_draft::CheckDraft;
use super::fields::Field;
use super::nearest::nearest;
use super::problems::Problems;
use crate::check::Stage;
use crate::diagnostic::Diagnostic;

/// Reports what is wrong with the `needs` and `after` of `checks`, which may name one another and those of `others`.
pub(super) fn check(checks: &[CheckDraft], others: &[CheckDraft], problems: &mut Problems<'_>) {
    let known: BTreeMap<&str, &CheckDraft> = checks.iter().chain(others).map(|check| (check.name(), check)).collect();
    for check in checks {
        for named in check.waits_for() {
            match known.get(named.get_ref().as_str()) {
                _ if named.get_ref() == check.name() => itself(check, named, problems),
                None => unknown(check, named, &known, problems),
                Some(_) => {}
            }
        }
        for need in check.needs.items() {
            if let Some(needed) = known.get(need.get_ref().as_str()) {
                needed_stages(check, needed, need, problems);
                same_view(check, needed, need, problems);
            }
        }
        for earlier in check.after.items() {
            if let Some(other) = known.get(earlier.get_ref().as_str()) {
                shared_stage(check, other, earlier, problems);
            }
        }
    }
    cycles(checks, problems);
}

fn itself(check: &CheckDraft, named: &Spanned<String>, problems: &mut Problems<'_>) {
    let problem = Diagnostic::error("config/self", format!("{} waits for itself", check.title));
    problems.add(problem.hint("remove its own name"), named.span(), "");
}

fn unknown(
    check: &CheckDraft,
    named: &Spanned<String>,
    known: &BTreeMap<&str, &CheckDraft>,
    problems: &mut Problems<'_>,
) {
    let others = known.keys().copied().filter(|name| *name != check.name());
    let hint = match nearest(named.get_ref(), others.clone()) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => match others.take(LISTED + 1).collect::<Vec<_>>() {
            none if none.is_empty() => "there is no other check".to_owned(),
            few if few.len() <= LISTED => format!("the other checks are {}", few.join(", ")),
            _ => "name a check of this file".to_owned(),
        },
    };
    let problem = Diagnostic::error("config/unknown-check", format!("unknown check '{}'", named.get_ref()));
    problems.add(problem.hint(hint), named.span(), "");
}

/// A hint lists the checks if there are no more than this.
const LISTED: usize = 8;

/// A need has to be there wherever the check is.
fn needed_stages(check: &CheckDraft, needed: &CheckDraft, need: &Spanned<String>, problems: &mut Problems<'_>) {
    let (Some(own), Some(other)) = (check.stages(), needed.stages()) else { return };
    let missing: Vec<&str> = own.difference(&other).map(|stage| stage.as_str()).collect();
    if missing.is_empty() {
        return;
    }
    let missing = missing.join(" and ");
    let name = need.get_ref();
    let message = format!("'{}' needs '{name}', which does not run at {missing}", check.name());
    let early = own.difference(&other).any(|stage| *stage != Stage::Merge);
    let hint = if early {
        format!("add the stage to the 'on' of '{name}', or take it from that of '{}'", check.name())
    } else {
        format!("make '{name}' required, or leave it out of 'needs'")
    };
    problems.add(Diagnostic::error("config/need-stages", message).hint(hint), need.span(), "");
}

/// One checkout shows one view of git's history, and products stay in it.
fn same_view(check: &CheckDraft, needed: &CheckDraft, need: &Spanned<String>, problems: &mut Problems<'_>) {
    let view = |check: &CheckDraft| match &check.git {
        Field::Given(view) => Some(*view.get_ref()),
        Field::Absent => Some(GitView::default()),
        Field::Bad => None,
    };
    let (Some(own), Some(other)) = (view(check), view(needed)) else { return };
    if own != other {
        let name = need.get_ref();
        let message = format!("'{}' needs '{name}', and one of them sees git's history", check.name());
        let problem = Diagnostic::error("config/need-view", message).hint(
            "give both the same 'git': they run in different checkouts, so the product of one is not in the other's",
        );
        problems.add(problem, need.span(), "");
    }
}

/// An order between checks that never run together says nothing.
fn shared_stage(check: &CheckDraft, other: &CheckDraft, named: &Spanned<String>, problems: &mut Problems<'_>) {
    let (Some(own), Some(others)) = (check.stages(), other.stages()) else { return };
    if !own.is_empty() && !others.is_empty() && own.is_disjoint(&others) {
        let message = format!("'{}' and '{}' never run at the same stage", check.name(), other.name());
        let problem = Diagnostic::warning("config/after-never", message);
        problems.add(problem.hint("leave it out of 'after': it has no effect"), named.span(), "");
    }
}

/// Reports checks that wait for each other: no two of the reported cycles share a check.
fn cycles(checks: &[CheckDraft], problems: &mut Problems<'_>) {
    let mut waiting: BTreeMap<&str, Vec<&Spanned<String>>> = checks
        .iter()
        .map(|check| (check.name(), check.waits_for().filter(|name| name.get_ref() != check.name()).collect()))
        .collect();
    for _ in 0..CYCLES {
        release(&mut waiting);
        let Some(cycle) = find_cycle(&waiting) else { return };
        let mut path: Vec<&str> = cycle.iter().map(|(name, _)| *name).collect();
        path.extend(path.first().copied());
        let problem = Diagnostic::error("config/cycle", format!("checks wait for each other: {}", path.join(" -> ")))
            .hint("take one of them out of 'needs' or 'after'");
        if let Some((_, first)) = cycle.first() {
            problems.add(problem, first.span(), "");
        }
        for (name, _) in cycle {
            waiting.remove(name);
        }
    }
}

/// No more cycles than this are looked for: each costs a walk over all checks.
const CYCLES: usize = 100;

/// Takes out, again and again, the checks that wait for none that is left: what remains is in a cycle or waits for one.
fn release(waiting: &mut BTreeMap<&str, Vec<&Spanned<String>>>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut dependents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, others) in &*waiting {
        let left = others.iter().filter(|other| waiting.contains_key(other.get_ref().as_str()));
        counts.insert(name, left.clone().count());
        for other in left {
            dependents.entry(other.get_ref()).or_default().push(name);
        }
    }
    let mut free: Vec<&str> = counts.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    while let Some(name) = free.pop() {
        waiting.remove(name);
        for dependent in dependents.get(name).into_iter().flatten() {
            let left = counts.get_mut(dependent).map(|count| {
                *count -= 1;
                *count
            });
            free.extend((left == Some(0)).then_some(dependent));
        }
    }
}

/// Follows the first name that is left from check to check until one comes again.
fn find_cycle<'a>(
    waiting: &BTreeMap<&'a str, Vec<&'a Spanned<String>>>,
) -> Option<Vec<(&'a str, &'a Spanned<String>)>> {
    let mut path: Vec<(&str, &Spanned<String>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut at = *waiting.keys().next()?;
    loop {
        if let Some(start) = places.insert(at, path.len()) {
            return Some(path.split_off(start));
        }
        let next = waiting.get(at)?.iter().find(|name| waiting.contains_key(name.get_ref().as_str()))?;
        path.push((at, next));
        at = next.get_ref();
    }
}
