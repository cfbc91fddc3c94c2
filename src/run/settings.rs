//! What a run is given.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use crate::check::Ended;
use crate::event::Event;

/// What a run is given beside the plan.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The run's id; no other run has it.
    pub run: String,
    /// The folder that holds the candidate.
    pub dir: PathBuf,
    /// The environment that every step starts from, as [`crate::process::environment`] makes it; a step's own `env` and
    /// `pass-env` come on top, and a `TMPDIR` of its own.
    pub env: Vec<(OsString, OsString)>,
    /// The user's environment, from which `env` and `pass-env` take their values. Temporary files go below its `TMPDIR`,
    /// or below `/tmp` if that leaves too little of the length that a socket's path may have.
    pub user_env: Vec<(OsString, OsString)>,
    /// Where the logs go: one file per step.
    pub logs: PathBuf,
    /// Where locks between runs and notes for the next run's clean-up lie. All runs of a user on a machine share it.
    pub state: PathBuf,
    /// How many slots there are.
    pub slots: NonZeroUsize,
    /// Whether the first failure of a required step ends the run.
    pub fail_fast: bool,
    /// The message of the commit that is judged; each step that takes it gets a copy.
    pub message: Option<Vec<u8>>,
}

impl Ended {
    /// The event that tells it.
    pub(crate) fn event(&self, duration: Duration) -> Event {
        Event::StepFinished {
            step: self.step.clone(),
            outcome: self.outcome,
            exit: self.exit,
            signal: self.signal,
            duration,
            attempts: self.attempts,
            tests: self.tests,
            log: self.log.clone(),
        }
    }
}
