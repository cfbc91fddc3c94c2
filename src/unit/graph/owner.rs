//! Whose a path is.

use std::collections::{BTreeSet, HashMap};

use super::Graph;
use crate::config::Affects;
use crate::path::{Mode, RepoPath};
use crate::unit::{Folder, Kind, Own, Rule, Unit};

/// Whose a path is, and what it affects beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The units among whose own files it counts: more than one where manifests of several kinds lie in one folder, or
    /// where it is the configuration of a tool that units further in read too; none where it is nobody's.
    pub units: Vec<usize>,
    /// Which units it affects as a file that belongs to none: nothing where it is wholly somebody's own.
    pub affects: Affects,
    /// The kinds whose units' fields tell what it means for each, such as a lock file.
    pub told_by: BTreeSet<Kind>,
}

/// The innermost units of folders that were asked for.
pub(super) type Innermost<'g> = HashMap<Folder, &'g [usize]>;

impl Graph {
    /// Whose a path is, whether or not there is anything.
    #[must_use]
    pub fn owner(&self, path: &RepoPath, mode: Mode) -> Owner {
        self.owner_with(&mut Innermost::new(), path, mode)
    }

    /// The rule that decides for a path of no unit, by its number in [`Self::rules`] from 0; `None` where none names it, so
    /// that it affects everything.
    #[must_use]
    pub fn ruling(&self, path: &RepoPath, mode: Mode) -> Option<(usize, &Rule)> {
        self.book.of(path, mode).rule
    }

    /// The same as [`Self::owner`], for many paths.
    pub(super) fn owner_with<'g>(&'g self, known: &mut Innermost<'g>, path: &RepoPath, mode: Mode) -> Owner {
        let units = self.innermost(known, path);
        let mut owning: Vec<usize> = units.iter().copied().filter(|unit| self.owns(*unit, path)).collect();
        let explaining = self.explained.iter().filter(|(_, paths)| paths.contains(path)).map(|(kind, _)| *kind);
        let told_by: BTreeSet<Kind> = explaining.collect();
        if !owning.is_empty() && owning.len() == units.len() {
            owning.extend(self.configured(&owning, path, mode));
            owning.sort_unstable();
            owning.dedup();
            return Owner { units: owning, affects: Affects::Nothing, told_by };
        }
        let ruling = self.book.of(path, mode);
        // What runs in a declared unit is not known, so that nobody tells what a lock file means for it.
        let affects = if told_by.is_empty() || ruling.is_users {
            ruling.affects()
        } else {
            Affects::Some([Kind::Declared].into(), [].into())
        };
        Owner { units: owning, affects, told_by }
    }

    /// The units of the innermost folder around a path that is any's.
    pub(super) fn innermost<'g>(&'g self, known: &mut Innermost<'g>, path: &RepoPath) -> &'g [usize] {
        let folder = Folder::of(path);
        if let Some(units) = known.get(&folder) {
            return units;
        }
        let found = folder.upwards().find_map(|at| self.by_root.get(&at)).map_or(&[][..], Vec::as_slice);
        known.insert(folder, found);
        found
    }

    /// The units further in that read a file of a unit too, since it is the configuration of their tools: those look for
    /// it in every folder above.
    fn configured(&self, owning: &[usize], path: &RepoPath, mode: Mode) -> Vec<usize> {
        if !owning.iter().any(|unit| self.holding.contains(unit)) {
            return Vec::new();
        }
        match self.book.of(path, mode).brought() {
            Affects::Some(kinds, _) => {
                let below = self.below(&Folder::of(path));
                below.into_iter().filter(|unit| kinds.contains(&self.units[*unit].kind)).collect()
            }
            Affects::Everything | Affects::Nothing => Vec::new(),
        }
    }

    /// Whether a path in a unit's folder, which is in no inner unit's, is its own.
    pub(super) fn owns(&self, unit: usize, path: &RepoPath) -> bool {
        let Own::Only(own) = &self.units[unit].own else { return true };
        !self.holding.contains(&unit)
            || *path == self.units[unit].manifest
            || std::iter::successors(Some(path.clone()), RepoPath::parent).any(|at| own.contains(&at))
    }

    /// Whether anything that may lie in a folder in a unit's, which is in no inner unit's, is its own.
    pub(super) fn owns_some(&self, unit: usize, folder: &Folder) -> bool {
        let Unit { own, manifest, .. } = &self.units[unit];
        let Own::Only(own) = own else { return true };
        let is_own = folder.to_path().is_none_or(|folder| self.owns(unit, &folder));
        is_own || folder.holds(manifest) || own.iter().any(|path| folder.holds(path))
    }

    /// Whether a file of no unit that affects so much affects a unit.
    #[must_use]
    pub fn is_affected(&self, unit: usize, affects: &Affects) -> bool {
        match affects {
            Affects::Everything => true,
            Affects::Nothing => false,
            Affects::Some(kinds, names) => {
                // A name that means nothing may have meant this one.
                let means = |name: &String| self.find(name).map_or(true, |named| named == unit);
                kinds.contains(&self.units[unit].kind) || names.iter().any(means)
            }
        }
    }
}
