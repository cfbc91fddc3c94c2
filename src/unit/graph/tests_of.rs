//! The test files of a unit, and what each comes to.

use std::collections::BTreeSet;

use super::Graph;
use super::inputs::add;
use super::place::{end, places};
use crate::digest::{Digest, Hasher};
use crate::path::{Mode, RepoPath, Selection};
use crate::unit::{Entry, Folder};

/// What a run of a source file can see through imports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Every file, the first among them, and the links on the way.
    pub files: BTreeSet<RepoPath>,
    /// The units any of whose files it may see, and any of what those depend on.
    pub units: BTreeSet<usize>,
}

impl Graph {
    /// The test files of a unit: those that a selection takes, or those that the usual runners take.
    #[must_use]
    pub fn tests(&self, unit: usize, selection: Option<&Selection>) -> Vec<&RepoPath> {
        let is_its = |path: &RepoPath, mode| self.owner(path, mode).units.contains(&unit);
        // A runner takes a link to a file for that file.
        let is_file = |entry: &&Entry| match entry.mode {
            Mode::Link => {
                let end = end(&self.links, &entry.path).and_then(|end| self.listing.get(&end));
                end.is_some_and(|end| end.mode.is_file())
            }
            mode => mode.is_file(),
        };
        let entries = self.listing.below(&self.units[unit].root).iter().filter(is_file);
        let wanted = entries.filter(|entry| match selection {
            Some(selection) => selection.matches(&entry.path, entry.mode),
            None => self.tests.contains(&entry.path),
        });
        wanted.filter(|entry| is_its(&entry.path, entry.mode)).map(|entry| &entry.path).collect()
    }

    /// The files that a test runner takes as tests by its default patterns, whoever they belong to.
    pub fn all_tests(&self) -> impl Iterator<Item = &RepoPath> {
        self.tests.iter()
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
        for path in imported.files {
            match self.listing.get(&path) {
                Some(entry) => add(&mut hasher, entry),
                None => drop(hasher.field("absent", path.as_bstr())),
            }
        }
        for unit in imported.units {
            hasher.field("unit", self.inputs[unit].digest.as_bytes());
        }
        hasher.finish()
    }

    /// What a run of a file can see through imports.
    ///
    /// # Errors
    /// With a file and why that can't be told of it.
    pub fn imported(&self, file: &RepoPath) -> Result<Imported, (RepoPath, String)> {
        let mut open = self.led_to(file);
        let mut seen: BTreeSet<RepoPath> = open.iter().cloned().collect();
        let mut units = BTreeSet::new();
        while let Some(at) = open.pop() {
            let module = match self.modules.get(&at) {
                Some(module) => module,
                None if at == *file => return Err((at, "what it imports is not read".to_owned())),
                None => continue,
            };
            if let Some(why) = &module.open {
                return Err((at, why.clone()));
            }
            for name in &module.units {
                let named = self.by_name.get(name).ok_or_else(|| (at.clone(), format!("there is no unit '{name}'")))?;
                units.extend(named.iter().copied());
            }
            let imports = module.imports.iter().flat_map(|path| self.led_to(path));
            open.extend(imports.filter(|import| seen.insert(import.clone())));
        }
        Ok(Imported { files: seen, units })
    }

    /// A path, and every place that it leads to through links.
    pub(super) fn led_to(&self, path: &RepoPath) -> Vec<RepoPath> {
        if self.links.is_empty() {
            return vec![path.clone()];
        }
        let places = places(&self.links, &Folder::from(path.clone()));
        std::iter::once(path.clone()).chain(places.iter().filter_map(Folder::to_path)).collect()
    }
}
