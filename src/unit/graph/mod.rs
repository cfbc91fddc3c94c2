//! The graph of a tree: which units there are, what belongs to each, who depends on whom, and what each comes to.

mod build;
mod ask;
mod owner;
mod place;
mod reach;
mod inputs;
mod tests_of;

pub use owner::Owner;
pub(super) use place::{Links, end};

use std::collections::{BTreeMap, BTreeSet};

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
    /// The units by folder.
    by_root: BTreeMap<Folder, Vec<usize>>,
    /// Folders in which units lie, each with those in whose folder others lie.
    holding: BTreeSet<usize>,
    /// What each depends on directly, in the order of the units, each with what says so.
    edges: Vec<BTreeMap<usize, Why>>,
    /// What each reads that belongs to no unit, or is not there.
    reads: Vec<BTreeSet<Folder>>,
    /// Why a unit is taken to depend on everything.
    wide: Vec<Option<Widening>>,
    widened: Vec<Widening>,
    /// By kind, the files that its units' fields tell the meaning of.
    explained: BTreeMap<Kind, BTreeSet<RepoPath>>,
    book: RuleBook,
    modules: BTreeMap<RepoPath, Module>,
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

/// A name that means no unit, or more than one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    /// There is none.
    #[error("there is no unit '{0}'")]
    Unknown(String, Option<String>),
    /// There are several.
    #[error("'{0}' names several units: {all}", all = .1.join(", "))]
    Several(String, Vec<String>),
}

impl Graph {
    /// The units, by kind and name.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// What can't be told, and widens.
    #[must_use]
    pub fn widened(&self) -> &[Widening] {
        &self.widened
    }

    /// The rules for files of no unit, in the order in which they decide.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.book.rules()
    }

    /// The unit of a name, as `NAME` or `KIND:NAME`.
    ///
    /// # Errors
    /// When there is none or more than one.
    pub fn find(&self, name: &str) -> Result<usize, NameError> {
        let by_kind = || {
            let (kind, name) = name.split_once(':')?;
            let kind = Kind::named(kind)?;
            self.by_name.get(name)?.iter().copied().find(|at| self.units[*at].kind == kind)
        };
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([one]) => Ok(*one),
            Some(several) if by_kind().is_none() => {
                let several = several.iter().map(|at| self.full_name(*at)).collect();
                Err(NameError::Several(name.to_owned(), several))
            }
            _ => by_kind().ok_or_else(|| {
                let near = crate::config::nearest(name, self.by_name.keys().map(String::as_str));
                NameError::Unknown(name.to_owned(), near.map(str::to_owned))
            }),
        }
    }

    /// The name of a unit, with its kind where others share it.
    #[must_use]
    pub fn full_name(&self, unit: usize) -> String {
        let Unit { name, kind, .. } = &self.units[unit];
        match self.by_name.get(name).map_or(0, Vec::len) {
            0 | 1 => name.clone(),
            _ => format!("{kind}:{name}"),
        }
    }

    /// What a unit comes to.
    #[must_use]
    pub fn inputs(&self, unit: usize) -> &Inputs {
        &self.inputs[unit]
    }
}
