//! What is known of contents: enough to tell most of them clean without reading them once more.
//!
//! Reading an object costs much more than looking at it, and most checks look at every one. So whoever reads a content
//! notes for all checks whether it holds anything that they could object to, under the object's name, which can't come to
//! mean another content. What may be clean by these notes is clean; what may not is read and looked at in full.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use bstr::ByteSlice;

use super::secret;
use crate::digest::ObjectId;

/// How many contents are kept in mind.
const MOST: usize = 1 << 20;

static KNOWN: LazyLock<Mutex<HashMap<ObjectId, Known>>> = LazyLock::new(Mutex::default);

/// What is known of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// What it has.
    pub(super) traits: Traits,
    /// How many bytes it is long.
    pub(super) size: u64,
}

/// Things that a content may have, and that some check objects to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits(u8);

impl Traits {
    /// Seven of a character that marks of a merge consist of.
    pub(super) const MARK: Self = Self(1);
    /// Words that announce a private key.
    pub(super) const SECRET: Self = Self(1 << 1);
    /// A CR.
    pub(super) const CR: Self = Self(1 << 2);
    /// An LF.
    pub(super) const LF: Self = Self(1 << 3);
    /// A blank at the end of a line.
    pub(super) const BLANK: Self = Self(1 << 4);
    /// Not one newline at its end, but none or several.
    pub(super) const END: Self = Self(1 << 5);
    /// `#!` at its start.
    pub(super) const SCRIPT: Self = Self(1 << 6);
    /// A byte beyond ASCII.
    pub(super) const WIDE: Self = Self(1 << 7);

    /// Those of a content.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let holds = |needle: &[u8]| bytes.find(needle).is_some();
        let has_cr = bytes.find_byte(b'\r').is_some();
        let ends_well =
            bytes.is_empty() || (bytes.ends_with(b"\n") && !has_cr && !bytes.ends_with(b"\n\n") && bytes.len() > 1);
        let at_end = |blank: &[u8]| bytes.ends_with(&blank[..1]) || holds(blank);
        [
            (Self::MARK, holds(&[b'<'; 7]) || holds(&[b'>'; 7]) || holds(&[b'|'; 7])),
            (Self::SECRET, secret::may_hold(bytes)),
            (Self::CR, has_cr),
            (Self::LF, bytes.find_byte(b'\n').is_some()),
            (Self::BLANK, has_cr || at_end(b" \n") || at_end(b"\t\n")),
            (Self::END, !ends_well),
            (Self::SCRIPT, bytes.starts_with(b"#!")),
            (Self::WIDE, !bytes.is_ascii()),
        ]
        .into_iter()
        .filter(|(_, has)| *has)
        .fold(Self::default(), |all, (one, _)| all.or(one))
    }

    /// Either's.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it has one of them.
    pub(super) fn has_any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }
}

impl Known {
    /// What is to be known of a content.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { traits: Traits::of(bytes), size: bytes.len() as u64 }
    }
}

/// What is known of contents, in the order of the names.
pub(super) fn recall(ids: impl Iterator<Item = ObjectId>) -> Vec<Option<Known>> {
    let known = known();
    ids.map(|id| known.get(&id).copied()).collect()
}

/// What is known of a content, if anything is.
pub(super) fn recall_one(id: ObjectId) -> Option<Known> {
    known().get(&id).copied()
}

/// Keeps in mind what is known of a content.
pub(super) fn keep(id: ObjectId, of: Known) {
    let mut known = known();
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(id, of);
}

fn known() -> MutexGuard<'static, HashMap<ObjectId, Known>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::builtin::file::{File, Found};
    use crate::builtin::{invisible, lines, marks, programs};
    use crate::check::LineEnding;
    use crate::path::{Mode, RepoPath};

    fn finds(bytes: &[u8], look: impl Fn(&File<'_>, &mut Found<'_>)) -> bool {
        let path = RepoPath::from("f.md");
        let mut found = Found::new("f", bytes);
        look(&File { path: &path, mode: Mode::File, bytes }, &mut found);
        !found.finish().is_empty()
    }

    /// Whatever a check finds, it has been told to look for.
    fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
        let traits = Traits::of(bytes);
        let (crlf, any) = (Traits::CR.or(Traits::LF), Traits::CR);
        for (found, needed) in [
            (finds(bytes, marks::look), Traits::MARK),
            (finds(bytes, secret::look), Traits::SECRET),
            (finds(bytes, |file, found| lines::look_at_endings(file, LineEnding::Consistent, found)), any),
            (finds(bytes, |file, found| lines::look_at_endings(file, LineEnding::Lf, found)), any),
            (finds(bytes, |file, found| lines::look_at_endings(file, LineEnding::Crlf, found)), crlf),
            (finds(bytes, lines::look_at_blanks), Traits::BLANK),
            (finds(bytes, lines::look_at_end), Traits::END),
            (finds(bytes, programs::look), Traits::SCRIPT),
            (finds(bytes, invisible::look), Traits::WIDE),
        ] {
            prop_assert!(!found || traits.has_any(needed), "{needed:?} of {traits:?}: {:?}", bytes.as_bstr());
        }
        Ok(())
    }

    #[test]
    fn a_plain_text_has_nothing_but_its_newlines() {
        assert_eq!(Traits::of(b"a b\n\tc\n"), Traits::LF);
        assert_eq!(Traits::of(b""), Traits::default());
    }

    proptest! {
        #[test]
        fn what_a_check_finds_is_noted(
            parts in prop::collection::vec(prop::sample::select(vec![
                "<<<<<<", "<", "<<<<<<< x\n", " \r\n", "\n\n", ">>>>>>>", "\n", "\n", " ", "\t", "\r", "a", "#!", "/", "\u{202e}", "-----BEGIN ",
                "PRIVATE", " KEY-----", "PuTTY-User-", "Key-File-", "AGE-SECRET-", "KEY-1",
            ]), 0..12),
        ) {
            check(parts.concat().as_bytes())?;
        }
    }
}
