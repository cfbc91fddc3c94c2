//! Refs of gate's own, below `refs/gate/`, and the commits that they name: files that are only ever added.

use std::collections::BTreeMap;

use bstr::ByteSlice;
use git2::{FileMode, Signature};

use super::object::{Kind, line};
use super::program::GitProgram;
use super::repo::{from_git2, to_git2};
use super::{Error, Repo};
use crate::digest::ObjectId;

/// Who writes commits that nobody wrote.
const WRITER: (&str, &str) = ("gate", "gate@localhost");

/// A ref, and the commit that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRef {
    /// Its full name.
    pub name: String,
    /// The commit.
    pub commit: ObjectId,
}

impl Repo {
    /// The refs whose names begin with `prefix`, by name, that name a commit.
    ///
    /// # Errors
    /// When refs can't be read.
    pub fn own_refs(&self, prefix: &str) -> Result<Vec<OwnRef>, Error> {
        let mut found = Vec::new();
        for reference in self.inner().references_glob(&format!("{prefix}*"))? {
            let reference = reference?;
            let Ok(name) = reference.name() else { continue };
            if let Ok(commit) = reference.peel_to_commit() {
                found.push(OwnRef { name: name.to_owned(), commit: from_git2(commit.id()) });
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// Sets a ref to a commit if it still names `old`, or if there is none where `old` is `None`. Says whether it did.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn move_own_ref(&self, name: &str, new: ObjectId, old: Option<ObjectId>) -> Result<bool, Error> {
        let message = "gate: evidence";
        let set = match old {
            None => self.inner().reference(name, to_git2(new)?, false, message),
            Some(old) => self.inner().reference_matching(name, to_git2(new)?, true, to_git2(old)?, message),
        };
        match set {
            Ok(_) => Ok(true),
            Err(error)
                if matches!(
                    error.code(),
                    git2::ErrorCode::Exists | git2::ErrorCode::Modified | git2::ErrorCode::Locked
                ) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A commit on top of another one, or without parents, that has further files. Paths are of plain components.
    ///
    /// # Errors
    /// When the repository can't be read or written.
    pub fn commit_added(
        &self,
        onto: Option<ObjectId>,
        files: &BTreeMap<String, Vec<u8>>,
        message: &str,
    ) -> Result<ObjectId, Error> {
        let repo = self.inner();
        let parent = onto.map(|id| Ok::<_, Error>(repo.find_commit(to_git2(id)?)?)).transpose()?;
        let mut builder = git2::build::TreeUpdateBuilder::new();
        for (path, bytes) in files {
            builder.upsert(path.as_str(), repo.blob(bytes)?, FileMode::Blob);
        }
        let empty = repo.find_tree(repo.treebuilder(None)?.write()?)?;
        let added = from_git2(builder.create_updated(repo, &empty)?);
        let tree = match &parent {
            Some(parent) => self.unite(added, from_git2(parent.tree_id()))?,
            None => added,
        };
        let tree = repo.find_tree(to_git2(tree)?)?;
        self.commit_tree(&tree, parent.as_slice(), message)
    }

    /// A commit that has the files of both, and both as parents. Where both have a path, the first one's stays.
    ///
    /// # Errors
    /// When the repository can't be read or written.
    pub fn commit_united(&self, one: ObjectId, other: ObjectId, message: &str) -> Result<ObjectId, Error> {
        let repo = self.inner();
        let parents = [repo.find_commit(to_git2(one)?)?, repo.find_commit(to_git2(other)?)?];
        if repo.graph_descendant_of(parents[0].id(), parents[1].id())? || one == other {
            return Ok(one);
        }
        if repo.graph_descendant_of(parents[1].id(), parents[0].id())? {
            return Ok(other);
        }
        let [one, other] = [&parents[0], &parents[1]].map(|parent| from_git2(parent.tree_id()));
        let tree = repo.find_tree(to_git2(self.unite(one, other)?)?)?;
        self.commit_tree(&tree, &parents, message)
    }

    fn unite(&self, one: ObjectId, other: ObjectId) -> Result<ObjectId, Error> {
        if one == other {
            return Ok(one);
        }
        let (first, second) = (self.tree(one)?, self.tree(other)?);
        let mut entries: BTreeMap<Vec<u8>, (Kind, ObjectId)> = BTreeMap::new();
        for entry in first.entries().chain(second.entries()) {
            let (kind, id) = (entry.kind, entry.id);
            let both = match entries.get(entry.name.as_bytes()) {
                None => id,
                Some((Kind::Folder, there)) if kind == Kind::Folder => self.unite(*there, id)?,
                Some(_) => continue,
            };
            entries.insert(entry.name.to_vec(), (kind, both));
        }
        self.write_tree(entries)
    }

    /// Writes a tree. What its entries name need not be there, as in a partial clone, where a builder refuses them.
    fn write_tree(&self, entries: BTreeMap<Vec<u8>, (Kind, ObjectId)>) -> Result<ObjectId, Error> {
        let mut entries: Vec<_> = entries.into_iter().collect();
        // Git has folders where their names with a slash would stand.
        entries.sort_by_cached_key(|(name, (kind, _))| {
            let slash: &[u8] = if *kind == Kind::Folder { b"/" } else { b"" };
            [name, slash].concat()
        });
        let bytes: Vec<u8> = entries.iter().flat_map(|(name, (kind, id))| line(*kind, name, *id)).collect();
        Ok(from_git2(self.inner().odb()?.write(git2::ObjectType::Tree, &bytes)?))
    }

    fn commit_tree(
        &self,
        tree: &git2::Tree<'_>,
        parents: &[git2::Commit<'_>],
        message: &str,
    ) -> Result<ObjectId, Error> {
        let writer = Signature::now(WRITER.0, WRITER.1)?;
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        Ok(from_git2(self.inner().commit(None, &writer, &writer, message, tree, &parents)?))
    }

    /// Brings a remote's refs below `from` here, below `to`; what it no longer has goes. Both end in `/`.
    ///
    /// # Errors
    /// When the remote doesn't give them.
    pub fn fetch_own_refs(&self, remote: &str, from: &str, to: &str) -> Result<(), Error> {
        let asked = format!("+{from}*:{to}*");
        let options = ["--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no"];
        let fetch = options.iter().copied().fold(self.transport("fetch"), GitProgram::arg);
        fetch.arg("--refmap=").arg("--").arg(remote).arg(&asked).run().map(drop)
    }

    /// Gives a remote a commit as a ref of its, if the ref there still names `old`. Says whether the remote took it; that
    /// somebody else has moved it meanwhile is no error.
    ///
    /// # Errors
    /// When the remote can't be reached, or refuses.
    pub fn push_own_ref(
        &self,
        remote: &str,
        name: &str,
        (new, old): (ObjectId, Option<ObjectId>),
    ) -> Result<bool, Error> {
        let lease = format!("--force-with-lease={name}:{}", old.map(|id| id.to_string()).unwrap_or_default());
        let push = self.transport("push").arg("--quiet").arg("--porcelain").arg("--no-verify").arg(lease);
        let ran = push.arg("--").arg(remote).arg(format!("{new}:{name}")).run_allowing(1)?;
        if ran.status.success() {
            return Ok(true);
        }
        let told = |bytes: &[u8]| bytes.to_str_lossy().trim().to_owned();
        let line = ran.stdout.lines().find(|line| line.starts_with(b"!")).map(told).unwrap_or_default();
        let lost = ["stale info", "fetch first", "cannot lock ref", "failed to update ref", "incorrect old value"];
        if lost.iter().any(|words| line.contains(words) || ran.stderr.contains_str(words)) {
            return Ok(false);
        }
        // What the other side's hook says is the reason.
        let remote = ran.stderr.lines().filter_map(|line| line.strip_prefix(b"remote: ")).map(told);
        let remote = remote.collect::<Vec<_>>().join("; ");
        let message = [remote, line, told(&ran.stderr)].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        Err(Error::Program { command: "push".to_owned(), message })
    }
}
