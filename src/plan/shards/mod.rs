//! The steps of a plan spread over a CI's own runners: pure, and the same on every runner without talking to the others.

mod shard;
mod spread;
mod balance;

#[cfg(test)]
mod tests;

pub use balance::{Balance, balance, lower_bound};
pub use shard::{ParseShardError, Shard};
pub use spread::{Shards, Spread};
