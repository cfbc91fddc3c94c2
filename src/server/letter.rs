//! What gate tells the gate that runs steps for it as another user, and what that one answers: JSON, on standard input and
//! output.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::check::{CheckName, FailedTests, Outcome, StepName, TestCounts};
use crate::digest::{Digest, ObjectId};
use crate::judge::Surroundings;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// What the machine adds to the two trees, where steps would be run.
    Surroundings,
    /// That steps are run.
    Run,
}

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What is wanted of it.
    pub wanted: Wanted,
    /// The repository that is pushed to, which whoever reads this must not be able to write to.
    pub repository: PathBuf,
    /// Every folder of objects: a copy of what is pushed first.
    pub objects: Vec<PathBuf>,
    /// The branch that the change is to land on; none where only a commit is looked at.
    pub branch: Option<String>,
    /// What it is compared with.
    pub onto: Option<ObjectId>,
    /// The commit.
    pub commit: ObjectId,
    /// The checks whose steps are to be run.
    pub checks: BTreeSet<CheckName>,
    /// Whether the change may land on a base that has no valid gate.toml.
    pub starts: bool,
    /// How long it may take, in milliseconds.
    pub budget_ms: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// That is added to the trees.
    Surroundings(Option<Surroundings>),
    /// The steps ended so.
    Ran(Vec<Ran>),
    /// Nothing was run, for these reasons.
    Refused(Vec<Reason>),
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The step.
    pub step: StepName,
    /// How it ended.
    pub outcome: Outcome,
    /// The exit code of the last attempt, if it exited.
    pub exit: Option<i32>,
    /// The signal that ended the last attempt, if one did.
    pub signal: Option<i32>,
    /// When it began and ended, in milliseconds since 1970 UTC; nothing if it never began.
    pub span: Option<(u64, u64)>,
    /// How many attempts there were.
    pub attempts: u32,
    /// How many tests it had, where their runner tells it.
    #[serde(default)]
    pub tests: Option<TestCounts>,
    /// The tests that failed, where their runner tells all of them.
    #[serde(default)]
    pub failed_tests: Option<FailedTests>,
    /// Files that were given to batches that passed.
    pub passed_files: Vec<String>,
    /// How many steps one command ran together.
    pub together: usize,
    /// What to know about it beside the outcome.
    pub note: Option<String>,
    /// The end of its output.
    pub log: Option<String>,
    /// What its result depends on.
    pub fingerprint: Digest,
}

/// Why nothing was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}
