//! Landing: branches onto a target, by way of a verdict; and looking whether all that is there came that way.
//!
//! What lands has exactly the tree that was judged, on exactly the commit that it was judged for: the branch moves by
//! compare-and-swap, and whoever moves it hands over the clearance that the verdict gave. Where the target moved meanwhile
//! all starts again from the plan, in which what is proved stays proved.
//!
//! Several branches are judged together. A set that is rejected is never judged again: those that the failing checks can't
//! see are taken out of it, and what is left is halved. If the first half of such a set lands, what the second one comes to
//! on top of it is known already, and so is who breaks it when one is left.

mod request;
mod guarded;
mod members;
mod target;
mod compose;
mod message;
mod document;
mod check;
mod blame;
mod lander;
mod history;
mod witness;
mod audit;
mod schema;

pub use audit::audit;
pub use document::{BranchEntry, CheckEntry, Fate, Hold, Landing, Restart, SCHEMA, TargetEntry};
pub use history::{AUDIT_SCHEMA, Bypass, CommitEntry, Counts, Cover, History, ProofSource, RefusedEntry};
pub use lander::land;
pub use request::LandRequest;
pub use schema::{audit_schema, landing_schema};
