//! What does not stay: old runs with their logs, receipts that nothing used, receipts that were taken back.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rusqlite::{Transaction, TransactionBehavior, params};

use super::id::began;
use super::receipt::seconds;
use super::store::{Store, TEMPORARY, patiently};
use super::{Error, Ledger};
use crate::check::CheckName;

/// How long runs, and receipts that nothing uses, stay.
const KEPT: Duration = Duration::from_hours(90 * 24);

/// How many runs stay.
struct Limits {
    /// How many.
    runs: i64,
    /// How many bytes their documents may take together.
    documents: i64,
}

const LIMITS: Limits = Limits { runs: 2_000, documents: 64 << 20 };

/// How long a folder of logs without a recorded run stays: its run may still be going on.
const UNRECORDED: Duration = Duration::from_hours(7 * 24);

impl Ledger {
    /// Takes away runs beyond the last 2,000 or 64 MB, or older than 90 days, with their logs; receipts that nothing has
    /// used for 90 days; logs of runs that never ended. The ids of the runs that are gone.
    ///
    /// # Errors
    /// When the file or the logs can't be written.
    pub fn tidy(&mut self, now: SystemTime) -> Result<Vec<String>, Error> {
        let gone = self.using(|store| {
            let gone = store.tidy(now, &LIMITS)?;
            store.sweep_logs(now)?;
            Ok(gone)
        })?;
        Ok(gone.unwrap_or_default())
    }

    /// Takes back every receipt of a check, and notes why. How many there were.
    ///
    /// # Errors
    /// When the file can't be written; the receipts still count then.
    pub fn void(&mut self, check: &CheckName, why: &str, now: SystemTime) -> Result<usize, Error> {
        let voided = self.using(|store| {
            let transaction = immediate(store)?;
            let name = check.as_str();
            let gone = transaction.execute("DELETE FROM receipts WHERE check_name = ?1", params![name])?
                + transaction.execute("DELETE FROM file_receipts WHERE check_name = ?1", params![name])?;
            transaction.execute(
                "INSERT INTO voided (check_name, at, why, receipts) VALUES (?1, ?2, ?3, ?4)",
                params![name, seconds(now), why, i64::try_from(gone).unwrap_or(i64::MAX)],
            )?;
            transaction.commit()?;
            Ok(gone)
        })?;
        Ok(voided.unwrap_or_default())
    }
}

