//! The ledger as the rest of gate sees it.

use std::path::{Path, PathBuf};

use super::Error;
use super::store::{Store, set_aside};
use crate::diagnostic::Diagnostic;

/// What was run, how it ended, and what may be reused: an SQLite file in the repository's common git folder.
///
/// There always is one. Where the file can't be used it holds nothing and keeps nothing, so that everything runs.
/// Runs of several processes may use one file at the same time.
#[derive(Debug)]
pub struct Ledger {
    pub(super) store: Option<Store>,
}

impl Ledger {
    /// Opens the ledger at `path` (`<common git folder>/gate/ledger.db`), or makes one.
    ///
    /// A broken file is renamed to `ledger.db.bad-SECONDS` and a new one made; a newer gate's is left alone. Whatever
    /// keeps it from being used is told as a warning, and none of it keeps a run from going on.
    #[must_use]
    pub fn open(path: &Path) -> (Self, Vec<Diagnostic>) {
        let error = match Store::open(path) {
            Ok(store) => return (Self { store: Some(store) }, Vec::new()),
            Err(error) => error,
        };
        let mut warnings = vec![Diagnostic::from(&error)];
        let store = if error.is_corrupt() {
            match set_aside(path).inspect(|bad| warnings.push(moved(bad))).and_then(|_| Store::open(path)) {
                Ok(store) => Some(store),
                Err(error) => {
                    warnings.push(Diagnostic::from(&error));
                    None
                }
            }
        } else {
            None
        };
        (Self { store }, warnings)
    }

    /// A ledger that holds nothing and keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { store: None }
    }

    /// Whether it keeps what it is given.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.store.is_some()
    }

    /// The folder for a run's logs; `None` if nothing is kept.
    #[must_use]
    pub fn logs(&self, run: &str) -> Option<PathBuf> {
        self.store.as_ref().map(|store| store.logs().join(run))
    }

    /// Uses the store. A file that turns out to be broken is set aside, and the ledger is none from then on.
    pub(super) fn using<T>(&mut self, work: impl FnOnce(&mut Store) -> Result<T, Error>) -> Result<Option<T>, Error> {
        let Some(store) = &mut self.store else { return Ok(None) };
        match work(store) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_corrupt() => {
                let aside = self.store.take().map(Store::set_aside).transpose();
                aside.and(Err(error))
            }
            Err(error) => Err(error),
        }
    }
}

