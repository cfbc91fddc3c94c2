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
const RUNS: i64 = 2_000;

/// How many bytes the documents of the runs may take together.
const DOCUMENTS: i64 = 64 << 20;

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
            let gone = store.tidy(now)?;
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
    fn tidy(&mut self, now: SystemTime) -> Result<Vec<String>, Error> {
        let oldest = seconds(now).saturating_sub(i64::try_from(KEPT.as_secs()).unwrap_or(i64::MAX));
        let transaction = immediate(self)?;
        let gone: Vec<(i64, String)> = {
            let mut query = transaction.prepare(
                "SELECT seq, id FROM (SELECT seq, id, started, row_number() OVER newest AS rank, \
                 sum(length(document)) OVER newest AS bytes FROM runs WINDOW newest AS (ORDER BY seq DESC)) \
                 WHERE rank > ?1 OR bytes > ?2 OR started / 1000 < ?3",
            )?;
            let rows = query.query_map(params![RUNS, DOCUMENTS, oldest], |row| Ok((row.get(0)?, row.get(1)?)))?;
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
