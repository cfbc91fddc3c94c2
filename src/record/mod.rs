//! The ledger: what was run, how it ended, and the receipts that stand in for a run (rusqlite).

mod entry;

pub use entry::{BaseEntry, Entry, SCHEMA, StepEntry};
