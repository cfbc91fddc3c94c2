//! The test files of a unit, and what each comes to.

use std::collections::BTreeSet;

use super::inputs::add;
use super::{Graph, Owner};
use crate::digest::{Digest, Hasher};
use crate::path::{RepoPath, Selection};

impl Graph {
    /// The test files of a unit: those that a selection takes, or those that the usual runners take.
    #[must_use]
    pub fn tests(&self, unit: usize, selection: Option<&Selection>) -> Vec<&RepoPath> {
        let is_its =
            |path: &RepoPath, mode| matches!(self.owner(path, mode), Owner::Units(units) if units.contains(&unit));
        let root = &self.units[unit].root;
        let entries = self.listing.below(root).iter().filter(|entry| entry.mode.is_file());
        let wanted = entries.filter(|entry| match selection {
            Some(selection) => selection.matches(&entry.path, entry.mode),
            None => self.tests.contains(&entry.path),
        });
        wanted.filter(|entry| is_its(&entry.path, entry.mode)).map(|entry| &entry.path).collect()
    }

    /// What the result of a test file of a unit depends on: what it imports, and all of the unit and of what that depends
    /// on which imports nothing, such as data. Everything of the unit where what it imports can't be told.
    #[must_use]
    pub fn test_inputs(&self, unit: usize, file: &RepoPath) -> Digest {
        let inputs = &self.inputs[unit];
        let mut hasher = Hasher::new("test-inputs", 1);
        hasher.field("rest", inputs.rest.as_bytes());
        let Ok(imported) = self.imported(file) else {
            return hasher.field("unit", inputs.digest.as_bytes()).finish();
        };
        for path in imported {
            match self.listing.get(&path) {
                Some(entry) => add(&mut hasher, entry),
                None => drop(hasher.field("absent", path.as_bstr())),
            }
        }
        hasher.finish()
    }

    /// Every file that a run of a file can see through imports, itself among them.
    ///
    /// # Errors
    /// With a file and why that can't be told of it.
    pub fn imported(&self, file: &RepoPath) -> Result<BTreeSet<RepoPath>, (RepoPath, String)> {
        let mut seen = BTreeSet::from([file.clone()]);
        let mut open = vec![file.clone()];
        while let Some(at) = open.pop() {
            let Some(module) = self.modules.get(&at) else {
                if at == *file {
                    return Err((at, "what it imports is not read".to_owned()));
                }
                continue;
            };
            if let Some(why) = &module.open {
                return Err((at, why.clone()));
            }
            open.extend(module.imports.iter().filter(|path| seen.insert((*path).clone())).cloned());
        }
        Ok(seen)
    }
}
