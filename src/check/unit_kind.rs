//! Kinds of units: whose manifest declares them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose manifest declares a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// Cargo packages.
    Cargo,
    /// Packages of npm, pnpm, yarn and bun.
    Npm,
    /// Go packages.
    Go,
    /// Python projects.
    Python,
    /// Maven modules.
    Maven,
    /// Gradle projects.
    Gradle,
    /// Bazel workspaces, each a whole.
    Bazel,
    /// Buck workspaces, each a whole.
    Buck,
    /// What gate.toml declares.
    Declared,
}

impl UnitKind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [Self; 9] = [
        Self::Cargo,
        Self::Npm,
        Self::Go,
        Self::Python,
        Self::Maven,
        Self::Gradle,
        Self::Bazel,
        Self::Buck,
        Self::Declared,
    ];

    /// The word that gate.toml uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Go => "go",
            Self::Python => "python",
            Self::Maven => "maven",
            Self::Gradle => "gradle",
            Self::Bazel => "bazel",
            Self::Buck => "buck",
            Self::Declared => "declared",
        }
    }

    /// The kind of a word; `None` for any other.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl fmt::Display for UnitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
