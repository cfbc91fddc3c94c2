//! Whose doing it is that a set is rejected: nobody's whose change the failing checks can't see.

use std::collections::BTreeSet;

use super::check::{Checker, Rejection};
use crate::check::StepName;
use crate::digest::ObjectId;
use crate::judge::{self, Refusal, RefusalKind, Site};
use crate::plan::Plan;
use crate::verdict::{Cause, Standing};

/// Whose doing it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// The target fails as much without any of them: these might have mended it, and the others had no part in it.
    Target(Vec<usize>),
    /// It may be any of these; the others had no part in it.
    Among(Vec<usize>),
}

/// Whose doing a rejection is, of a set on the target's tip. Each branch is looked at by itself; nothing runs.
///
/// # Errors
/// When gate or the machine failed.
pub(super) fn blame(
    checker: &Checker<'_>,
    site: &mut Site,
    base: ObjectId,
    (set, rejection): (&[usize], &Rejection),
) -> Result<Blame, Refusal> {
    let failing: BTreeSet<&StepName> = rejection.causes.iter().filter_map(step).collect();
    let broken: BTreeSet<&StepName> = match &rejection.standing {
        Standing::Broken { steps, .. } => steps.iter().collect(),
        Standing::Deployable { .. } | Standing::Unknown => BTreeSet::new(),
    };
    let others: Vec<&Cause> = rejection.causes.iter().filter(|cause| step(cause).is_none()).collect();
    let mut new: Vec<&StepName> = failing.difference(&broken).copied().collect();
    let is_targets = new.is_empty() && others.is_empty() && rejection.problems.is_empty();
    if is_targets {
        new = broken.into_iter().collect();
    }
    let mut found = Vec::new();
    for &number in set {
        let member = &checker.members[number];
        let request = checker.request.judge((base, checker.branch), member.head, checker.request.method);
        match judge::plan(&request, &checker.now(), site) {
            Ok(planned) => {
                let weakens = planned.weakenings.iter().any(|cause| others.contains(&cause));
                if weakens || new.iter().any(|step| sees(&planned.plan, step)) {
                    found.push(number);
                }
            }
            Err(refusal) if matches!(refusal.kind, RefusalKind::Configuration | RefusalKind::Undecided) => {
                found.push(number);
            }
            Err(refusal) => return Err(refusal),
        }
    }
    if found.is_empty() && !(others.is_empty() && rejection.problems.is_empty()) {
        // It is what they come to together.
        found = set.to_vec();
    }
    Ok(if is_targets { Blame::Target(found) } else { Blame::Among(found) })
}

fn step(cause: &Cause) -> Option<&StepName> {
    match cause {
        Cause::Step { step, .. } => Some(step),
        _ => None,
    }
}

/// Whether something that a step's result depends on differs from the target. A check that is held to what the target
/// says of it has a name of its own only where a change defines it in another way.
fn sees(plan: &Plan, step: &StepName) -> bool {
    let unmarked = judge::as_people_name_it(step.as_str());
    let named = plan.steps.iter().filter(|known| known.name == *step || known.name.as_str() == unmarked);
    named.into_iter().any(|known| known.base.as_ref() != Some(&known.fingerprint))
}