fn moved(bad: &Path) -> Diagnostic {
    let message = format!("the broken ledger is now '{}', and a new one is begun", bad.display());
    Diagnostic::warning("record/set-aside", message)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::os::unix::fs::PermissionsExt;
    use std::thread;

    use rusqlite::Connection;

    use super::*;
    use crate::check::Outcome;
    use crate::check::Stage;
    use crate::plan::Decision;
    use crate::record::sample::{at, ended, entry, name, plan, step, verdict};
    use crate::record::{Earned, RecallPolicy, new_id};
    use crate::verdict::Kind;

    fn pass(ledger: &mut Ledger, text: &str) -> Result<(), Error> {
        let plan = plan(vec![step(text, "old", "new")]);
        let id = new_id(at(0), std::process::id());
        let entry = entry(&id, 0, &plan, &[ended(text, Outcome::Passed)], &verdict(Kind::Clear, Vec::new()));
        ledger.append(&entry, &plan, &Earned { steps: [name(text)].into(), ..Earned::default() })
    }

    fn is_reused(ledger: &mut Ledger, text: &str) -> bool {
        let mut plan = plan(vec![step(text, "old", "new")]);
        let policy = RecallPolicy { fresh: false, stage: Stage::Merge, now: at(9) };
        let warnings = ledger.recall(&mut plan, &policy, |_| Ok::<_, Infallible>(Vec::new())).unwrap();
        assert_eq!(warnings, []);
        plan.steps[0].decision == Decision::Reuse
    }

    #[test]
    fn the_log_stays_short_over_many_processes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        for number in 0..60 {
            let (mut ledger, warnings) = Ledger::open(&path);
            assert_eq!(warnings, []);
            pass(&mut ledger, &format!("step{number}")).unwrap();
            assert!(is_reused(&mut ledger, "step0"));
            let log = fs_err::metadata(folder.path().join("ledger.db-wal")).unwrap().len();
            assert!(log < 2 * crate::record::store::LOG, "{log} bytes after {number} runs");
        }
    }

    fn codes(warnings: &[Diagnostic]) -> Vec<&str> {
        warnings.iter().map(|warning| warning.code).collect()
    }

    /// What lies beside the ledger, without SQLite's own files.
    fn names(path: &Path) -> Vec<String> {
        let entries = fs_err::read_dir(path.parent().unwrap()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm")).collect();
        names.sort();
        names
    }

    #[test]
    fn receipts_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/ledger.db");
        let (mut ledger, warnings) = Ledger::open(&path);
        assert_eq!(warnings, []);
        assert!(!is_reused(&mut ledger, "test"));
        pass(&mut ledger, "test").unwrap();
        drop(ledger);
        let (mut ledger, warnings) = Ledger::open(&path);
        assert_eq!(warnings, []);
        assert!(is_reused(&mut ledger, "test"));
        assert_eq!(names(&path), ["ledger.db"]);
    }

    #[test]
    fn many_may_write_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let one = &|number: i32| {
            let (mut ledger, warnings) = Ledger::open(&path);
            assert_eq!(warnings, []);
            pass(&mut ledger, &format!("test-{number}")).unwrap();
        };
        thread::scope(|scope| {
            let runs = (0..50).map(|number| scope.spawn(move || one(number)));
            runs.for_each(drop);
        });
        let (mut ledger, warnings) = Ledger::open(&path);
        assert_eq!(warnings, []);
        assert_eq!(ledger.runs(100).unwrap().len(), 50);
        assert!((0..50).all(|number| is_reused(&mut ledger, &format!("test-{number}"))));
        assert_eq!(names(&path), ["ledger.db"]);
    }

    #[test]
    fn what_is_no_ledger_is_set_aside() {
        let sqlite = |folder: &Path| {
            let path = folder.join("other.db");
            Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x); PRAGMA user_version = 1").unwrap();
            fs_err::read(path).unwrap()
        };
        let folder = tempfile::tempdir().unwrap();
        for (what, content) in
            [("empty", Vec::new()), ("text", b"hello\n".repeat(2000)), ("a stranger", sqlite(folder.path()))]
        {
            let path = folder.path().join(what).join("ledger.db");
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(&path, &content).unwrap();
            let (mut ledger, warnings) = Ledger::open(&path);
            assert_eq!(codes(&warnings), ["record/broken", "record/set-aside"], "{what}");
            assert!(!is_reused(&mut ledger, "test"), "{what}");
            pass(&mut ledger, "test").unwrap();
            assert!(is_reused(&mut ledger, "test"), "{what}");
            let bad = names(&path).into_iter().find(|name| name.starts_with("ledger.db.bad-")).unwrap();
            assert_eq!(fs_err::read(path.with_file_name(bad)).unwrap(), content, "{what}");
        }
    }

    #[test]
    fn damage_found_while_reading_is_set_aside_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let (mut ledger, _) = Ledger::open(&path);
        pass(&mut ledger, "test").unwrap();
        let connection = &ledger.store.as_ref().unwrap().connection;
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let place =
            "SELECT (rootpage - 1) * page_size, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'receipts'";
        let (start, size): (i64, i64) = connection.query_row(place, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        drop(ledger);
        let mut bytes = fs_err::read(&path).unwrap();
        let start = usize::try_from(start).unwrap();
        bytes[start..start + usize::try_from(size).unwrap()].fill(0x5a);
        fs_err::write(&path, bytes).unwrap();
        let (mut ledger, _) = Ledger::open(&path);
        let mut plan = plan(vec![step("test", "old", "new")]);
        let policy = RecallPolicy { fresh: false, stage: Stage::Merge, now: at(9) };
        let warnings = ledger.recall(&mut plan, &policy, |_| Ok::<_, Infallible>(Vec::new())).unwrap();
        assert_eq!(codes(&warnings), ["record/broken"]);
        assert_eq!(plan.steps[0].decision, Decision::Run);
        pass(&mut ledger, "test").unwrap();
        drop(ledger);
        let (mut ledger, warnings) = Ledger::open(&path);
        assert_eq!(warnings, []);
        assert!(!is_reused(&mut ledger, "test"));
        assert_eq!(names(&path).len(), 2);
    }

    #[test]
    fn a_newer_ledger_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let (mut ledger, _) = Ledger::open(&path);
        pass(&mut ledger, "test").unwrap();
        ledger.store.as_ref().unwrap().connection.execute_batch("PRAGMA user_version = 1000").unwrap();
        drop(ledger);
        let (mut ledger, warnings) = Ledger::open(&path);
        assert_eq!(codes(&warnings), ["record/newer"]);
        assert!(!is_reused(&mut ledger, "test"));
        pass(&mut ledger, "other").unwrap();
        drop(ledger);
        assert_eq!(names(&path), ["ledger.db"]);
        let connection = Connection::open(&path).unwrap();
        let runs: i64 = connection.query_row("SELECT count(*) FROM runs", [], |row| row.get(0)).unwrap();
        assert_eq!(runs, 1);
    }

    #[test]
    fn a_ledger_that_cannot_be_made_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        fs_err::write(&blocked, "").unwrap();
        let (mut ledger, warnings) = Ledger::open(&blocked.join("ledger.db"));
        assert_eq!(codes(&warnings), ["record/unusable"]);
        assert!(!is_reused(&mut ledger, "test"));
        pass(&mut ledger, "test").unwrap();
        assert!(!is_reused(&mut ledger, "test"));
        assert_eq!(ledger.logs("x"), None);
    }

    #[test]
    fn a_full_disk_or_a_read_only_file_records_nothing_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let (mut ledger, _) = Ledger::open(&path);
        pass(&mut ledger, "before").unwrap();
        let full = "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA max_page_count = 1";
        let read_only = "PRAGMA max_page_count = 1000000; PRAGMA query_only = 1";
        for (state, text) in [(full, "full"), (read_only, "read-only")] {
            ledger.store.as_ref().unwrap().connection.execute_batch(state).unwrap();
            let mut big = plan(vec![step(text, "old", &"new".repeat(9000))]);
            big.narrowed = true;
            let done = [ended(text, Outcome::Passed)];
            let mut long = entry(text, 0, &big, &done, &verdict(Kind::Clear, Vec::new()));
            long.notes = vec!["x".repeat(1 << 17)];
            let earned = Earned { steps: [name(text)].into(), ..Earned::default() };
            let error = ledger.append(&long, &big, &earned).unwrap_err();
            assert_eq!(Diagnostic::from(&error).code, "record/unusable", "{text}");
            assert!(is_reused(&mut ledger, "before") && !is_reused(&mut ledger, text));
            assert_eq!(ledger.runs(9).unwrap().len(), 1);
        }
    }

    #[test]
    fn a_read_only_folder_is_no_failure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gate/ledger.db");
        let (mut ledger, _) = Ledger::open(&path);
        pass(&mut ledger, "test").unwrap();
        drop(ledger);
        let mode = |mode| {
            let permissions = std::fs::Permissions::from_mode(mode);
            fs_err::set_permissions(path.parent().unwrap(), permissions).unwrap();
        };
        mode(0o555);
        // The superuser writes there all the same: whatever happens, it is a pass or a warning.
        let (mut ledger, warnings) = Ledger::open(&path);
        assert!(warnings.iter().all(|warning| warning.code == "record/unusable"), "{warnings:?}");
        let recorded = pass(&mut ledger, "other");
        mode(0o755);
        assert!(recorded.is_ok() || matches!(recorded, Err(Error::Sql(_))), "{recorded:?}");
    }
}
