//! What fixers made, kept in memory until somebody needs it on disk: making files is what costs here.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::digest::ObjectId;
use crate::git::{self, Error, Repo};

/// Blobs of a repository, and those that were made here.
pub(super) struct Blobs<'a> {
    repo: &'a Repo,
    made: RefCell<BTreeMap<ObjectId, Arc<[u8]>>>,
    stored: RefCell<BTreeSet<ObjectId>>,
}

impl<'a> Blobs<'a> {
    pub(super) fn new(repo: &'a Repo) -> Self {
        Self { repo, made: RefCell::default(), stored: RefCell::default() }
    }

    pub(super) fn repo(&self) -> &'a Repo {
        self.repo
    }

    /// Keeps bytes; gives the name that git has for them.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<ObjectId, Error> {
        let id = git::blob_id(bytes)?;
        self.made.borrow_mut().entry(id).or_insert_with(|| bytes.into());
        Ok(id)
    }

    /// The bytes of a blob.
    pub(super) fn get(&self, id: ObjectId) -> Result<Arc<[u8]>, Error> {
        match self.made.borrow().get(&id) {
            Some(bytes) => Ok(Arc::clone(bytes)),
            None => Ok(self.repo.blob(id)?.into()),
        }
    }

    /// Puts everything into gate's store, for a program or a checkout that is to read it.
    pub(super) fn store(&self) -> Result<(), Error> {
        for (id, bytes) in self.made.borrow().iter() {
            if self.stored.borrow_mut().insert(*id) {
                self.repo.make_blob(bytes)?;
            }
        }
        Ok(())
    }

    /// Puts blobs into the repository itself, because something of the user's is to name them.
    pub(super) fn give(&self, ids: impl Iterator<Item = ObjectId>) -> Result<(), Error> {
        let blobs = ids.map(|id| Ok((id, self.get(id)?))).collect::<Result<Vec<_>, Error>>()?;
        self.repo.give_blobs(&blobs)
    }
}