impl Store {
    fn tidy(&mut self, now: SystemTime, limits: &Limits) -> Result<Vec<String>, Error> {
        let oldest = seconds(now).saturating_sub(i64::try_from(KEPT.as_secs()).unwrap_or(i64::MAX));
        let transaction = immediate(self)?;
        let gone: Vec<(i64, String)> = {
            let mut query = transaction.prepare(
                "SELECT seq, id FROM (SELECT seq, id, started, row_number() OVER newest AS rank, \
                 sum(length(document)) OVER newest AS bytes FROM runs WINDOW newest AS (ORDER BY seq DESC)) \
                 WHERE rank > ?1 OR bytes > ?2 OR started / 1000 < ?3",
            )?;
            let rows = query
                .query_map(params![limits.runs, limits.documents, oldest], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        for (seq, _) in &gone {
            transaction.prepare_cached("DELETE FROM steps WHERE run = ?1")?.execute(params![seq])?;
            transaction.prepare_cached("DELETE FROM runs WHERE seq = ?1")?.execute(params![seq])?;
        }
        for statement in [
            "DELETE FROM receipts WHERE used < ?1",
            "DELETE FROM file_receipts WHERE finished < ?1",
            "DELETE FROM failures WHERE finished < ?1",
            "DELETE FROM voided WHERE at < ?1",
        ] {
            transaction.execute(statement, params![oldest])?;
        }
        super::refused::forget(&transaction, oldest)?;
        super::counted::forget(&transaction)?;
        transaction.execute(
            "DELETE FROM fingerprints WHERE digest NOT IN (SELECT fingerprint FROM steps) \
             AND digest NOT IN (SELECT fingerprint FROM receipts)",
            [],
        )?;
        transaction.commit()?;
        Ok(gone.into_iter().map(|(_, id)| id).collect())
    }

    /// Removes the logs of runs that are not recorded, or not any more.
    fn sweep_logs(&self, now: SystemTime) -> Result<(), Error> {
        let mut query = self.connection.prepare("SELECT id FROM runs")?;
        let recorded: BTreeSet<String> = query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let logs = self.logs();
        for id in names(&logs)?.into_iter().filter(|id| !recorded.contains(id)) {
            let old = began(&id).is_some_and(|began| now.duration_since(began).is_ok_and(|age| age > UNRECORDED));
            if old {
                gone(fs_err::remove_dir_all(logs.join(id)))?;
            }
        }
        let folder = logs.parent().unwrap_or(&logs);
        for name in names(folder)?.into_iter().filter(|name| name.starts_with(TEMPORARY)) {
            let path = folder.join(name);
            let written = fs_err::metadata(&path).and_then(|metadata| metadata.modified());
            if written.is_ok_and(|time| now.duration_since(time).is_ok_and(|age| age > UNRECORDED)) {
                gone(fs_err::remove_file(path))?;
            }
        }
        Ok(())
    }
}

fn immediate(store: &Store) -> Result<Transaction<'_>, Error> {
    patiently(|| Transaction::new_unchecked(&store.connection, TransactionBehavior::Immediate))
}

/// The names in a folder that are UTF-8, as all of ours are; none if it does not exist.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    match fs_err::read_dir(folder) {
        Ok(entries) => {
            let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
            names.filter_map(Result::transpose).collect()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Another run may have been quicker.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::check::Outcome;
    use crate::check::Stage;
    use crate::plan::{Decision, Plan};
    use crate::record::sample::{at, ended, entry, file, name, plan, step, verdict, with_files};
    use crate::record::{Earned, RecallPolicy, new_id};
    use crate::verdict::Kind;

    const DAY: u64 = 24 * 60 * 60;

    struct Case {
        ledger: Ledger,
        folder: tempfile::TempDir,
    }

    impl Case {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let (ledger, _) = Ledger::open(&folder.path().join("ledger.db"));
            Self { ledger, folder }
        }

        /// A run of a step that passes, at so many seconds after the start of time, with a log.
        fn pass(&mut self, text: &str, seconds: u64) -> String {
            self.record(text, seconds, step(text, "old", "new"))
        }

        fn record(&mut self, text: &str, seconds: u64, step: crate::plan::Step) -> String {
            let plan = plan(vec![step]);
            let id = new_id(at(seconds), 1);
            let mut done = ended(text, Outcome::Passed);
            done.span = Some((at(seconds), at(seconds)));
            let entry = entry(&id, seconds, &plan, &[done], &verdict(Kind::Clear, Vec::new()));
            let files = plan.steps[0].files.iter().flat_map(|files| &files.pending);
            let files = [(name(text), files.map(|input| input.path.clone()).collect())].into();
            let earned = Earned { steps: [name(text)].into(), files, shared: false };
            self.ledger.append(&entry, &plan, &earned).unwrap();
            self.log(&id);
            id
        }

        fn log(&self, id: &str) {
            fs_err::create_dir_all(self.folder.path().join("logs").join(id)).unwrap();
        }

        fn recalled(&mut self, step: crate::plan::Step, seconds: u64) -> Plan {
            let mut plan = plan(vec![step]);
            let policy = RecallPolicy { fresh: false, stage: Stage::Merge, now: at(seconds) };
            self.ledger.recall(&mut plan, &policy, |_| Ok::<_, Infallible>(Vec::new())).unwrap();
            plan
        }

        fn is_reused(&mut self, text: &str, seconds: u64) -> bool {
            self.recalled(step(text, "old", "new"), seconds).steps[0].decision == Decision::Reuse
        }

        fn logs(&self) -> BTreeSet<String> {
            names(&self.folder.path().join("logs")).unwrap().into_iter().collect()
        }
    }

