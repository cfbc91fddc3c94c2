//! A snapshot as a file.
//!
//! A fixed beginning, the format, the snapshot's parts, each list framed by its length, and a digest of all that. Numbers
//! are little-endian. Whatever does not read back exactly is no memo.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::link::{Links, Target};
use super::snapshot::{Kept, Snapshot};
use super::sum::{FORMAT, Sum};
use crate::digest::{Digest, Multiset, ObjectId};
use crate::path::RepoPath;

const MAGIC: &[u8; 8] = b"gatefold";

/// Raise it when the layout changes.
const LAYOUT: u32 = 1;

const DIGEST: usize = 32;

/// Reads a memo; `None` for a file that is missing, damaged or of another format.
pub(super) fn read(path: &Path) -> Option<Snapshot> {
    decode(&fs_err::read(path).ok()?)
}

/// Writes a memo in the place of the one that is there.
pub(super) fn write(path: &Path, snapshot: &Snapshot) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs_err::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&encode(snapshot))?;
    file.persist(path)?;
    Ok(())
}

fn encode(snapshot: &Snapshot) -> Vec<u8> {
    let mut out = Output(MAGIC.to_vec());
    out.number(u64::from(LAYOUT));
    out.number(u64::from(FORMAT));
    out.0.extend_from_slice(snapshot.tree.as_bytes());
    out.number(snapshot.links.len() as u64);
    for (path, id) in &*snapshot.links {
        out.bytes(path.as_bstr());
        out.0.extend_from_slice(id.as_bytes());
    }
    out.number(snapshot.targets.len() as u64);
    for (link, target) in &snapshot.targets {
        out.bytes(link.as_bstr());
        out.0.extend_from_slice(target.digest.as_bytes());
        out.number(target.touched.len() as u64);
        for path in &target.touched {
            // No path is empty, so that the root can be.
            out.bytes(path.as_ref().map_or(b"", |path| path.as_bstr()));
        }
    }
    out.number(snapshot.sums.len() as u64);
    for (text, Kept { sum, idle }) in &snapshot.sums {
        out.bytes(text.as_bytes());
        out.0.push(*idle);
        out.number(sum.count);
        out.0.extend(sum.set.to_bytes());
        out.number(sum.links.len() as u64);
        for link in &sum.links {
            out.bytes(link.as_bstr());
        }
    }
    let digest = Digest::of(&out.0);
    out.0.extend_from_slice(digest.as_bytes());
    out.0
}

fn decode(file: &[u8]) -> Option<Snapshot> {
    let (content, digest) = file.split_last_chunk::<DIGEST>()?;
    let mut rest = Input(content.strip_prefix(MAGIC)?);
    let known = rest.number()? == u64::from(LAYOUT) && rest.number()? == u64::from(FORMAT);
    if !known || Digest::of(content).as_bytes() != digest {
        return None;
    }
    let tree = rest.id()?;
    let links: Links = rest.list(|rest| Some((rest.path()?, rest.id()?)))?;
    let targets: BTreeMap<_, _> = rest.list(|rest| Some((rest.path()?, rest.target()?)))?;
    let sums: BTreeMap<_, _> = rest.list(|rest| Some((rest.text()?, rest.kept()?)))?;
    rest.0.is_empty().then(|| Snapshot { tree, links: Arc::new(links), targets, sums })
}

struct Output(Vec<u8>);

impl Output {
    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?.try_into().ok()?;
        self.take(length)
    }

    fn list<T, C: FromIterator<T>>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<C> {
        (0..self.number()?).map(|_| item(self)).collect()
    }

    fn path(&mut self) -> Option<RepoPath> {
        self.bytes().map(RepoPath::new)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn id(&mut self) -> Option<ObjectId> {
        self.array().map(ObjectId::from_bytes)
    }

    fn target(&mut self) -> Option<Target> {
        let digest = Digest::from_bytes(self.array()?);
        let touched = self.list(|rest| rest.bytes().map(|path| (!path.is_empty()).then(|| RepoPath::new(path))))?;
        Some(Target { digest, touched })
    }

    fn kept(&mut self) -> Option<Kept> {
        let [idle] = self.array()?;
        let count = self.number()?;
        let set = Multiset::from_bytes(self.take(Multiset::BYTES)?)?;
        let links: BTreeSet<_> = self.list(Self::path)?;
        Some(Kept { sum: Sum { set, count, links }, idle })
    }
}
