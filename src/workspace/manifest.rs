//! What the checkout holds: every path with its object and what the file system said when it was written.
//!
//! Kept as an index of git's own format, so that the same file serves as the checkout's index. Where the set of paths
//! stays the same it is patched in place; otherwise it is written anew beside and renamed.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use bstr::{BStr, ByteSlice};

use super::index::{self, Item, Stat};
use crate::digest::ObjectId;
use crate::git::Side;
use crate::path::{Mode, RepoPath};

/// What the checkout holds.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    bytes: Vec<u8>,
    offsets: Vec<u32>,
    /// Parts of `bytes` that the file does not have yet; `None` if it has to be written whole.
    unsaved: Option<Vec<u32>>,
}

/// What a path is to the candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tracked {
    /// A file, link or submodule.
    Leaf(Mode),
    /// A folder that holds one.
    Folder,
}

impl Default for Manifest {
    fn default() -> Self {
        let mut bytes = index::header(0);
        index::close(&mut bytes, 0, ObjectId::EMPTY_TREE);
        Self { bytes, offsets: Vec::new(), unsaved: None }
    }
}

impl Manifest {
    /// Reads the file; nothing if there is none that can be trusted to be whole.
    pub(super) fn load(file: &Path) -> Option<Self> {
        let bytes = fs_err::read(file).ok()?;
        let offsets = index::offsets(&bytes)?;
        Some(Self { bytes, offsets, unsaved: Some(Vec::new()) })
    }

