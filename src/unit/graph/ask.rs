//! What is asked of a graph: which units are meant, and what of a change touches one.

use std::collections::BTreeSet;

use super::{Graph, NameError, Owner};
use crate::config::Units;
use crate::path::{Mode, RepoPath};
use crate::unit::Unit;

impl Graph {
    /// The units that a check goes over, sorted.
    ///
    /// # Errors
    /// For a name that means no unit, or several.
    pub fn meant(&self, units: &Units) -> Result<Vec<usize>, NameError> {
        match units {
            Units::Kind(kind) => {
                let is_member = |unit: &Unit| unit.kind == *kind && unit.is_member;
                Ok((0..self.units.len()).filter(|at| is_member(&self.units[*at])).collect())
            }
            Units::Named(names) => {
                let found: BTreeSet<usize> = names.iter().map(|name| self.find(name)).collect::<Result<_, _>>()?;
                Ok(found.into_iter().collect())
            }
        }
    }

    /// The paths among some that a unit's result depends on; with a test file, that test file's.
    pub fn touched<'p>(
        &self,
        unit: usize,
        file: Option<&RepoPath>,
        paths: impl Iterator<Item = (&'p RepoPath, Mode)>,
    ) -> Vec<&'p RepoPath> {
        let closure = self.closure(unit);
        let imported = file.and_then(|file| self.imported(file).ok());
        let seen = imported.iter().flat_map(|imported| &imported.units).flat_map(|unit| self.closure(*unit));
        let seen: BTreeSet<usize> = seen.collect();
        let touches = |path: &RepoPath, mode: Mode| {
            let Owner { units, affects, told_by } = self.owner(path, mode);
            let is_read = |at: &usize| {
                let is_loose = units.is_empty() || imported.is_some() && self.is_loose(*at, path);
                is_loose && self.reads[*at].keys().any(|place| place.to_path().is_none_or(|at| path.is_within(&at)))
            };
            let is_meant =
                |at: &usize| self.is_affected(*at, &affects) || told_by.contains(&self.units[*at].kind) || is_read(at);
            let is_own = |unit: &usize| closure.binary_search(unit).is_ok();
            match imported.as_ref().filter(|_| self.modules.contains_key(path)) {
                Some(imported) if !units.is_empty() => {
                    let is_seen = units.iter().any(|unit| seen.contains(unit));
                    imported.files.contains(path) || is_seen || closure.iter().any(is_read)
                }
                _ => units.iter().any(is_own) || closure.iter().any(is_meant),
            }
        };
        let is_wide = closure.iter().any(|at| self.wide[*at].is_some());
        paths.filter(|(path, mode)| is_wide || touches(path, *mode)).map(|(path, _)| path).collect()
    }

    /// Whether none of a unit's own files imports a source file.
    fn is_loose(&self, unit: usize, path: &RepoPath) -> bool {
        let is_its = |file: &RepoPath| self.owner(file, Mode::File).units.contains(&unit);
        let importing = self.modules.iter().filter(|(_, module)| module.imports.contains(path));
        self.modules.contains_key(path) && !importing.into_iter().any(|(file, _)| is_its(file))
    }

    /// Why a unit is taken to depend on everything, if it is: it, or one that it depends on.
    #[must_use]
    pub fn widening(&self, unit: usize) -> Option<&crate::unit::Widening> {
        self.closure(unit).into_iter().find_map(|at| self.wide[at].as_ref())
    }

    /// Which of the units that are in both graphs, or only in this one, come to something else here.
    #[must_use]
    pub fn differing(&self, old: &Self) -> Vec<usize> {
        let before = |unit: &Unit| old.like(unit).map(|at| &old.inputs[at].digest);
        (0..self.units.len()).filter(|at| before(&self.units[*at]) != Some(&self.inputs[*at].digest)).collect()
    }
}
