//! Git's index, version 2, as bytes: <https://git-scm.com/docs/index-format>.
//!
//! The checkout's index is written by us and is at the same time our record of what we wrote. Its checksum is all zeros,
//! which git takes as "not computed", and its TREE extension knows the root only.

use std::ops::Range;

use bstr::{BStr, ByteSlice};

use crate::digest::ObjectId;
use crate::git::Side;
use crate::path::Mode;

/// What the file system said of a file when it was written, as far as the index holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stat {
    /// Seconds and nanoseconds.
    pub(super) ctime: (u32, u32),
    /// Seconds and nanoseconds.
    pub(super) mtime: (u32, u32),
    pub(super) dev: u32,
    pub(super) ino: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) size: u32,
}

/// The length of an entry without its path.
const FIXED: usize = 62;
/// The length of the header: signature, version, number of entries.
const HEADER: usize = 12;
/// What follows the entries: the TREE extension's signature and length.
const TREE: &[u8; 4] = b"TREE";

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index keeps the low 32 bits")]
impl From<&rustix::fs::Stat> for Stat {
    fn from(stat: &rustix::fs::Stat) -> Self {
        Self {
            ctime: (stat.st_ctime as u32, stat.st_ctime_nsec as u32),
            mtime: (stat.st_mtime as u32, stat.st_mtime_nsec as u32),
            dev: stat.st_dev as u32,
            ino: stat.st_ino as u32,
            uid: stat.st_uid,
            gid: stat.st_gid,
            size: stat.st_size as u32,
        }
    }
}

/// An entry of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) path: &'a BStr,
    pub(super) side: Side,
    pub(super) stat: Stat,
}

impl Item<'_> {
    /// Appends the entry.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&fixed(&self.side, &self.stat, self.path.len()));
        out.extend_from_slice(self.path);
        let length = FIXED + self.path.len();
        out.resize(out.len() + padded(length) - length, 0);
    }
}

/// The part of an entry that is not its path.
pub(super) fn fixed(side: &Side, stat: &Stat, path_len: usize) -> [u8; FIXED] {
    let mode: u32 = match side.mode {
        Mode::File => 0o100_644,
        Mode::Executable => 0o100_755,
        Mode::Link => 0o120_000,
        Mode::Submodule => 0o160_000,
    };
    let mut out = [0; FIXED];
    let numbers = [
        stat.ctime.0,
        stat.ctime.1,
        stat.mtime.0,
        stat.mtime.1,
        stat.dev,
        stat.ino,
        mode,
        stat.uid,
        stat.gid,
        stat.size,
    ];
    for (place, number) in out.chunks_exact_mut(4).zip(numbers) {
        place.copy_from_slice(&number.to_be_bytes());
    }
    out[40..60].copy_from_slice(side.id.as_bytes());
    let length = u16::try_from(path_len).unwrap_or(u16::MAX).min(0xFFF);
    out[60..].copy_from_slice(&length.to_be_bytes());
    out
}

/// Reads the entry that begins at `at`, and says where the next one begins.
pub(super) fn item(bytes: &[u8], at: usize) -> Option<(Item<'_>, usize)> {
    let entry = bytes.get(at..)?;
    let fixed: &[u8; FIXED] = entry.first_chunk()?;
    let number = |n: usize| fixed[n * 4..].first_chunk::<4>().map_or(0, |four| u32::from_be_bytes(*four));
    let short = usize::from(u16::from_be_bytes([fixed[60], fixed[61]]) & 0xFFF);
    let length = if short < 0xFFF { short } else { entry[FIXED..].find_byte(0)? };
    let mode = match number(6) {
        0o100_644 => Mode::File,
        0o100_755 => Mode::Executable,
        0o120_000 => Mode::Link,
        0o160_000 => Mode::Submodule,
        _ => return None,
    };
    let id = ObjectId::from_bytes(*fixed[40..].first_chunk()?);
    let stat = Stat {
        ctime: (number(0), number(1)),
        mtime: (number(2), number(3)),
        dev: number(4),
        ino: number(5),
        uid: number(7),
        gid: number(8),
        size: number(9),
    };
    let path = entry.get(FIXED..FIXED + length)?.as_bstr();
    Some((Item { path, side: Side { mode, id }, stat }, at + padded(FIXED + length)))
}

/// The path of the entry that begins at `at`; nothing else of it is read.
pub(super) fn path_at(bytes: &[u8], at: usize) -> &BStr {
    let flags = bytes.get(at + 60..at + FIXED).unwrap_or(&[0, 0]);
    let short = usize::from(u16::from_be_bytes([flags[0], flags[1]]) & 0xFFF);
    let rest = bytes.get(at + FIXED..).unwrap_or_default();
    let length = if short < 0xFFF { short } else { rest.find_byte(0).unwrap_or(rest.len()) };
    rest.get(..length).unwrap_or_default().as_bstr()
}

/// An index with no entries yet.
pub(super) fn header(count: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + count as usize * 104);
    out.extend_from_slice(b"DIRC");
    out.extend_from_slice(&2_u32.to_be_bytes());
    out.extend_from_slice(&count.to_be_bytes());
    out
}

/// Appends what follows the entries: that they are the tree's, and a checksum of zeros.
pub(super) fn close(out: &mut Vec<u8>, count: u32, tree: ObjectId) {
    let text = format!("\0{count} 0\n");
    out.extend_from_slice(TREE);
    out.extend_from_slice(&u32::try_from(text.len() + 20).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(tree.as_bytes());
    out.extend_from_slice(&[0; 20]);
}

/// Where an index of ours holds the id of its tree: the 20 bytes before the checksum.
pub(super) fn tree_place(length: usize) -> Range<usize> {
    length.saturating_sub(40)..length.saturating_sub(20)
}

/// Where each entry begins; nothing if this is no index of ours.
pub(super) fn offsets(bytes: &[u8]) -> Option<Vec<u32>> {
    let header: &[u8; HEADER] = bytes.first_chunk()?;
    let count: u32 = u32::from_be_bytes(*header[8..].first_chunk()?);
    if &header[..4] != b"DIRC" || header[4..8] != 2_u32.to_be_bytes() || count as usize > bytes.len() / FIXED {
        return None;
    }
    let mut found = Vec::with_capacity(count as usize);
    let mut at = HEADER;
    for _ in 0..count {
        found.push(u32::try_from(at).ok()?);
        let path = path_at(bytes, at);
        if path.is_empty() {
            return None;
        }
        at += padded(FIXED + path.len());
    }
    (bytes.get(at..at + 4)? == TREE).then_some(found)
}

/// Entries are padded with one to eight NULs to a multiple of eight.
fn padded(length: usize) -> usize {
    (length + 8) & !7
}
