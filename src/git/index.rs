//! The tree of an index, read from the index file itself where it says so.
//!
//! Git keeps the ids of an index's trees in its TREE extension, and marks as invalid those that a change has made stale.
//! Where the root's is valid, it is what `git write-tree` would write, for the price of walking over the entries. Whatever
//! is not plain here gives no answer, and then git is asked. The format: <https://git-scm.com/docs/index-format>.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use bstr::ByteSlice;

use crate::digest::ObjectId;

const HEADER: u64 = 12;
/// The checksum at the end.
const TRAILER: u64 = 20;
/// The same, for who has the whole file.
pub(super) const END: usize = 20;
/// The EOIE extension: signature, size, an offset and a hash.
const END_OF_ENTRIES: u64 = 4 + 4 + 4 + 20;
/// How much of the entries is read at a time.
const CHUNK: usize = 128 << 10;

/// What an index file says of its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cached {
    /// It is this one.
    Tree(ObjectId),
    /// Nothing: the tree is stale, or the index is split, sparse, or holds intent-to-add or unmerged entries.
    Stale,
    /// The file is cut off or is no index. Git reads on past the end of such a file, so it can't be asked.
    Damaged,
}

/// Reads the index's tree.
///
/// # Errors
/// When the file can't be read.
pub(super) fn cached_tree(path: &Path) -> io::Result<Cached> {
    let file = fs_err::File::open(path)?;
    let len = file.metadata()?.len();
    if len < HEADER + TRAILER {
        return Ok(Cached::Damaged);
    }
    let index = IndexFile { file, len };
    let header: [u8; 12] = index.at(0)?;
    let (version, count) = (number(&header[4..8]), number(&header[8..12]));
    if !header.starts_with(b"DIRC") {
        return Ok(Cached::Damaged);
    }
    if !matches!(version, 2..=4) {
        return Ok(Cached::Stale);
    }
    let entries = match index.recorded_end()? {
        Some(end) => Some(Entries { end, plain: true }),
        None => index.walk(version, count)?,
    };
    let Some(entries) = entries else { return Ok(Cached::Damaged) };
    let Some(extensions) = index.extensions(entries.end)? else { return Ok(Cached::Damaged) };
    let root = extensions.tree.filter(|_| entries.plain && extensions.plain).and_then(|tree| root_tree(&tree, count));
    Ok(root.map_or(Cached::Stale, Cached::Tree))
}

/// The entries of an index.
struct Entries {
    /// Where they end.
    end: u64,
    /// Whether a tree can hold all of them.
    plain: bool,
}

/// The extensions of an index.
struct Extensions {
    /// The start of the TREE extension, if there is one.
    tree: Option<Vec<u8>>,
    /// Whether none of them changes what the entries mean.
    plain: bool,
}

struct IndexFile {
    file: fs_err::File,
    len: u64,
}

impl IndexFile {
    /// Where the entries end, if the file records it. Git does for the largest indexes only.
    fn recorded_end(&self) -> io::Result<Option<u64>> {
        let Some(at) = self.len.checked_sub(TRAILER + END_OF_ENTRIES) else { return Ok(None) };
        let extension: [u8; 12] = self.at(at)?;
        if !extension.starts_with(b"EOIE") || number(&extension[4..8]) != 24 {
            return Ok(None);
        }
        let end = u64::from(number(&extension[8..12]));
        Ok((HEADER..at).contains(&end).then_some(end))
    }

    /// Walks over the entries; `None` if they don't fit into the file.
    fn walk(&self, version: u32, count: u32) -> io::Result<Option<Entries>> {
        let (mut buffer, mut left) = (vec![0; CHUNK], count);
        let mut entries = Entries { end: HEADER, plain: true };
        while left > 0 {
            let room = usize::try_from(self.len - TRAILER - entries.end).unwrap_or(usize::MAX).min(buffer.len());
            let chunk = &mut buffer[..room];
            self.file.file().read_exact_at(chunk, entries.end)?;
            let mut walked = 0;
            while let Some((size, plain)) = (left > 0).then(|| entry(&chunk[walked..], version)).flatten() {
                (walked, left) = (walked + size, left - 1);
                entries.plain &= plain;
            }
            entries.end += walked as u64;
            if left > 0 && room < buffer.len() {
                return Ok(None);
            }
            if walked == 0 {
                buffer.resize(buffer.len() * 2, 0);
            }
        }
        Ok(Some(entries))
    }

