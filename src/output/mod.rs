//! What tools print, as data: where in the repository they found what.
//!
//! A log is read line by line, up to a limit, and everything in it is taken for what it is: text that others wrote. A line
//! that is not understood is passed over; a path that does not lead to a file of the candidate is no problem's place.

mod problem;
mod place;
mod plain;
mod location;
mod message;
mod single;
mod several;
mod cargo_json;
mod scan;
mod told;

pub use place::{Place, Root};
pub use problem::{Problem, Region, Severity};
pub use scan::{MOST_PROBLEMS, problems};
pub use told::{JunitFiles, Told, told_tests};

#[cfg(test)]
mod tests;
