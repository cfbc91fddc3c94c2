//! What was read, kept on disk so that an edit costs what it changed: the entries of one tree, and what each file said.
//!
//! A line that names the format, the content, and a digest of both. Whatever does not read back exactly is no memo.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use bstr::BString;
use serde::{Deserialize, Serialize};

use super::{Entry, Kind, Listing};
use crate::digest::{Digest, ObjectId};
use crate::path::{Mode, RepoPath};

const MAGIC: &[u8] = b"gate units 1\n";

const DIGEST: usize = 32;

/// What one file says, by whom it was asked, what kind of file it is, and its blob.
pub(super) type Key = (Kind, u32, String, ObjectId);

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// A tree and its entries.
    pub(super) listed: Option<(ObjectId, Listing)>,
    /// What files say, as their ecosystem wrote it down.
    pub(super) facts: HashMap<Key, BString>,
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    tree: [u8; 20],
    #[serde(borrow)]
    entries: Vec<(&'a bstr::BStr, u8, [u8; 20])>,
    #[serde(borrow)]
    facts: Vec<(Kind, u32, &'a str, [u8; 20], &'a bstr::BStr)>,
}

const MODES: [Mode; 4] = [Mode::File, Mode::Executable, Mode::Link, Mode::Submodule];

/// Reads a memo; an empty one for a file that is missing, damaged or of another format.
pub(super) fn read(path: &Path) -> Memo {
    fs_err::read(path).ok().and_then(|file| decode(&file)).unwrap_or_default()
}

/// Writes a memo in the place of the one that is there.
pub(super) fn write(path: &Path, memo: &Memo) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs_err::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&encode(memo).ok_or(io::ErrorKind::InvalidData)?)?;
    file.persist(path)?;
    Ok(())
}

fn encode(memo: &Memo) -> Option<Vec<u8>> {
    let (tree, listing) = memo.listed.as_ref()?;
    let mode = |mode: Mode| MODES.iter().position(|known| *known == mode).and_then(|at| u8::try_from(at).ok());
    let entry = |entry: &Entry| Some((entry.path.as_bstr().to_owned(), mode(entry.mode)?, *entry.id.as_bytes()));
    let entries: Vec<_> = listing.entries().iter().map(entry).collect::<Option<_>>()?;
    let mut facts: Vec<_> = memo.facts.iter().collect();
    facts.sort();
    let written = Written {
        tree: *tree.as_bytes(),
        entries: entries.iter().map(|(path, mode, id)| (path.as_ref(), *mode, *id)).collect(),
        facts: facts
            .into_iter()
            .map(|((kind, format, form, id), fact)| (*kind, *format, form.as_str(), *id.as_bytes(), fact.as_ref()))
            .collect(),
    };
    let mut out = postcard::to_extend(&written, MAGIC.to_vec()).ok()?;
    let digest = Digest::of(&out);
    out.extend_from_slice(digest.as_bytes());
    Some(out)
}

fn decode(file: &[u8]) -> Option<Memo> {
    let (content, digest) = file.split_last_chunk::<DIGEST>()?;
    let body = content.strip_prefix(MAGIC)?;
    if Digest::of(content).as_bytes() != digest {
        return None;
    }
    let (written, rest) = postcard::take_from_bytes::<Written<'_>>(body).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let entry = |(path, mode, id): (&bstr::BStr, u8, [u8; 20])| {
        Some(Entry { path: RepoPath::new(path), mode: *MODES.get(usize::from(mode))?, id: ObjectId::from_bytes(id) })
    };
    let entries = written.entries.into_iter().map(entry).collect::<Option<Vec<_>>>()?;
    let fact = |(kind, format, form, id, fact): (Kind, u32, &str, [u8; 20], &bstr::BStr)| {
        ((kind, format, form.to_owned(), ObjectId::from_bytes(id)), fact.to_owned())
    };
    let facts = written.facts.into_iter().map(fact).collect();
    Some(Memo { listed: Some((ObjectId::from_bytes(written.tree), Listing::new(entries))), facts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memo_reads_back_and_a_damaged_one_is_none() {
        let id = ObjectId::from_bytes([7; 20]);
        let entries = MODES.map(|mode| Entry { path: RepoPath::new(format!("a\n{mode:?}")), mode, id });
        let facts = [((Kind::Cargo, 3, "rs".to_owned(), id), BString::from("{}"))].into();
        let memo = Memo { listed: Some((id, Listing::new(entries.to_vec()))), facts };
        let good = encode(&memo).unwrap();
        let back = decode(&good).unwrap();
        assert_eq!(back.facts, memo.facts);
        assert_eq!(back.listed.unwrap().1.entries(), memo.listed.unwrap().1.entries());
        for at in 0..good.len() {
            let flipped = [&good[..at], &[good[at] ^ 1], &good[at + 1..]].concat();
            assert!(decode(&good[..at]).is_none() && decode(&flipped).is_none(), "{at}");
        }
    }
}
