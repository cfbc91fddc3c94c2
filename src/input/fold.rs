//! Folds of selections over trees.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, ObjectId};
use crate::git::{Delta, Error, Repo};
use crate::path::{Mode, RepoPath, Selection};

/// What a selection comes to over a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Equal only where every selected path, mode and object is equal, and what selected links lead to.
    pub digest: Digest,
    /// How many paths are selected.
    pub count: u64,
}

/// One selected entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The path.
    pub path: RepoPath,
    /// What it is.
    pub mode: Mode,
    /// The object.
    pub id: ObjectId,
}

/// Takes folds, and remembers them on disk between runs.
pub struct Folds {}

impl Folds {
    /// Starts with what the memo at `path` holds; a memo that is missing, damaged or of another format is none.
    #[must_use]
    pub fn open(_path: &Path) -> Self {
        todo!()
    }

    /// The folds of selections over a tree, in the order of the selections.
    ///
    /// # Errors
    /// When an object can't be read.
    pub fn take(&mut self, _repo: &Repo, _tree: ObjectId, _selections: &[&Selection]) -> Result<Vec<Fold>, Error> {
        todo!()
    }

    /// Writes the memo if it is worth it; replaced in one step, so that a reader sees the old one or the new one.
    ///
    /// # Errors
    /// A warning: folds will be taken again the next time.
    pub fn save(&self) -> Result<(), Diagnostic> {
        todo!()
    }
}

/// Every selected entry of a tree, in the order of the walk.
///
/// # Errors
/// When a tree on the way can't be read.
pub fn list(_repo: &Repo, _tree: ObjectId, _selection: &Selection) -> Result<Vec<Input>, Error> {
    todo!()
}

/// The first path, in order, that a selection sees differ between two trees (directly, or as what a link leads to).
///
/// # Errors
/// When a tree on the way can't be read.
pub fn first_difference(
    _repo: &Repo,
    _old: ObjectId,
    _new: ObjectId,
    _selection: &Selection,
) -> Result<Option<Delta>, Error> {
    todo!()
}
