//! Names of commits: HEAD, revisions, branches; and what else gate asks of refs and configuration.

use bstr::ByteSlice;
use git2::{ErrorCode, ObjectType, ReferenceType};

use super::repo::{from_git2, to_git2};
use super::{Error, Repo};
use crate::digest::ObjectId;
use crate::path::RepoPath;

/// What a revision names: a tree, and the commit that it is of where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Treeish {
    /// The commit.
    pub commit: Option<ObjectId>,
    /// The tree.
    pub tree: ObjectId,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its tree.
    pub tree: ObjectId,
    /// Its parents, first one first. None in a shallow clone where history ends: see [`Repo::is_boundary`].
    pub parents: Vec<ObjectId>,
}

/// What HEAD is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// A branch that has no commit yet.
    Unborn {
        /// The branch, as a full ref name.
        branch: String,
    },
    /// A branch.
    Branch {
        /// The branch, as a full ref name.
        branch: String,
        /// Its commit.
        commit: ObjectId,
    },
    /// No branch.
    Detached {
        /// The commit.
        commit: ObjectId,
    },
}

/// A branch, of this repository or as a remote had it when it was last asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The full ref name: `refs/heads/main`, `refs/remotes/origin/main`.
    pub name: String,
    /// The name that the branch has where it lives: `main`.
    pub short: String,
    /// Whether it is a remote's.
    pub remote: bool,
    /// Its commit.
    pub commit: ObjectId,
}

/// What git can be in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InProgress {
    /// A merge.
    Merge,
    /// A rebase, or `git am`.
    Rebase,
    /// A cherry-pick.
    CherryPick,
    /// A revert.
    Revert,
}

/// The files and folders by which git knows, as `git status` reads them.
const STATES: [(&[&str], InProgress); 4] = [
    (&["MERGE_HEAD"], InProgress::Merge),
    (&["rebase-merge", "rebase-apply"], InProgress::Rebase),
    (&["CHERRY_PICK_HEAD"], InProgress::CherryPick),
    (&["REVERT_HEAD"], InProgress::Revert),
];

/// What may be around the name of a ref: <https://git-scm.com/docs/gitrevisions>.
const PLACES: [(&str, &str); 6] = [
    ("", ""),
    ("refs/", ""),
    ("refs/tags/", ""),
    ("refs/heads/", ""),
    ("refs/remotes/", ""),
    ("refs/remotes/", "/HEAD"),
];

/// How many digits a whole id has, and how many git takes for the start of one.
const FULL: usize = 40;
const SHORTEST: usize = 4;

impl Head {
    /// The commit, if there is one.
    #[must_use]
    pub fn commit(&self) -> Option<ObjectId> {
        match self {
            Self::Unborn { .. } => None,
            Self::Branch { commit, .. } | Self::Detached { commit } => Some(*commit),
        }
    }

    /// The branch, as a full ref name, if HEAD is at one.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Unborn { branch } | Self::Branch { branch, .. } => Some(branch),
            Self::Detached { .. } => None,
        }
    }
}

