//! Steps that are run for somebody else, who judges.

use std::collections::BTreeSet;

use super::{Brought, Refusal, Request, Setting, Site, Surroundings, carry_out, planning};
use crate::check::{CheckName, StepName};
use crate::plan::{Decision, Plan, Reason, Step};
use crate::record::new_id;

/// Runs the steps of some checks for somebody else who judges: without looking anything up, without saying anything of the
/// change, and without recording anything.
///
/// # Errors
/// When there is nothing that could be run.
pub fn run_for(
    request: &Request,
    checks: &BTreeSet<CheckName>,
    setting: &Setting<'_>,
    site: &mut Site,
) -> Result<Vec<Brought>, Refusal> {
    let id = new_id(setting.now, std::process::id());
    let mut planned = planning::plan(request, setting, site)?;
    let is_wanted = |step: &Step| checks.contains(&step.check.name);
    if planned.plan.steps.iter().any(|step| is_wanted(step) && step.decision != Decision::Run) {
        // What seems to be as it was before is wanted all the same: there it is known to fail.
        planned = planning::plan(&Request { fresh: true, ..request.clone() }, setting, site)?;
    }
    leave_out(&mut planned.plan, is_wanted);
    let carried = carry_out::carry_out(&id, request, setting, site, &mut planned)?;
    let brought = carried.ended.into_iter().filter(|ended| !carried.disturbed.contains(&ended.step));
    let brought = brought.filter_map(|ended| {
        let fingerprint = planned.plan.step(&ended.step)?.fingerprint.digest();
        Some(Brought { ended, fingerprint })
    });
    Ok(brought.collect())
}

/// What the machine adds here to the trees of a change, for somebody else who judges it; `None` where there is nothing to
/// run.
///
/// # Errors
/// When there is nothing that could be run.
pub fn surroundings_for(
    request: &Request,
    setting: &Setting<'_>,
    site: &mut Site,
) -> Result<Option<Surroundings>, Refusal> {
    planning::surroundings(request, setting, site)
}

/// Leaves out what is not wanted, nor needed by what is.
fn leave_out(plan: &mut Plan, is_wanted: impl Fn(&Step) -> bool) {
    let mut kept: BTreeSet<StepName> = BTreeSet::new();
    let mut open: Vec<StepName> =
        plan.steps.iter().filter(|step| is_wanted(step)).map(|step| step.name.clone()).collect();
    while let Some(name) = open.pop() {
        if kept.insert(name.clone()) {
            open.extend(plan.step(&name).into_iter().flat_map(|step| step.needs.iter().cloned()));
        }
    }
    for step in plan.steps.iter_mut().filter(|step| !kept.contains(&step.name)) {
        (step.decision, step.reasons) = (Decision::Skip, vec![Reason::NotSelected]);
    }
}
