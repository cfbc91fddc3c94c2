//! What the ledger knows of runs and steps.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Entry, Error, Ledger};
use crate::check::{History, Outcome, Stage, StepName};
use crate::digest::ObjectId;
use crate::plan::Field;
use crate::verdict::{Kind, Overridden, Proof, Standing};

/// How many of a step's last runs its history is made of.
const HISTORY: i64 = 20;

/// How many of its last passes say how long it takes.
const PASSES: usize = 5;

/// The outcomes that speak against a tree, as SQL.
const FAILURES: &str = "('failed', 'timed-out', 'leaked', 'modified')";

/// A recorded run in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLine {
    /// Its id.
    pub id: String,
    /// The stage asked for.
    pub stage: Stage,
    /// What was said.
    pub verdict: Kind,
    /// What it rests on.
    pub proof: Option<Proof>,
    /// The candidate's commit, where there was one.
    pub commit: Option<ObjectId>,
    /// The candidate's tree.
    pub tree: ObjectId,
    /// When it began.
    pub started: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// Whether `--only` left steps out.
    pub narrowed: bool,
    /// What was skipped on request, and why: `a, b (GATE_SKIP)`; nothing where nothing was.
    pub skipped: Option<String>,
    /// Who let the change land all the same, if somebody did.
    pub overridden: Option<Overridden>,
}

/// The last time that a step ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastStep {
    /// The run.
    pub run: String,
    /// The run's candidate.
    pub tree: ObjectId,
    /// When the run began.
    pub started: Timestamp,
    /// How the step ended.
    pub outcome: Outcome,
    /// What its result depended on, sorted.
    pub fields: Vec<Field>,
}

impl Ledger {
    /// What is known of a tree as a base: what the last run of the merge stage says that judged all of it.
    /// A ledger that can't be read knows nothing.
    #[must_use]
    pub fn standing(&self, tree: ObjectId) -> Standing {
        self.ask(|connection| standing(connection, tree)).ok().flatten().unwrap_or(Standing::Unknown)
    }

