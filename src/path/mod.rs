//! Paths and patterns as git sees them: bytes, relative to the root of the repository, `/` between components.
//!
//! Nothing here touches a disk. A path need not be UTF-8, may hold spaces, newlines, quotes and backslashes, and may
//! begin with a dash; it is never empty, never absolute and has no `.` or `..` components, because git's trees have none.

mod repo_path;
mod pattern;
mod pattern_error;
mod braces;
mod segment;
mod selection;
mod automaton;
#[cfg(test)]
mod against_git;

pub use pattern::Pattern;
pub use pattern_error::PatternError;
pub use repo_path::{Mode, RepoPath};
pub use selection::{Cursor, Selection};
