//! What is judged: a pair of trees, base and candidate, worked out from what was asked.
//!
//! After this point nothing looks at the user's files.

mod spec;

pub use crate::git::{Delta, Side};
pub use spec::{Base, BaseChoice, Candidate, Change, ChangeSpec, NoBase, Source};
