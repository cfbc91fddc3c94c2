//! What the source files of a tree say together.

use std::collections::{BTreeMap, BTreeSet};

use crate::path::RepoPath;
use crate::unit::{Edge, Module, Widening};

/// What the source files of a tree say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::unit) struct Linked {
    /// What units take from outside of their folders. To a unit by its name where it is imported by name, else to the path.
    pub edges: Vec<Edge>,
    /// The files, with what each imports.
    pub modules: BTreeMap<RepoPath, Module>,
    /// Those that runners take as tests.
    pub tests: BTreeSet<RepoPath>,
    /// What can't be told.
    pub widened: Vec<Widening>,
    /// The packages of registries that a unit's files import without that its manifest declares them, by unit: what a
    /// package above it declares, or what is only there by chance. The lock file has to be asked about them too.
    pub undeclared: BTreeMap<String, BTreeSet<String>>,
}
