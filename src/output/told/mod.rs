//! Tests as their runner tells of them: how many there were, and which failed.
//!
//! What is told is used to judge changes, so that less is always told than too much. A number is only told where the
//! runner's own summary bears it out, and names only where as many are there as failed: a runner that stopped early, a
//! crash, a log that was cut or a line that was overlooked must not make tests fewer than they were.

mod read;
mod tally;
mod cargo;
mod python;
mod javascript;
mod mocha;
mod tap;
mod go;
mod jvm;
mod junit;
#[cfg(test)]
mod tests;

pub use junit::JunitFiles;
pub use read::{Told, told_tests};
