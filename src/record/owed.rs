//! Overrides, and what they left open.

use std::collections::BTreeMap;
use std::time::SystemTime;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::receipt::seconds;
use super::{BaseChoice, Entry, Error, Ledger};
use crate::check::Outcome;
use crate::plan::Decision;
use crate::verdict::Overridden;

/// A check that was overridden and has not passed since on anything that was to land on the same branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The check.
    pub check: String,
    /// The branch; nothing where the change was on no branch.
    pub branch: Option<String>,
    /// When that was.
    pub since: Timestamp,
    /// The run.
    pub run: String,
    /// Who overrode it, why, and until when.
    pub overridden: Overridden,
}

impl Ledger {
    /// How many overrides there have been since a time.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn overrides(&self, since: SystemTime) -> Result<u64, Error> {
        let found = self.ask(|connection| {
            let mut query = connection.prepare(
                "SELECT count(*) FROM runs WHERE started >= ?1 AND json_extract(document, '$.overridden') IS NOT NULL",
            )?;
            let count: i64 = query.query_row(params![seconds(since).saturating_mul(1000)], |row| row.get(0))?;
            Ok(u64::try_from(count).unwrap_or(0))
        })?;
        Ok(found.unwrap_or(0))
    }

    /// What overrides left open, the oldest first. What the ledger has forgotten is not in it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn owed(&self) -> Result<Vec<Owed>, Error> {
        Ok(self.ask(owed)?.unwrap_or_default())
    }
}

fn owed(connection: &Connection) -> Result<Vec<Owed>, Error> {
    let mut query = connection.prepare(
        "SELECT id, document FROM runs WHERE stage = 'merge' AND seq >= (SELECT min(seq) FROM runs \
         WHERE json_extract(document, '$.overridden') IS NOT NULL) ORDER BY seq",
    )?;
    let mut rows = query.query([])?;
    let mut open: BTreeMap<(Option<String>, String), Owed> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (run, document): (String, String) = (row.get(0)?, row.get(1)?);
        let entry: Entry = serde_json::from_str(&document).map_err(|source| Error::Document { run, source })?;
        let branch = branch(&entry);
        if entry.passes() {
            open.retain(|(on, check), _| *on != branch || !passed(&entry, check));
        }
        let Some(overridden) = &entry.overridden else { continue };
        for check in &overridden.checks {
            let owed = || Owed {
                check: check.clone(),
                branch: branch.clone(),
                since: entry.started,
                run: entry.id.clone(),
                overridden: overridden.clone(),
            };
            open.entry((branch.clone(), check.clone())).or_insert_with(owed);
        }
    }
    let mut owed: Vec<Owed> = open.into_values().collect();
    owed.sort_by(|a, b| (a.since, &a.check).cmp(&(b.since, &b.check)));
    Ok(owed)
}

/// The branch that a change was to land on.
fn branch(entry: &Entry) -> Option<String> {
    match &entry.base.as_ref()?.choice {
        BaseChoice::Target { revision } => Some(revision.clone()),
        _ => None,
    }
}

/// Whether every step of a check passed, or a receipt says that it did. That it equals the base says nothing.
fn passed(entry: &Entry, check: &str) -> bool {
    let mut steps = entry.steps.iter().filter(|step| step.check == check).peekable();
    let passed =
        |decision: Decision, outcome: Option<Outcome>| decision == Decision::Reuse || outcome == Some(Outcome::Passed);
    steps.peek().is_some() && steps.all(|step| passed(step.decision, step.outcome))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Earned;
    use crate::record::sample::{ended, entry, plan, step, verdict};
    use crate::verdict::Kind;

    #[test]
    fn what_was_overridden_is_owed_until_it_passes() {
        let folder = tempfile::tempdir().unwrap();
        let (mut ledger, _) = Ledger::open(&folder.path().join("ledger.db"));
        assert_eq!(ledger.owed().unwrap(), []);
        let plan = plan(vec![step("a", "old", "new"), step("b", "old", "new")]);
        let mut record = |id: &str, outcome, overridden: bool, branch: &str| {
            let done = [ended("a", outcome), ended("b", Outcome::Passed)];
            let kind = if outcome == Outcome::Passed { Kind::Deployable } else { Kind::Rejected };
            let mut entry = entry(id, 0, &plan, &done, &verdict(kind, Vec::new()));
            entry.base.as_mut().unwrap().choice = BaseChoice::Target { revision: branch.into() };
            entry.overridden = overridden.then(|| Overridden {
                by: "ops".into(),
                how: "signature".into(),
                reason: "x".into(),
                checks: vec!["a".into()],
                until: None,
            });
            ledger.append(&entry, &plan, &Earned::default()).unwrap();
            let owed = ledger.owed().unwrap();
            let runs: Vec<String> = owed.into_iter().map(|owed| owed.run).collect();
            (runs, ledger.overrides(SystemTime::UNIX_EPOCH).unwrap())
        };
        assert_eq!(record("1", Outcome::Passed, false, "main"), (vec![], 0));
        assert_eq!(record("2", Outcome::Failed, true, "main"), (vec!["2".into()], 1));
        assert_eq!(record("3", Outcome::Failed, true, "main"), (vec!["2".into()], 2), "it is owed since the first");
        assert_eq!(record("4", Outcome::Passed, false, "release").0, ["2"], "it passed on another branch");
        assert_eq!(record("5", Outcome::Failed, false, "main").0, ["2"]);
        assert_eq!(record("6", Outcome::Passed, false, "main"), (vec![], 2));
    }
}
