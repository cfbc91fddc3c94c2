//! How many tests steps had when they passed.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{Ledger, StepEntry};
use crate::check::{Outcome, StepName, TestCounts};
use crate::digest::{Digest, ObjectId};

/// A pass, and how many tests it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedPass {
    /// The run.
    pub run: String,
    /// The run's candidate.
    pub tree: ObjectId,
    /// The tests.
    pub tests: TestCounts,
}

/// What is known of the tests of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestsBefore {
    /// The pass of the same inputs with the most tests.
    pub same_inputs: Option<CountedPass>,
    /// The last pass, whatever its inputs were.
    pub last: Option<CountedPass>,
}

/// A ledger that was made before there was such a table gets it with the first pass whose tests are counted.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS test_counts (name TEXT NOT NULL, run INTEGER NOT NULL, \
                     subject BLOB NOT NULL, passed INTEGER NOT NULL, failed INTEGER NOT NULL, skipped INTEGER NOT NULL, \
                     filtered INTEGER NOT NULL, PRIMARY KEY (name, run)) WITHOUT ROWID";

impl Ledger {
    /// How many tests a step had at its earlier passes; `subject` is what trees alone decide of its fingerprint. A ledger that
    /// can't be read knows nothing.
    #[must_use]
    pub fn tests_before(&self, step: &StepName, subject: &Digest) -> TestsBefore {
        let known = self.ask(|connection| {
            if !is_there(connection)? {
                return Ok(TestsBefore::default());
            }
            let mut most = connection.prepare_cached(
                "SELECT id, candidate_tree, passed, failed, skipped, filtered FROM test_counts \
                 JOIN runs ON seq = run WHERE name = ?1 AND subject = ?2 ORDER BY passed + failed DESC, run DESC LIMIT 1",
            )?;
            let mut last = connection.prepare_cached(
                "SELECT id, candidate_tree, passed, failed, skipped, filtered FROM test_counts \
                 JOIN runs ON seq = run WHERE name = ?1 ORDER BY run DESC LIMIT 1",
            )?;
            let same_inputs = most.query_row(params![step.as_str(), subject.as_bytes()], pass).optional()?;
            Ok(TestsBefore { same_inputs, last: last.query_row(params![step.as_str()], pass).optional()? })
        });
        known.ok().flatten().unwrap_or_default()
    }
}

/// Notes how many tests a step had, if it passed and that is told.
pub(super) fn note(transaction: &Transaction<'_>, seq: i64, step: &StepEntry) -> rusqlite::Result<()> {
    let passed = step.tests.filter(|_| step.outcome == Some(Outcome::Passed));
    let (Some(tests), Some(subject)) = (passed, step.subject) else { return Ok(()) };
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    transaction.execute(TABLE, [])?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO test_counts (name, run, subject, passed, failed, skipped, filtered) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            step.name.as_str(),
            seq,
            subject.as_bytes(),
            number(tests.passed),
            number(tests.failed),
            number(tests.skipped),
            number(tests.filtered),
        ])?;
    Ok(())
}

/// Takes away what is of runs that are gone.
pub(super) fn forget(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    if is_there(transaction)? {
        transaction.execute("DELETE FROM test_counts WHERE run NOT IN (SELECT seq FROM runs)", [])?;
    }
    Ok(())
}

fn is_there(connection: &Connection) -> rusqlite::Result<bool> {
    let there = connection.query_row("SELECT 1 FROM sqlite_schema WHERE name = 'test_counts'", [], |_| Ok(()));
    Ok(there.optional()?.is_some())
}

fn pass(row: &Row<'_>) -> rusqlite::Result<CountedPass> {
    let number = |column| Ok::<_, rusqlite::Error>(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0));
    let tests = TestCounts { passed: number(2)?, failed: number(3)?, skipped: number(4)?, filtered: number(5)? };
    Ok(CountedPass { run: row.get(0)?, tree: ObjectId::from_bytes(row.get(1)?), tests })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Ended;
    use crate::record::sample::{ended, entry, name, plan, step, tree, verdict};
    use crate::record::{Earned, new_id};
    use crate::verdict::Kind;

    fn counts(passed: u64) -> TestCounts {
        TestCounts { passed, skipped: 1, ..TestCounts::default() }
    }

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

        fn ran(&mut self, inputs: &str, outcome: Outcome, tests: Option<TestCounts>) -> String {
            let plan = plan(vec![step("test", "old", inputs)]);
            let done = Ended { tests, ..ended("test", outcome) };
            let id = new_id(std::time::SystemTime::now(), 1);
            let entry = entry(&id, 0, &plan, &[done], &verdict(Kind::Clear, Vec::new()));
            let earned = Earned { steps: [name("test")].into(), ..Earned::default() };
            self.ledger.append(&entry, &plan, &earned).unwrap();
            id
        }

        fn before(&self, inputs: &str) -> TestsBefore {
            let subject = step("test", "old", inputs).fingerprint.subject();
            self.ledger.tests_before(&name("test"), &subject)
        }
    }

    #[test]
    fn the_most_of_the_same_inputs_and_the_last_of_any_are_known() {
        let mut case = Case::new();
        assert_eq!(case.before("a"), TestsBefore::default());
        let first = case.ran("a", Outcome::Passed, Some(counts(37)));
        case.ran("a", Outcome::Passed, Some(counts(24)));
        let last = case.ran("b", Outcome::Passed, Some(counts(9)));
        for (outcome, tests) in
            [(Outcome::Failed, Some(counts(99))), (Outcome::Flaky, Some(counts(98))), (Outcome::Passed, None)]
        {
            case.ran("a", outcome, tests);
        }
        let pass = |run: &str, passed| Some(CountedPass { run: run.into(), tree: tree(1), tests: counts(passed) });
        let known = TestsBefore { same_inputs: pass(&first, 37), last: pass(&last, 9) };
        assert_eq!(case.before("a"), known);
        assert_eq!(case.before("c"), TestsBefore { same_inputs: None, ..known });
        assert_eq!(case.ledger.tests_before(&name("other"), &Digest::from_bytes([0; 32])), TestsBefore::default());
    }

    #[test]
    fn an_older_ledger_gets_the_table_with_the_first_count() {
        let mut case = Case::new();
        let tables = |case: &Case| -> i64 {
            let connection = Connection::open(case.folder.path().join("ledger.db")).unwrap();
            connection
                .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'test_counts'", [], |row| row.get(0))
                .unwrap()
        };
        case.ran("a", Outcome::Passed, None);
        assert_eq!((tables(&case), case.before("a")), (0, TestsBefore::default()));
        case.ran("a", Outcome::Passed, Some(counts(3)));
        assert_eq!(tables(&case), 1);
        assert_eq!(case.before("a").last.unwrap().tests, counts(3));
    }
}
