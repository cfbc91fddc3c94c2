//! An open repository.

use std::path::{Path, PathBuf};

use super::Error;
use super::object::Tree;
use crate::digest::ObjectId;

/// An open repository. It can be sent to another thread but not shared: each thread opens its own.
pub struct Repo {
    inner: git2::Repository,
}

impl Repo {
    /// Opens the repository that `start` lies in.
    ///
    /// # Errors
    /// When there is none, or libgit2 can't read its format.
    pub fn discover(start: &Path) -> Result<Self, Error> {
        let inner = git2::Repository::discover(start).map_err(|error| match error.code() {
            git2::ErrorCode::NotFound => Error::NotARepository(start.to_owned()),
            _ => Error::Library(error),
        })?;
        Ok(Self { inner })
    }

    /// Adds a store of gate's own, whose objects can then be read as if they were the repository's.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn with_store(self, objects: &Path) -> Result<Self, Error> {
        let text =
            objects.to_str().ok_or_else(|| std::io::Error::other(format!("'{}' is not UTF-8", objects.display())))?;
        self.inner.odb()?.add_disk_alternate(text)?;
        Ok(self)
    }

    /// The folder of the files, if the repository has any.
    #[must_use]
    pub fn work_dir(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The folder that all worktrees of the repository have in common (`.git` of the first one).
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// The folder of this worktree's own state: HEAD and index.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// Where the objects lie.
    #[must_use]
    pub fn objects_dir(&self) -> PathBuf {
        self.common_dir().join("objects")
    }

    /// A tree's entries.
    ///
    /// # Errors
    /// When the object is missing, damaged or no tree.
    pub fn tree(&self, id: ObjectId) -> Result<Tree, Error> {
        if id == ObjectId::EMPTY_TREE {
            return Ok(Tree::default());
        }
        Ok(Tree::new(self.object(id, git2::ObjectType::Tree)?))
    }

    /// A blob's bytes.
    ///
    /// # Errors
    /// When the object is missing, damaged or no blob.
    pub fn blob(&self, id: ObjectId) -> Result<Vec<u8>, Error> {
        self.object(id, git2::ObjectType::Blob)
    }

    fn object(&self, id: ObjectId, kind: git2::ObjectType) -> Result<Vec<u8>, Error> {
        let odb = self.inner.odb()?;
        let object = odb.read(to_git2(id)?).map_err(|error| Error::Object(id, Some(error)))?;
        if object.kind() != kind {
            return Err(Error::Object(id, None));
        }
        Ok(object.data().to_vec())
    }
}

fn to_git2(id: ObjectId) -> Result<git2::Oid, Error> {
    Ok(git2::Oid::from_bytes(id.as_bytes())?)
}
