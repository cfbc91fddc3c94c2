//! gate.toml: from text to valid [`Rules`].
//!
//! Every mistake in a file is reported at once, each with its line, a caret and what to do.

mod rules;

pub use rules::{Check, CommandLine, GitView, Main, Policy, Prepare, Reuse, Rules, UnprovedBase, WorkspaceRules};
