//! The tree of an index whose cached trees are stale in parts.
//!
//! A change of one file leaves the cached trees of all other folders valid. Those are taken as they are, and the stale ones
//! are put together out of the index's entries, as `git write-tree` does, but without starting git and without writing the
//! index anew. Whatever is not plain gives no answer, and then git is asked.

use std::io::Write;
use std::path::Path;

use bstr::ByteSlice;

use super::index::{END, entry, number};
use super::make::put;
use super::{Error, Repo};
use crate::digest::ObjectId;

/// The header: signature, version, number of entries.
const HEADER: usize = 12;
/// How deep folders may lie; git is asked about what is deeper.
const DEEPEST: usize = 256;

/// The tree of the index with these bytes; new trees go to `store`, which `repo` must read. `None` where git is to be asked.
///
/// # Errors
/// When a tree can't be written.
pub(super) fn tree(bytes: &[u8], repo: &Repo, store: &Path) -> Result<Option<ObjectId>, Error> {
    let Some((entries, root)) = parse(bytes) else { return Ok(None) };
    if entries.is_empty() {
        return Ok(Some(ObjectId::EMPTY_TREE));
    }
    Maker { repo, store }.tree(&Level { entries: &entries, cached: root.as_ref(), prefix: 0, depth: 0 })
}

/// An entry of the index.
struct Entry<'a> {
    path: &'a [u8],
    mode: u32,
    id: ObjectId,
}

/// A tree that the index holds, with those below it.
struct Cached<'a> {
    name: &'a [u8],
    /// How many entries it covers, and its id; nothing where it is stale.
    valid: Option<(usize, ObjectId)>,
    below: Vec<Cached<'a>>,
}

/// What a folder holds: neighbouring entries that begin alike.
struct Level<'a> {
    entries: &'a [Entry<'a>],
    cached: Option<&'a Cached<'a>>,
    /// How many bytes of their paths name the folder.
    prefix: usize,
    depth: usize,
}

/// Entries in strictly rising order, and the root of the cached trees. Only versions whose entries hold whole paths.
fn parse(bytes: &[u8]) -> Option<(Vec<Entry<'_>>, Option<Cached<'_>>)> {
    let end = bytes.len().checked_sub(END)?;
    let (version, count) = (number(bytes.get(4..8)?), number(bytes.get(8..HEADER)?));
    if !bytes.starts_with(b"DIRC") || !matches!(version, 2 | 3) {
        return None;
    }
    let (mut at, mut entries): (usize, Vec<Entry<'_>>) = (HEADER, Vec::new());
    for _ in 0..count {
        let rest = bytes.get(at..end)?;
        let (size, plain) = entry(rest, version)?;
        let name = if rest[60] & 0x40 == 0 { 62 } else { 64 };
        let path = &rest[name..size];
        let path = &path[..path.find_byte(0)?];
        if !plain || entries.last().is_some_and(|last| last.path >= path) {
            return None;
        }
        let id = ObjectId::from_bytes(*rest[40..].first_chunk()?);
        entries.push(Entry { path, mode: number(&rest[24..28]), id });
        at += size;
    }
    let mut root = None;
    while at < end {
        let header = bytes.get(at..at + 8)?;
        let size = usize::try_from(number(&header[4..])).ok()?;
        let content = bytes.get(at + 8..at + 8 + size).filter(|_| at + 8 + size <= end)?;
        // The first letter of those that a reader may ignore is a capital.
        if !header[0].is_ascii_uppercase() {
            return None;
        }
        if header.starts_with(b"TREE") {
            root = Some(cached(&mut &*content, 0)?);
        }
        at += 8 + size;
    }
    Some((entries, root))
}

/// A cached tree: its name, a NUL, the number of entries (negative where stale) and of trees below as text, its id if it
/// is valid, and the trees below.
fn cached<'a>(rest: &mut &'a [u8], depth: usize) -> Option<Cached<'a>> {
    let (name, after) = rest.split_once_str(b"\0").filter(|_| depth < DEEPEST)?;
    let (numbers, mut after) = after.split_once_str(b"\n")?;
    let (covered, below) = numbers.to_str().ok()?.split_once(' ')?;
    let (covered, below): (i64, usize) = (covered.parse().ok()?, below.parse().ok()?);
    let mut valid = None;
    if let Ok(covered) = usize::try_from(covered) {
        let (id, behind) = after.split_first_chunk::<20>()?;
        (valid, after) = (Some((covered, ObjectId::from_bytes(*id))), behind);
    }
    *rest = after;
    let below = (0..below).map(|_| cached(rest, depth + 1)).collect::<Option<_>>()?;
    Some(Cached { name, valid, below })
}

