//! The words of gate's trade: names of checks and steps, stages, and how a step can end.

mod ended;
mod name;
mod outcome;
mod stage;

pub use ended::{Ended, History};
pub use name::{CheckName, NameError, StepName};
pub use outcome::Outcome;
pub use stage::Stage;
