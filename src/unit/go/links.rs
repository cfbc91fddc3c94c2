//! What a package depends on, and how.

use std::collections::{BTreeMap, BTreeSet};

use crate::path::RepoPath;
use crate::unit::Folder;

/// What a package depends on.
#[derive(Default)]
pub(super) struct Links<'a> {
    /// Packages of the tree.
    pub(super) packages: BTreeMap<usize, Link<'a>>,
    /// Other places in the tree.
    pub(super) paths: BTreeMap<Folder, Link<'a>>,
    /// Files and folders that it embeds.
    pub(super) embedded: BTreeMap<Folder, &'a RepoPath>,
    /// Vendored packages.
    pub(super) vendored: BTreeSet<usize>,
    /// Whether it imports from another repository.
    pub(super) is_external: bool,
    /// What can't be told of it, by file.
    pub(super) unknown: Vec<(&'a RepoPath, String)>,
}

/// What says that there is a dependency.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    pub(super) file: &'a RepoPath,
    pub(super) how: How,
    /// What the file names.
    pub(super) name: &'a str,
}

/// How a package depends on something. Those that only its tests have come last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    Import,
    Symbol,
    Include,
    Read,
    TestImport,
    TestRead,
    TestData,
}

impl How {
    /// The words for it.
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Import => "imports",
            Self::Symbol => "links",
            Self::Include => "includes",
            Self::Read => "names",
            Self::TestImport => "test imports",
            Self::TestRead => "test names",
            Self::TestData => "test data",
        }
    }

    /// Whether only tests of the package depend on it.
    pub(super) fn is_test(self) -> bool {
        self >= Self::TestImport
    }
}

/// The submodule that a place lies in.
pub(super) fn submodule_of<'s>(submodules: &'s [Folder], place: &Folder) -> Option<&'s Folder> {
    submodules.iter().find(|submodule| place.is_within(submodule))
}