    /// Walks over the extensions; `None` if they don't end where the file does.
    fn extensions(&self, mut at: u64) -> io::Result<Option<Extensions>> {
        let (end, mut found) = (self.len - TRAILER, Extensions { tree: None, plain: true });
        while at < end {
            if end - at < 8 {
                return Ok(None);
            }
            let header: [u8; 8] = self.at(at)?;
            let size = u64::from(number(&header[4..8]));
            if size > end - at - 8 {
                return Ok(None);
            }
            // The first letter of those that a reader may ignore is a capital.
            found.plain &= header[0].is_ascii_uppercase();
            if header.starts_with(b"TREE") {
                let mut root = vec![0; usize::try_from(size.min(128)).unwrap_or_default()];
                self.file.file().read_exact_at(&mut root, at + 8)?;
                found.tree = Some(root);
            }
            at += 8 + size;
        }
        Ok(Some(found))
    }

    fn at<const N: usize>(&self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.file().read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }
}

/// The size of the entry that the bytes start with, and whether a tree can hold it; `None` if there are too few bytes.
pub(super) fn entry(bytes: &[u8], version: u32) -> Option<(usize, bool)> {
    const FLAGS: usize = 60;
    const EXTENDED: u16 = 0x4000;
    const STAGE: u16 = 0x3000;
    const INTENT_TO_ADD: u16 = 0x2000;
    let flags = |at: usize| bytes.get(at..at + 2).map(|flags| u16::from_be_bytes([flags[0], flags[1]]));
    let first = flags(FLAGS)?;
    let extended = first & EXTENDED != 0;
    let second = if extended { flags(FLAGS + 2)? } else { 0 };
    let name = if extended { FLAGS + 4 } else { FLAGS + 2 };
    let size = if version == 4 { name + prefixed(bytes.get(name..)?)? } else { padded(name, first, bytes)? };
    (size <= bytes.len()).then_some((size, first & STAGE == 0 && second & INTENT_TO_ADD == 0))
}

/// The size of a name that starts with a number, of seven bits a byte, and ends at a NUL.
fn prefixed(bytes: &[u8]) -> Option<usize> {
    let number = bytes.iter().position(|byte| byte & 0x80 == 0)? + 1;
    Some(number + bytes[number..].find_byte(0)? + 1)
}

/// The size of an entry whose name has its length in the flags, unless it doesn't fit, and is padded with one to eight
/// NULs, so that the entry's size is a multiple of eight.
fn padded(name: usize, flags: u16, bytes: &[u8]) -> Option<usize> {
    let length = match usize::from(flags & 0xfff) {
        0xfff => bytes.get(name..)?.find_byte(0)?,
        length => length,
    };
    Some((name + length + 8) & !7)
}

/// The root's id: the extension starts with an empty path, the number of entries below it (negative where stale) and the
/// number of its subtrees, as text.
fn root_tree(extension: &[u8], count: u32) -> Option<ObjectId> {
    let rest = extension.strip_prefix(b"\0")?;
    let (numbers, rest) = rest.split_once_str(b"\n")?;
    let (entries, subtrees) = numbers.to_str().ok()?.split_once(' ')?;
    let (covered, _subtrees): (u32, u32) = (entries.parse().ok()?, subtrees.parse().ok()?);
    let (id, _) = rest.split_first_chunk::<20>()?;
    (covered == count).then(|| ObjectId::from_bytes(*id))
}

/// A number as the index holds it.
pub(super) fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}
