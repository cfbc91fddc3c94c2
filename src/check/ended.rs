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

/// How many tests a step had, as their runner tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TestCounts {
    /// Those that passed, and those that failed as they were expected to.
    pub passed: u64,
    /// Those that failed, and those that came to an error of their own.
    pub failed: u64,
    /// Those that were named and not run: skipped, ignored, pending or still to be written.
    pub skipped: u64,
    /// Those that a filter left out, where their runner tells them from those that were skipped.
    pub filtered: u64,
}

impl TestCounts {
    /// How many ran.
    #[must_use]
    pub fn ran(self) -> u64 {
        self.passed.saturating_add(self.failed)
    }

    /// All of both.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self {
            passed: self.passed.saturating_add(more.passed),
            failed: self.failed.saturating_add(more.failed),
            skipped: self.skipped.saturating_add(more.skipped),
            filtered: self.filtered.saturating_add(more.filtered),
        }
    }
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
    /// How many tests it had, where their runner tells it.
    pub tests: Option<TestCounts>,
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
            tests: None,
            failed_tests: None,
            together: 1,
            note: Some(note),
        }
    }
}
