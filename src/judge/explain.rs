//! Why a step runs or does not, down to the first thing that differs from its last run.

use super::planning::Planned;
use super::{Refusal, RefusalKind, Site};
use crate::change::Delta;
use crate::check::StepName;
use crate::diagnostic::Diagnostic;
use crate::input;
use crate::path::{Mode, RepoPath};
use crate::plan::{Step, differing_fields};
use crate::record::LastStep;

/// What is to be said of one step.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The step, with its decision and reasons.
    pub step: Step,
    /// The last time that it ran to an end, if the ledger knows of one.
    pub last: Option<LastStep>,
    /// What differs first from then; `None` if nothing does.
    pub difference: Option<Difference>,
}

/// The first thing that differs between the last run of a step and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field of the fingerprint.
    pub field: String,
    /// Its value then; `None` if there was none.
    pub old: Option<String>,
    /// Its value now; `None` if there is none.
    pub new: Option<String>,
    /// Where the inputs differ, the first path that does.
    pub delta: Option<Delta>,
}

/// What is to be said of a path.
#[derive(Clone, Debug)]
pub struct PathExplanation {
    /// How it differs between base and candidate; `None` if it does not.
    pub delta: Option<Delta>,
    /// The steps that depend on it.
    pub steps: Vec<Step>,
}

/// Explains a step.
///
/// # Errors
/// When the stage has no such check, or a tree can't be read.
pub fn explain_check(planned: &Planned, site: &Site, name: &StepName) -> Result<Explanation, Refusal> {
    let step = planned.plan.step(name).ok_or_else(|| unknown_target(planned, name.as_str()))?;
    let last = site.ledger.last_step(name).map_err(|error| Refusal::new(RefusalKind::Internal, (&error).into()))?;
    let difference = match &last {
        Some(last) => difference(planned, site, step, last)?,
        None => None,
    };
    Ok(Explanation { step: step.clone(), last, difference })
}

/// Explains a path: which steps depend on it, and what is done about them.
#[must_use]
pub fn explain_path(planned: &Planned, path: &RepoPath) -> PathExplanation {
    let delta = planned.change.deltas.iter().find(|delta| &delta.path == path).cloned();
    let mode = delta.as_ref().and_then(|delta| delta.new.or(delta.old)).map_or(Mode::File, |side| side.mode);
    let steps = planned.plan.steps.iter().filter(|step| step.check.scope().matches(path, mode)).cloned().collect();
    PathExplanation { delta, steps }
}

fn difference(planned: &Planned, site: &Site, step: &Step, last: &LastStep) -> Result<Option<Difference>, Refusal> {
    let now = step.fingerprint.fields();
    let Some(first) = differing_fields(&last.fields, now).first().copied() else { return Ok(None) };
    let value = |fields: &[crate::plan::Field]| {
        fields
            .iter()
            .find(|field| field.name == first.name && field.part == first.part)
            .map(|field| field.value.clone())
    };
    let delta = if first.name == "inputs" {
        // The tree of the last run may be gone; then the fields alone must do.
        input::first_difference(&site.repo, last.tree, planned.change.candidate.tree, &step.check.scope())
            .unwrap_or(None)
    } else {
        None
    };
    Ok(Some(Difference { field: first.name.clone(), old: value(&last.fields), new: value(now), delta }))
}

/// Why a target can't be explained.
#[must_use]
pub fn unknown_target(planned: &Planned, name: &str) -> Refusal {
    let known: Vec<&str> = planned.plan.steps.iter().map(|step| step.name.as_str()).collect();
    let message = format!("no check '{name}' at the {} stage, and no such path", planned.plan.stage);
    Refusal::new(
        RefusalKind::Usage,
        Diagnostic::error("plan/unknown-check", message).hint(format!("its checks are: {}", known.join(", "))),
    )
}
