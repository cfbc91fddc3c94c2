//! Who depends on whom.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use bstr::ByteSlice;

use super::fields::Shared;
use super::layout::Layout;
use super::manifest::Dependency;
use super::targets::{Goal, Taken, Targets, for_all};
use crate::path::RepoPath;
use crate::unit::{Edge, Folder, Module, Target, Why, Widening};

/// How many edges may come of what workspaces' roots depend on. Beyond, every package depends on everything anyway.
const MOST_FOR_ALL: usize = 50_000;

/// Where every member of a workspace leads, with the file that says so, and how.
type Common = (Goal, RepoPath, String);

/// Edges, and what can't be told.
pub(super) struct Edges<'l, 'f> {
    layout: &'l Layout<'f>,
    /// The edges.
    pub(super) all: BTreeSet<Edge>,
    /// What can't be told.
    pub(super) widened: Vec<Widening>,
}

impl<'l, 'f> Edges<'l, 'f> {
    /// Finds all edges that manifests and lock files tell of, and those of the roots' configuration, which is among the
    /// source files.
    pub(super) fn new(
        layout: &'l Layout<'f>,
        targets: &Targets<'l, 'f>,
        shared: &Shared,
        modules: &BTreeMap<RepoPath, Module>,
    ) -> Self {
        let mut edges = Self { layout, all: BTreeSet::new(), widened: Vec::new() };
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); layout.projects.len()];
        for (at, package) in layout.packages.iter().enumerate() {
            edges.of_package(at, targets, shared);
            // The root's own edges are told already.
            if layout.projects[package.project].unit != Some(at) {
                members[package.project].push(at);
            }
        }
        for (at, members) in members.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
            let mut goals = edges.of_root(at, targets, shared);
            goals.extend(edges.of_configuration(at, modules));
            edges.add_for_all(at, members, &goals);
        }
        edges
    }

    /// Adds what a package takes by itself.
    fn of_package(&mut self, at: usize, targets: &Targets<'l, 'f>, shared: &Shared) {
        let package = &self.layout.packages[at];
        let manifest = package.folder.file("package.json");
        for dependency in &package.manifest.dependencies {
            let what = format!("{} {}", dependency.kind.as_str(), dependency.name);
            for goal in targets.goals(package.project, &package.folder, dependency) {
                self.add(at, goal, (&manifest, &what));
            }
        }
        for path in &package.manifest.outside {
            self.outside(at, path, &manifest);
        }
        for (lock, goal, name) in resolved(&shared.taken[at]) {
            self.add(at, goal.clone(), (lock, &format!("resolves {name}")));
        }
        if let Some(outer) = package.outer {
            self.add(outer, Goal::Package(at), (&manifest, "lies in its folder"));
        }
    }

    /// What every member of a workspace takes by way of what its root depends on.
    fn of_root(&self, at: usize, targets: &Targets<'l, 'f>, shared: &Shared) -> BTreeSet<Common> {
        let project = &self.layout.projects[at];
        let manifest = project.folder.file("package.json");
        let mut declared: Vec<(&RepoPath, &Dependency)> = for_all(project).map(|one| (&manifest, one)).collect();
        // Where there is a lock file, that tells what they are put in the place of.
        if project.locks.is_empty() {
            let overrides = project.manifest.into_iter().flat_map(|manifest| &manifest.overrides);
            declared.extend(overrides.map(|one| (&manifest, one)));
            for (file, workspace) in &project.workspaces {
                declared.extend(workspace.overrides.iter().map(|one| (file, one)));
            }
        }
        let mut goals = BTreeSet::new();
        for (file, dependency) in declared {
            let what = format!("the workspace's {} {}", dependency.kind.as_str(), dependency.name);
            let found = targets.goals(at, &project.folder, dependency);
            goals.extend(found.into_iter().map(|goal| (goal, file.clone(), what.clone())));
        }
        let locked = resolved(&shared.roots[at]);
        goals.extend(
            locked.map(|(lock, goal, name)| (goal.clone(), lock.clone(), format!("the workspace resolves {name}"))),
        );
        goals
    }

    /// What every member takes by way of the root's configuration: what the sources directly in its folder import, with
    /// what those do, as far as it is no unit's. What its manifest names as its own is none of that.
    fn of_configuration(&self, at: usize, modules: &BTreeMap<RepoPath, Module>) -> BTreeSet<Common> {
        let project = &self.layout.projects[at];
        let own = |path: &RepoPath| {
            let name = path.file_name().to_str_lossy().into_owned();
            project.manifest.is_some_and(|manifest| manifest.own.contains(&name))
        };
        let mut open: Vec<&RepoPath> = directly_in(&project.folder, modules).filter(|path| !own(path)).collect();
        let mut seen: BTreeSet<&RepoPath> = open.iter().copied().collect();
        let mut goals = BTreeSet::new();
        while let Some(path) = open.pop() {
            let Some(module) = modules.get(path) else { continue };
            let imports = module.imports.iter().map(|import| (import, self.layout.around(import)));
            let (inside, outside): (Vec<_>, Vec<_>) = imports.partition(|(_, unit)| unit.is_some());
            open.extend(outside.iter().map(|(import, _)| *import).filter(|import| seen.insert(import)));
            let named = module.units.iter().filter_map(|name| self.layout.named(name));
            for unit in inside.into_iter().filter_map(|(_, unit)| unit).chain(named) {
                let what = format!("the workspace's configuration imports {}", self.layout.packages[unit].name);
                goals.insert((Goal::Package(unit), path.clone(), what));
            }
        }
        goals
    }

    fn add_for_all(&mut self, at: usize, members: &[usize], goals: &BTreeSet<Common>) {
        if members.len().saturating_mul(goals.len()) > MOST_FOR_ALL {
            let file = self.layout.projects[at].folder.file("package.json");
            let why = format!("what its folder holds leads to {} places of the tree, for every member", goals.len());
            self.widened.push(Widening { unit: None, file, why });
            return;
        }
        for member in members {
            for (goal, file, what) in goals {
                self.add(*member, goal.clone(), (file, what));
            }
        }
    }

    /// Adds the edge of a path in a manifest that may lead out of its folder.
    fn outside(&mut self, at: usize, path: &str, manifest: &RepoPath) {
        let folder = &self.layout.packages[at].folder;
        match folder.resolve(path) {
            Some(place) if place.is_within(folder) => {}
            Some(place) => {
                self.add(at, self.layout.at(&place).map_or(Goal::Path(place), Goal::Package), (manifest, path));
            }
            None => self.add(at, Goal::Outside, (manifest, path)),
        }
    }

    fn add(&mut self, from: usize, goal: Goal, (file, what): (&RepoPath, &str)) {
        let unit = &self.layout.packages[from];
        let to = match goal {
            Goal::Package(to) if to == from => return,
            Goal::Package(to) => Target::Unit(self.layout.packages[to].name.clone()),
            // Everything in the folder of a workspace but its members belongs to no unit, and counts for all of them.
            Goal::Path(folder) if folder == unit.folder || self.is_plain_root(&folder) => return,
            Goal::Path(folder) => Target::Path(folder),
            Goal::Outside => {
                let why = format!("{what} leads out of the repository");
                self.widened.push(Widening { unit: Some(unit.name.clone()), file: file.clone(), why });
                return;
            }
        };
        let why = Why { file: file.clone(), what: what.to_owned() };
        self.all.insert(Edge { from: unit.name.clone(), to, why });
    }

    fn is_plain_root(&self, folder: &Folder) -> bool {
        self.layout.project_at(folder).is_some_and(|project| self.layout.projects[project].unit.is_none())
    }
}

/// Where lock files say that some dependencies lead, with the file and the dependency's name.
fn resolved(all: &[(RepoPath, Taken)]) -> impl Iterator<Item = (&RepoPath, &Goal, &String)> {
    all.iter().flat_map(|(lock, taken)| taken.goals.iter().map(move |(goal, name)| (lock, goal, name)))
}

/// The source files directly in a folder. Of folders below it only the first file is looked at.
fn directly_in<'m>(folder: &Folder, modules: &'m BTreeMap<RepoPath, Module>) -> impl Iterator<Item = &'m RepoPath> {
    let mut from = Bound::Included(folder.file(""));
    std::iter::from_fn(move || {
        loop {
            let (path, _) = modules.range((from.clone(), Bound::Unbounded)).next()?;
            let rest = folder.within(path.as_bstr()).filter(|rest| !rest.is_empty())?;
            match rest.find_byte(b'/') {
                None => {
                    from = Bound::Excluded(path.clone());
                    return Some(path);
                }
                // `0` follows `/`.
                Some(slash) => from = Bound::Included(folder.file([rest[..slash].as_bytes(), b"0"].concat())),
            }
        }
    })
}
