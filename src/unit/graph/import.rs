//! What units depend on through the imports of their files, whatever manifests say.

use std::collections::btree_map::{BTreeMap, Entry};

use super::Graph;
use super::owner::Innermost;
use super::place::places;
use crate::path::{Mode, RepoPath};
use crate::unit::{Folder, Module, Why};

/// That a unit depends on a file, by an import.
type Import = (usize, RepoPath);

/// What says so.
struct Seen {
    why: Why,
    /// Whether a file of the unit's own imports it, be it through others, and not one of nobody that affects the unit.
    is_own: bool,
}

impl Graph {
    /// A unit depends on what its files import; and on what those of nobody import that affect it.
    pub(super) fn import(&mut self) {
        let mut found: BTreeMap<Import, Seen> = BTreeMap::new();
        let mut known = Innermost::new();
        for (path, module) in self.modules.iter() {
            let around = self.innermost(&mut known, path);
            let is_plain = !around.is_empty() && !around.iter().any(|unit| self.holding.contains(unit));
            let mut is_near = |import: &RepoPath| self.links.is_empty() && self.innermost(&mut known, import) == around;
            let far: Vec<&RepoPath> = module
                .imports
                .iter()
                .filter(|import| !(is_plain && is_near(import)) && self.is_there(import))
                .collect();
            if far.is_empty() {
                continue;
            }
            let own = self.owner(path, self.mode(path)).units;
            for from in self.concerned(path) {
                see(&mut found, &far, (from, path, own.contains(&from)));
            }
        }
        self.import_on(&mut found);
        self.import_units();
        for ((from, to), Seen { why, is_own }) in found {
            self.lead(from, &Folder::from(to.clone()), &why);
            let open = self.nobodys(&to).into_iter().find_map(|(path, module)| Some((path, module.open.clone()?)));
            // It may import anything of the tree: there is no unit whose files those would be.
            if let Some((path, why)) = open.filter(|_| is_own) {
                self.widen(&[from], Some(self.units[from].kind), &path, &why);
            }
        }
    }

    /// Follows imports on through source files of nobody, which no unit follows for itself.
    fn import_on(&self, found: &mut BTreeMap<Import, Seen>) {
        let mut open: Vec<Import> = found.keys().cloned().collect();
        while let Some((from, to)) = open.pop() {
            let is_own = found.get(&(from, to.clone())).is_some_and(|seen| seen.is_own);
            for (path, module) in self.nobodys(&to) {
                let there: Vec<&RepoPath> = module.imports.iter().filter(|import| self.is_there(import)).collect();
                open.extend(see(found, &there, (from, &path, is_own)));
            }
        }
    }

    /// Has a unit depend on those any of whose files its own may see.
    fn import_units(&mut self) {
        let named = self.modules.iter().filter(|(_, module)| !module.units.is_empty());
        let mut found = Vec::new();
        for (path, module) in named {
            let to = module
                .units
                .iter()
                .flat_map(|name| self.by_name.get(name).into_iter().flatten().map(move |to| (name, *to)));
            let to: Vec<(&String, usize)> = to.collect();
            for from in self.concerned(path) {
                let why = |name: &str| Why { file: path.clone(), what: format!("imports what is built from {name}") };
                found.extend(to.iter().map(|(name, to)| (from, *to, why(name))));
            }
        }
        for (from, to, why) in found {
            self.join(from, to, &why);
        }
    }

    /// The source files of no unit that a path leads to.
    fn nobodys(&self, path: &RepoPath) -> Vec<(RepoPath, &Module)> {
        let nobodys = |path: RepoPath| {
            let module = self.modules.get(&path)?;
            self.owner(&path, self.mode(&path)).units.is_empty().then_some((path, module))
        };
        self.led_to(path).into_iter().filter_map(nobodys).collect()
    }

    fn mode(&self, path: &RepoPath) -> Mode {
        self.listing.get(path).map_or(Mode::File, |entry| entry.mode)
    }

    /// Whether there is anything at a place, or a link on the way there.
    fn is_there(&self, path: &RepoPath) -> bool {
        self.listing.get(path).is_some()
            || !self.links.is_empty() && places(&self.links, &Folder::from(path.clone())).len() > 1
    }
}

/// Notes imports of a file for a unit, and gives those that are new.
fn see(
    found: &mut BTreeMap<Import, Seen>,
    imports: &[&RepoPath],
    (from, by, is_own): (usize, &RepoPath, bool),
) -> Vec<Import> {
    let mut new = Vec::new();
    for import in imports {
        match found.entry((from, (*import).clone())) {
            Entry::Occupied(mut seen) if is_own && !seen.get().is_own => seen.get_mut().is_own = true,
            Entry::Occupied(_) => continue,
            Entry::Vacant(entry) => {
                let why = Why { file: by.clone(), what: format!("imports {import}") };
                entry.insert(Seen { why, is_own });
            }
        }
        new.push((from, (*import).clone()));
    }
    new
}
