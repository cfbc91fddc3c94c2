//! gate.toml: from text to valid [`Rules`].
//!
//! Every mistake in a file is reported at once, each with its line, a caret and what to do.

mod condition;
mod command_line;
mod rules;
mod hook_rules;
mod unit_rules;
mod placeholder;
mod load;
mod file;
mod keys;
mod table;
mod document;
mod fields;
mod read;
mod text;
mod duration;
mod size;
mod nearest;
mod problems;
mod draft;
mod hook_draft;
mod unit_draft;
mod server;
mod server_draft;
mod check_draft;
mod builtin_draft;
mod consistency;
mod unit_consistency;
mod order;
mod local;
mod show;
mod schema;
#[cfg(test)]
mod tests;

pub use command_line::CommandLine;
pub use condition::Condition;
pub use file::Source;
pub use hook_rules::{Doing, HookRules};
pub use keys::{Fallback, Key, Kind, Table};
pub use load::{Loaded, load};
pub use nearest::nearest;
pub use rules::{
    Check, GitView, Main, Policy, Prepare, Queue, Reuse, Rules, Trust, UnprovedBase, Work, WorkspaceRules,
};
pub use schema::schema;
pub use server::ServerRules;
pub use table::keys;
pub use unit_rules::{Affects, DeclaredUnit, PerUnit, Subject, UnitRule, UnitRules, Units};

use file::File;
