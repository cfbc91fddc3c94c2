//! From outcomes, policy and the base's standing to a verdict. Pure, and the only maker of clearances.

mod decide;

pub use decide::{Cause, Finding, Kind, Proof, Standing, Verdict};
