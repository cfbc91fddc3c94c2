//! From outcomes, policy and the base's standing to a verdict. Pure.

mod decide;
mod mend;
mod join;
mod across;
mod answer;
mod overridden;
mod weakening;
mod clearance;

pub use across::{Across, Place};
pub use answer::{Cause, Fewer, Finding, Kind, Proof, Standing, Verdict};
pub use clearance::{DeployClearance, LandClearance};
pub use decide::{Ground, Trial};
pub use join::{Join, JoinedStep, Part, Worth};
pub use mend::{Tests, is_defined_alike};
pub use overridden::Overridden;
pub use weakening::weakenings;
