//! The only place that starts programs, and one of the two that know the operating system.
//!
//! [`Program`] runs one for its output. A [`Supervisor`] sees many to their ends at once, each in a group of its own, its
//! output going to a file. [`run_to_end`] does that for a single one.

mod capture;
mod child;
mod supervisor;
mod life;
mod group;
mod sweep;
mod log;
mod mask;
mod signals;
mod leftover;
mod once;
mod window;
mod jobserver;
mod environment;
mod arguments;
mod user;
#[cfg(test)]
pub(crate) mod testing;

pub use arguments::{argument_room, argument_size};
pub use capture::{Captured, Program, SpawnError};
pub use child::{Cause, Ending, Invocation, Limits, MARK, StartError, find};
pub use environment::{Checkouts, Environment, Moved, PASSED, environment, is_local_to_git};
pub use jobserver::Jobserver;
pub use leftover::{end_leftovers, identity};
pub use once::{run_to_end, run_to_end_as};
pub use signals::{Control, Urgency};
pub use supervisor::{Happening, ProcessId, Supervisor};
pub use user::{can_write, keep_to_oneself, user};
pub use window::window;
