//! Reading objects, and fetching those that a partial clone lacks.

use super::object::Tree;
use super::repo::to_git2;
use super::{Error, GitProgram, Repo};
use crate::digest::ObjectId;

impl Repo {
    /// A tree's entries.
    ///
    /// # Errors
    /// When the object is missing, damaged or no tree; [`Error::Tree`] for one that git would not make.
    pub fn tree(&self, id: ObjectId) -> Result<Tree, Error> {
        if id == ObjectId::EMPTY_TREE {
            return Ok(Tree::default());
        }
        let tree = Tree::new(self.object(id, git2::ObjectType::Tree)?);
        match tree.fault() {
            None => Ok(tree),
            Some(fault) => Err(Error::Tree { id, fault }),
        }
    }

    /// A blob's bytes.
    ///
    /// # Errors
    /// When the object is missing, damaged or no blob.
    pub fn blob(&self, id: ObjectId) -> Result<Vec<u8>, Error> {
        self.object(id, git2::ObjectType::Blob)
    }

    /// How many bytes a blob has, without reading them.
    ///
    /// # Errors
    /// When the object is missing, damaged or no blob.
    pub fn blob_size(&self, id: ObjectId) -> Result<u64, Error> {
        match self.inner().odb()?.read_header(to_git2(id)?) {
            Ok((size, git2::ObjectType::Blob)) => Ok(size as u64),
            Ok(_) => Err(Error::Object(id, None)),
            // Reading it fetches it.
            Err(error) if error.code() == git2::ErrorCode::NotFound && self.is_partial() => {
                Ok(self.blob(id)?.len() as u64)
            }
            Err(error) => Err(Error::Object(id, Some(error))),
        }
    }

    /// Whether this is a partial clone: objects may be missing, and the git program can fetch them.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.promisor().is_some()
    }

    /// The remote that has promised to give what a partial clone lacks.
    fn promisor(&self) -> Option<&str> {
        let find = || {
            let config = self.inner().config().ok()?.snapshot().ok()?;
            let named = config.get_string("extensions.partialclone").ok();
            named.or_else(|| {
                let mut entries = config.entries(Some(r"^remote\..*\.promisor$")).ok()?;
                let name = entries.next()?.ok()?.name().ok()?.to_owned();
                Some(name.strip_prefix("remote.")?.strip_suffix(".promisor")?.to_owned())
            })
        };
        self.promisor_once(find)
    }

    /// Fetches those of the objects that a partial clone lacks, in one go. Does nothing in other repositories.
    ///
    /// Reading an object that is missing fetches it as well, but each with a process and a connection of its own.
    ///
    /// # Errors
    /// When the remote doesn't give them.
    pub fn fetch_missing(&self, ids: &[ObjectId]) -> Result<(), Error> {
        let Some(remote) = self.promisor() else { return Ok(()) };
        let missing = ids.iter().filter(|id| !self.contains(**id));
        let wanted = missing.fold(String::new(), |list, id| list + &id.to_string() + "\n");
        if !wanted.is_empty() {
            // As git itself does it when it needs an object: builtin/fetch is given the names on its standard input.
            let options = ["--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none"];
            let fetch = options.iter().fold(GitProgram::new(self, "fetch").arg(remote), GitProgram::arg);
            fetch.arg("--stdin").input(wanted).run()?;
        }
        Ok(())
    }

    fn object(&self, id: ObjectId, kind: git2::ObjectType) -> Result<Vec<u8>, Error> {
        let odb = self.inner().odb()?;
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