    /// What is known of earlier runs of some steps. A ledger that can't be read knows nothing.
    #[must_use]
    pub fn history<'a>(&self, steps: impl IntoIterator<Item = &'a StepName>) -> BTreeMap<StepName, History> {
        self.ask(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT outcome, duration_ms FROM steps WHERE name = ?1 AND attempts > 0 ORDER BY run DESC LIMIT ?2",
            )?;
            let mut known = BTreeMap::new();
            for step in steps {
                let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, length(row, 1)?));
                let rows: Vec<_> =
                    query.query_map(params![step.as_str(), HISTORY], row)?.collect::<rusqlite::Result<_>>()?;
                known.extend(summary(&rows).map(|history| (step.clone(), history)));
            }
            Ok(known)
        })
        .ok()
        .flatten()
        .unwrap_or_default()
    }

    /// The last runs, newest first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn runs(&self, limit: usize) -> Result<Vec<RunLine>, Error> {
        let lines = self.ask(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT id, stage, verdict, proof, candidate_commit, candidate_tree, started, duration_ms, narrowed, \
                 (SELECT group_concat(json_extract(value, '$.name'), ', ') || ' (' || \
                 min(json_extract(value, '$.reasons[0].why')) || ')' FROM json_each(document, '$.steps') \
                 WHERE json_extract(value, '$.reasons[0].kind') = 'asked'), json_extract(document, '$.overridden') FROM runs ORDER BY seq DESC LIMIT ?1",
            )?;
            let rows = query.query_map(params![i64::try_from(limit).unwrap_or(i64::MAX)], run_line)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        Ok(lines.unwrap_or_default())
    }

    /// The id of the last run of the merge stage.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn last_of_merge_stage(&self) -> Result<Option<String>, Error> {
        let last = self.ask(|connection| {
            let mut query =
                connection.prepare_cached("SELECT id FROM runs WHERE stage = 'merge' ORDER BY seq DESC LIMIT 1")?;
            Ok(query.query_row([], |row| row.get(0)).optional()?)
        })?;
        Ok(last.flatten())
    }

    /// Whether a run's steps ran in a checkout that had kept folders, or may have: it is not known of a run that is gone.
    #[must_use]
    pub fn may_be_warm(&self, run: &str) -> bool {
        let cold = self.ask(|connection| {
            let mut query = connection
                .prepare_cached("SELECT 1 FROM runs WHERE id = ?1 AND json_extract(document, '$.warm') = 0")?;
            Ok(query.query_row(params![run], |_| Ok(())).optional()?.is_some())
        });
        !matches!(cold, Ok(Some(true)))
    }

    /// The run whose id is `prefix`, or else the only one whose id begins so.
    ///
    /// # Errors
    /// When there is none, or more than one, or the file can't be read.
    pub fn entry(&self, prefix: &str) -> Result<Entry, Error> {
        let found = self.ask(|connection| {
            // `{` is the character after `z`, and ids are digits and small letters.
            let mut query = connection.prepare_cached(
                "SELECT id, document FROM runs WHERE id >= ?1 AND id < ?1 || '{' ORDER BY id LIMIT 5",
            )?;
            let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
            Ok(query.query_map(params![prefix], row)?.collect::<rusqlite::Result<Vec<_>>>()?)
        })?;
        let mut found = if prefix.is_empty() { Vec::new() } else { found.unwrap_or_default() };
        if found.first().is_some_and(|(id, _)| id == prefix) {
            found.truncate(1);
        }
        match (found.pop(), found.is_empty()) {
            (None, _) => Err(Error::NoRun(prefix.to_owned())),
            (Some((run, document)), true) => {
                serde_json::from_str(&document).map_err(|source| Error::Document { run, source })
            }
            (Some(last), false) => {
                let runs = found.into_iter().chain([last]).map(|(run, _)| run).collect();
                Err(Error::Ambiguous { prefix: prefix.to_owned(), runs })
            }
        }
    }

    /// The last time that a step ran to an end of its own, with what its result depended on.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn last_step(&self, step: &StepName) -> Result<Option<LastStep>, Error> {
        let last = self.ask(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT runs.id, candidate_tree, started, outcome, fields FROM steps JOIN runs ON runs.seq = steps.run \
                 JOIN fingerprints ON digest = fingerprint \
                 WHERE name = ?1 AND outcome NOT IN ('cancelled', 'not-started') ORDER BY steps.run DESC LIMIT 1",
            )?;
            let last = query.query_row(params![step.as_str()], |row| {
                Ok(LastStep {
                    run: row.get(0)?,
                    tree: ObjectId::from_bytes(row.get(1)?),
                    started: started(row, 2)?,
                    outcome: named(row, 3)?,
                    fields: json(&row.get::<_, String>(4)?)?,
                })
            });
            Ok(last.optional()?)
        })?;
        Ok(last.flatten())
    }

    pub(super) fn ask<T>(&self, question: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<Option<T>, Error> {
        self.store.as_ref().map(|store| question(&store.connection)).transpose()
    }
}

