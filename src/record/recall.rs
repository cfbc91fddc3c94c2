//! Recall: which steps of a plan need not run, because a receipt covers them, and which must, because they are known
//! to fail.

use rusqlite::{CachedStatement, Connection};

use super::receipt::{RecallPolicy, Receipt, file_key, first};
use super::{Error, Ledger};
use crate::diagnostic::Diagnostic;
use crate::plan::{Decision, FileProof, Fingerprint, Input, Plan, Reason, Reuse, Step};

impl Ledger {
    /// Turns steps that receipts cover into reuse, and skipped ones that are known to fail into runs.
    ///
    /// A step whose command takes files keeps as pending only those without a receipt. `list` gives every file of such
    /// a step in the candidate; it is asked where nothing can be assumed of the base after all.
    ///
    /// A ledger that can't be read covers nothing, and is told of in the warnings.
    ///
    /// # Errors
    /// Those of `list`.
    pub fn recall<E>(
        &mut self,
        plan: &mut Plan,
        policy: &RecallPolicy,
        mut list: impl FnMut(&Step) -> Result<Vec<Input>, E>,
    ) -> Result<Vec<Diagnostic>, E> {
        let known = self.using(|store| Known::read(&store.connection, plan, policy));
        let (known, warnings) = match known {
            Ok(known) => (known.unwrap_or_default(), Vec::new()),
            Err(error) => (Vec::new(), vec![Diagnostic::from(&error)]),
        };
        let mut files = Vec::new();
        for (step, known) in plan.steps.iter_mut().zip(known) {
            if is_open(step) && decide(step, known, policy) == Next::ListFiles {
                let all = list(step)?;
                expand(step, all);
            }
            files.push(step.files.is_some() && is_open(step));
        }
        Ok(self.recall_files(plan, policy, &files, warnings))
    }

    /// Takes files that have a receipt from what is pending.
    fn recall_files(
        &mut self,
        plan: &mut Plan,
        policy: &RecallPolicy,
        which: &[bool],
        mut warnings: Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        if policy.fresh || !which.contains(&true) {
            return warnings;
        }
        let steps = plan.steps.iter_mut().zip(which).filter(|(_, wanted)| **wanted).map(|(step, _)| step);
        let done = self.using(|store| {
            let mut query = file_receipts(&store.connection)?;
            steps.map(|step| drop_proved(step, &mut query, policy)).collect::<Result<(), _>>()
        });
        warnings.extend(done.err().map(|error| Diagnostic::from(&error)));
        warnings
    }
}

/// What the ledger knows of a step.
#[derive(Default)]
struct Known {
    /// A receipt for the candidate's fingerprint.
    receipt: Option<Receipt>,
    /// A receipt for the base's, where the command takes files.
    base_receipt: Option<Receipt>,
    /// The run that last saw the base's fingerprint fail.
    base_failed: Option<String>,
}

impl Known {
    /// What is known of each step, as of one moment.
    fn read(connection: &Connection, plan: &Plan, policy: &RecallPolicy) -> Result<Vec<Self>, Error> {
        let moment = connection.unchecked_transaction()?;
        let mut receipts =
            moment.prepare_cached("SELECT run, finished, shared FROM receipts WHERE fingerprint = ?1")?;
        let mut failures = moment.prepare_cached("SELECT run FROM failures WHERE fingerprint = ?1")?;
        let mut of = |step: &Step| -> Result<Self, Error> {
            let base = step.base.as_ref().map(Fingerprint::digest);
            let receipt = Receipt::find(&mut receipts, &step.fingerprint.digest(), policy.allow_shared)?;
            let base_receipt = match base.filter(|_| step.files.is_some()) {
                Some(base) => Receipt::find(&mut receipts, &base, policy.allow_shared)?,
                None => None,
            };
            let base_failed = base.map(|base| first(&mut failures, &base)).transpose()?.flatten();
            Ok(Self { receipt, base_receipt, base_failed })
        };
        plan.steps.iter().map(|step| if is_open(step) { of(step) } else { Ok(Self::default()) }).collect()
    }
}

/// What is left to do about a step.
#[derive(PartialEq, Eq)]
enum Next {
    /// Nothing.
    Nothing,
    /// It must be given all of its files.
    ListFiles,
}

/// Whether receipts have a say: not about what was left out on purpose, or runs in the user's own tree.
fn is_open(step: &Step) -> bool {
    match step.decision {
        Decision::Run => !step.reasons.contains(&Reason::Here),
        Decision::Skip => step.reasons.contains(&Reason::Unchanged),
        Decision::Reuse => false,
    }
}

