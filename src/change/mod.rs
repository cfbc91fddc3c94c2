//! What is judged: a pair of trees, base and candidate, worked out from what was asked.
//!
//! First comes the [`candidate`], since the rules are read from its tree and say which branches are guarded; then
//! [`against`] finds what to compare it with. After this point nothing looks at the user's files. What can go wrong lies in
//! the repository, so the errors are its own.

mod spec;
mod resolve;
mod base;

pub use crate::git::{Conflict, Delta, Error, Method, Side};
pub use resolve::{Found, against, candidate};
pub use spec::{Base, BaseChoice, BaseSpec, Candidate, Change, ChangeSpec, NoBase, Source};

#[cfg(test)]
mod tests;
