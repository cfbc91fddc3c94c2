//! Why a path matters to a unit, and why a unit comes to something else than before.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, Owner};
use crate::config::Affects;
use crate::git::{Delta, Edit};
use crate::path::{Mode, RepoPath};
use crate::unit::{Folder, Rule, Unit, Why, Widening};

/// Why a path matters to a unit, by itself.
#[derive(Clone, Debug)]
pub enum Because<'g> {
    /// It is one of its own files.
    Own,
    /// It takes something of it for itself, and tells what.
    Told,
    /// It reads it.
    Read(&'g Folder, &'g Why),
    /// It is a file of no unit: the rule that decides, by its number from 0; `None` where none does.
    Rule(Option<(usize, &'g Rule)>),
    /// What it depends on can't be told.
    Wide(&'g Widening),
}

/// Why a unit comes to something else than before, by itself.
#[derive(Clone, Debug)]
pub enum Cause<'g> {
    /// There was no such unit.
    New,
    /// A path that matters to it differs.
    Path {
        /// The first such path.
        path: RepoPath,
        /// How it differs.
        edit: Edit,
        /// Why it matters.
        because: Because<'g>,
        /// How many such paths there are.
        paths: usize,
    },
    /// What it takes of a file that is not its own differs, such as its part of a lock file: what that is.
    Field(String),
    /// It depends on a unit now on which it did not depend.
    Depends(String, &'g Why),
    /// It depends on a unit no longer.
    NoLonger(String),
    /// Files of no unit affect it by other rules, or what it reads is another place.
    Otherwise,
}

/// A unit that comes to something else than before.
#[derive(Clone, Debug)]
pub struct Affected<'g> {
    /// The unit.
    pub unit: usize,
    /// The unit that it is because of: itself, or the nearest on which it depends.
    pub by: usize,
    /// Why.
    pub cause: Cause<'g>,
}

impl Affected<'_> {
    /// Whether nothing of what differs between the trees is the reason.
    #[must_use]
    pub fn is_unexplained(&self) -> bool {
        matches!(self.cause, Cause::Otherwise)
    }
}

impl Graph {
    /// Why a path matters to a unit: the nearest unit on the way for which it does, and why. `None` where it does not.
    #[must_use]
    pub fn because(&self, unit: usize, path: &RepoPath, mode: Mode) -> Option<(usize, Because<'_>)> {
        let owner = self.owner(path, mode);
        let order = self.nearest(unit);
        let found = order.iter().find_map(|at| Some((*at, self.because_of(*at, &owner, (path, mode))?)));
        found.or_else(|| order.iter().find_map(|at| Some((*at, Because::Wide(self.wide[*at].as_ref()?)))))
    }

    fn because_of(&self, unit: usize, owner: &Owner, (path, mode): (&RepoPath, Mode)) -> Option<Because<'_>> {
        if owner.units.contains(&unit) {
            return Some(Because::Own);
        }
        if owner.told_by.contains(&self.units[unit].kind) {
            return Some(Because::Told);
        }
        let is_at = |place: &Folder| place.to_path().is_none_or(|place| path.is_within(&place));
        let is_nobodys = owner.units.is_empty();
        if let Some((place, why)) = self.reads[unit].iter().find(|(place, _)| is_nobodys && is_at(place)) {
            return Some(Because::Read(place, why));
        }
        let is_affected = owner.affects != Affects::Nothing && self.is_affected(unit, &owner.affects);
        is_affected.then(|| Because::Rule(self.ruling(path, mode)))
    }

    /// The units that come to something else than in an older graph, each with the nearest reason for it.
    #[must_use]
    pub fn affected<'g>(&'g self, old: &'g Self, deltas: &[Delta]) -> Vec<Affected<'g>> {
        let comparison = Comparison::new(self, old, deltas);
        let mut known: BTreeMap<usize, Option<Cause<'g>>> = BTreeMap::new();
        let affected = |unit: usize| {
            let mut cause = |at: usize| known.entry(at).or_insert_with(|| comparison.cause(at)).clone();
            let found = self.nearest(unit).into_iter().find_map(|at| Some((at, cause(at)?)));
            let (by, cause) = found.unwrap_or((unit, Cause::Otherwise));
            Affected { unit, by, cause }
        };
        self.differing(old).into_iter().map(affected).collect()
    }

    /// The units of an older graph that are not in this one.
    #[must_use]
    pub fn gone<'o>(&self, old: &'o Self) -> Vec<&'o Unit> {
        old.units.iter().filter(|unit| self.like(unit).is_none()).collect()
    }

    /// The unit that is the same as one of another graph.
    pub(super) fn like(&self, unit: &Unit) -> Option<usize> {
        let named = self.named(unit.kind, &unit.name);
        named.iter().copied().find(|at| self.units[*at].root == unit.root).or(named.first().copied())
    }
}

