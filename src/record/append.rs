//! Recording a finished run: its document, its steps and what it earned, in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::receipt::{Earned, file_key};
use super::store::{Store, patiently};
use super::{Entry, Error, Ledger, StepEntry};
use crate::check::{Outcome, StepName};
use crate::digest::{Digest, ObjectId};
use crate::plan::{Decision, Fingerprint, Plan, Reason, Reuse, Step};

/// How exactly it is known when a receipt was last used, in seconds.
const USED_WITHIN: i64 = 24 * 60 * 60;

/// After how many runs the ledger is tidied.
pub(super) const TIDY_EVERY: i64 = 64;

impl Ledger {
    /// Records a finished run. Of what it `earned`, only passes make receipts.
    ///
    /// Every 64th run also takes away what is too old: see [`Ledger::tidy`].
    ///
    /// # Errors
    /// When the file can't be written, and nothing of the run is recorded; or when what is too old can't be taken away.
    pub fn append(&mut self, entry: &Entry, plan: &Plan, earned: &Earned) -> Result<(), Error> {
        let seq = self.using(|store| store.append(entry, plan, earned))?;
        if seq.is_some_and(|seq| seq % TIDY_EVERY == 0) {
            self.tidy(at(entry.started))?;
        }
        Ok(())
    }
}

fn at(time: Timestamp) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(time.as_millisecond()).unwrap_or(0));
    UNIX_EPOCH + since
}

impl Store {
    fn append(&mut self, entry: &Entry, plan: &Plan, earned: &Earned) -> Result<i64, Error> {
        let document = serde_json::to_string(entry).map_err(Error::Write)?;
        let transaction = patiently(|| Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate))?;
        let seq = insert_run(&transaction, entry, &document)?;
        let steps: BTreeMap<&StepName, &StepEntry> = entry.steps.iter().map(|step| (&step.name, step)).collect();
        let mut record = Recording { transaction: &transaction, entry, earned, seq };
        for step in &plan.steps {
            if let Some(done) = steps.get(&step.name) {
                record.step(step, done)?;
            }
        }
        transaction.commit()?;
        self.shorten_log()?;
        Ok(seq)
    }
}

fn insert_run(transaction: &Transaction<'_>, entry: &Entry, document: &str) -> rusqlite::Result<i64> {
    let bytes = |id: ObjectId| id.as_bytes().to_vec();
    transaction
        .prepare_cached(
            "INSERT INTO runs (id, stage, verdict, proof, candidate_commit, candidate_tree, base_tree, started, \
             duration_ms, narrowed, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .insert(params![
            entry.id,
            entry.stage.as_str(),
            entry.verdict.as_str(),
            entry.proof.map(crate::verdict::Proof::as_str),
            entry.candidate.commit.map(bytes),
            bytes(entry.candidate.tree),
            entry.base.as_ref().map(|base| bytes(base.tree)),
            entry.started.as_millisecond(),
            i64::try_from(entry.duration_ms).unwrap_or(i64::MAX),
            entry.narrowed,
            document,
        ])
}

/// A run on its way into the tables.
struct Recording<'a> {
    transaction: &'a Transaction<'a>,
    entry: &'a Entry,
    earned: &'a Earned,
    seq: i64,
}

