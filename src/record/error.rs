//! What can go wrong with a ledger.

use std::io;

use crate::diagnostic::Diagnostic;

/// What can go wrong with a ledger. None of it decides a verdict: a run without a ledger runs everything.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite refused.
    #[error("the ledger can't be used: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The file system refused.
    #[error("the ledger can't be used: {0}")]
    Io(#[from] io::Error),
    /// A newer gate wrote it.
    #[error("the ledger '{path}' is in format {found}, and this gate knows format {known}")]
    Newer {
        /// The ledger's file.
        path: String,
        /// Its format.
        found: i64,
        /// Our format.
        known: i64,
    },
    /// The file is no ledger, or a broken one.
    #[error("'{path}' is not a ledger of gate: {why}")]
    Foreign {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A stored document can't be read.
    #[error("the ledger's document of run '{run}' can't be read: {source}")]
    Document {
        /// The run.
        run: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A document can't be written.
    #[error("the run can't be written as JSON: {0}")]
    Write(serde_json::Error),
    /// No run has the id.
    #[error("no run '{0}' is recorded")]
    NoRun(String),
    /// More than one run's id begins so.
    #[error("'{prefix}' could be any of {} runs: {}", .runs.len(), .runs.join(", "))]
    Ambiguous {
        /// What was asked for.
        prefix: String,
        /// Some of the runs whose ids begin so.
        runs: Vec<String>,
    },
}

impl Error {
    /// Whether what is in the file can't be trusted any more.
    pub(super) fn is_corrupt(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Sql(error) => matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)),
            Self::Foreign { .. } => true,
            _ => false,
        }
    }
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let text = error.to_string();
        let warning = |code, hint: &str| Self::warning(code, text.clone()).hint(hint);
        match error {
            error if error.is_corrupt() => {
                warning("record/broken", "it is set aside, and nothing that it held is reused")
            }
            Error::Foreign { .. } | Error::Sql(_) | Error::Io(_) | Error::Write(_) => {
                warning("record/unusable", "nothing is reused and nothing is remembered until it can be written again")
            }
            Error::Newer { .. } => {
                warning("record/newer", "use the newer gate; until then nothing is reused and nothing is remembered")
            }
            Error::Document { .. } => Self::error("record/document", text).hint("an older gate may have written it"),
            Error::NoRun(_) => Self::error("record/no-run", text).hint("'gate log' lists the recorded runs"),
            Error::Ambiguous { .. } => Self::error("record/ambiguous", text).hint("give more of the id"),
        }
    }
}
