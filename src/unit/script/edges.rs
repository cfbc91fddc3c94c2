//! What units take from outside of their folders.

use std::collections::{BTreeMap, BTreeSet};

use super::files::File;
use super::resolver::Resolver;
use super::scopes::Index;
use super::seen::Seen;
use crate::unit::{Edge, Folder, Target, Why};

/// What a unit takes, by numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Goal<'s> {
    Unit(Index),
    File(File),
    Place(&'s Folder),
}

/// What was found, and what is to be followed yet.
#[derive(Default)]
struct Taken<'s> {
    /// What each unit takes, with the first file that says so.
    found: BTreeMap<(Index, Goal<'s>), File>,
    /// Files that units take which may be nobody's.
    open: BTreeSet<(Index, File)>,
}

/// The edges of all units, each of one unit and one target once, for the first file that says it.
pub(super) fn edges(resolver: &Resolver<'_>, seen: &[Option<Seen>]) -> Vec<Edge> {
    let mut taken = Taken::default();
    for (file, said) in seen.iter().enumerate() {
        if let (Some(owner), Some(said)) = (resolver.scopes.owner_of(file), said) {
            outside(resolver, owner, (file, said), &mut taken);
        }
    }
    // What lies in no unit, or in one around, is followed: a unit that takes it takes what that imports, and what it is
    // taken for is itself alone.
    let mut done = BTreeSet::new();
    while let Some((unit, file)) = taken.open.pop_first() {
        if done.insert((unit, file))
            && let Some(said) = &seen[file]
        {
            outside(resolver, unit, (file, said), &mut taken);
        }
    }
    let edge = |((unit, goal), file): ((Index, Goal<'_>), File)| {
        let to = match goal {
            Goal::Unit(index) => Target::Unit(resolver.scopes.package(index).unit.clone()?),
            Goal::File(file) => Target::Path(Folder::from(resolver.files.path(file).clone())),
            Goal::Place(place) => Target::Path(place.clone()),
        };
        let from = resolver.scopes.package(unit).unit.clone()?;
        let what = match &to {
            Target::Unit(name) => format!("imports {name}"),
            Target::Path(place) => format!("imports {place}"),
        };
        Some(Edge { from, to, why: Why { file: resolver.files.path(file).clone(), what } })
    };
    taken.found.into_iter().filter_map(edge).collect()
}

/// Adds what a file that a unit takes sees outside of the unit.
fn outside<'s>(resolver: &Resolver<'_>, unit: Index, (file, said): (File, &'s Seen), taken: &mut Taken<'s>) {
    for next in &said.files {
        let owner = resolver.scopes.owner_of(*next);
        if owner == Some(unit) {
            continue;
        }
        if owner.is_none_or(|owner| is_around(resolver, owner, unit)) {
            taken.open.insert((unit, *next));
        }
        // A manifest that only says where something lies comes with the unit that is named.
        if owner.is_some_and(|owner| said.named.contains(&owner)) {
            continue;
        }
        taken.found.entry((unit, Goal::File(*next))).or_insert(file);
    }
    let own = &resolver.scopes.package(unit).root;
    for place in said.places.iter().filter(|place| !place.is_within(own)) {
        taken.found.entry((unit, Goal::Place(place))).or_insert(file);
    }
    for named in said.named.iter().chain(&said.wholes).filter(|named| **named != unit) {
        taken.found.entry((unit, Goal::Unit(*named))).or_insert(file);
    }
}

/// Whether a unit lies in the folder of another.
fn is_around(resolver: &Resolver<'_>, outer: Index, inner: Index) -> bool {
    let root = |index| &resolver.scopes.package(index).root;
    root(inner).is_within(root(outer))
}
