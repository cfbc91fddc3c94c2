//! The graph of a tree: which units there are, what belongs to each, who depends on whom, and what each comes to.

mod build;
mod import;
mod ask;
mod because;
mod owner;
mod place;
mod reach;
mod inputs;
mod tests_of;
mod name;
#[cfg(test)]
mod tests;

pub use because::{Affected, Because, Cause};
pub use name::NameError;
pub use owner::Owner;
pub(super) use place::{Links, end};
pub use tests_of::Imported;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::rules::{Rule, RuleBook};
use super::{Folder, Kind, Listing, Module, Unit, Why, Widening};
use crate::digest::Digest;
use crate::path::RepoPath;

/// The units of one tree, and what each depends on.
#[derive(Clone, Debug)]
pub struct Graph {
    listing: Listing,
    units: Vec<Unit>,
    /// The units by name; several where kinds share one.
    by_name: BTreeMap<String, Vec<usize>>,
    /// What each is called, each by another name.
    full_names: Vec<String>,
    /// The units by folder.
    by_root: BTreeMap<Folder, Vec<usize>>,
    /// The units in whose folder others lie.
    holding: BTreeSet<usize>,
    /// What each depends on directly, in the order of the units, each with what says so.
    edges: Vec<BTreeMap<usize, Why>>,
    /// The places that each reads, each with what says so. They count as far as they are no unit's own.
    reads: Vec<BTreeMap<Folder, Why>>,
    /// Why a unit is taken to depend on everything.
    wide: Vec<Option<Widening>>,
    widened: Vec<Widened>,
    /// The links of the tree.
    links: Links,
    /// By kind, the files that its units' fields tell the meaning of.
    explained: BTreeMap<Kind, BTreeSet<RepoPath>>,
    book: RuleBook,
    modules: Arc<BTreeMap<RepoPath, Module>>,
    tests: BTreeSet<RepoPath>,
    /// What each comes to by itself, and with all that it depends on.
    inputs: Vec<Inputs>,
}

/// What a unit comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Equal only where everything is equal that its result depends on in the tree.
    pub digest: Digest,
    /// How many files are its own.
    pub count: u64,
    /// The same without the files that import others, for test files.
    rest: Digest,
}

/// What can't be told, and whom it widens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Widened {
    /// The unit that is taken to depend on every file; `None` for more than one.
    pub unit: Option<usize>,
    /// The kind of the units; `None` for all.
    pub kind: Option<Kind>,
    /// The file that it is about.
    pub file: RepoPath,
    /// Why, for people.
    pub why: String,
}

impl Graph {
    /// The units, by kind and name.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// What can't be told, and widens.
    #[must_use]
    pub fn widened(&self) -> &[Widened] {
        &self.widened
    }

    /// The rules for files of no unit, in the order in which they decide.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.book.rules()
    }

    /// The entries of the tree.
    #[must_use]
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Source files, with what each imports.
    #[must_use]
    pub fn modules(&self) -> &BTreeMap<RepoPath, Module> {
        &self.modules
    }

    /// The places that a unit reads, whoever they belong to, each with what says so.
    pub fn reads(&self, unit: usize) -> impl Iterator<Item = (&Folder, &Why)> {
        self.reads[unit].iter()
    }

    /// Why a unit is taken to depend on every file by itself, if it is.
    #[must_use]
    pub fn wide(&self, unit: usize) -> Option<&Widening> {
        self.wide[unit].as_ref()
    }

    /// What a unit comes to.
    #[must_use]
    pub fn inputs(&self, unit: usize) -> &Inputs {
        &self.inputs[unit]
    }
}
