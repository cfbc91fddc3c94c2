//! The ledger: what was run, how it ended, and the receipts that stand in for a run (rusqlite).
//!
//! A ledger that can't be read covers nothing and fails nobody: everything runs.

mod entry;
mod document;
mod durations;
mod planned;
mod schema;
mod id;
mod error;
mod ledger;
mod store;
mod receipt;
mod recall;
mod append;
mod counted;
mod query;
mod judgement;
mod refused;
mod owed;
mod tidy;

#[cfg(test)]
pub(crate) mod sample;

pub use counted::{CountedPass, TestsBefore};
pub use document::DocumentError;
pub use durations::{DURATIONS_SCHEMA, Durations};
pub use entry::{About, BaseEntry, CandidateEntry, Entry, SCHEMA, ShardEntry, StepEntry};
pub use error::Error;
pub use id::{began, new_id};
pub use judgement::Judgement;
pub use ledger::Ledger;
pub use owed::Owed;
pub use planned::{PLAN_SCHEMA, PlanEntry, PlannedShard};
pub use query::{LastStep, RunLine};
pub use receipt::{Earned, RecallPolicy, age, file_key};
pub use refused::Refused;
pub use schema::{EVENTS_SCHEMA, EventLine, events_schema, plan_schema, verdict_schema};

pub use crate::change::{Base, BaseChoice, Change, NoBase};