/// An entry of a tree.
struct Child<'a> {
    name: &'a [u8],
    mode: u32,
    id: ObjectId,
    /// How many entries of the index are in it.
    covers: usize,
}

struct Maker<'a> {
    repo: &'a Repo,
    store: &'a Path,
}

impl Maker<'_> {
    fn tree(&self, level: &Level<'_>) -> Result<Option<ObjectId>, Error> {
        let valid = level.cached.and_then(|cached| cached.valid);
        if let Some((_, id)) = valid.filter(|(count, id)| *count == level.entries.len() && self.repo.contains(*id)) {
            return Ok(Some(id));
        }
        let mut body = Vec::new();
        let mut rest = level.entries;
        while !rest.is_empty() {
            let Some(child) = self.child(level, rest)? else { return Ok(None) };
            // Writing to a vector can't fail.
            let _written = write!(body, "{:o} ", child.mode);
            body.extend_from_slice(child.name);
            body.push(0);
            body.extend_from_slice(child.id.as_bytes());
            rest = &rest[child.covers..];
        }
        put(self.store, git2::ObjectType::Tree, &body).map(Some)
    }

    /// What the first entries are to the tree; `None` where git is to be asked.
    fn child<'e>(&self, level: &Level<'_>, rest: &[Entry<'e>]) -> Result<Option<Child<'e>>, Error> {
        let Some(first) = rest.first() else { return Ok(None) };
        let name = &first.path[level.prefix..];
        let slash = name.find_byte(b'/');
        let name = &name[..slash.unwrap_or(name.len())];
        if !is_plain(name) {
            return Ok(None);
        }
        if slash.is_some() {
            let found = self.folder(level, rest, name)?;
            return Ok(found.map(|(id, covers)| Child { name, mode: 0o040_000, id, covers }));
        }
        let leaf = Child { name, mode: first.mode, id: first.id, covers: 1 };
        Ok(self.is_leaf(first).then_some(leaf))
    }

    /// The tree of the folder that the first entries are in, and how many they are.
    fn folder(&self, level: &Level<'_>, rest: &[Entry<'_>], name: &[u8]) -> Result<Option<(ObjectId, usize)>, Error> {
        let prefix = level.prefix + name.len() + 1;
        let whole = &rest[0].path[..prefix];
        // A file of the same name is somewhere before, with others in between.
        let clash = level.entries.binary_search_by(|entry| entry.path.cmp(&whole[..prefix - 1])).is_ok();
        if clash || level.depth == DEEPEST {
            return Ok(None);
        }
        let count = rest.partition_point(|entry| entry.path.starts_with(whole));
        let cached = level.cached.and_then(|cached| cached.below.iter().find(|below| below.name == name));
        let below = Level { entries: &rest[..count], cached, prefix, depth: level.depth + 1 };
        Ok(self.tree(&below)?.map(|id| (id, count)))
    }

    /// Whether an entry is what a tree can name, and its object is there.
    fn is_leaf(&self, entry: &Entry<'_>) -> bool {
        match entry.mode {
            0o100_644 | 0o100_755 | 0o120_000 => self.repo.contains(entry.id),
            0o160_000 => entry.id.as_bytes() != &[0; 20],
            _ => false,
        }
    }
}

/// Whether git would put the name into a tree without asking.
fn is_plain(name: &[u8]) -> bool {
    !name.is_empty() && name != b"." && name != b".." && !name.eq_ignore_ascii_case(b".git")
}