/// Decides about a step by what is known of it.
fn decide(step: &mut Step, known: Known, policy: &RecallPolicy) -> Next {
    let reuse = step.check.reuse;
    let refused = match known.receipt.map(|receipt| (receipt.counts(reuse, policy), receipt)) {
        Some((Ok(()), receipt)) => {
            step.decision = Decision::Reuse;
            step.reasons = vec![Reason::Receipt { run: receipt.run, finished: receipt.finished }];
            if let Some(files) = &mut step.files {
                files.pending.clear();
            }
            return Next::Nothing;
        }
        Some((Err(reason), _)) => Some(reason),
        None => (reuse == Reuse::Never).then_some(Reason::NeverReused),
    };
    // A fingerprint that is known to fail at the base fails here too, or its unlisted files do.
    let counts_here = step.decision == Decision::Skip || step.files.as_ref().is_some_and(|files| files.assumed);
    let failed = known.base_failed.filter(|_| counts_here).map(|run| Reason::BaseFailed { run });
    let in_full = failed.is_some() || refused.as_ref().is_some_and(ends_assumption);
    if step.decision == Decision::Run || in_full {
        set_running(step, refused.into_iter().chain(failed));
    }
    let Some(files) = &mut step.files else { return Next::Nothing };
    if in_full {
        return if files.assumed { Next::ListFiles } else { Next::Nothing };
    }
    if let Some(receipt) = known.base_receipt.filter(|receipt| receipt.counts(reuse, policy).is_ok()) {
        files.assumed = false;
        files.proved = Some(together(files.proved, receipt.proof()));
    }
    Next::Nothing
}

/// Whether a step that equals the base's runs for this reason. A receipt that does not count at this stage is as good as
/// none, but a result that has aged, or never counts, says nothing of the base either.
fn ends_assumption(reason: &Reason) -> bool {
    matches!(reason, Reason::Fresh | Reason::NeverReused | Reason::Expired { .. })
}

fn set_running(step: &mut Step, reasons: impl Iterator<Item = Reason>) {
    if step.decision == Decision::Skip {
        step.decision = Decision::Run;
        step.reasons.clear();
    }
    for reason in reasons {
        if !step.reasons.contains(&reason) {
            step.reasons.push(reason);
        }
    }
}

/// Gives a step all of its files, so that nothing is assumed of the base.
fn expand(step: &mut Step, all: Vec<Input>) {
    if let Some(files) = &mut step.files {
        files.pending = all;
        files.assumed = false;
    }
}

fn file_receipts(connection: &Connection) -> Result<CachedStatement<'_>, Error> {
    Ok(connection.prepare_cached("SELECT run, finished, shared FROM file_receipts WHERE key = ?1")?)
}

/// Takes the files that have a receipt from what is pending, and decides again if none is left.
fn drop_proved(step: &mut Step, query: &mut CachedStatement<'_>, policy: &RecallPolicy) -> Result<(), Error> {
    let Some(files) = &mut step.files else { return Ok(()) };
    let (mut kept, mut proof, mut refused) = (Vec::new(), None, None);
    for input in &files.pending {
        let found = Receipt::find(query, &file_key(&files.common, input), policy.allow_shared)?;
        match found.map(|receipt| receipt.counts(step.check.reuse, policy).map(|()| receipt.proof())) {
            Some(Ok(found)) => proof = Some(together(proof, found)),
            Some(Err(reason)) => {
                refused.get_or_insert(reason);
                kept.push(input.clone());
            }
            None => kept.push(input.clone()),
        }
    }
    // Only now: a ledger that fails on the way must not leave a step with fewer files than it has.
    files.pending = kept;
    if let Some(proof) = proof {
        files.proved = Some(together(files.proved, proof));
    }
    settle(step, refused);
    Ok(())
}

/// Decides about a step whose files with receipts are no longer pending.
fn settle(step: &mut Step, refused: Option<Reason>) {
    let Some(files) = &step.files else { return };
    if !files.pending.is_empty() {
        if step.decision == Decision::Run {
            set_running(step, refused.into_iter());
        }
        return;
    }
    let (decision, reason) = match (files.assumed, files.proved) {
        (false, Some(FileProof { oldest, .. })) => {
            (Decision::Reuse, Reason::FileReceipts { files: files.total, oldest })
        }
        (true, _) => (Decision::Skip, Reason::Unchanged),
        // Nothing pending and nothing proved: there are no files at all, which is not for receipts to judge.
        (false, None) => return,
    };
    step.decision = decision;
    step.reasons = vec![reason];
}

fn together(known: Option<FileProof>, more: FileProof) -> FileProof {
    known.map_or(more, |known| known.and(more))
}
