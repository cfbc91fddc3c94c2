//! The pool: taking, updating, looking after and removing checkouts.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, ObjectId};
use crate::git::Repo;
use crate::path::{Pattern, RepoPath};

/// What can go wrong with a private checkout.
#[derive(Debug, thiserror::Error)]
pub enum Error {}

impl From<&Error> for Diagnostic {
    fn from(_error: &Error) -> Self {
        todo!()
    }
}

/// The private checkouts of one repository.
pub struct Pool {}

/// A private checkout, locked for this run. It is free again when this is dropped or the process ends.
pub struct Workspace {}

/// A path of the checkout that is not what the candidate says, or was written after the checkout was brought to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The path.
    pub path: RepoPath,
    /// When it was last changed, by the file system's clock, which nobody can set back.
    pub changed: SystemTime,
    /// Whether it holds the candidate's content again.
    pub restored: bool,
}

impl Pool {
    /// The pool of a repository below gate's cache folder; nothing is made yet.
    #[must_use]
    pub fn new(_cache: &Path, _repo: &Repo) -> Self {
        todo!()
    }

    /// The folder of the objects that gate makes for this repository (trees of indexes, blobs of unsaved files); made if
    /// it is not there.
    ///
    /// # Errors
    /// When the cache folder can't be written.
    pub fn store(&self) -> Result<PathBuf, Error> {
        todo!()
    }

    /// Takes a free checkout, the one nearest to `tree` first, or makes one.
    ///
    /// # Errors
    /// When none can be made: disk full, read-only, not permitted.
    pub fn take(&self, _repo: &Repo, _tree: ObjectId) -> Result<Workspace, Error> {
        todo!()
    }
}

impl Workspace {
    /// Where the files are.
    #[must_use]
    pub fn dir(&self) -> &Path {
        todo!()
    }

    /// Whether it was made from nothing for this run.
    #[must_use]
    pub fn is_cold(&self) -> bool {
        todo!()
    }

    /// Brings it to a tree; gives how many files were written. What is neither of the tree, nor kept, nor a product of
    /// `prepare` is removed.
    ///
    /// # Errors
    /// When an object or the disk fails.
    pub fn update(&mut self, _repo: &Repo, _tree: ObjectId, _keep: &[Pattern]) -> Result<usize, Error> {
        todo!()
    }

    /// The one look after the last step: what is not as the candidate says, or was written since `update`.
    ///
    /// # Errors
    /// When the checkout can't be read.
    pub fn verify(&mut self, _repo: &Repo, _keep: &[Pattern]) -> Result<Vec<Touched>, Error> {
        todo!()
    }

    /// Whether it still holds the products of a step with this fingerprint.
    #[must_use]
    pub fn holds(&self, _fingerprint: &Digest) -> bool {
        todo!()
    }

    /// Remembers that it holds the products of a step with this fingerprint.
    ///
    /// # Errors
    /// When its state can't be written.
    pub fn remember(&mut self, _fingerprint: &Digest) -> Result<(), Error> {
        todo!()
    }
}