/// Two graphs, and what differs between their trees.
struct Comparison<'g, 'd> {
    new: &'g Graph,
    old: &'g Graph,
    /// Each path that differs, with whose it is in both.
    deltas: Vec<(&'d Delta, Owner, Owner)>,
}

impl<'g, 'd> Comparison<'g, 'd> {
    fn new(new: &'g Graph, old: &'g Graph, deltas: &'d [Delta]) -> Self {
        let owned = |delta: &'d Delta| {
            let (then, now) = modes(delta);
            (delta, new.owner(&delta.path, now), old.owner(&delta.path, then))
        };
        Self { new, old, deltas: deltas.iter().map(owned).collect() }
    }

    /// Why a unit comes to something else by itself, if it does.
    fn cause(&self, unit: usize) -> Option<Cause<'g>> {
        let Some(before) = self.old.like(&self.new.units[unit]) else { return Some(Cause::New) };
        let (own, other): (Vec<_>, Vec<_>) =
            self.paths(unit, before).into_iter().partition(|(_, because)| matches!(because, Because::Own));
        first(own)
            .or_else(|| self.field(unit, before).map(Cause::Field))
            .or_else(|| self.dependency(unit, before))
            .or_else(|| first(other))
            .or_else(|| self.wide(unit, before))
    }

    /// The paths that differ and matter to it. Of a path of which it tells what it takes, that is what counts.
    fn paths(&self, unit: usize, before: usize) -> Vec<(&'d Delta, Because<'g>)> {
        let matters = |(delta, now, then): &(&'d Delta, Owner, Owner)| {
            let (old_mode, new_mode) = modes(delta);
            let because = self.new.because_of(unit, now, (&delta.path, new_mode));
            let because = because.or_else(|| self.old.because_of(before, then, (&delta.path, old_mode)));
            because.filter(|because| !matches!(because, Because::Told)).map(|because| (*delta, because))
        };
        self.deltas.iter().filter_map(matters).collect()
    }

    /// The first field that differs.
    fn field(&self, unit: usize, before: usize) -> Option<String> {
        let (new, old) = (&self.new.units[unit].fields, &self.old.units[before].fields);
        let names: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
        names.into_iter().find(|name| new.get(*name) != old.get(*name)).cloned()
    }

    fn dependency(&self, unit: usize, before: usize) -> Option<Cause<'g>> {
        let name = |graph: &'g Graph, at: usize| (graph.units[at].kind, &graph.units[at].name, &graph.units[at].root);
        let (new, old) = (self.new, self.old);
        let then: BTreeSet<_> = old.edges[before].keys().map(|at| name(old, *at)).collect();
        let now: BTreeSet<_> = new.edges[unit].keys().map(|at| name(new, *at)).collect();
        let added = new.edges[unit].iter().find(|(at, _)| !then.contains(&name(new, **at)));
        let added = added.map(|(at, why)| Cause::Depends(new.full_name(*at), why));
        let removed = || old.edges[before].keys().find(|at| !now.contains(&name(old, **at)));
        added.or_else(|| removed().map(|at| Cause::NoLonger(old.full_name(*at))))
    }

    fn wide(&self, unit: usize, before: usize) -> Option<Cause<'g>> {
        let widening = self.new.wide[unit].as_ref().or(self.old.wide[before].as_ref())?;
        let all = self.deltas.iter().map(|(delta, ..)| (*delta, Because::Wide(widening))).collect();
        first(all)
    }
}

/// The first of some paths as the reason.
fn first<'g>(paths: Vec<(&Delta, Because<'g>)>) -> Option<Cause<'g>> {
    let count = paths.len();
    let (delta, because) = paths.into_iter().next()?;
    Some(Cause::Path { path: delta.path.clone(), edit: delta.edit(), because, paths: count })
}

/// What is at a path before and after.
fn modes(delta: &Delta) -> (Mode, Mode) {
    let (old, new) = (delta.old.map(|side| side.mode), delta.new.map(|side| side.mode));
    let either = old.or(new).unwrap_or(Mode::File);
    (either, new.unwrap_or(either))
}
