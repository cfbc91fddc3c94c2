//! What checks read: folds of selections over trees.
//!
//! A fold is a digest of every selected entry (path, mode, object), with what the links among them lead to. It is kept
//! as a [`crate::digest::Multiset`] beside the tree it was taken from, so that the fold over another tree costs what
//! differs between the two. A selection of everything is the tree's own id.

mod fold;
mod sum;
mod walk;
mod link;
mod behind;
mod snapshot;
mod memo;
mod difference;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod properties;

pub use behind::{behind, files};
pub use difference::{first_difference, matching_deltas};
pub use fold::{Fold, Folds};
pub use walk::{Input, list};
