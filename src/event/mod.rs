//! What happens while gate works, as data. Reports fold over it; nothing here is formatted.

mod fixes;

pub use fixes::{FailedFix, Fixes, LeftFix};

use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::{CheckName, Outcome, Stage, StepName, TestCounts};

/// Something that happened, in the order in which it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Event {
    /// The plan is made; steps that run will follow.
    Planned {
        /// The run's id.
        run: String,
        /// The stage asked for.
        stage: Stage,
        /// How many steps run.
        running: usize,
        /// How many are reused.
        reused: usize,
        /// How many are skipped.
        skipped: usize,
        /// How many slots there are.
        slots: usize,
    },
    /// A private checkout is being brought to the candidate.
    CheckoutStarted {
        /// Whether it is made from nothing, without anything warm in it.
        cold: bool,
    },
    /// A command of `[workspace] prepare` has begun.
    PrepareStarted {
        /// The command, as configured.
        command: String,
    },
    /// The private checkout holds the candidate and is prepared.
    CheckoutReady {
        /// How many files were written.
        written: usize,
        /// How long it took.
        #[serde(rename = "duration_ms", serialize_with = "milliseconds")]
        #[schemars(with = "u64")]
        duration: Duration,
    },
    /// An attempt at a step has begun.
    StepStarted {
        /// The step.
        step: StepName,
        /// The attempt, from 1.
        attempt: u32,
    },
    /// An attempt failed and another one follows.
    StepRetried {
        /// The step.
        step: StepName,
        /// The attempt that failed, from 1.
        attempt: u32,
        /// How it failed.
        outcome: Outcome,
    },
    /// A step has ended.
    StepFinished {
        /// The step.
        step: StepName,
        /// How it ended.
        outcome: Outcome,
        /// The exit code, if it exited.
        exit: Option<i32>,
        /// The signal, if a signal ended it.
        signal: Option<i32>,
        /// How long all attempts took together.
        #[serde(rename = "duration_ms", serialize_with = "milliseconds")]
        #[schemars(with = "u64")]
        duration: Duration,
        /// How many attempts there were; 0 if it never began.
        attempts: u32,
        /// How many tests it had, where their runner tells it.
        tests: Option<TestCounts>,
        /// Where its output is, if it wrote any.
        #[serde(serialize_with = "lossy")]
        #[schemars(with = "Option<String>")]
        log: Option<PathBuf>,
    },
    /// A fixer has begun.
    FixStarted {
        /// The check it belongs to.
        check: CheckName,
    },
    /// A fixer has ended.
    FixFinished {
        /// The check it belongs to.
        check: CheckName,
        /// How many files it changed.
        changed: usize,
        /// How long it took.
        #[serde(rename = "duration_ms", serialize_with = "milliseconds")]
        #[schemars(with = "u64")]
        duration: Duration,
    },
    /// All fixers have ended, and what they changed is written.
    Fixed {
        /// What they did.
        fixes: Fixes,
    },
    /// The run is being ended early.
    Cancelling {
        /// Why: a signal's name, or `fail-fast`.
        cause: String,
    },
    /// Something the user should know, in one sentence.
    Notice {
        /// The sentence.
        text: String,
    },
}

/// Takes events as they happen.
pub trait Sink: Sync {
    /// Takes one event. May be called from any thread.
    fn emit(&self, event: Event);
}

/// A sink that forgets what it is told.
pub struct Silent;

impl Sink for Silent {
    fn emit(&self, _event: Event) {}
}

fn milliseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// A path need not be UTF-8, and an event must be written all the same.
#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn lossy<S: serde::Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}
