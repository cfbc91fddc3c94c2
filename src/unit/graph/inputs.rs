//! What each unit comes to.

use std::collections::{BTreeMap, BTreeSet};

use super::owner::Owner;
use super::{Graph, Inputs};
use crate::config::Affects;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::path::RepoPath;
use crate::unit::components::components;
use crate::unit::{Entry, Folder};

/// Raise it when what is summed up changes its meaning.
const FORMAT: u32 = 3;

/// What one unit comes to without what it depends on.
struct Alone {
    all: Digest,
    rest: Digest,
    count: u64,
}

impl Graph {
    /// What every unit of the tree comes to.
    pub(super) fn sum(&self, tree: ObjectId) -> Vec<Inputs> {
        let owners = self.owners();
        let alone = self.alone(tree, &owners);
        let to: Vec<Vec<usize>> = self.edges.iter().map(|edges| edges.keys().copied().collect()).collect();
        let mut inputs: Vec<Option<Inputs>> = vec![None; self.units.len()];
        for component in components(&to) {
            let all =
                with_others(&component, &to, |at| alone[at].all, |at| inputs[at].as_ref().map(|inputs| inputs.digest));
            let rest =
                with_others(&component, &to, |at| alone[at].rest, |at| inputs[at].as_ref().map(|inputs| inputs.rest));
            for at in component {
                inputs[at] = Some(Inputs { digest: all, rest, count: alone[at].count });
            }
        }
        inputs.into_iter().flatten().collect()
    }

    fn alone(&self, tree: ObjectId, owners: &[Owner]) -> Vec<Alone> {
        let entries = self.listing.entries();
        let mut owned: Vec<Vec<&Entry>> = vec![Vec::new(); self.units.len()];
        let mut nobodys: Vec<(&Affects, Vec<&Entry>)> = Vec::new();
        for (entry, Owner { units, affects, .. }) in entries.iter().zip(owners) {
            for unit in units {
                owned[*unit].push(entry);
            }
            match nobodys.iter_mut().find(|(known, _)| *known == affects) {
                _ if *affects == Affects::Nothing => {}
                Some((_, entries)) => entries.push(entry),
                None => nobodys.push((affects, vec![entry])),
            }
        }
        let mut known = BTreeMap::new();
        (0..self.units.len())
            .map(|unit| {
                let common = self.common((tree, owners), unit, (&owned[unit], &nobodys), &mut known);
                let files = |kind, keep: &dyn Fn(&Entry) -> bool| {
                    let mut hasher = Hasher::new(kind, FORMAT);
                    hasher.field("common", common.as_bytes());
                    owned[unit].iter().filter(|entry| keep(entry)).for_each(|entry| add(&mut hasher, entry));
                    hasher.finish()
                };
                let all = files("unit", &|_| true);
                let rest = files("unit-data", &|entry| !self.modules.contains_key(&entry.path));
                Alone { all, rest, count: owned[unit].len() as u64 }
            })
            .collect()
    }

    /// What a unit comes to beside its own files.
    fn common(
        &self,
        (tree, owners): (ObjectId, &[Owner]),
        unit: usize,
        (own, nobodys): (&[&Entry], &[(&Affects, Vec<&Entry>)]),
        known: &mut BTreeMap<Vec<bool>, Digest>,
    ) -> Digest {
        let of = &self.units[unit];
        let mut hasher = Hasher::new("unit-common", FORMAT);
        hasher.field("kind", of.kind.as_str()).field("name", &of.name).field("root", of.root.as_bstr());
        for (name, digest) in &of.fields {
            hasher.field("field", name).field("is", digest.as_bytes());
        }
        if self.wide[unit].is_some() {
            hasher.field("tree", tree.as_bytes());
        }
        let affecting: Vec<bool> = nobodys.iter().map(|(affects, _)| self.is_affected(unit, affects)).collect();
        let nobodys = known.entry(affecting).or_insert_with_key(|affecting| {
            let mut hasher = Hasher::new("unit-nobodys", FORMAT);
            let entries = nobodys.iter().zip(affecting).filter(|(_, affects)| **affects);
            entries.flat_map(|((_, entries), _)| entries).for_each(|entry| add(&mut hasher, entry));
            hasher.finish()
        });
        hasher.field("nobodys", nobodys.as_bytes());
        let mut imported = None;
        for place in self.reads[unit].keys() {
            hasher.field("reads", place.as_bstr());
            let imported: &BTreeSet<&RepoPath> = imported.get_or_insert_with(|| self.imports(own));
            self.read_by(place, owners, imported).for_each(|entry| add(&mut hasher, entry));
        }
        hasher.finish()
    }

    /// What some files import.
    fn imports(&self, files: &[&Entry]) -> BTreeSet<&RepoPath> {
        files.iter().filter_map(|entry| self.modules.get(&entry.path)).flat_map(|module| &module.imports).collect()
    }

    /// What counts of a place that a unit reads: what belongs to no unit. And source files that none of its own imports,
    /// since it reads those in another way, of which test files know nothing.
    fn read_by<'g>(
        &'g self,
        place: &Folder,
        owners: &'g [Owner],
        imported: &BTreeSet<&RepoPath>,
    ) -> impl Iterator<Item = &'g Entry> {
        let entries = self.listing.entries();
        let file = place.to_path().and_then(|path| entries.binary_search_by(|entry| entry.path.cmp(&path)).ok());
        let read = file.into_iter().chain(self.listing.range(place)).filter(|at| {
            let path = &entries[*at].path;
            owners[*at].units.is_empty() || self.modules.contains_key(path) && !imported.contains(path)
        });
        read.map(|at| &entries[at])
    }
}

/// What the units of a component come to, of which everything that it leads to is known: each by itself, and what all of
/// them depend on. Those that depend on each other come to the same, so that nothing is walked twice.
fn with_others(
    component: &[usize],
    to: &[Vec<usize>],
    alone: impl Fn(usize) -> Digest,
    known: impl Fn(usize) -> Option<Digest>,
) -> Digest {
    let mut hasher = Hasher::new("unit-inputs", FORMAT);
    let own: BTreeSet<Digest> = component.iter().map(|at| alone(*at)).collect();
    for digest in &own {
        hasher.field("unit", digest.as_bytes());
    }
    let others: BTreeSet<Digest> = component.iter().flat_map(|at| &to[*at]).filter_map(|at| known(*at)).collect();
    for digest in &others {
        hasher.field("needs", digest.as_bytes());
    }
    hasher.finish()
}

/// Adds an entry.
pub(super) fn add(hasher: &mut Hasher, entry: &Entry) {
    hasher.field("path", entry.path.as_bstr()).field("mode", entry.mode.octal()).field("id", entry.id.as_bytes());
}