impl Repo {
    /// What HEAD is at.
    ///
    /// # Errors
    /// When HEAD can't be read.
    pub fn head(&self) -> Result<Head, Error> {
        let head = self.inner().find_reference("HEAD")?;
        let Some(target) = head.symbolic_target_bytes() else {
            let commit = head.peel_to_commit()?.id();
            return Ok(Head::Detached { commit: from_git2(commit) });
        };
        let branch = target.to_str_lossy().into_owned();
        match head.resolve() {
            Ok(resolved) => Ok(Head::Branch { branch, commit: from_git2(resolved.peel_to_commit()?.id()) }),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Head::Unborn { branch }),
            Err(error) => Err(error.into()),
        }
    }

    /// What a revision names: <https://git-scm.com/docs/gitrevisions>. Where git would take one of several refs of a name,
    /// and warn, nothing is taken: a tag that somebody calls `main` or `origin/main` is no branch.
    ///
    /// # Errors
    /// [`Error::Revision`] when it names no commit and no tree, [`Error::Ambiguous`] when it names several.
    pub fn resolve(&self, revision: &str) -> Result<Treeish, Error> {
        let unknown = |_| Error::Revision(revision.to_owned());
        self.refuse_ambiguous(revision)?;
        let object = self.inner().revparse_single(revision).map_err(unknown)?;
        if let Ok(commit) = object.peel_to_commit() {
            return Ok(Treeish { commit: Some(from_git2(commit.id())), tree: from_git2(commit.tree_id()) });
        }
        let tree = object.peel(ObjectType::Tree).map_err(unknown)?;
        Ok(Treeish { commit: None, tree: from_git2(tree.id()) })
    }

    fn refuse_ambiguous(&self, revision: &str) -> Result<(), Error> {
        let end = revision.find(['~', '^', ':']).or_else(|| revision.find("@{")).unwrap_or(revision.len());
        let name = &revision[..end];
        let is_id = name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if matches!(name, "" | "@" | "HEAD") || name.starts_with("refs/") || (is_id && name.len() == FULL) {
            return Ok(());
        }
        let mut refs: Vec<(String, git2::Oid)> = Vec::new();
        for (before, after) in PLACES {
            let full = format!("{before}{name}{after}");
            let found = self.inner().find_reference(&full).and_then(|found| found.peel(ObjectType::Any));
            refs.extend(found.ok().map(|found| (full, peeled(&found))));
        }
        if is_id
            && name.len() >= SHORTEST
            && let Ok(found) = self.inner().find_object_by_prefix(name, None)
        {
            refs.push((found.id().to_string(), peeled(&found)));
        }
        if refs.iter().all(|(_, id)| *id == refs[0].1) {
            return Ok(());
        }
        let refs = refs.into_iter().map(|(full, _)| full).collect();
        Err(Error::Ambiguous { name: name.to_owned(), refs })
    }

    /// A commit.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn commit(&self, id: ObjectId) -> Result<Commit, Error> {
        let commit = self.inner().find_commit(to_git2(id)?).map_err(|error| Error::Object(id, Some(error)))?;
        let parents = if self.is_boundary(id)? { Vec::new() } else { self.parents(id)? };
        Ok(Commit { tree: from_git2(commit.tree_id()), parents })
    }

    /// The branches, a remote's or this repository's own, in the order of their names.
    ///
    /// # Errors
    /// When refs or configuration can't be read.
    pub fn branches(&self, remote: bool) -> Result<Vec<Branch>, Error> {
        let mut branches = Vec::new();
        let remotes = self.remotes()?;
        for reference in self.inner().references_glob(if remote { "refs/remotes/*" } else { "refs/heads/*" })? {
            let reference = reference?;
            // `refs/remotes/origin/HEAD` is another name for one of the others.
            let at_commit = reference.kind() == Some(ReferenceType::Direct);
            if let Some(commit) = reference.target().filter(|_| at_commit) {
                let name = reference.name_bytes().to_str_lossy().into_owned();
                let short = short_name(&name, &remotes).to_owned();
                branches.push(Branch { name, short, remote, commit: from_git2(commit) });
            }
        }
        branches.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(branches)
    }

    /// The branch that a branch, given by its full ref name, is set to follow, if that is there.
    ///
    /// # Errors
    /// When configuration can't be read.
    pub fn upstream(&self, branch: &str) -> Result<Option<Branch>, Error> {
        let found = match self.inner().branch_upstream_name(branch) {
            Ok(name) => self.inner().find_reference(&name.to_str_lossy()),
            Err(error) => Err(error),
        };
        let reference = match found.and_then(|reference| reference.resolve()) {
            Ok(reference) => reference,
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some(commit) = reference.target() else { return Ok(None) };
        let name = reference.name_bytes().to_str_lossy().into_owned();
        let short = short_name(&name, &self.remotes()?).to_owned();
        Ok(Some(Branch { remote: name.starts_with("refs/remotes/"), name, short, commit: from_git2(commit) }))
    }

    /// A value of git's configuration, as the repository, the user and the system together set it.
    ///
    /// # Errors
    /// When configuration can't be read.
    pub fn config(&self, name: &str) -> Result<Option<String>, Error> {
        match self.inner().config()?.snapshot()?.get_string(name) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a path of the working tree is one that git ignores. What is tracked may be ignored as well.
    ///
    /// # Errors
    /// When the rules can't be read.
    pub fn is_ignored(&self, path: &RepoPath) -> Result<bool, Error> {
        Ok(self.inner().is_path_ignored(path.as_path())?)
    }

    /// The remotes that are configured, with their URLs.
    ///
    /// # Errors
    /// When the configuration can't be read.
    pub fn remotes_with_urls(&self) -> Result<Vec<(String, String)>, Error> {
        let mut found = Vec::new();
        for name in self.remotes()? {
            if let Some(url) = self.config(&format!("remote.{name}.url"))? {
                found.push((name.clone(), url));
            }
            if let Some(url) = self.config(&format!("remote.{name}.pushurl"))? {
                found.push((name, url));
            }
        }
        Ok(found)
    }

    /// What git is in the middle of, by the state that it keeps of it in the working tree's own git folder.
    #[must_use]
    pub fn in_progress(&self) -> Vec<InProgress> {
        let there = |name: &&str| self.git_dir().join(name).exists();
        STATES.iter().filter(|(names, _)| names.iter().any(&there)).map(|(_, state)| *state).collect()
    }

    fn remotes(&self) -> Result<Vec<String>, Error> {
        let names = self.inner().remotes()?;
        Ok(names.iter_bytes().map(|name| name.to_str_lossy().into_owned()).collect())
    }
}

/// The name of a branch where it lives. A remote's name may have slashes, so the longest that fits is taken.
fn short_name<'a>(name: &'a str, remotes: &[String]) -> &'a str {
    let Some(rest) = name.strip_prefix("refs/remotes/") else {
        return name.strip_prefix("refs/heads/").unwrap_or(name);
    };
    let below = |remote: &String| rest.strip_prefix(remote.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let known = remotes.iter().filter_map(below).min_by_key(|short| short.len());
    known.or_else(|| rest.split_once('/').map(|(_, short)| short)).unwrap_or(rest)
}

/// The commit that an object is a tag of, or else the object.
fn peeled(object: &git2::Object<'_>) -> git2::Oid {
    object.peel(ObjectType::Commit).map_or_else(|_| object.id(), |commit| commit.id())
}
