//! What one file says.

use serde::{Deserialize, Serialize};

use super::modfile::ModFile;
use super::native::Native;
use super::source::Source;
use super::sums::Sums;

/// What one file says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Fact {
    /// A go.mod.
    #[serde(rename = "m")]
    Module(Box<ModFile>),
    /// A go.work.
    #[serde(rename = "w")]
    Workspace(Box<ModFile>),
    /// A go.sum or a go.work.sum.
    #[serde(rename = "s")]
    Sums(Sums),
    /// A Go file.
    #[serde(rename = "g")]
    Source(Box<Source>),
    /// A file of C, of assembly or the like.
    #[serde(rename = "n")]
    Native(Native),
}
