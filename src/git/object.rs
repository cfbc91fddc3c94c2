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

impl Entry<'_> {
    /// Whether it comes before another one in git's order.
    fn sorts_before(&self, other: &Self) -> bool {
        let key = |entry: &Self| (entry.kind == Kind::Folder).then_some(b'/');
        self.name.iter().copied().chain(key(self)).lt(other.name.iter().copied().chain(key(other)))
    }
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

    /// What makes this no tree that git would make, if anything does. Trees come from whoever pushes: what holds one name
    /// twice, or a name with a slash in it, is read in one way by its names and in another by its order.
    pub(super) fn fault(&self) -> Option<String> {
        let mut entries = self.entries();
        // Files whose names all that comes next may begin with: a folder of the same name is sorted after some of it.
        let mut before: Vec<&BStr> = Vec::new();
        let mut last: Option<Entry<'_>> = None;
        for entry in entries.by_ref() {
            let name = entry.name;
            let is_sorted = last.is_none_or(|last| last.sorts_before(&entry));
            before.retain(|file| name.starts_with(file));
            if name.is_empty() || name.contains(&b'/') || !is_sorted || before.contains(&name) {
                return Some(format!("its entry '{}'", name.to_str_lossy().escape_debug()));
            }
            if entry.kind != Kind::Folder {
                before.push(name);
            }
            last = Some(entry);
        }
        (!entries.rest.is_empty()).then(|| "what can't be read in it".to_owned())
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
/// malformed entry is not read; that is a fault of the tree.
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
        let kind = kind(mode)?;
        self.rest = rest;
        Some(Entry { name, kind, id: ObjectId::from_bytes(*id) })
    }
}

/// A tree's line for an entry, as git stores it.
pub(super) fn line(kind: Kind, name: &[u8], id: ObjectId) -> Vec<u8> {
    let mode = match kind {
        Kind::Folder => "40000",
        Kind::Leaf(mode) => mode.octal(),
    };
    [mode.as_bytes(), b" ", name, b"\0", id.as_bytes()].concat()
}

fn kind(octal: &[u8]) -> Option<Kind> {
    Some(match octal {
        b"40000" | b"040000" => Kind::Folder,
        b"120000" => Kind::Leaf(Mode::Link),
        b"160000" => Kind::Leaf(Mode::Submodule),
        // Old tools wrote group-writable modes; git takes them for what the owner's bit says.
        [b'1', b'0', b'0', owner @ b'0'..=b'7', b'0'..=b'7', b'0'..=b'7'] => {
            Kind::Leaf(if owner & 1 == 1 { Mode::Executable } else { Mode::File })
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, &str)]) -> Tree {
        let bytes = entries.iter().map(|(mode, name)| [mode.as_bytes(), b" ", name.as_bytes(), &[0; 21]].concat());
        Tree::new(bytes.collect::<Vec<_>>().concat())
    }

    #[test]
    fn what_git_makes_has_no_fault() {
        let entries = [
            ("100644", "-x"),
            ("100664", "a"),
            ("100755", "a!"),
            ("120000", "a.b"),
            ("40000", "a0"),
            ("160000", "b"),
            ("100644", "b-"),
            ("100644", "b."),
            ("040000", "b.c"),
            ("100644", "b0"),
        ];
        assert_eq!(tree(&entries).fault(), None);
        assert_eq!(Tree::default().fault(), None);
    }

    /// Names whose order or form would have two ways of reading the tree see different files.
    #[test]
    fn what_can_be_read_in_two_ways_is_a_fault() {
        let file = |name| ("100644", name);
        for entries in [
            &[file("a/b")][..],
            &[file("")],
            &[("40000", "a"), file("a/b")],
            &[file("b"), file("a")],
            &[file("a"), file("a")],
            &[file("a"), ("40000", "a")],
            &[file("a"), file("a!"), file("a!!"), file("a-"), ("40000", "a")],
            &[("40000", "a"), file("a")],
            &[("40000", "a"), file("a.b")],
            &[("100644", "a"), ("10644", "b"), ("100644", "c")],
            &[("10064", "z")],
            &[("100!44", "z")],
            &[("170000", "z")],
        ] {
            assert!(tree(entries).fault().is_some(), "{entries:?}");
        }
        let whole = [b"100644 a\0".as_slice(), &[0; 20]].concat();
        for cut in 1..whole.len() {
            assert!(Tree::new(whole[..cut].to_vec()).fault().is_some(), "{cut}");
        }
    }
}
