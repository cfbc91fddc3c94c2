//! The words of gate's trade: names of checks and steps, stages, hooks, built-in checks, kinds of units, and how a step can end.

mod builtin;
mod ended;
mod hook;
mod name;
mod outcome;
mod stage;
mod unit_kind;

pub use builtin::{Builtin, LineEnding, MessageRules};
pub use ended::{Ended, FailedTests, History, TestCounts};
pub use hook::Hook;
pub use name::{CheckName, NameError, StepName};
pub use outcome::Outcome;
pub use stage::Stage;
pub use unit_kind::UnitKind;