    /// How many entries it has.
    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// The `n`th entry, in the order of paths' bytes.
    pub(super) fn get(&self, n: usize) -> Option<Item<'_>> {
        index::item(&self.bytes, *self.offsets.get(n)? as usize).map(|(item, _)| item)
    }

    /// The entries, in the order of paths' bytes.
    pub(super) fn items(&self) -> impl Iterator<Item = Item<'_>> {
        (0..self.len()).filter_map(|n| self.get(n))
    }

    /// The entry of a path.
    pub(super) fn find(&self, path: &BStr) -> Option<Item<'_>> {
        self.get(self.position(path).ok()?)
    }

    /// What a path is to the candidate.
    pub(super) fn tracked(&self, path: &BStr) -> Option<Tracked> {
        match self.position(path) {
            Ok(n) => self.get(n).map(|item| Tracked::Leaf(item.side.mode)),
            Err(_) => self.holds_below(path).then_some(Tracked::Folder),
        }
    }

    fn holds_below(&self, folder: &BStr) -> bool {
        let prefix = [folder.as_bytes(), b"/"].concat();
        let at = match self.position(prefix.as_bstr()) {
            Ok(at) | Err(at) => at,
        };
        self.offsets.get(at).is_some_and(|&offset| index::path_at(&self.bytes, offset as usize).starts_with(&prefix))
    }

    pub(super) fn position(&self, path: &BStr) -> Result<usize, usize> {
        self.offsets.binary_search_by(|&offset| index::path_at(&self.bytes, offset as usize).cmp(path))
    }

    /// The manifest after a change of some paths, not yet saved; what the file system says of those is filled in by
    /// [`Manifest::set`]. `None` removes a path.
    pub(super) fn with(mut self, changes: &BTreeMap<RepoPath, Option<Side>>, tree: ObjectId) -> Self {
        let same_paths = changes.iter().all(|(path, side)| side.is_some() && self.position(path.as_bstr()).is_ok());
        if same_paths {
            for (path, side) in changes.iter().filter_map(|(path, side)| Some((path, (*side)?))) {
                self.put(path.as_bstr(), side, Stat::default());
            }
            let place = index::tree_place(self.bytes.len());
            self.bytes[place].copy_from_slice(tree.as_bytes());
            return self;
        }
        self.merged(changes, tree)
    }

    fn merged(&self, changes: &BTreeMap<RepoPath, Option<Side>>, tree: ObjectId) -> Self {
        let mut bytes = index::header(0);
        bytes.reserve(self.bytes.len());
        let mut offsets = Vec::with_capacity(self.len() + changes.len());
        let mut write = |item: Item<'_>| {
            offsets.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
            item.write(&mut bytes);
        };
        let (mut old, mut new) = (self.items().peekable(), changes.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some((path, _))) => old.path.cmp(path.as_bstr()),
            };
            if order == Ordering::Less {
                old.next().into_iter().for_each(&mut write);
                continue;
            }
            if order == Ordering::Equal {
                old.next();
            }
            if let Some((path, Some(side))) = new.next() {
                write(Item { path: path.as_bstr(), side: *side, stat: Stat::default() });
            }
        }
        let count = u32::try_from(offsets.len()).unwrap_or(u32::MAX);
        bytes[8..12].copy_from_slice(&count.to_be_bytes());
        index::close(&mut bytes, count, tree);
        Self { bytes, offsets, unsaved: None }
    }

    /// Fills in what the file system said of a path.
    pub(super) fn set(&mut self, path: &BStr, stat: Stat) {
        if let Some(item) = self.find(path) {
            let side = item.side;
            self.put(path, side, stat);
        }
    }

    fn put(&mut self, path: &BStr, side: Side, stat: Stat) {
        let Ok(n) = self.position(path) else { return };
        let at = self.offsets[n];
        let fixed = index::fixed(&side, &stat, path.len());
        self.bytes[at as usize..at as usize + fixed.len()].copy_from_slice(&fixed);
        if let Some(unsaved) = &mut self.unsaved {
            unsaved.push(at);
        }
    }

    /// Brings the file up to date.
    pub(super) fn save(&mut self, file: &Path) -> io::Result<()> {
        match self.unsaved.replace(Vec::new()) {
            Some(parts) => self.patch(file, parts),
            None => self.replace(file),
        }
    }

    fn patch(&self, file: &Path, mut parts: Vec<u32>) -> io::Result<()> {
        parts.sort_unstable();
        parts.dedup();
        let file = fs_err::OpenOptions::new().write(true).open(file)?;
        for at in parts {
            let at = at as usize;
            file.file().write_all_at(&self.bytes[at..at + 62], at as u64)?;
        }
        let place = index::tree_place(self.bytes.len());
        file.file().write_all_at(&self.bytes[place.clone()], place.start as u64)
    }

    fn replace(&self, file: &Path) -> io::Result<()> {
        let beside = file.with_extension("new");
        fs_err::write(&beside, &self.bytes)?;
        fs_err::rename(&beside, file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(byte: u8) -> Side {
        Side { mode: Mode::File, id: ObjectId::from_bytes([byte; 20]) }
    }

    fn manifest(paths: &[&str]) -> Manifest {
        let changes = paths.iter().map(|path| (RepoPath::from(*path), Some(side(1)))).collect();
        Manifest::default().with(&changes, ObjectId::EMPTY_TREE)
    }

    fn paths(manifest: &Manifest) -> Vec<String> {
        manifest.items().map(|item| item.path.to_string()).collect()
    }

    #[test]
    fn knows_files_and_folders() {
        let manifest = manifest(&["a", "a-b/c", "a0", "d/e/f"]);
        assert_eq!(manifest.tracked(BStr::new("a")), Some(Tracked::Leaf(Mode::File)));
        assert_eq!(manifest.tracked(BStr::new("a-b")), Some(Tracked::Folder));
        assert_eq!(manifest.tracked(BStr::new("d/e")), Some(Tracked::Folder));
        assert_eq!(manifest.tracked(BStr::new("d/ef")), None);
        assert_eq!(manifest.tracked(BStr::new("z")), None);
    }

    #[test]
    fn merges_changes_in_order() {
        let changes = [("b", Some(side(2))), ("a", None), ("z", Some(side(3)))]
            .into_iter()
            .map(|(path, side)| (RepoPath::from(path), side))
            .collect();
        let merged = manifest(&["a", "c"]).with(&changes, ObjectId::EMPTY_TREE);
        assert_eq!(paths(&merged), ["b", "c", "z"]);
    }

    #[test]
    fn a_patched_file_reads_as_a_rewritten_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("index");
        let long = "x/".repeat(2100) + "end";
        let mut first = manifest(&["a", "b/c", &long]);
        first.save(&file).unwrap();
        let changes = BTreeMap::from([(RepoPath::from("b/c"), Some(side(9)))]);
        let tree = ObjectId::from_bytes([7; 20]);
        let mut patched = Manifest::load(&file).unwrap().with(&changes, tree);
        patched.set(BStr::new("b/c"), Stat { size: 5, ..Stat::default() });
        patched.save(&file).unwrap();
        let again = Manifest::load(&file).unwrap();
        assert_eq!(again.bytes, patched.bytes);
        assert_eq!(paths(&again), ["a", "b/c", &long]);
        let item = again.find(BStr::new("b/c")).unwrap();
        assert_eq!((item.side, item.stat.size), (side(9), 5));
    }

    #[test]
    fn a_torn_file_is_no_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("index");
        let mut whole = manifest(&["a", "b"]);
        whole.save(&file).unwrap();
        fs_err::write(&file, &whole.bytes[..100]).unwrap();
        assert!(Manifest::load(&file).is_none());
    }
}