fn standing(connection: &Connection, tree: ObjectId) -> Result<Standing, Error> {
    let mut runs = connection.prepare_cached(
        "SELECT seq, id, verdict = 'deployable' AND proof = 'proved' FROM runs \
         WHERE candidate_tree = ?1 AND stage = 'merge' AND NOT narrowed ORDER BY seq DESC LIMIT 50",
    )?;
    let mut failing = connection.prepare_cached(&format!(
        "SELECT name FROM steps WHERE run = ?1 AND required AND outcome IN {FAILURES} ORDER BY name"
    ))?;
    let mut rows = runs.query(params![tree.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let (seq, run, proved): (i64, String, Option<bool>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let names = failing.query_map(params![seq], |row| named(row, 0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        if !names.is_empty() {
            return Ok(Standing::Broken { run, steps: names });
        }
        if proved == Some(true) {
            return Ok(Standing::Deployable { run });
        }
    }
    Ok(Standing::Unknown)
}

/// What the last runs of a step, newest first, come to; `None` if there are none that count.
fn summary(rows: &[(String, u64)]) -> Option<History> {
    let ended: Vec<_> =
        rows.iter().filter(|(outcome, _)| !matches!(outcome.as_str(), "cancelled" | "not-started")).collect();
    let passed = |outcome: &str| outcome == Outcome::Passed.as_str();
    let mut times: Vec<u64> = ended.iter().filter(|(o, _)| passed(o)).take(PASSES).map(|(_, time)| *time).collect();
    if times.is_empty() {
        // A step that only ever failed took about this long to do so.
        times = ended.iter().take(PASSES).map(|(_, time)| *time).collect();
    }
    times.sort_unstable();
    let median = *times.get(times.len() / 2)?;
    let failed = ended.iter().filter(|(outcome, _)| !passed(outcome)).count();
    #[expect(clippy::cast_precision_loss, reason = "at most twenty runs")]
    let failure_rate = failed as f64 / ended.len() as f64;
    Some(History { duration: Some(Duration::from_millis(median)), failure_rate })
}

fn run_line(row: &Row<'_>) -> rusqlite::Result<RunLine> {
    Ok(RunLine {
        id: row.get(0)?,
        stage: named(row, 1)?,
        verdict: named(row, 2)?,
        proof: row.get::<_, Option<String>>(3)?.map(|name| parse(&name)).transpose()?,
        commit: row.get::<_, Option<[u8; 20]>>(4)?.map(ObjectId::from_bytes),
        tree: ObjectId::from_bytes(row.get(5)?),
        started: started(row, 6)?,
        duration: Duration::from_millis(length(row, 7)?),
        narrowed: row.get(8)?,
        skipped: row.get(9)?,
        overridden: row.get::<_, Option<String>>(10)?.map(|text| json(&text)).transpose()?,
    })
}

fn started(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Ok(Timestamp::from_millisecond(row.get(column)?).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// A number of milliseconds.
fn length(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// A value that the column holds by the name that reports write.
fn named<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    parse(&row.get::<_, String>(column)?)
}

fn parse<T: serde::de::DeserializeOwned>(name: &str) -> rusqlite::Result<T> {
    serde_json::from_value(name.into()).map_err(unreadable)
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Ended;
    use crate::plan::Plan;
    use crate::record::sample::{at, ended, entry, fingerprint, name, plan, step, tree, verdict};
    use crate::record::{Earned, new_id};

    struct Case {
        ledger: Ledger,
        _folder: tempfile::TempDir,
    }

    impl Case {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let (ledger, _) = Ledger::open(&folder.path().join("ledger.db"));
            Self { ledger, _folder: folder }
        }

        fn record(&mut self, plan: &Plan, ended: &[Ended], kind: Kind) -> Entry {
            let entry = entry(&new_id(at(0), 1), 0, plan, ended, &verdict(kind, Vec::new()));
            self.ledger.append(&entry, plan, &Earned::default()).unwrap();
            entry
        }
    }

    fn two() -> Plan {
        plan(vec![step("a", "old", "new"), step("b", "old", "new")])
    }

    #[test]
    fn the_last_whole_merge_run_gives_the_standing() {
        let (passed, failed) = (Outcome::Passed, Outcome::Failed);
        let early = |mut plan: Plan| {
            plan.stage = Stage::PreCommit;
            plan
        };
        let narrowed = |mut plan: Plan| {
            plan.narrowed = true;
            plan
        };
        let deployable = |run: &Entry| Standing::Deployable { run: run.id.clone() };
        let broken = |run: &Entry| Standing::Broken { run: run.id.clone(), steps: vec![name("b")] };

        let mut case = Case::new();
        assert_eq!(case.ledger.standing(tree(1)), Standing::Unknown);
        let first = case.record(&two(), &[ended("a", passed), ended("b", passed)], Kind::Deployable);
        assert_eq!(case.ledger.standing(tree(1)), deployable(&first));
        assert_eq!(case.ledger.standing(tree(2)), Standing::Unknown);
        case.record(&early(two()), &[ended("a", passed), ended("b", failed)], Kind::Rejected);
        case.record(&narrowed(two()), &[ended("a", passed), ended("b", failed)], Kind::Rejected);
        assert_eq!(case.ledger.standing(tree(1)), deployable(&first), "other runs say nothing of the whole");
        let second = case.record(&two(), &[ended("a", passed), ended("b", failed)], Kind::Mends);
        assert_eq!(case.ledger.standing(tree(1)), broken(&second));
        case.record(&two(), &[ended("a", passed)], Kind::Undecided);
        assert_eq!(case.ledger.standing(tree(1)), broken(&second), "an undecided run changes nothing");
        let last = case.record(&two(), &[ended("a", passed), ended("b", passed)], Kind::Deployable);
        assert_eq!(case.ledger.standing(tree(1)), deployable(&last));
    }

    #[test]
    fn a_relative_verdict_is_no_record() {
        let mut case = Case::new();
        let said = verdict(Kind::Deployable, Vec::new());
        let relative = crate::verdict::Verdict { proof: Some(Proof::Relative), ..said };
        let entry = entry("0", 0, &two(), &[ended("a", Outcome::Passed), ended("b", Outcome::Passed)], &relative);
        case.ledger.append(&entry, &two(), &Earned::default()).unwrap();
        assert_eq!(case.ledger.standing(tree(1)), Standing::Unknown);
    }

    #[test]
    fn a_check_that_is_not_required_breaks_nothing() {
        let mut case = Case::new();
        let mut plan = two();
        let mut check = (*plan.steps[1].check).clone();
        check.required = false;
        plan.steps[1].check = check.into();
        let run = case.record(&plan, &[ended("a", Outcome::Passed), ended("b", Outcome::Failed)], Kind::Deployable);
        assert_eq!(case.ledger.standing(tree(1)), Standing::Deployable { run: run.id });
    }

    #[test]
    fn history_is_the_median_of_the_last_passes() {
        let mut case = Case::new();
        let mut run = |outcome, seconds| {
            let done = Ended { span: Some((at(0), at(seconds))), ..ended("a", outcome) };
            case.record(&two(), &[done], Kind::Clear);
        };
        for (outcome, seconds) in [
            (Outcome::Passed, 1000),
            (Outcome::Passed, 1),
            (Outcome::Failed, 900),
            (Outcome::Passed, 2),
            (Outcome::Passed, 3),
            (Outcome::Cancelled, 0),
            (Outcome::Passed, 50),
            (Outcome::Passed, 60),
        ] {
            run(outcome, seconds);
        }
        let names = [name("a"), name("b"), name("c")];
        let known = case.ledger.history(&names);
        let expected = History { duration: Some(Duration::from_secs(3)), failure_rate: 1.0 / 7.0 };
        assert_eq!(known, BTreeMap::from([(name("a"), expected)]));
        assert_eq!(Ledger::none().history(&names), BTreeMap::new());
    }

    #[test]
    fn runs_are_found_by_the_beginning_of_their_id() {
        let mut case = Case::new();
        let ids = ["0k1aaa", "0k1aab", "0k2aaa", "0k1"];
        for id in ids {
            let entry = entry(id, 0, &two(), &[], &verdict(Kind::Clear, Vec::new()));
            case.ledger.append(&entry, &two(), &Earned::default()).unwrap();
        }
        let found = |prefix: &str| case.ledger.entry(prefix).map(|entry| entry.id).map_err(|error| error.to_string());
        assert_eq!(found("0k2"), Ok("0k2aaa".into()));
        assert_eq!(found("0k1aab"), Ok("0k1aab".into()));
        assert_eq!(found("0k1a").unwrap_err(), "'0k1a' could be any of 2 runs: 0k1aaa, 0k1aab");
        assert_eq!(found("0k1"), Ok("0k1".into()), "a whole id is meant as it stands");
        for absent in ["", "1", "0k1aaaa", "%", "'"] {
            assert_eq!(found(absent).unwrap_err(), format!("no run '{absent}' is recorded"));
        }
        let lines: Vec<String> = case.ledger.runs(2).unwrap().into_iter().map(|line| line.id).collect();
        assert_eq!(lines, ["0k1", "0k2aaa"]);
    }

    #[test]
    fn an_entry_reads_back_as_it_was_written() {
        let mut case = Case::new();
        let done = [ended("a", Outcome::TimedOut), ended("b", Outcome::Passed)];
        let entry = case.record(&two(), &done, Kind::Rejected);
        assert_eq!(case.ledger.entry(&entry.id).unwrap(), entry);
        let line = case.ledger.runs(1).unwrap().remove(0);
        assert_eq!((line.id, line.stage, line.verdict), (entry.id, Stage::Merge, Kind::Rejected));
        assert_eq!((line.tree, line.started), (tree(1), entry.started));
    }

    #[test]
    fn the_last_end_of_a_step_keeps_its_fields() {
        let mut case = Case::new();
        assert_eq!(case.ledger.last_step(&name("a")).unwrap(), None);
        case.record(&plan(vec![step("a", "old", "first")]), &[ended("a", Outcome::Passed)], Kind::Clear);
        let run = case.record(&plan(vec![step("a", "old", "new")]), &[ended("a", Outcome::Failed)], Kind::Rejected);
        case.record(&plan(vec![step("a", "old", "newer")]), &[ended("a", Outcome::Cancelled)], Kind::Undecided);
        let last = case.ledger.last_step(&name("a")).unwrap().unwrap();
        assert_eq!((last.run, last.outcome), (run.id, Outcome::Failed));
        assert_eq!(last.fields, fingerprint("a:new").fields());
    }
}
