//! An open repository, and the objects in it.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};

use super::Error;
use super::environment::Environment;
use crate::digest::ObjectId;

/// An open repository. It can be sent to another thread but not shared: each thread opens its own, see
/// [`Repo::reopen`].
pub struct Repo {
    inner: git2::Repository,
    cwd: PathBuf,
    environment: Environment,
    objects: Vec<PathBuf>,
    store: OnceCell<PathBuf>,
    promisor: OnceCell<Option<String>>,
    lfs: OnceCell<Option<PathBuf>>,
    many: Cell<bool>,
}

impl Repo {
    pub(super) fn new(inner: git2::Repository, cwd: PathBuf, environment: Environment, objects: Vec<PathBuf>) -> Self {
        Self {
            inner,
            cwd,
            environment,
            objects,
            store: OnceCell::new(),
            promisor: OnceCell::new(),
            lfs: OnceCell::new(),
            many: Cell::new(false),
        }
    }

    /// The remote that has promised to give what a partial clone lacks, looked for once.
    pub(super) fn promisor_once(&self, find: impl FnOnce() -> Option<String>) -> Option<&str> {
        self.promisor.get_or_init(find).as_deref()
    }

    pub(super) fn inner(&self) -> &git2::Repository {
        &self.inner
    }

    /// The folder and the variables it was opened with.
    pub(super) fn opened_as(&self) -> (&Path, &Environment) {
        (&self.cwd, &self.environment)
    }

    /// Adds a store of gate's own, whose objects can then be read as if they were the repository's. What the git program
    /// has to fetch for a partial clone goes there too.
    ///
    /// # Errors
    /// When the folder can't be made or read.
    pub fn with_store(self, objects: &Path) -> Result<Self, Error> {
        self.use_store(objects)?;
        Ok(self)
    }

    pub(super) fn use_store(&self, objects: &Path) -> Result<(), Error> {
        if self.store.get().is_some_and(|store| store == objects) {
            return Ok(());
        }
        // libgit2 looks for packs only in a folder that is there when the store is added.
        fs_err::create_dir_all(objects.join("pack"))?;
        add_objects(&self.inner, objects)?;
        // A second store is read as well; the first one stays the one that is written.
        self.store.get_or_init(|| objects.to_owned());
        Ok(())
    }

    /// The store of gate's own, where one was added.
    #[must_use]
    pub fn store(&self) -> Option<&Path> {
        self.store.get().map(PathBuf::as_path)
    }

    /// Says that the next trees of the working tree will have many new files: they go into one pack then. Making files is
    /// what costs, and of few files a pack each time would be worse.
    pub fn expect_many(&self) {
        self.many.set(true);
    }

    pub(super) fn expects_many(&self) -> bool {
        self.many.get()
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

    /// Every place of objects that is not gate's: its own first, then in a server's hook the quarantine of
    /// the push, then further alternates that the environment names. A repository that has all of them, and
    /// [`Repo::store`], in its alternates can read what this one reads.
    #[must_use]
    pub fn objects_dirs(&self) -> &[PathBuf] {
        &self.objects
    }

    /// A folder of objects without objects, beside which Git LFS finds the user's files where `lfs.storage` names another
    /// place for them: what gate takes in must not go there, and LFS looks beside every folder of objects.
    pub(super) fn lfs_of_user(&self) -> Option<PathBuf> {
        let find = || {
            let named = self.config("lfs.storage").ok().flatten().filter(|named| !named.is_empty())?;
            let beside = self.store()?.parent()?.join("lfs-of-user");
            let link = beside.join("lfs");
            let target = self.common_dir().join(named);
            fs_err::create_dir_all(beside.join("objects")).ok()?;
            if fs_err::read_link(&link).ok().as_ref() != Some(&target) {
                drop(fs_err::remove_file(&link));
                fs_err::os::unix::fs::symlink(&target, &link).ok()?;
            }
            Some(beside.join("objects"))
        };
        self.lfs.get_or_init(find).clone()
    }

    /// Whether an object is there, without fetching it.
    #[must_use]
    pub fn contains(&self, id: ObjectId) -> bool {
        id == ObjectId::EMPTY_TREE || self.inner.odb().is_ok_and(|odb| to_git2(id).is_ok_and(|id| odb.exists(id)))
    }
}

/// Adds a folder of objects to what a repository reads from.
pub(super) fn add_objects(inner: &git2::Repository, objects: &Path) -> Result<(), Error> {
    let text =
        objects.to_str().ok_or_else(|| std::io::Error::other(format!("'{}' is not UTF-8", objects.display())))?;
    Ok(inner.odb()?.add_disk_alternate(text)?)
}

pub(super) fn to_git2(id: ObjectId) -> Result<git2::Oid, Error> {
    Ok(git2::Oid::from_bytes(id.as_bytes())?)
}

pub(super) fn from_git2(id: git2::Oid) -> ObjectId {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(id.as_bytes());
    ObjectId::from_bytes(bytes)
}
