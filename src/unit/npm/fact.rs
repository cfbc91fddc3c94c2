//! What one file says.

use serde::{Deserialize, Serialize};

use super::lock::Lock;
use super::manifest::Manifest;
use super::workspace::Workspace;
use crate::unit::script;

/// What one file says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Remembered(pub(super) Fact);

/// The kinds of what files say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Fact {
    /// A `package.json`.
    Manifest(Box<Manifest>),
    /// A `pnpm-workspace.yaml` or a `lerna.json`.
    Workspace(Workspace),
    /// A lock file.
    Lock(Box<Lock>),
    /// A source file, or what compilers are configured with.
    Script(script::Fact),
    /// Any of them that can't be read, and why.
    Unreadable(String),
}
