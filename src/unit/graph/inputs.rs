//! What each unit comes to.

use std::collections::BTreeMap;

use super::owner::Owner;
use super::{Graph, Inputs};
use crate::config::Affects;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::unit::{Entry, Folder};

/// Raise it when what is summed up changes its meaning.
const FORMAT: u32 = 1;

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
        (0..self.units.len()).map(|unit| self.with_others(unit, &alone)).collect()
    }

    fn with_others(&self, unit: usize, alone: &[Alone]) -> Inputs {
        let (mut all, mut rest) = (Hasher::new("unit-inputs", FORMAT), Hasher::new("unit-rest", FORMAT));
        for at in self.closure(unit) {
            all.field("unit", alone[at].all.as_bytes());
            rest.field("unit", alone[at].rest.as_bytes());
        }
        Inputs { digest: all.finish(), rest: rest.finish(), count: alone[unit].count }
    }

    fn alone(&self, tree: ObjectId, owners: &[Owner]) -> Vec<Alone> {
        let entries = self.listing.entries();
        let mut owned: Vec<Vec<&Entry>> = vec![Vec::new(); self.units.len()];
        let mut nobodys: Vec<(&Affects, Vec<&Entry>)> = Vec::new();
        for (entry, owner) in entries.iter().zip(owners) {
            match owner {
                Owner::Units(units) => units.iter().for_each(|unit| owned[*unit].push(entry)),
                Owner::Nobody(Affects::Nothing) => {}
                Owner::Nobody(affects) => match nobodys.iter_mut().find(|(known, _)| *known == affects) {
                    Some((_, entries)) => entries.push(entry),
                    None => nobodys.push((affects, vec![entry])),
                },
            }
        }
        let mut known = BTreeMap::new();
        (0..self.units.len())
            .map(|unit| {
                let common = self.common((tree, owners), unit, &nobodys, &mut known);
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
    fn common<'e>(
        &self,
        (tree, owners): (ObjectId, &[Owner]),
        unit: usize,
        nobodys: &[(&Affects, Vec<&'e Entry>)],
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
        for place in &self.reads[unit] {
            hasher.field("reads", place.as_bstr());
            self.read_by(place, owners).for_each(|entry| add(&mut hasher, entry));
        }
        hasher.finish()
    }

    /// What there is at a place that belongs to no unit.
    fn read_by<'g>(&'g self, place: &Folder, owners: &'g [Owner]) -> impl Iterator<Item = &'g Entry> {
        let file = place.to_path().and_then(|path| self.listing.get(&path));
        let range = self.listing.range(place);
        let below = self.listing.entries()[range.clone()].iter().zip(&owners[range]);
        let below = below.filter(|(_, owner)| matches!(owner, Owner::Nobody(_))).map(|(entry, _)| entry);
        file.into_iter().chain(below)
    }
}

/// Adds an entry.
pub(super) fn add(hasher: &mut Hasher, entry: &Entry) {
    hasher.field("path", entry.path.as_bstr()).field("mode", entry.mode.octal()).field("id", entry.id.as_bytes());
}
