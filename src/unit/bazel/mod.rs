//! Bazel and Buck, left to themselves: each workspace is one unit, since its own tool knows what a change affects in it.
//!
//! Whatever lies in the folder of a workspace counts for it. It is the workspace's own only where no other unit lies
//! there, so that the other units' own tools go on seeing what they share. What leads out of the folder, a repository or a
//! module in a folder beside it, is depended on too.

mod upward;
mod workspace;
mod ecosystem;

pub use ecosystem::{Bazel, Buck};
