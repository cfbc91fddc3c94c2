//! The modules of a tree, by folders.

use std::collections::HashMap;

use bstr::{BStr, ByteSlice};

use super::super::{Folder, Listing};
use crate::path::RepoPath;

/// A folder's number; 0 is the root.
pub(super) type FolderId = u32;
/// A file's number: its place in the listing.
pub(super) type FileId = u32;

/// What is at a name in a folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// The folder of that name, where any module lies in it.
    pub(super) folder: Option<FolderId>,
    /// Modules of that name: sources, stubs, and what is compiled.
    pub(super) files: Vec<FileId>,
}

/// The folders and modules of a tree.
pub(super) struct Tree<'t> {
    listing: &'t Listing,
    /// What each folder holds, by name.
    entries: Vec<HashMap<&'t BStr, Entry>>,
    parents: Vec<FolderId>,
    folders: HashMap<&'t BStr, FolderId>,
    paths: Vec<&'t BStr>,
    /// The folder of each file that is a module.
    homes: Vec<Option<FolderId>>,
}

impl<'t> Tree<'t> {
    /// Takes the modules of a listing.
    pub(super) fn new(listing: &'t Listing) -> Self {
        let root = b"".as_bstr();
        let mut tree = Self {
            listing,
            entries: vec![HashMap::new()],
            parents: vec![0],
            folders: HashMap::from([(root, 0)]),
            paths: vec![root],
            homes: Vec::with_capacity(listing.entries().len()),
        };
        for (at, entry) in listing.entries().iter().enumerate() {
            let path = entry.path.as_bstr();
            let (folder, name) = path
                .rfind_byte(b'/')
                .map_or((root, path), |slash| (path[..slash].as_bstr(), path[slash + 1..].as_bstr()));
            let Some(module) = module_name(name) else {
                tree.homes.push(None);
                continue;
            };
            let folder = tree.folder_or_new(folder);
            tree.homes.push(Some(folder));
            let found = tree.entry(folder, module);
            found.files.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        tree
    }

    fn entry(&mut self, folder: FolderId, name: &'t BStr) -> &mut Entry {
        self.entries[folder as usize].entry(name).or_default()
    }

    fn folder_or_new(&mut self, path: &'t BStr) -> FolderId {
        let mut missing = Vec::new();
        let mut at = path;
        let mut id = loop {
            if let Some(id) = self.folders.get(at) {
                break *id;
            }
            missing.push(at);
            at = at.rfind_byte(b'/').map_or(b"".as_bstr(), |slash| at[..slash].as_bstr());
        };
        for path in missing.into_iter().rev() {
            let parent = id;
            id = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
            self.parents.push(parent);
            self.entries.push(HashMap::new());
            self.paths.push(path);
            self.folders.insert(path, id);
            let name = path.rfind_byte(b'/').map_or(path, |slash| path[slash + 1..].as_bstr());
            self.entry(parent, name).folder = Some(id);
        }
        id
    }

    /// What is at a name in a folder.
    pub(super) fn get(&self, folder: FolderId, name: &[u8]) -> Option<&Entry> {
        self.entries[folder as usize].get(name.as_bstr())
    }

    /// The names in a folder, in no order.
    pub(super) fn names(&self, folder: FolderId) -> impl Iterator<Item = &'t BStr> {
        self.entries[folder as usize].keys().copied()
    }

    /// The `__init__` modules of a folder; none where it is no package, or a namespace.
    pub(super) fn inits(&self, folder: FolderId) -> &[FileId] {
        self.get(folder, b"__init__").map_or(&[], |entry| &entry.files)
    }

    /// The folder above; the root's is the root.
    pub(super) fn parent(&self, folder: FolderId) -> FolderId {
        self.parents[folder as usize]
    }

    /// A folder and those above it, innermost first.
    pub(super) fn upwards(&self, folder: FolderId) -> impl Iterator<Item = FolderId> {
        std::iter::successors(Some(folder), |at| (*at != 0).then(|| self.parent(*at)))
    }

    /// A folder that holds modules, at any depth.
    pub(super) fn find(&self, folder: &Folder) -> Option<FolderId> {
        self.folders.get(folder.as_bstr()).copied()
    }

    /// A folder's path.
    pub(super) fn path_of(&self, folder: FolderId) -> Folder {
        Folder::from(RepoPath::new(self.paths[folder as usize].to_owned()))
    }

    /// How many folders there are.
    pub(super) fn len(&self) -> usize {
        self.parents.len()
    }

    /// The folder of a file that is a module.
    pub(super) fn module_home(&self, file: FileId) -> Option<FolderId> {
        self.homes[file as usize]
    }

    /// The folder of a file; of one that is no module, the nearest above it that has any below it.
    pub(super) fn home(&self, file: FileId) -> FolderId {
        self.homes[file as usize].unwrap_or_else(|| {
            let above = Folder::of(self.path(file));
            above.upwards().find_map(|folder| self.find(&folder)).unwrap_or(0)
        })
    }

    /// A file's path.
    pub(super) fn path(&self, file: FileId) -> &'t RepoPath {
        &self.listing.entries()[file as usize].path
    }

    /// The number of a file.
    pub(super) fn file(&self, path: &RepoPath) -> Option<FileId> {
        let at = self.listing.entries().binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        u32::try_from(at).ok()
    }

    /// Every module at or below a folder.
    pub(super) fn below(&self, folder: FolderId) -> Vec<FileId> {
        let mut files = Vec::new();
        let mut open = vec![folder];
        while let Some(folder) = open.pop() {
            for entry in self.entries[folder as usize].values() {
                files.extend(&entry.files);
                open.extend(entry.folder);
            }
        }
        files
    }
}

/// The name of the module that a file is; `None` of a file that is none. What is compiled has its platform in its name.
fn module_name(file: &BStr) -> Option<&BStr> {
    let (stem, extension) = file.rsplit_once_str(b".")?;
    match extension {
        b"py" | b"pyi" | b"pyx" => Some(stem.as_bstr()),
        b"so" | b"pyd" => Some(stem.split_once_str(b".").map_or(stem, |(name, _)| name).as_bstr()),
        _ => None,
    }
}
