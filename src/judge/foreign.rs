//! What others have seen and signed, so far as the base's policy trusts them: passes that stand in for runs, results that
//! are known although nothing ran, and how the base stands.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::Refusal;
use crate::check::{Outcome, StepName};
use crate::digest::ObjectId;
use crate::evidence::{Foreign, Proofs};
use crate::plan::{Decision, FileProof, Plan, Reason, Step};
use crate::record::age;
use crate::verdict::{Kind, Proof, Standing};

/// Lets what others have signed stand in for runs of the merge stage. Gives how steps that have to run are known to end.
///
/// # Errors
/// When a trusted key is none, or the evidence can't be read.
pub(super) fn recall(
    proofs: &Proofs<'_>,
    (plan, runs_here): (&mut Plan, bool),
    now: SystemTime,
) -> Result<BTreeMap<StepName, Foreign>, Refusal> {
    let mut known = BTreeMap::new();
    let asks = |step: &&mut Step| !proofs.is_empty() || !step.check.platforms.is_empty();
    for step in plan.steps.iter_mut().filter(asks) {
        let here = platform(step);
        let elsewhere = step.check.platforms.iter().filter(|name| **name != here);
        step.elsewhere = elsewhere.map(|name| (name.clone(), None)).collect();
        if !proofs.is_empty() && is_open(step, runs_here) {
            let found = proofs.of_step(&step.fingerprint.subject())?;
            if let Some(failed) = apply(step, &here, &found, now) {
                known.insert(step.name.clone(), failed);
            }
        }
        let is_wanted = step.check.platforms.is_empty() || step.check.platforms.contains(&here);
        if !is_wanted && matches!(step.decision, Decision::Run | Decision::Reuse) {
            (step.decision, step.reasons) = (Decision::Skip, vec![Reason::OtherPlatform]);
        }
    }
    Ok(known)
}

/// How a tree stands, as others have signed it.
///
/// # Errors
/// When the evidence can't be read.
pub(super) fn standing(proofs: &Proofs<'_>, tree: ObjectId) -> Result<Standing, Refusal> {
    let found = proofs.of_tree(tree)?;
    let Some((_, statement)) = found.first() else { return Ok(Standing::Unknown) };
    let run = statement.run();
    let failing = run.steps.iter().filter(|step| step.required && step.outcome.is_failure());
    let failing: Vec<StepName> = failing.map(|step| step.name.clone()).collect();
    Ok(match (run.verdict, run.proof) {
        (Kind::Deployable, Some(Proof::Proved)) => Standing::Deployable { run: run.run.clone() },
        _ if !failing.is_empty() => Standing::Broken { run: run.run.clone(), steps: failing },
        _ => Standing::Unknown,
    })
}

/// Whether evidence has a say: not about what was left out on purpose, runs by request, or is known to fail here. Where
/// commands are not run, nothing of them is known but by evidence.
fn is_open(step: &Step, runs_here: bool) -> bool {
    let is_seen = runs_here || step.check.builtin().is_some();
    let own = |reason: &Reason| match reason {
        Reason::Here | Reason::Audited => true,
        Reason::BaseFailed { .. } => is_seen,
        _ => false,
    };
    match step.decision {
        Decision::Run => !step.reasons.iter().any(own),
        Decision::Skip => step.reasons.contains(&Reason::Unchanged),
        Decision::Reuse => !step.check.platforms.is_empty(),
    }
}

/// Applies what was found to a step. Gives how it is known to end where that is no pass.
fn apply(step: &mut Step, here: &str, found: &[Foreign], now: SystemTime) -> Option<Foreign> {
    let reuse = step.check.reuse;
    let passes = |foreign: &&Foreign| foreign.outcome == Outcome::Passed && reuse.admits(age(foreign.finished, now));
    for foreign in found.iter().filter(passes) {
        if let Some(by) = step.elsewhere.get_mut(&foreign.platform) {
            *by = Some(foreign.by.clone());
        }
    }
    if step.decision == Decision::Reuse {
        return None;
    }
    let stands_in = |foreign: &&Foreign| step.check.platforms.is_empty() || foreign.platform == here;
    // One that has failed for somebody is not proved by another one's pass.
    let failed = found.iter().filter(stands_in).find(|foreign| foreign.outcome != Outcome::Passed);
    if let Some(failed) = failed {
        if step.decision == Decision::Skip && failed.outcome.is_failure() {
            // It equals the base, which is not to be taken to pass then.
            (step.decision, step.reasons) = (Decision::Run, vec![Reason::BaseFailed { run: failed.run.clone() }]);
        }
        return Some(failed.clone());
    }
    let pass = found.iter().filter(passes).filter(stands_in).max_by_key(|foreign| foreign.finished)?;
    if let Some(files) = &mut step.files {
        files.pending.clear();
        files.proved = Some(FileProof { oldest: pass.finished, shared: false });
    }
    step.decision = Decision::Reuse;
    step.reasons = vec![Reason::Evidence { by: pass.by.clone(), run: pass.run.clone(), finished: pass.finished }];
    None
}

/// The platform of this machine, as the step's fingerprint has it.
fn platform(step: &Step) -> String {
    let fields = step.fingerprint.fields().iter();
    let mut named =
        fields.filter(|field| field.name == "platform").map(|field| crate::evidence::platform_name(&field.value));
    named.next_back().unwrap_or_default()
}
