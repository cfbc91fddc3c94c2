//! Whose a path is.

use std::collections::HashMap;

use super::Graph;
use crate::config::Affects;
use crate::path::{Mode, RepoPath};
use crate::unit::{Folder, Kind, Own};

/// Whose a path is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// These units': more than one where manifests of several kinds lie in one folder.
    Units(Vec<usize>),
    /// Nobody's. What it affects.
    Nobody(Affects),
}

/// The innermost units of folders that were asked for.
pub(super) type Innermost<'g> = HashMap<Folder, &'g [usize]>;

impl Graph {
    /// Whose a path is, whether or not there is anything.
    #[must_use]
    pub fn owner(&self, path: &RepoPath, mode: Mode) -> Owner {
        self.owner_with(&mut Innermost::new(), path, mode)
    }

    /// The same for many paths.
    pub(super) fn owner_with<'g>(&'g self, known: &mut Innermost<'g>, path: &RepoPath, mode: Mode) -> Owner {
        let folder = Folder::of(path);
        let units = match known.get(&folder) {
            Some(units) => units,
            None => {
                let found = folder.upwards().find_map(|at| self.by_root.get(&at)).map_or(&[][..], Vec::as_slice);
                known.insert(folder, found);
                found
            }
        };
        let owning: Vec<usize> = units.iter().copied().filter(|unit| self.owns(*unit, path)).collect();
        if !owning.is_empty() {
            return Owner::Units(owning);
        }
        let ruling = self.book.of(path, mode);
        let explaining = self.explained.iter().filter(|(_, paths)| paths.contains(path)).map(|(kind, _)| *kind);
        let explaining: std::collections::BTreeSet<Kind> = explaining.collect();
        if explaining.is_empty() || ruling.is_users {
            return Owner::Nobody(ruling.affects());
        }
        Owner::Nobody(Affects::Some(explaining, [].into()))
    }

    /// Whether a path in a unit's folder, which is in no inner unit's, is its own.
    pub(super) fn owns(&self, unit: usize, path: &RepoPath) -> bool {
        let Own::Only(own) = &self.units[unit].own else { return true };
        !self.holding.contains(&unit)
            || *path == self.units[unit].manifest
            || std::iter::successors(Some(path.clone()), RepoPath::parent).any(|at| own.contains(&at))
    }

    /// Whether a file of no unit that affects so much affects a unit.
    pub(super) fn is_affected(&self, unit: usize, affects: &Affects) -> bool {
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
