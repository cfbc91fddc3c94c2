//! What a run is given.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

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
