//! Trees, read as git stores them.

use bstr::{BStr, ByteSlice};

use crate::digest::ObjectId;
use crate::path::Mode;

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder; the id is a tree's.
    Folder,
    /// Anything else.
    Leaf(Mode),
}

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The name, one component.
    pub name: &'a BStr,
    /// What it is.
    pub kind: Kind,
    /// The object it names.
    pub id: ObjectId,
}

/// A tree object.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    bytes: Vec<u8>,
}

impl Tree {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// The entries, in git's order: by bytes, folders as if their names ended in `/`.
    #[must_use]
    pub fn entries(&self) -> Entries<'_> {
        Entries { rest: &self.bytes }
    }

    /// The entry of a name.
    #[must_use]
    pub fn get(&self, name: &BStr) -> Option<Entry<'_>> {
        self.entries().find(|entry| entry.name == name)
    }
}

/// The entries of a tree.
///
/// The format is `mode SP name NUL id`: <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>. What follows a
/// malformed entry is not read; objects are checked against their names when they are read, so that is no accident.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let space = self.rest.find_byte(b' ')?;
        let (mode, rest) = (&self.rest[..space], &self.rest[space + 1..]);
        let nul = rest.find_byte(0)?;
        let (name, rest) = (rest[..nul].as_bstr(), &rest[nul + 1..]);
        let (id, rest) = rest.split_first_chunk::<20>()?;
        self.rest = rest;
        Some(Entry { name, kind: kind(mode)?, id: ObjectId::from_bytes(*id) })
    }
}

fn kind(octal: &[u8]) -> Option<Kind> {
    Some(match octal {
        b"40000" | b"040000" => Kind::Folder,
        b"120000" => Kind::Leaf(Mode::Link),
        b"160000" => Kind::Leaf(Mode::Submodule),
        // Old tools wrote group-writable modes; git takes them for what the owner's bit says.
        [b'1', b'0', b'0', owner, _, _] if (owner - b'0') & 1 == 1 => Kind::Leaf(Mode::Executable),
        [b'1', b'0', b'0', _, _, _] => Kind::Leaf(Mode::File),
        _ => return None,
    })
}
