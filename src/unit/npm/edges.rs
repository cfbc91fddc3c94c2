//! Who depends on whom.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use bstr::ByteSlice;

use super::fields::Shared;
use super::layout::Layout;
use super::manifest::Dependency;
use super::targets::{Goal, Targets, for_all};
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
    pub(super) edges: BTreeSet<Edge>,
    /// What can't be told.
    pub(super) widened: Vec<Widening>,
}

impl<'l, 'f> Edges<'l, 'f> {
    /// Finds all edges that manifests and lock files tell of.
    /// `modules` are the source files.
    pub(super) fn new(
        layout: &'l Layout<'f>,
        targets: &Targets<'l, 'f>,
        shared: &Shared,
        modules: &BTreeMap<RepoPath, Module>,
    ) -> Self {
        let mut edges = Self { layout, edges: BTreeSet::new(), widened: Vec::new() };
        for (at, package) in layout.packages.iter().enumerate() {
            let manifest = package.folder.file("package.json");
            for dependency in &package.manifest.dependencies {
                let what = format!("{} {}", dependency.kind.as_str(), dependency.name);
                for goal in targets.goals(package.project, &package.folder, dependency) {
                    edges.add(at, goal, (&manifest, &what));
                }
            }
            for path in &package.manifest.outside {
                edges.outside(at, path, &manifest);
            }
            for (lock, taken) in &shared.taken[at] {
                for (goal, name) in &taken.goals {
                    edges.add(at, goal.clone(), (lock, &format!("resolves {name}")));
                }
            }
            if let Some(outer) = package.outer {
                edges.add(outer, Goal::Package(at), (&manifest, "lies in its folder"));
            }
        }
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); layout.projects.len()];
        layout.packages.iter().enumerate().for_each(|(at, package)| members[package.project].push(at));
        for (at, members) in members.iter().enumerate() {
            let mut goals = edges.of_root(at, targets, shared);
            if layout.projects[at].unit.is_none() {
                goals.extend(edges.of_configuration(at, modules));
            }
            edges.add_for_all(at, members, &goals);
        }
        edges
    }

    /// What every member of a workspace takes by way of what its root depends on.
    fn of_root(&self, at: usize, targets: &Targets<'l, 'f>, shared: &Shared) -> BTreeSet<Common> {
        let project = &self.layout.projects[at];
        let mut goals = BTreeSet::new();
        let manifest = project.folder.file("package.json");
        let mut add = |file: &RepoPath, dependency: &Dependency| {
            let what = format!("the workspace's {} {}", dependency.kind.as_str(), dependency.name);
            let found = targets.goals(at, &project.folder, dependency);
            goals.extend(found.into_iter().map(|goal| (goal, file.clone(), what.clone())));
        };
        if project.unit.is_none() {
            for_all(project).for_each(|dependency| add(&manifest, dependency));
        }
        // A lock file tells what they are put in the place of.
        if project.locks.is_empty() {
            let overrides = project.manifest.into_iter().flat_map(|manifest| &manifest.overrides);
            overrides.for_each(|dependency| add(&manifest, dependency));
            for (file, workspace) in &project.workspaces {
                workspace.overrides.iter().for_each(|dependency| add(file, dependency));
            }
        }
        if project.unit.is_none() {
            for (file, taken) in &shared.roots[at] {
                let common = |(goal, name): &(Goal, String)| {
                    (goal.clone(), file.clone(), format!("the workspace resolves {name}"))
                };
                goals.extend(taken.goals.iter().map(common));
            }
        }
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
            let what = |what: &dyn std::fmt::Display| format!("the workspace's configuration imports {what}");
            for import in &module.imports {
                match Folder::of(import).upwards().find_map(|folder| self.layout.at(&folder)) {
                    Some(unit) => drop(goals.insert((Goal::Package(unit), path.clone(), what(import)))),
                    None if seen.insert(import) => open.push(import),
                    None => {}
                }
            }
            for unit in module.units.iter().filter_map(|name| self.layout.named(name)) {
                goals.insert((Goal::Package(unit), path.clone(), what(&self.layout.packages[unit].name)));
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
        self.edges.insert(Edge { from: unit.name.clone(), to, why });
    }

    fn is_plain_root(&self, folder: &Folder) -> bool {
        self.layout.project_at(folder).is_some_and(|project| self.layout.projects[project].unit.is_none())
    }
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
