//! The only place that starts programs, and one of the two that know the operating system.

mod capture;

pub use capture::{Captured, Program, SpawnError};
