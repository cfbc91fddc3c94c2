//! What a checkout is at, as one record of fixed size that is written in place.
//!
//! It is written before anything is touched ("in flux, from this tree to that one") and after, so that a run that was
//! killed at any moment leaves either a record that tells the truth or one that says that everything must be compared.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::digest::{Digest, ObjectId};

/// How far a checkout can be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Between two trees, or unknown.
    #[default]
    Flux,
    /// At its tree when it was handed out; what happened since is not known.
    Used,
    /// At its tree, as a look after the last use showed.
    Clean,
}

/// What a checkout is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) phase: Phase,
    /// The tree it was at.
    pub(super) old: ObjectId,
    /// The tree it is at, or was being brought to.
    pub(super) new: ObjectId,
    /// The whole second of the last stamp.
    pub(super) stamp: i64,
    /// Counts the updates that changed anything.
    pub(super) generation: u64,
    /// The manifest's file: number of its inode, length, time of its last change in nanoseconds.
    pub(super) manifest: [u64; 3],
    /// Whether the tree has submodules.
    pub(super) submodules: bool,
    /// Whether some attribute may change what files hold.
    pub(super) filters: bool,
    /// Everything outside the tree that decides what files hold.
    pub(super) settings: Digest,
    /// Which submodules were filled, from where, at which commits.
    pub(super) modules: Digest,
}

const SIZE: usize = 176;
const MAGIC: &[u8; 8] = b"gatews01";

impl Default for Record {
    fn default() -> Self {
        let zero = Digest::from_bytes([0; 32]);
        Self {
            phase: Phase::Flux,
            old: ObjectId::EMPTY_TREE,
            new: ObjectId::EMPTY_TREE,
            stamp: 0,
            generation: 0,
            manifest: [0; 3],
            submodules: false,
            filters: false,
            settings: zero,
            modules: zero,
        }
    }
}

impl Record {
    /// Reads the record; the default one, which trusts nothing, if there is none or it is torn.
    pub(super) fn load(path: &Path) -> Self {
        fs_err::read(path).ok().and_then(|bytes| Self::parse(&bytes)).unwrap_or_default()
    }

    /// Writes the record in place.
    pub(super) fn store(&self, file: &File) -> io::Result<()> {
        file.write_all_at(&self.bytes(), 0)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(SIZE);
        out.extend_from_slice(MAGIC);
        let phase = match self.phase {
            Phase::Flux => 1,
            Phase::Used => 2,
            Phase::Clean => 3,
        };
        out.extend_from_slice(&[phase, u8::from(self.submodules), u8::from(self.filters), 0]);
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(self.old.as_bytes());
        out.extend_from_slice(self.new.as_bytes());
        out.extend_from_slice(&self.stamp.to_le_bytes());
        out.extend_from_slice(&self.generation.to_le_bytes());
        self.manifest.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
        out.extend_from_slice(self.settings.as_bytes());
        out.extend_from_slice(self.modules.as_bytes());
        let check = Digest::of(&out);
        out.extend_from_slice(&check.as_bytes()[..16]);
        out
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut take = |n: usize| rest.split_off(..n);
        if take(8)? != MAGIC {
            return None;
        }
        let flags = take(8)?;
        let phase = match flags[0] {
            1 => Phase::Flux,
            2 => Phase::Used,
            3 => Phase::Clean,
            _ => return None,
        };
        let mut id = || Some(ObjectId::from_bytes(take(20)?.try_into().ok()?));
        let (old, new) = (id()?, id()?);
        let mut number = || Some(u64::from_le_bytes(take(8)?.try_into().ok()?));
        let (stamp, generation) = (number()?.cast_signed(), number()?);
        let manifest = [number()?, number()?, number()?];
        let mut digest = || Some(Digest::from_bytes(take(32)?.try_into().ok()?));
        let (settings, modules) = (digest()?, digest()?);
        let end = bytes.len() - rest.len();
        if rest.get(..16)? != &Digest::of(&bytes[..end]).as_bytes()[..16] {
            return None;
        }
        let (submodules, filters) = (flags[1] == 1, flags[2] == 1);
        Some(Self { phase, old, new, stamp, generation, manifest, submodules, filters, settings, modules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote_and_trusts_nothing_torn() {
        let record = Record {
            phase: Phase::Clean,
            stamp: -5,
            generation: 7,
            manifest: [1, 2, 3],
            filters: true,
            modules: Digest::of(b"x"),
            ..Record::default()
        };
        let mut bytes = record.bytes();
        assert_eq!(Record::parse(&bytes), Some(record));
        bytes[60] ^= 1;
        assert_eq!(Record::parse(&bytes), None);
        assert_eq!(Record::parse(&bytes[..50]), None);
    }
}
