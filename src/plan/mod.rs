//! What will be done about every check of a stage, and why. Pure: no I/O, the same answer for the same question.

mod fingerprint;
mod reason;
mod step;

pub use fingerprint::{Field, Fingerprint, Part};
pub use reason::Reason;
pub use step::{Decision, FileWork, Plan, Step};

pub use crate::config::{Check, CommandLine, GitView, Reuse};
pub use crate::input::Input;
