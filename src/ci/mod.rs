//! Reads a CI's environment: what is to be merged into what, and where that is said.
//!
//! [`find`] is a pure function of the environment and, for those that write one, the event's file, which [`read_event`]
//! reads. Every value comes with its [`Origin`], so that a report can show what was taken from where. Outside any known
//! CI nothing is found. Inside one, whatever is missing, malformed or contradicts something else is an error with its
//! cure: a base that was guessed makes a wrong green.
//!
//! What the environment says was written by the CI, but an earlier step of the same job may have changed it, and branch
//! names are chosen by whoever pushes. So commits are exactly 40 hexadecimal digits, branches are what git would take for
//! one, and nothing here goes through a shell.
//!
//! [`check_merge`] holds the commit that a host made of both against its parents.

mod told;
mod found;
mod error;
mod variables;
mod marks;
mod event;
mod push;
mod github;
mod gitlab;
mod buildkite;
mod jenkins;
mod circleci;
mod azure;
mod find;
mod merge;
#[cfg(test)]
mod tests;

pub use error::{Error, Run};
pub use event::read_event;
pub use find::find;
pub use found::{Fact, Found, Kind, System, Target};
pub use marks::system;
pub use merge::{Freshness, Merge, NotOfBoth, check_merge};
pub use told::{BranchName, Origin, Told};