impl Recording<'_> {
    fn step(&mut self, step: &Step, done: &StepEntry) -> rusqlite::Result<()> {
        match (step.decision, done.outcome) {
            (Decision::Run, Some(outcome)) => {
                self.ran(step, done, outcome)?;
                match outcome {
                    Outcome::Passed => self.passed(step, done),
                    Outcome::Cancelled | Outcome::NotStarted => Ok(()),
                    Outcome::Failed | Outcome::Flaky | Outcome::TimedOut | Outcome::Leaked | Outcome::Modified => {
                        self.failed(step, done, outcome)
                    }
                }
            }
            (Decision::Reuse, _) => self.reused(step),
            _ => Ok(()),
        }
    }

    fn ran(&self, step: &Step, done: &StepEntry, outcome: Outcome) -> rusqlite::Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO steps (run, name, required, fingerprint, outcome, duration_ms, attempts, log) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                self.seq,
                step.name.as_str(),
                step.check.required,
                done.fingerprint.as_bytes(),
                outcome.as_str(),
                i64::try_from(done.duration_ms).unwrap_or(i64::MAX),
                done.attempts,
                done.log,
            ])?;
        // What was not earned is nothing to be compared with.
        if step.files.is_none() && self.earned.steps.contains(&step.name) {
            super::counted::note(self.transaction, self.seq, done)?;
        }
        self.fingerprint(&step.fingerprint)
    }

    /// A pass proves the step; where its command takes files, it proves the files it was given, and the step only if
    /// nothing was assumed of the others.
    fn passed(&self, step: &Step, done: &StepEntry) -> rusqlite::Result<()> {
        let finished = self.finished(done);
        if !self.is_summed_up(step) {
            self.files(step, finished)?;
        }
        let (oldest, shared) = match &step.files {
            Some(files) if files.assumed => return Ok(()),
            Some(files) => {
                let known = files.proved.map(|proved| (proved.oldest.min(finished), proved.shared));
                known.unwrap_or((finished, false))
            }
            None => (finished, false),
        };
        if self.earned.steps.contains(&step.name) {
            self.receipt(step, oldest, shared || self.earned.shared)?;
        }
        Ok(())
    }

    /// Whether the step's own receipt is enough: gate's own checks look at a file about as fast as a receipt for it is
    /// found, and many times faster than one is written.
    fn is_summed_up(&self, step: &Step) -> bool {
        let is_whole = step.files.as_ref().is_some_and(|files| !files.assumed);
        step.check.builtin().is_some() && is_whole && self.earned.steps.contains(&step.name)
    }

    /// A failure takes back what passes of the same fingerprint had earned. A flaky one is no failure of the base.
    fn failed(&self, step: &Step, done: &StepEntry, outcome: Outcome) -> rusqlite::Result<()> {
        self.take_back_files(step)?;
        if outcome.is_failure() {
            self.files(step, self.finished(done))?;
        }
        let digest = done.fingerprint;
        self.transaction
            .prepare_cached("DELETE FROM receipts WHERE fingerprint = ?1")?
            .execute(params![digest.as_bytes()])?;
        if outcome != Outcome::Flaky {
            self.transaction
                .prepare_cached("INSERT OR REPLACE INTO failures (fingerprint, run, finished) VALUES (?1, ?2, ?3)")?
                .execute(params![digest.as_bytes(), self.entry.id, self.finished(done)])?;
        }
        Ok(())
    }

    /// Notes that a receipt was of use; sums up the receipts of files in one for the whole step.
    fn reused(&self, step: &Step) -> rusqlite::Result<()> {
        let summed = step.reasons.iter().any(|reason| matches!(reason, Reason::FileReceipts { .. }));
        if let Some(proved) = step.files.as_ref().and_then(|files| files.proved).filter(|_| summed) {
            self.receipt(step, proved.oldest, proved.shared)?;
            return self.fingerprint(&step.fingerprint);
        }
        let now = self.entry.started.as_second();
        self.transaction
            .prepare_cached("UPDATE receipts SET used = ?2 WHERE fingerprint = ?1 AND used < ?2 - ?3")?
            .execute(params![step.fingerprint.digest().as_bytes(), now, USED_WITHIN])?;
        Ok(())
    }

    fn receipt(&self, step: &Step, finished: i64, shared: bool) -> rusqlite::Result<()> {
        if step.check.reuse == Reuse::Never {
            return Ok(());
        }
        let digest = step.fingerprint.digest();
        self.transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO receipts (fingerprint, shared, check_name, tree, run, finished, used) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                digest.as_bytes(),
                shared,
                step.check.name.as_str(),
                self.entry.candidate.tree.as_bytes(),
                self.entry.id,
                finished,
                self.entry.started.as_second(),
            ])?;
        // What passes with the user's folders may still fail without them.
        if !shared {
            self.transaction
                .prepare_cached("DELETE FROM failures WHERE fingerprint = ?1")?
                .execute(params![digest.as_bytes()])?;
        }
        Ok(())
    }

    fn files(&self, step: &Step, finished: i64) -> rusqlite::Result<()> {
        let (Some(files), Some(passed)) = (&step.files, self.earned.files.get(&step.name)) else { return Ok(()) };
        if step.check.reuse == Reuse::Never {
            return Ok(());
        }
        let passed: BTreeSet<_> = passed.iter().collect();
        let mut insert = self.transaction.prepare_cached(
            "INSERT OR REPLACE INTO file_receipts (key, shared, check_name, run, finished) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for input in files.pending.iter().filter(|input| passed.contains(&input.path)) {
            let key: Digest = file_key(&files.common, input);
            let check = step.check.name.as_str();
            insert.execute(params![key.as_bytes(), self.earned.shared, check, self.entry.id, finished])?;
        }
        Ok(())
    }

    /// Files that a step was given when it failed are not proved by an earlier pass.
    fn take_back_files(&self, step: &Step) -> rusqlite::Result<()> {
        let Some(files) = &step.files else { return Ok(()) };
        let mut delete = self.transaction.prepare_cached("DELETE FROM file_receipts WHERE key = ?1")?;
        files
            .pending
            .iter()
            .try_for_each(|input| delete.execute(params![file_key(&files.common, input).as_bytes()]).map(drop))
    }

    fn fingerprint(&self, fingerprint: &Fingerprint) -> rusqlite::Result<()> {
        let digest = fingerprint.digest();
        let known = self
            .transaction
            .prepare_cached("SELECT 1 FROM fingerprints WHERE digest = ?1")?
            .query_row(params![digest.as_bytes()], |_| Ok(()))
            .optional()?;
        if known.is_some() {
            return Ok(());
        }
        let fields = serde_json::to_string(fingerprint.fields())
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        self.transaction
            .prepare_cached("INSERT INTO fingerprints (digest, subject, environment, fields) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                digest.as_bytes(),
                fingerprint.subject().as_bytes(),
                fingerprint.environment().as_bytes(),
                fields
            ])?;
        Ok(())
    }

    /// When a step ended; the run's beginning where it is not known, so that a pass never looks younger than it is.
    fn finished(&self, done: &StepEntry) -> i64 {
        done.finished().unwrap_or_else(|| self.entry.started.as_second())
    }
}
