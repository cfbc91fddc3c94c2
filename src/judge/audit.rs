//! Runs again what is reused, to see whether what checks claim to depend on is true.

use super::carry_out;
use super::planned::Planned;
use super::planning;
use super::{Refusal, Request, Setting, Site};
use crate::check::{Outcome, StepName};
use crate::digest::Digest;
use crate::plan::{Decision, Reason};
use crate::record::new_id;

/// What an audit found.
#[derive(Clone, Debug, Default)]
pub struct Audited {
    /// Steps that were reused and passed again.
    pub held: Vec<StepName>,
    /// Steps that were reused and did not pass: the receipts of their checks count no more.
    pub refuted: Vec<(StepName, Outcome)>,
    /// How many reused steps were not looked at.
    pub left: usize,
}

/// Runs `percent` of the reused steps of a plan again, chosen anew for every run's id; at least one, if any is reused.
///
/// # Errors
/// A refusal: nothing could be run.
pub fn audit(request: &Request, setting: &Setting<'_>, site: &mut Site, percent: u8) -> Result<Audited, Refusal> {
    let id = new_id(setting.now, std::process::id());
    let mut planned = planning::plan(request, setting, site)?;
    let chosen = choose(&mut planned, &id, percent);
    let carried = carry_out::carry_out(&id, request, setting, site, &mut planned)?;
    let mut audited = Audited { left: chosen.left, ..Audited::default() };
    for ended in carried.ended.into_iter().filter(|ended| chosen.steps.contains(&ended.step)) {
        match ended.outcome {
            Outcome::Passed => audited.held.push(ended.step),
            Outcome::Cancelled | Outcome::NotStarted => audited.left += 1,
            outcome => audited.refuted.push((ended.step, outcome)),
        }
    }
    for (step, outcome) in &audited.refuted {
        let Some(step) = planned.plan.step(step) else { continue };
        let why = format!("{outcome} in an audit although a receipt covered it");
        let voided = site.ledger.void(&step.check.name, &why, setting.now);
        site.warnings.extend(voided.err().map(|error| (&error).into()));
    }
    Ok(audited)
}

struct Chosen {
    steps: Vec<StepName>,
    left: usize,
}

/// Turns the chosen steps into running ones, and everything else into skipped: an audit judges nothing.
fn choose(planned: &mut Planned, id: &str, percent: u8) -> Chosen {
    let mut reused: Vec<StepName> = planned
        .plan
        .steps
        .iter()
        .filter(|step| step.decision == Decision::Reuse)
        .map(|step| step.name.clone())
        .collect();
    // Any order will do that the steps themselves can't foresee.
    reused.sort_by_key(|step| Digest::of(format!("{id} {step}").as_bytes()));
    let wanted = (reused.len() * usize::from(percent.min(100))).div_ceil(100);
    let left = reused.len() - wanted;
    reused.truncate(wanted);
    for step in &mut planned.plan.steps {
        if reused.contains(&step.name) {
            (step.decision, step.reasons) = (Decision::Run, vec![Reason::Audited]);
        } else if step.decision == Decision::Run {
            (step.decision, step.reasons) = (Decision::Skip, vec![Reason::NotSelected]);
        }
    }
    Chosen { steps: reused, left }
}
