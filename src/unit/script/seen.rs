//! What a file can see.

use std::collections::BTreeSet;

use super::files::File;
use super::scopes::Index;
use crate::unit::Folder;

/// What a file can see through what it names.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Files.
    pub(super) files: BTreeSet<File>,
    /// Places where there is nothing, and folders of which everything may be seen.
    pub(super) places: BTreeSet<Folder>,
    /// Units that are named.
    pub(super) named: BTreeSet<Index>,
    /// Units any of whose files may be seen.
    pub(super) wholes: BTreeSet<Index>,
    /// Packages of registries that the own manifest doesn't declare.
    pub(super) undeclared: BTreeSet<String>,
    /// Why more may be seen.
    pub(super) open: Option<String>,
}

impl Seen {
    /// Takes note of why more may be seen; the first reason stands.
    pub(super) fn open(&mut self, why: impl FnOnce() -> String) {
        self.open.get_or_insert_with(why);
    }
}
