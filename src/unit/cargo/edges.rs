//! What manifests say that units depend on.

use super::config::Config;
use super::fact::{Fact, Said};
use super::form;
use super::literal;
use super::manifests::{Manifests, Place};
use super::packages::Packages;
use crate::path::RepoPath;
use crate::unit::{Edge, Facts, Folder, Target, Why, Widening};

/// Edges, and what can't be told of them.
#[derive(Default)]
pub(super) struct Edges {
    /// Who depends on what.
    pub(super) edges: Vec<Edge>,
    /// What can't be told.
    pub(super) widened: Vec<Widening>,
}

/// The edges that manifests and Cargo's configuration say.
pub(super) fn of(packages: &Packages, manifests: &Manifests, facts: &Facts<Fact>) -> Edges {
    let mut found = Edges::default();
    for at in 0..packages.all.len() {
        found.dependencies(packages, manifests, at);
        found.files(packages, manifests, at);
    }
    for (file, Fact(said)) in facts.of(form::CONFIG) {
        match said {
            Said::Config(config) => found.configured(packages, file, config),
            Said::Broken(why) => found.widened.push(Widening { unit: None, file: file.clone(), why: why.clone() }),
            _ => {}
        }
    }
    found
}

impl Edges {
    /// An edge from a unit to the unit of a folder, or to the folder where there is none.
    pub(super) fn add_folder(&mut self, packages: &Packages, from: usize, folder: &Folder, why: Why) {
        let to = match packages.at(folder) {
            Some(to) if to == from => return,
            Some(to) => Target::Unit(packages.all[to].name.clone()),
            None => Target::Path(folder.clone()),
        };
        self.edges.push(Edge { from: packages.all[from].name.clone(), to, why });
    }

    /// An edge from a unit to a place, if it may be another's.
    pub(super) fn add_place(&mut self, packages: &Packages, from: usize, place: Folder, why: Why) {
        if packages.is_foreign(from, &place) {
            self.edges.push(Edge { from: packages.all[from].name.clone(), to: Target::Path(place), why });
        }
    }

    fn dependencies(&mut self, packages: &Packages, manifests: &Manifests, at: usize) {
        let unit = &packages.all[at];
        for dependency in &unit.manifest.dependencies {
            let what = format!("{} {}", dependency.kind, dependency.key);
            match manifests.lead(dependency, &unit.folder, unit.root).place {
                Place::Elsewhere => {}
                Place::Folder(folder) => {
                    self.add_folder(packages, at, &folder, Why { file: unit.file.clone(), what });
                }
                Place::Unknown(why) => {
                    let why = format!("has the {what}, of which can't be told where it is: {why}");
                    self.widened.push(packages.widening(at, unit.file, why));
                }
            }
        }
    }

    /// Files that a manifest names: targets, build scripts, readmes and licenses.
    fn files(&mut self, packages: &Packages, manifests: &Manifests, at: usize) {
        let unit = &packages.all[at];
        let root = unit.root.map(|root| &manifests.roots()[root]);
        let targets =
            unit.manifest.targets.iter().filter_map(|target| Some((target.kind.key(), target.path.as_deref()?)));
        let own = unit.package.files.iter().map(|(key, path)| (key.as_str(), path.as_str()));
        let from_here = targets.chain(own).map(|(key, path)| (&unit.folder, unit.file, key, path));
        let inherited = root.into_iter().flat_map(|root| {
            let keys = ["readme", "license-file"].into_iter().filter(|key| unit.package.inherits.contains(*key));
            keys.filter_map(|key| Some((&root.folder, root.file, key, root.workspace.package.get(key)?.1.as_deref()?)))
        });
        for (from, file, key, path) in from_here.chain(inherited) {
            let fixed = if key == "include" { literal::climbing(path).unwrap_or_default() } else { path.to_owned() };
            let what = format!("{key} = \"{path}\"");
            match from.resolve(&fixed) {
                Some(place) => self.add_place(packages, at, place, Why { file: file.clone(), what }),
                None => {
                    self.widened.push(packages.widening(at, file, format!("has {what}, outside of the repository")));
                }
            }
        }
    }

    /// What stands in for packages from elsewhere, for every unit below the folder that is configured.
    fn configured(&mut self, packages: &Packages, file: &RepoPath, config: &Config) {
        let Some(folder) = Folder::of(file).parent() else { return };
        for path in &config.folders {
            let Some(place) = folder.resolve(path) else {
                let why = format!("has {path}, outside of the repository");
                self.widened.push(Widening { unit: None, file: file.clone(), why });
                continue;
            };
            for at in (0..packages.all.len()).filter(|&at| packages.all[at].folder.is_within(&folder)) {
                self.add_folder(
                    packages,
                    at,
                    &place,
                    Why { file: file.clone(), what: format!("takes packages from {path}") },
                );
            }
        }
    }
}
