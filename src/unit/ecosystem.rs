//! How an ecosystem is read: file by file, and then all together.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Found, Kind, Listing};
use crate::path::RepoPath;

/// An ecosystem of packages.
///
/// Reading has two halves, so that an edit costs what it changed: [`Self::read`] depends on one file's content alone and
/// is remembered by its blob, [`Self::link`] puts together what all files say.
pub trait Ecosystem: Sync {
    /// What one file says.
    type Fact: Serialize + DeserializeOwned + Send + Sync;

    /// Its kind of units.
    fn kind(&self) -> Kind;

    /// Raise it when [`Self::read`] says something else of the same file, so that what is remembered is read again.
    fn format(&self) -> u32;

    /// What kind of file this is, such as `Cargo.toml` or `rs`, by its path; `None` for a file that says nothing. Asked
    /// for every path of a tree.
    fn form(&self, path: &RepoPath) -> Option<&'static str>;

    /// What a file of a form says. It depends on nothing else. What can't be parsed is a fact too.
    fn read(&self, form: &'static str, content: &[u8]) -> Self::Fact;

    /// Units and edges, out of what all files of a tree say. A manifest that is a link to another file of the tree is
    /// among the facts with what that file holds.
    fn link(&self, tree: &Listing, facts: &Facts<Self::Fact>) -> Found;
}

/// What the files of a tree say, by path.
#[derive(Clone, Debug)]
pub struct Facts<F> {
    by_path: BTreeMap<RepoPath, (&'static str, Arc<F>)>,
}

impl<F> Facts<F> {
    /// Takes facts, each with the form of its file.
    #[must_use]
    pub fn new(by_path: BTreeMap<RepoPath, (&'static str, Arc<F>)>) -> Self {
        Self { by_path }
    }

    /// What a file says; `None` where there is no file of a form that says anything.
    #[must_use]
    pub fn get(&self, path: &RepoPath) -> Option<&F> {
        self.by_path.get(path).map(|(_, fact)| &**fact)
    }

    /// The files of a form, with what each says, sorted by path.
    pub fn of(&self, form: &str) -> impl Iterator<Item = (&RepoPath, &F)> {
        self.by_path.iter().filter(move |(_, (its, _))| *its == form).map(|(path, (_, fact))| (path, &**fact))
    }

    /// All files, with what each says, sorted by path.
    pub fn all(&self) -> impl Iterator<Item = (&RepoPath, &F)> {
        self.by_path.iter().map(|(path, (_, fact))| (path, &**fact))
    }
}
