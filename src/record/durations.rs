//! How long steps took, as a document of its own: what spreads the steps of the next run evenly.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{DocumentError, Entry};
use crate::check::{Outcome, StepName};

/// The name of the document's format.
pub const DURATIONS_SCHEMA: &str = "gate.durations/1";

/// How long steps took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    schema: String,
    /// Each step's time in milliseconds.
    steps: BTreeMap<StepName, u64>,
}

impl Default for Durations {
    fn default() -> Self {
        Self { schema: DURATIONS_SCHEMA.to_owned(), steps: BTreeMap::new() }
    }
}

impl Durations {
    /// Reads such a document, or takes the times out of a verdict's.
    ///
    /// # Errors
    /// When it is neither.
    pub fn read(bytes: &[u8]) -> Result<Self, DocumentError> {
        match serde_json::from_slice::<Self>(bytes) {
            Ok(durations) if durations.schema == DURATIONS_SCHEMA => Ok(durations),
            _ => {
                let mut durations = Self::default();
                durations.learn(&Entry::read(bytes)?);
                Ok(durations)
            }
        }
    }

    /// Takes over how long the steps of a run took: those that passed, and those that ended by themselves of which nothing
    /// is known yet.
    pub fn learn(&mut self, entry: &Entry) {
        for step in entry.steps.iter().filter(|step| step.attempts > 0) {
            match step.outcome {
                Some(Outcome::Passed | Outcome::Flaky) => {
                    self.steps.insert(step.name.clone(), step.duration_ms);
                }
                Some(Outcome::Cancelled | Outcome::NotStarted) | None => {}
                Some(_) => {
                    self.steps.entry(step.name.clone()).or_insert(step.duration_ms);
                }
            }
        }
    }

    /// Each step's time.
    #[must_use]
    pub fn times(&self) -> BTreeMap<StepName, Duration> {
        self.steps.iter().map(|(step, time)| (step.clone(), Duration::from_millis(*time))).collect()
    }

    /// The document, with a newline at the end.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn render(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
