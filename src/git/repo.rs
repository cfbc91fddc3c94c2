//! An open repository, and the objects in it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use super::object::Tree;
use super::open::{Environment, add_objects};
use super::{Error, GitProgram};
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
}

impl Repo {
    pub(super) fn new(inner: git2::Repository, cwd: PathBuf, environment: Environment, objects: Vec<PathBuf>) -> Self {
        Self { inner, cwd, environment, objects, store: OnceCell::new(), promisor: OnceCell::new() }
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

    /// Where the repository's own objects lie.
    #[must_use]
    pub fn objects_dir(&self) -> PathBuf {
        self.common_dir().join("objects")
    }

    /// Every place of objects that is not gate's: [`Repo::objects_dir`] first, then in a server's hook the quarantine of
    /// the push, then further alternates that the environment names. A repository that has all of them, and
    /// [`Repo::store`], in its alternates can read what this one reads.
    #[must_use]
    pub fn objects_dirs(&self) -> &[PathBuf] {
        &self.objects
    }

    /// Whether an object is there, without fetching it.
    #[must_use]
    pub fn contains(&self, id: ObjectId) -> bool {
        id == ObjectId::EMPTY_TREE || self.inner.odb().is_ok_and(|odb| to_git2(id).is_ok_and(|id| odb.exists(id)))
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

    /// Whether this is a partial clone: objects may be missing, and the git program can fetch them.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.promisor().is_some()
    }

    /// The remote that has promised to give what a partial clone lacks.
    fn promisor(&self) -> Option<&str> {
        let find = || {
            let config = self.inner.config().ok()?.snapshot().ok()?;
            let named = config.get_string("extensions.partialclone").ok();
            named.or_else(|| {
                let mut entries = config.entries(Some(r"^remote\..*\.promisor$")).ok()?;
                let name = entries.next()?.ok()?.name().ok()?.to_owned();
                Some(name.strip_prefix("remote.")?.strip_suffix(".promisor")?.to_owned())
            })
        };
        self.promisor.get_or_init(find).as_deref()
    }

    /// Fetches those of the objects that a partial clone lacks, in one go. Does nothing in other repositories.
    ///
    /// Reading an object that is missing fetches it as well, but each with a process and a connection of its own.
    ///
    /// # Errors
    /// When the remote doesn't give them.
    pub fn fetch_missing(&self, ids: &[ObjectId]) -> Result<(), Error> {
        let Some(remote) = self.promisor() else { return Ok(()) };
        let wanted: String = ids.iter().filter(|id| !self.contains(**id)).map(|id| format!("{id}\n")).collect();
        if !wanted.is_empty() {
            // As git itself does it when it needs an object: builtin/fetch is given the names on its standard input.
            let options = ["--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none"];
            let fetch = options.iter().fold(GitProgram::new(self, "fetch").arg(remote), GitProgram::arg);
            fetch.arg("--stdin").input(wanted).run()?;
        }
        Ok(())
    }

    fn object(&self, id: ObjectId, kind: git2::ObjectType) -> Result<Vec<u8>, Error> {
        let odb = self.inner.odb()?;
        let object = match odb.read(to_git2(id)?) {
            Ok(object) => object,
            Err(error) if error.code() == git2::ErrorCode::NotFound && self.is_partial() => {
                return self.fetched(id, kind);
            }
            Err(error) => return Err(Error::Object(id, Some(error))),
        };
        if object.kind() != kind {
            return Err(Error::Object(id, None));
        }
        Ok(object.data().to_vec())
    }

    /// An object that the git program fetches on the way.
    fn fetched(&self, id: ObjectId, kind: git2::ObjectType) -> Result<Vec<u8>, Error> {
        Ok(GitProgram::new(self, "cat-file").arg(kind.str()).arg(id.to_string()).run()?.stdout)
    }
}

pub(super) fn to_git2(id: ObjectId) -> Result<git2::Oid, Error> {
    Ok(git2::Oid::from_bytes(id.as_bytes())?)
}

pub(super) fn from_git2(id: git2::Oid) -> ObjectId {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(id.as_bytes());
    ObjectId::from_bytes(bytes)
}
