//! What a run is given, and what it gives back.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::check::{Outcome, StepName};
use crate::path::RepoPath;

/// What a run is given beside the plan.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The run's id; no other run has it.
    pub run: String,
    /// The folder that holds the candidate.
    pub dir: PathBuf,
    /// The environment that every step starts from; a step's own `env` and `pass-env` come on top.
    pub env: Vec<(OsString, OsString)>,
    /// The user's environment, from which `env` and `pass-env` take their values.
    pub user_env: Vec<(OsString, OsString)>,
    /// Where the logs go: one file per step.
    pub logs: PathBuf,
    /// Where locks between runs, temporary folders and notes for the next run's clean-up lie.
    pub state: PathBuf,
    /// How many slots there are.
    pub slots: NonZeroUsize,
    /// Whether the first failure of a required step ends the run.
    pub fail_fast: bool,
}

/// What is known of earlier runs of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct History {
    /// How long it is expected to take; `None` if it never ran.
    pub duration: Option<Duration>,
    /// How often it failed, from 0 to 1.
    pub failure_rate: f64,
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
    /// What to know about it beside the outcome: which program could not be started, what outlived it, …
    pub note: Option<String>,
}
