//! What differs between two trees.
//!
//! The walk goes down both at once and skips subtrees of equal names, so its cost grows with the change and not with the
//! repository. Renames are a deletion and an addition: whoever depends on either name sees it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use bstr::BStr;
use serde::Serialize;

use super::object::{Entry, Kind, Tree};
use super::{Error, Repo};
use crate::digest::ObjectId;
use crate::path::{Mode, RepoPath};

/// What one tree holds at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// What it is.
    pub mode: Mode,
    /// The object; for a submodule, the commit.
    pub id: ObjectId,
}

/// A path that differs between two trees. At least one side is there, and the sides differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// The path.
    pub path: RepoPath,
    /// What the first tree holds there; `None` if nothing, or a folder.
    pub old: Option<Side>,
    /// What the second tree holds there; `None` if nothing, or a folder.
    pub new: Option<Side>,
}

/// How a path differs, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// Only the second tree has it.
    Added,
    /// Only the first tree has it.
    Deleted,
    /// Both have it, with other content.
    Modified,
    /// Both have the same content, as another kind of thing.
    ModeChanged,
}

impl Edit {
    /// The name as reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Deleted => "deleted",
            Self::Modified => "modified",
            Self::ModeChanged => "mode-changed",
        }
    }
}

impl Delta {
    /// How it differs.
    #[must_use]
    pub fn edit(&self) -> Edit {
        match (self.old, self.new) {
            (None, _) => Edit::Added,
            (_, None) => Edit::Deleted,
            (Some(old), Some(new)) if old.id == new.id => Edit::ModeChanged,
            _ => Edit::Modified,
        }
    }
}

impl Repo {
    /// What a tree holds at a path; `None` if nothing, or a folder.
    ///
    /// # Errors
    /// When a tree on the way can't be read.
    pub fn leaf(&self, tree: ObjectId, path: &RepoPath) -> Result<Option<Side>, Error> {
        let (mut at, mut left) = (tree, path.components().peekable());
        while let Some(name) = left.next() {
            let folder = self.tree(at)?;
            let Some(entry) = folder.get(name) else { return Ok(None) };
            match (entry.kind, left.peek()) {
                (Kind::Folder, Some(_)) => at = entry.id,
                (Kind::Leaf(mode), None) => return Ok(Some(Side { mode, id: entry.id })),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// What a tree holds at each of these paths, if anything but a folder; no folder is read twice.
    ///
    /// # Errors
    /// When a tree on the way can't be read.
    pub fn leaves<'a>(
        &self,
        tree: ObjectId,
        paths: impl Iterator<Item = &'a RepoPath>,
    ) -> Result<BTreeMap<RepoPath, Side>, Error> {
        let mut folders: BTreeMap<Option<RepoPath>, BTreeSet<&'a RepoPath>> = BTreeMap::new();
        for path in paths {
            folders.entry(path.parent()).or_default().insert(path);
        }
        let mut found = BTreeMap::new();
        for (folder, wanted) in folders {
            let Some(tree) = self.folder(tree, folder.as_ref())? else { continue };
            let tree = self.tree(tree)?;
            let sides = tree.entries().filter_map(|entry| Some((below(folder.as_ref(), entry.name), side(entry)?)));
            found.extend(sides.filter(|(path, _)| wanted.contains(path)));
        }
        Ok(found)
    }

    /// The tree of a folder.
    fn folder(&self, tree: ObjectId, path: Option<&RepoPath>) -> Result<Option<ObjectId>, Error> {
        let mut at = tree;
        for name in path.into_iter().flat_map(RepoPath::components) {
            match self.tree(at)?.get(name).filter(|entry| entry.kind == Kind::Folder) {
                Some(entry) => at = entry.id,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// What differs between two trees, in the order of paths' components; `None` is a tree with nothing in it.
    ///
    /// # Errors
    /// When a tree on the way can't be read.
    pub fn diff(&self, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<Vec<Delta>, Error> {
        let mut walk = Walk { repo: self, deltas: Vec::new() };
        walk.trees(None, old, new)?;
        Ok(walk.deltas)
    }
}

struct Walk<'a> {
    repo: &'a Repo,
    deltas: Vec<Delta>,
}

impl Walk<'_> {
    fn trees(&mut self, at: Option<&RepoPath>, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<(), Error> {
        if old == new {
            return Ok(());
        }
        let read = |id: Option<ObjectId>| id.map_or_else(|| Ok(Tree::default()), |id| self.repo.tree(id));
        let (old, new) = (read(old)?, read(new)?);
        let (mut olds, mut news) = (old.entries().peekable(), new.entries().peekable());
        loop {
            let (old, new) = match (olds.peek(), news.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => (olds.next(), None),
                (None, Some(_)) => (None, news.next()),
                (Some(old), Some(new)) => match order(old, new) {
                    Ordering::Less => (olds.next(), None),
                    Ordering::Greater => (None, news.next()),
                    Ordering::Equal => (olds.next(), news.next()),
                },
            };
            self.entries(at, old, new)?;
        }
    }

    /// Two entries that sort alike: of the same name, and both folders or neither.
    fn entries(&mut self, at: Option<&RepoPath>, old: Option<Entry<'_>>, new: Option<Entry<'_>>) -> Result<(), Error> {
        let Some(any) = old.or(new) else { return Ok(()) };
        if old == new {
            return Ok(());
        }
        let path = below(at, any.name);
        if any.kind == Kind::Folder {
            return self.trees(Some(&path), old.map(|entry| entry.id), new.map(|entry| entry.id));
        }
        self.deltas.push(Delta { path, old: old.and_then(side), new: new.and_then(side) });
        Ok(())
    }
}

fn side(entry: Entry<'_>) -> Option<Side> {
    match entry.kind {
        Kind::Folder => None,
        Kind::Leaf(mode) => Some(Side { mode, id: entry.id }),
    }
}

fn below(at: Option<&RepoPath>, name: &BStr) -> RepoPath {
    at.map_or_else(|| RepoPath::new(name), |folder| folder.join(name))
}

/// Git's order of tree entries: as if folders' names ended in `/`. A file and a folder of one name are two entries.
fn order(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    fn key<'a>(entry: &Entry<'a>) -> impl Iterator<Item = u8> + 'a {
        let slash = (entry.kind == Kind::Folder).then_some(b'/');
        entry.name.iter().copied().chain(slash)
    }
    key(a).cmp(key(b))
}
