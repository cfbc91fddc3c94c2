//! A finished run as it is kept and reported: the document `gate.verdict/1`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of the document's format.
pub const SCHEMA: &str = "gate.verdict/1";

/// A finished run: everything that any report needs. Report formats are pure functions of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The document's format: always [`SCHEMA`].
    pub schema: String,
    /// The run's id.
    pub id: String,
}

/// The base in an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BaseEntry {}

/// A step in an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepEntry {
    /// Where its output is.
    pub log: Option<PathBuf>,
}
