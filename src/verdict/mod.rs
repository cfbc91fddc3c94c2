//! From outcomes, policy and the base's standing to a verdict. Pure.

mod decide;
mod mend;
mod verdict;
mod weakening;

pub use decide::{Ground, Trial};
pub use verdict::{Cause, Finding, Kind, Proof, Standing, Verdict};
pub use weakening::weakenings;
