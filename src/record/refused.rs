//! Pushes that were refused: what is left of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::receipt::seconds;
use super::{Error, Ledger};
use crate::digest::ObjectId;

/// A ref of a push that was refused. Of what was pushed only the name is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When.
    pub at: SystemTime,
    /// The ref.
    pub name: String,
    /// What it was at; nothing where it was not there.
    pub old: Option<ObjectId>,
    /// What it was to be at; nothing where it was to be deleted.
    pub new: Option<ObjectId>,
    /// Who pushed, where the server said so.
    pub by: Option<String>,
    /// Why, in words.
    pub why: String,
    /// The run that judged it, if one did.
    pub run: Option<String>,
}

/// A ledger that was made before there was such a table gets it with the first push that is refused.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS refused (at INTEGER NOT NULL, name TEXT NOT NULL, old TEXT, new TEXT, \
                     by TEXT, why TEXT NOT NULL, run TEXT)";

impl Ledger {
    /// Notes a refused push.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn refused(&mut self, refused: &Refused) -> Result<(), Error> {
        let text = |id: Option<ObjectId>| id.map(|id| id.to_string());
        self.using(|store| {
            store.connection.execute(TABLE, [])?;
            let Refused { at, name, old, new, by, why, run } = refused;
            store.connection.execute(
                "INSERT INTO refused (at, name, old, new, by, why, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![seconds(*at), name, text(*old), text(*new), by, why, run],
            )?;
            Ok(())
        })?;
        Ok(())
    }

    /// The last refused pushes, newest first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn refusals(&self, limit: usize) -> Result<Vec<Refused>, Error> {
        let found = self.ask(|connection| {
            if !is_there(connection)? {
                return Ok(Vec::new());
            }
            let mut query = connection
                .prepare("SELECT at, name, old, new, by, why, run FROM refused ORDER BY rowid DESC LIMIT ?1")?;
            let rows = query.query_map(params![i64::try_from(limit).unwrap_or(i64::MAX)], refused)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        Ok(found.unwrap_or_default())
    }
}

/// Takes away what is older than a time in seconds since 1970.
pub(super) fn forget(transaction: &Transaction<'_>, oldest: i64) -> rusqlite::Result<()> {
    if is_there(transaction)? {
        transaction.execute("DELETE FROM refused WHERE at < ?1", params![oldest])?;
    }
    Ok(())
}

fn is_there(connection: &Connection) -> rusqlite::Result<bool> {
    let there = connection.query_row("SELECT 1 FROM sqlite_schema WHERE name = 'refused'", [], |_| Ok(()));
    Ok(there.optional()?.is_some())
}

fn refused(row: &Row<'_>) -> rusqlite::Result<Refused> {
    let id = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(column)?.and_then(|id| id.parse().ok()));
    Ok(Refused {
        at: UNIX_EPOCH + Duration::from_secs(u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0)),
        name: row.get(1)?,
        old: id(2)?,
        new: id(3)?,
        by: row.get(4)?,
        why: row.get(5)?,
        run: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample::{at, tree};

    #[test]
    fn what_was_refused_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let (mut ledger, _) = Ledger::open(&folder.path().join("ledger.db"));
        assert_eq!(ledger.refusals(9).unwrap(), []);
        let first = Refused {
            at: at(0),
            name: "refs/heads/main".into(),
            old: Some(tree(1)),
            new: None,
            by: Some("ann".into()),
            why: "it may not be deleted".into(),
            run: None,
        };
        let second = Refused { new: Some(tree(2)), by: None, run: Some("0k1".into()), ..first.clone() };
        ledger.refused(&first).unwrap();
        ledger.refused(&second).unwrap();
        assert_eq!(ledger.refusals(9).unwrap(), [second.clone(), first]);
        assert_eq!(ledger.refusals(1).unwrap(), [second]);
        assert_eq!(Ledger::none().refusals(9).unwrap(), []);
    }

    #[test]
    fn what_was_refused_long_ago_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (mut ledger, _) = Ledger::open(&folder.path().join("ledger.db"));
        ledger.tidy(at(0)).unwrap();
        let old = Refused {
            at: at(0),
            name: "refs/heads/main".into(),
            old: None,
            new: None,
            by: None,
            why: "it may not be made".into(),
            run: None,
        };
        let days = |number: u64| at(0) + Duration::from_hours(number * 24);
        let new = Refused { at: days(80), ..old.clone() };
        ledger.refused(&old).unwrap();
        ledger.refused(&new).unwrap();
        ledger.tidy(days(100)).unwrap();
        assert_eq!(ledger.refusals(9).unwrap(), [new]);
    }
}
