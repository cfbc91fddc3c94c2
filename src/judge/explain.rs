//! Why a step runs or does not, down to the first thing that differs from its last run.

use super::planned::Planned;
use super::unknown::unknown;
use super::{Refusal, RefusalKind, Site};
use crate::change::Delta;
use crate::check::StepName;
use crate::digest::ObjectId;
use crate::git::{self, Kind, Repo};
use crate::input;
use crate::path::{Mode, RepoPath};
use crate::plan::{Difference, Step, first_difference};
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
    /// Where the inputs differ, the first path that does.
    pub delta: Option<Delta>,
}

/// What is to be said of a path.
#[derive(Clone, Debug)]
pub struct PathExplanation {
    /// How it differs between base and candidate; `None` if it does not.
    pub delta: Option<Delta>,
    /// Whether the candidate has it.
    pub is_there: bool,
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
    let difference = last.as_ref().and_then(|last| first_difference(&last.fields, step.fingerprint.fields()));
    let delta = match (&last, &difference) {
        (Some(last), Some(difference)) if difference.name == "inputs" => first_path(planned, site, step, last),
        _ => None,
    };
    Ok(Explanation { step: step.clone(), last, difference, delta })
}

/// Explains a path: which steps depend on it, and what is done about them.
///
/// # Errors
/// When a tree can't be read.
pub fn explain_path(planned: &Planned, site: &Site, path: &RepoPath) -> Result<PathExplanation, Refusal> {
    let is_there = is_there(&site.repo, planned.change.candidate.tree, path)?;
    let delta = planned.change.deltas.iter().find(|delta| &delta.path == path).cloned();
    let mode = delta.as_ref().and_then(|delta| delta.new.or(delta.old)).map_or(Mode::File, |side| side.mode);
    let concerns = |step: &&Step| !planned.touching(step, &[(path, mode)]).is_empty();
    let steps = planned.plan.steps.iter().filter(concerns).cloned().collect();
    Ok(PathExplanation { delta, is_there, steps })
}

/// The first input that differs from the last run's. The tree of that run may be gone; then the fields alone must do.
fn first_path(planned: &Planned, site: &Site, step: &Step, last: &LastStep) -> Option<Delta> {
    let now = planned.change.candidate.tree;
    if step.check.subject.is_none() {
        return input::first_difference(&site.repo, last.tree, now, &step.check.scope()).ok().flatten();
    }
    let deltas = site.repo.diff(Some(last.tree), Some(now)).ok()?;
    let mode = |delta: &Delta| delta.new.or(delta.old).map_or(Mode::File, |side| side.mode);
    let paths: Vec<(&RepoPath, Mode)> = deltas.iter().map(|delta| (&delta.path, mode(delta))).collect();
    let first = planned.touching(step, &paths).first().copied()?;
    deltas.iter().find(|delta| &delta.path == first).cloned()
}

/// Why a target can't be explained: neither a check nor a path is called so.
#[must_use]
pub fn unknown_target(planned: &Planned, name: &str) -> Refusal {
    let stage = planned.plan.stage;
    let message = format!("'{name}' is neither a check of the {stage} stage nor a file of the change");
    Refusal::new(RefusalKind::Usage, unknown(&planned.rules, stage, name, message))
}

/// Whether a tree holds something at a path.
fn is_there(repo: &Repo, tree: ObjectId, path: &RepoPath) -> Result<bool, git::Error> {
    let mut folder = tree;
    let mut names = path.as_bstr().split(|byte| *byte == b'/').peekable();
    while let Some(name) = names.next() {
        match (repo.tree(folder)?.get(name.into()).map(|entry| (entry.kind, entry.id)), names.peek()) {
            (None, _) | (Some((Kind::Leaf(_), _)), Some(_)) => return Ok(false),
            (Some(_), None) => return Ok(true),
            (Some((Kind::Folder, id)), Some(_)) => folder = id,
        }
    }
    Ok(false)
}
