//! What will be done about every check of a stage, and why. Pure: no I/O, the same answer for the same question.

mod question;
mod side;
mod propose;
mod compare;
mod difference;
mod settle;
mod shards;
mod step;
mod reason;
mod fingerprint;

#[cfg(test)]
mod tests;

pub use compare::MESSAGE;
pub use difference::{Difference, first_difference};
pub use fingerprint::{Field, Fingerprint, Part};
pub use question::{Facts, Question, Side, Touched};
pub use reason::Reason;
pub use shards::{Balance, ParseShardError, Shard, Shards, Spread, balance, lower_bound};
pub use step::{Decision, FileProof, FileWork, Plan, Step};

pub use crate::config::{Check, CommandLine, GitView, Reuse, Work};
pub use crate::input::Input;
