//! A pool of private checkouts, kept warm.
//!
//! Each checkout is a repository of its own whose alternates name the user's store, so that nothing a check does to git
//! reaches the user. It is brought to a candidate in place, at the cost of what changed.

mod pool;

pub use pool::{Error, Pool, Touched, Workspace};
