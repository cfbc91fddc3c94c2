//! The selected entries of a tree as a sum that can follow a change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::digest::{Hasher, Multiset};
use crate::git::{Delta, Side};
use crate::path::{Cursor, Mode, RepoPath, Selection};

/// Raise it when the meaning of an element, a target, a fold or a pattern changes.
pub(super) const FORMAT: u32 = 1;

/// What a selection takes of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    /// Every selected entry.
    pub(super) set: Multiset,
    /// How many there are.
    pub(super) count: u64,
    /// The links among them.
    pub(super) links: BTreeSet<RepoPath>,
}

/// One entry, ready to be added to any number of sums.
pub(super) struct Element<'a> {
    path: &'a RepoPath,
    mode: Mode,
    term: Multiset,
}

impl<'a> Element<'a> {
    pub(super) fn new(path: &'a RepoPath, side: Side) -> Self {
        let mut hasher = Hasher::new("input", FORMAT);
        hasher.field("path", path.as_bstr()).field("mode", side.mode.octal()).field("id", side.id.as_bytes());
        let mut term = Multiset::default();
        term.add(&hasher.finish());
        Self { path, mode: side.mode, term }
    }
}

impl Sum {
    pub(super) fn add(&mut self, element: &Element<'_>) {
        self.set.merge(&element.term);
        self.count += 1;
        if element.mode == Mode::Link {
            self.links.insert(element.path.clone());
        }
    }

    pub(super) fn remove(&mut self, element: &Element<'_>) {
        self.set.subtract(&element.term);
        self.count = self.count.saturating_sub(1);
        if element.mode == Mode::Link {
            self.links.remove(element.path);
        }
    }
}

/// Makes sums over one tree sums over another one, given what differs between the two. Sums that see no difference are
/// not copied.
pub(super) fn follow(deltas: &[Delta], sums: &mut [(&Selection, Cow<'_, Sum>)]) {
    let mut folders: BTreeMap<Option<RepoPath>, Vec<&Delta>> = BTreeMap::new();
    for delta in deltas {
        folders.entry(delta.path.parent()).or_default().push(delta);
    }
    for (folder, deltas) in &folders {
        let cursors: Vec<_> = sums.iter().map(|(selection, _)| cursor(selection, folder.as_ref())).collect();
        for delta in deltas {
            // The old side goes first: a link that stays a link is taken out of the links and put in again.
            apply(&delta.path, delta.old, Sum::remove, sums.iter_mut().zip(&cursors));
            apply(&delta.path, delta.new, Sum::add, sums.iter_mut().zip(&cursors));
        }
    }
}

fn apply<'a, 's: 'a, 't: 'a>(
    path: &RepoPath,
    side: Option<Side>,
    change: fn(&mut Sum, &Element<'_>),
    sums: impl Iterator<Item = (&'a mut (&'s Selection, Cow<'t, Sum>), &'a Option<Cursor>)>,
) {
    let Some(side) = side else { return };
    let mut element = None;
    for ((selection, sum), cursor) in sums {
        if cursor.as_ref().is_some_and(|cursor| selection.takes(cursor, path.file_name(), side.mode)) {
            change(sum.to_mut(), element.get_or_insert_with(|| Element::new(path, side)));
        }
    }
}

/// Where a selection stands in a folder; `None` if it takes nothing there.
fn cursor(selection: &Selection, folder: Option<&RepoPath>) -> Option<Cursor> {
    let mut at = selection.start();
    for name in folder.iter().flat_map(|folder| folder.components()) {
        at = selection.enter(&at, name);
        if selection.is_dead(&at) {
            return None;
        }
    }
    Some(at)
}
