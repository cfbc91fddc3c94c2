//! Every entry of a tree.

use std::sync::Arc;

use bstr::{BStr, ByteSlice};

use super::Folder;
use crate::digest::ObjectId;
use crate::git::{Error, Kind as EntryKind, Repo};
use crate::path::{Mode, RepoPath};

/// One entry: a file, a link or a submodule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it lies.
    pub path: RepoPath,
    /// What it is.
    pub mode: Mode,
    /// Its blob; of a submodule, its commit.
    pub id: ObjectId,
}

/// Every entry of a tree, sorted by path.
#[derive(Clone, Debug, Default)]
pub struct Listing(Arc<Vec<Entry>>);

impl Listing {
    /// Takes entries in any order.
    #[must_use]
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Self(Arc::new(entries))
    }

    /// The entries, sorted by path.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The entry of a path.
    #[must_use]
    pub fn get(&self, path: &RepoPath) -> Option<&Entry> {
        self.0.binary_search_by(|entry| entry.path.cmp(path)).ok().map(|at| &self.0[at])
    }

    /// Whether there is a file at a path, or a link, which may lead to one.
    #[must_use]
    pub fn has_file(&self, path: &RepoPath) -> bool {
        self.get(path).is_some_and(|entry| entry.mode != Mode::Submodule)
    }

    /// Whether anything lies below a folder.
    #[must_use]
    pub fn has_folder(&self, folder: &Folder) -> bool {
        !self.below(folder).is_empty()
    }

    /// What lies below a folder, at any depth, sorted.
    #[must_use]
    pub fn below(&self, folder: &Folder) -> &[Entry] {
        &self.0[self.range(folder)]
    }

    /// The positions of what lies below a folder among all entries.
    #[must_use]
    pub fn range(&self, folder: &Folder) -> std::ops::Range<usize> {
        if folder.is_root() {
            return 0..self.0.len();
        }
        let bound = |last: u8| {
            let mut text = folder.as_bstr().to_vec();
            text.push(last);
            self.0.partition_point(|entry| entry.path.as_bstr() < text.as_bstr())
        };
        // `0` follows `/`.
        bound(b'/')..bound(b'0')
    }

    /// The folders that lie directly in a folder.
    pub fn folders(&self, folder: &Folder) -> impl Iterator<Item = Folder> {
        let mut last: Option<&BStr> = None;
        let names = self.below(folder).iter().filter_map(move |entry| {
            let rest = folder.within(entry.path.as_bstr())?;
            let name = rest[..rest.find_byte(b'/')?].as_bstr();
            (last.replace(name) != Some(name)).then_some(name)
        });
        names.map(|name| Folder::from(folder.file(name))).collect::<Vec<_>>().into_iter()
    }

    /// Every entry of a tree of a repository.
    ///
    /// # Errors
    /// When a tree can't be read.
    pub fn read(repo: &Repo, tree: ObjectId) -> Result<Self, Error> {
        let mut entries = Vec::new();
        let mut open = vec![(Folder::root(), tree)];
        while let Some((folder, tree)) = open.pop() {
            for entry in repo.tree(tree)?.entries() {
                let path = folder.file(entry.name);
                match entry.kind {
                    EntryKind::Folder => open.push((Folder::from(path), entry.id)),
                    EntryKind::Leaf(mode) => entries.push(Entry { path, mode, id: entry.id }),
                }
            }
        }
        Ok(Self::new(entries))
    }
}
