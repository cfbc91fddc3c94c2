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
