//! How a step ended, and what is known of its earlier runs.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Outcome, StepName};
use crate::path::RepoPath;

/// What is known of earlier runs of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct History {
    /// How long it is expected to take; `None` if it never ran.
    pub duration: Option<Duration>,
    /// How often it failed, from 0 to 1.
    pub failure_rate: f64,
}

/// The tests of a step that failed, as their runner names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailedTests {
    /// Each with what tells it from those of the same name elsewhere.
    pub names: BTreeSet<String>,
    /// How many tests there were, those that passed included.
    pub total: u64,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// The step.
    pub step: StepName,
    /// How it ended.
    pub outcome: Outcome,
    /// The exit code of the last attempt, if it exited.
    pub exit: Option<i32>,
    /// The signal that ended the last attempt, if one did.
    pub signal: Option<i32>,
    /// When the first attempt began and the last one ended; `None` if it never began.
    pub span: Option<(SystemTime, SystemTime)>,
    /// How many attempts there were.
    pub attempts: u32,
    /// Where its output is.
    pub log: Option<PathBuf>,
    /// Files that were given to batches that passed, where the command takes files.
    pub passed_files: Vec<RepoPath>,
    /// The tests that failed, where their runner tells all of them.
    pub failed_tests: Option<FailedTests>,
    /// How many steps one command ran together, this among them; 1 where it ran by itself. Their span and log are the same.
    pub together: usize,
    /// What to know about it beside the outcome: which program could not be started, what outlived it, …
    pub note: Option<String>,
}

impl Ended {
    /// How a step ended that never began, and why it did not.
    #[must_use]
    pub fn never(step: &StepName, note: String) -> Self {
        Self {
            step: step.clone(),
            outcome: Outcome::NotStarted,
            exit: None,
            signal: None,
            span: None,
            attempts: 0,
            log: None,
            passed_files: Vec::new(),
            failed_tests: None,
            together: 1,
            note: Some(note),
        }
    }
}