    #[test]
    fn old_runs_go_with_their_logs() {
        let mut case = Case::new();
        let old = case.pass("old", 0);
        let young = case.pass("young", 2 * DAY);
        let unrecorded = new_id(at(DAY), 2);
        let running = new_id(at(91 * DAY), 2);
        for id in [&unrecorded, &running, &"notes".to_owned()] {
            case.log(id);
        }
        assert_eq!(case.ledger.tidy(at(91 * DAY)).unwrap(), std::slice::from_ref(&old));
        assert_eq!(case.logs(), BTreeSet::from([young.clone(), running, "notes".into()]));
        assert!(case.ledger.entry(&old).is_err() && case.ledger.entry(&young).is_ok());
        assert!(!case.is_reused("old", 91 * DAY) && case.is_reused("young", 91 * DAY));
        let connection = &case.ledger.store.as_ref().unwrap().connection;
        for table in ["runs", "steps", "fingerprints", "receipts"] {
            let count = format!("SELECT count(*) FROM {table}");
            let rows: i64 = connection.query_row(&count, [], |row| row.get(0)).unwrap();
            assert_eq!(rows, 1, "{table}");
        }
    }

    #[test]
    fn a_receipt_in_use_stays() {
        let mut case = Case::new();
        case.pass("test", 0);
        let reused = case.recalled(step("test", "old", "new"), 80 * DAY);
        let entry = entry("0k", 80 * DAY, &reused, &[], &verdict(Kind::Clear, Vec::new()));
        case.ledger.append(&entry, &reused, &Earned::default()).unwrap();
        case.ledger.tidy(at(91 * DAY)).unwrap();
        assert!(case.is_reused("test", 91 * DAY));
    }

    #[test]
    fn runs_beyond_the_limits_go() {
        let mut case = Case::new();
        for number in 0..5 {
            let mut long = entry(&format!("{number}"), 0, &plan(Vec::new()), &[], &verdict(Kind::Clear, Vec::new()));
            long.notes = vec!["x".repeat(1000)];
            case.ledger.append(&long, &plan(Vec::new()), &Earned::default()).unwrap();
        }
        let mut tidy = |limits| {
            let mut gone = case.ledger.store.as_mut().unwrap().tidy(at(0), &limits).unwrap();
            gone.sort();
            gone
        };
        assert_eq!(tidy(Limits { runs: 4, documents: 1 << 20 }), ["0"]);
        assert_eq!(tidy(Limits { runs: 4, documents: 3500 }), ["1", "2"]);
    }

    #[test]
    fn ledgers_tidy_themselves_now_and_then() {
        let mut case = Case::new();
        let first = case.pass("first", 0);
        for number in 2..=u64::try_from(crate::record::append::TIDY_EVERY).unwrap() {
            assert!(case.ledger.entry(&first).is_ok(), "{number}");
            case.pass("test", 100 * DAY);
        }
        assert!(case.ledger.entry(&first).is_err());
    }

    #[test]
    fn voiding_takes_back_what_one_check_had_earned() {
        let mut case = Case::new();
        case.pass("test", 0);
        case.pass("other", 0);
        let some = with_files(step("test", "old", "files"), &[file("a", 1)]);
        case.record("test", 0, some.clone());
        assert_eq!(case.ledger.void(&"test".parse().unwrap(), "a second run failed", at(9)).unwrap(), 2);
        assert!(!case.is_reused("test", 9) && case.is_reused("other", 9));
        assert_eq!(case.recalled(some, 9).steps[0].files.as_ref().unwrap().pending.len(), 1);
    }
}
