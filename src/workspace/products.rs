//! What `prepare` made, file by file, as it was right after.
//!
//! Steps can write to it, and what they wrote would make later ones pass that fail in a fresh checkout. The file is
//! written when commands of `prepare` ran, and [`Made`](super::made::Made) names it by its digest: one that is torn, or
//! of another moment, counts as none.

use std::io;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use rustix::fs::FileType;

use super::index::Stat;
use crate::digest::Digest;

/// What `prepare` made, file by file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Products {
    /// The patterns of what was kept then: nothing of that is in here.
    pub(super) keep: String,
    /// Every file, link and folder, in the order of paths' bytes.
    pub(super) entries: Vec<Entry>,
}

/// A file, link or folder.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) path: BString,
    pub(super) seen: Seen,
    /// Whether a later change is sure to show in what the file system says.
    pub(super) settled: bool,
    /// Of a file's bytes or a link's text; `None` for folders and for what can't be read.
    pub(super) digest: Option<Digest>,
}

/// What the file system says of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Kind and permissions.
    pub(super) mode: u64,
    pub(super) ino: u64,
    /// Nothing for a folder: what is added to it is no change of it.
    pub(super) size: u64,
    pub(super) mtime: (u32, u32),
    pub(super) ctime: (u32, u32),
}

impl From<&rustix::fs::Stat> for Seen {
    fn from(stat: &rustix::fs::Stat) -> Self {
        let Stat { mtime, ctime, .. } = Stat::from(stat);
        let is_folder = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        let size = if is_folder { 0 } else { stat.st_size.cast_unsigned() };
        Self { mode: stat.st_mode.into(), ino: stat.st_ino, size, mtime, ctime }
    }
}

impl Entry {
    /// Whether it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.seen.mode & 0o170_000 == 0o040_000
    }
}

const MAGIC: &[u8; 8] = b"gatepr01";
/// Stands for no digest.
const NONE: [u8; 32] = [0; 32];

impl Products {
    /// Reads the file, if it is the one with this digest.
    pub(super) fn load(file: &Path, digest: Digest) -> Option<Self> {
        let bytes = fs_err::read(file).ok().filter(|bytes| Digest::of(bytes) == digest)?;
        Self::parse(&bytes)
    }

    /// Writes the file, and gives its digest.
    pub(super) fn save(&self, file: &Path) -> io::Result<Digest> {
        let bytes = self.bytes();
        let beside = file.with_extension("new");
        fs_err::write(&beside, &bytes)?;
        fs_err::rename(&beside, file)?;
        Ok(Digest::of(&bytes))
    }

    /// What was recorded of a path.
    pub(super) fn find(&self, path: &BStr) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.path.as_bstr().cmp(path));
        self.entries.get(at.ok()?)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let text = |out: &mut Vec<u8>, bytes: &[u8]| {
            out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            out.extend_from_slice(bytes);
        };
        text(&mut out, self.keep.as_bytes());
        for Entry { path, seen, settled, digest } in &self.entries {
            text(&mut out, path);
            for number in [seen.mode, seen.ino, seen.size] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            for number in [seen.mtime.0, seen.mtime.1, seen.ctime.0, seen.ctime.1] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            out.push(u8::from(*settled));
            out.extend_from_slice(digest.as_ref().map_or(&NONE[..], |digest| &digest.as_bytes()[..]));
        }
        out
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let keep = String::from_utf8(text(&mut rest)?.to_vec()).ok()?;
        let mut entries = Vec::new();
        while !rest.is_empty() {
            entries.push(entry(&mut rest)?);
        }
        Some(Self { keep, entries })
    }
}

fn entry(rest: &mut &[u8]) -> Option<Entry> {
    let path = text(rest)?.into();
    let (mode, ino, size) = (long(rest)?, long(rest)?, long(rest)?);
    let (mtime, ctime) = ((short(rest)?, short(rest)?), (short(rest)?, short(rest)?));
    let settled = *rest.split_off_first()? == 1;
    let digest: [u8; 32] = rest.split_off(..32)?.try_into().ok()?;
    let digest = (digest != NONE).then(|| Digest::from_bytes(digest));
    Some(Entry { path, seen: Seen { mode, ino, size, mtime, ctime }, settled, digest })
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(long(rest)?).ok()?;
    rest.split_off(..length)
}

fn long(rest: &mut &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(rest.split_off(..8)?.try_into().ok()?))
}

fn short(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(rest.split_off(..4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote_and_nothing_torn_or_of_another_moment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("products");
        let entry = |path: &[u8], digest| {
            let seen = Seen { mode: 0o100_644, ino: 7, size: 1 << 40, mtime: (1, 2), ctime: (3, 4) };
            Entry { path: path.into(), seen, settled: digest, digest: digest.then(|| Digest::of(path)) }
        };
        let entries = vec![entry(b"a", true), entry(b"a\n\xff", false), entry(b"b/c", true)];
        let products = Products { keep: "k\0".to_owned(), entries };
        let digest = products.save(&file).unwrap();
        assert_eq!(Products::load(&file, digest).as_ref(), Some(&products));
        assert_eq!(products.find(BStr::new("b/c")), Some(&products.entries[2]));
        assert_eq!(products.find(BStr::new("b")), None);
        assert_eq!(Products::load(&file, Digest::of(b"")), None);
        let bytes = products.bytes();
        assert_eq!(Products::parse(&bytes[..bytes.len() - 1]), None);
    }
}
