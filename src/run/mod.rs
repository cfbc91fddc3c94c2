//! Runs the steps of a plan in parallel and says how each ended. Knows nothing of git.

mod settings;
mod runner;
mod tasks;
mod schedule;
mod lifecycle;
mod prepared;
mod batch;
mod command;
mod attempt;
mod locks;
mod scratch;
mod logs;
mod junit;
mod names;
mod trouble;
mod recover;
#[cfg(test)]
mod testing;

pub use logs::keep_log;
pub use recover::recover;
pub use runner::run;
pub use settings::Settings;

pub use crate::check::{Ended, History};
