//! The two files that rules come from, and which tables each may hold.

use std::sync::Arc;

use super::keys::Table;
use crate::diagnostic::Diagnostic;

/// The text of a file, and what the file is called in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name, usually a path.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
}

impl Source {
    /// A text with a name.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    /// gate.toml, which is committed.
    Shared,
    /// gate.local.toml, which is one user's own.
    Local,
}

impl File {
    /// Whether the file may hold the table.
    pub(super) fn has(self, table: Table) -> bool {
        match table {
            Table::Check => true,
            Table::Local => self == Self::Local,
            _ => self == Self::Shared,
        }
    }

    /// What to say of a table that the file can't hold.
    pub(super) fn misplaced(self, table: Table) -> Diagnostic {
        let header = table.header();
        match self {
            Self::Shared => Diagnostic::error("config/misplaced", format!("{header} can't be in gate.toml"))
                .hint("put it into gate.local.toml, which is not committed"),
            Self::Local => Diagnostic::error("config/misplaced", format!("{header} can't be in gate.local.toml"))
                .hint("gate.local.toml never touches the merge stage: it holds [local] and checks for early stages"),
        }
    }
}
