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
/// The EOIE extension: signature, size, an offset and a hash.
const END_OF_ENTRIES: u64 = 4 + 4 + 4 + 20;
/// How much of the entries is read at a time.
const CHUNK: usize = 128 << 10;

/// The index's tree, where its file says so.
///
/// `None` where it doesn't: the tree is stale, the index is split, sparse, of version 4, holds intent-to-add or unmerged
/// entries, or is damaged.
///
/// # Errors
/// When the file can't be read.
pub(super) fn cached_tree(path: &Path) -> io::Result<Option<ObjectId>> {
    let file = fs_err::File::open(path)?;
    let len = file.metadata()?.len();
    let index = IndexFile { file, len };
    let Some(count) = index.count()? else { return Ok(None) };
    let end = match index.recorded_end()? {
        Some(end) => Some(end),
        None => index.walk(count)?,
    };
    let Some(end) = end else { return Ok(None) };
    let Some(root) = index.tree_extension(end)? else { return Ok(None) };
    Ok(root_tree(&root, count))
}

struct IndexFile {
    file: fs_err::File,
    len: u64,
}

impl IndexFile {
    /// The number of entries, if the version is one that is understood here.
    fn count(&self) -> io::Result<Option<u32>> {
        if self.len < HEADER + TRAILER {
            return Ok(None);
        }
        let header: [u8; 12] = self.at(0)?;
        let known = header.starts_with(b"DIRC") && matches!(number(&header[4..8]), 2 | 3);
        Ok(known.then(|| number(&header[8..12])))
    }

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

    /// Where the entries end, by walking over them; `None` if one is not plain.
    fn walk(&self, count: u32) -> io::Result<Option<u64>> {
        let (mut buffer, mut at, mut left) = (vec![0; CHUNK], HEADER, count);
        while left > 0 {
            let room = usize::try_from(self.len - TRAILER - at).unwrap_or(usize::MAX).min(buffer.len());
            let chunk = &mut buffer[..room];
            self.file.file().read_exact_at(chunk, at)?;
            let mut walked = 0;
            while left > 0 {
                match entry(&chunk[walked..]) {
                    Found::Entry(size) => (walked, left) = (walked + size, left - 1),
                    Found::CutOff => break,
                    Found::Special => return Ok(None),
                }
            }
            at += walked as u64;
            if walked == 0 && (room < buffer.len() || room > 1 << 20) {
                return Ok(None);
            }
            if walked == 0 {
                buffer.resize(buffer.len() * 2, 0);
            }
        }
        Ok(Some(at))
    }

    /// The start of the TREE extension; `None` if there is none, or an extension changes what the entries mean.
    fn tree_extension(&self, mut at: u64) -> io::Result<Option<Vec<u8>>> {
        let (end, mut tree) = (self.len - TRAILER, None);
        while at < end {
            if end - at < 8 {
                return Ok(None);
            }
            let header: [u8; 8] = self.at(at)?;
            let size = u64::from(number(&header[4..8]));
            // The first letter of those that a reader may ignore is a capital.
            if !header[0].is_ascii_uppercase() || size > end - at - 8 {
                return Ok(None);
            }
            if header.starts_with(b"TREE") {
                let mut root = vec![0; usize::try_from(size.min(128)).unwrap_or_default()];
                self.file.file().read_exact_at(&mut root, at + 8)?;
                tree = Some(root);
            }
            at += 8 + size;
        }
        Ok(tree)
    }

    fn at<const N: usize>(&self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.file().read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }
}

enum Found {
    /// One of this many bytes.
    Entry(usize),
    /// More bytes are needed.
    CutOff,
    /// One that no valid tree covers.
    Special,
}

/// The entry that the bytes start with.
fn entry(bytes: &[u8]) -> Found {
    const FLAGS: usize = 60;
    const EXTENDED: u16 = 0x4000;
    const STAGE: u16 = 0x3000;
    const INTENT_TO_ADD: u16 = 0x2000;
    let flags = |at: usize| bytes.get(at..at + 2).map(|flags| u16::from_be_bytes([flags[0], flags[1]]));
    let Some(first) = flags(FLAGS) else { return Found::CutOff };
    let mut name = FLAGS + 2;
    if first & EXTENDED != 0 {
        let Some(second) = flags(name) else { return Found::CutOff };
        if second & INTENT_TO_ADD != 0 {
            return Found::Special;
        }
        name += 2;
    }
    if first & STAGE != 0 {
        return Found::Special;
    }
    // Twelve bits of length; longer names end at their NUL.
    let length = match usize::from(first & 0xfff) {
        0xfff => match bytes.get(name..).and_then(|rest| rest.find_byte(0)) {
            Some(length) => length,
            None => return Found::CutOff,
        },
        length => length,
    };
    // One to eight NULs, so that the size is a multiple of eight.
    let size = (name + length + 8) & !7;
    if size > bytes.len() { Found::CutOff } else { Found::Entry(size) }
}

/// The root's id: the extension starts with an empty path, the number of entries below it (negative where stale) and the
/// number of its subtrees, as text.
fn root_tree(extension: &[u8], count: u32) -> Option<ObjectId> {
    let rest = extension.strip_prefix(b"\0")?;
    let (numbers, rest) = rest.split_once_str(b"\n")?;
    let (entries, _subtrees) = numbers.split_once_str(b" ")?;
    let covered: u32 = entries.to_str().ok()?.parse().ok()?;
    let (id, _) = rest.split_first_chunk::<20>()?;
    (covered == count).then(|| ObjectId::from_bytes(*id))
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}
