//! Who depends on whom.

use std::collections::BTreeSet;

use super::fields::Shared;
use super::layout::{Layout, Project};
use super::manifest::Dependency;
use super::targets::{Goal, Targets, for_all};
use crate::path::RepoPath;
use crate::unit::{Edge, Folder, Target, Why, Widening};

/// How many edges may come of what workspaces' roots depend on. Beyond, every package depends on everything anyway.
const MOST_FOR_ALL: usize = 50_000;

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
    pub(super) fn new(layout: &'l Layout<'f>, targets: &Targets<'l, 'f>, shared: &Shared) -> Self {
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
        for (at, project) in layout.projects.iter().enumerate() {
            edges.of_root(at, project, targets, shared);
        }
        edges
    }

    /// Adds what every member of a workspace takes by way of its root.
    fn of_root(&mut self, at: usize, project: &Project<'f>, targets: &Targets<'l, 'f>, shared: &Shared) {
        let mut goals: BTreeSet<(Goal, RepoPath, String)> = BTreeSet::new();
        let manifest = project.folder.file("package.json");
        let mut add = |file: &RepoPath, dependency: &Dependency| {
            let what = format!("the workspace's {} {}", dependency.kind.as_str(), dependency.name);
            let found = targets.goals(at, &project.folder, dependency);
            goals.extend(found.into_iter().map(|goal| (goal, file.clone(), what.clone())));
        };
        if project.unit.is_none() {
            for_all(project).for_each(|dependency| add(&manifest, dependency));
        }
        if project.locks.is_empty() {
            let overrides = project.manifest.into_iter().flat_map(|manifest| &manifest.overrides);
            overrides.for_each(|dependency| add(&manifest, dependency));
            for (file, workspace) in &project.workspaces {
                workspace.overrides.iter().for_each(|dependency| add(file, dependency));
            }
        }
        if project.unit.is_none() {
            for (file, taken) in &shared.roots[at] {
                goals.extend(
                    taken
                        .goals
                        .iter()
                        .map(|(goal, name)| (goal.clone(), file.clone(), format!("the workspace resolves {name}"))),
                );
            }
        }
        let members: Vec<usize> =
            (0..self.layout.packages.len()).filter(|member| self.layout.packages[*member].project == at).collect();
        if members.len().saturating_mul(goals.len()) > MOST_FOR_ALL {
            let why = format!("its dependencies lead to {} places of the tree, for every member", goals.len());
            self.widened.push(Widening { unit: None, file: manifest, why });
            return;
        }
        for member in members {
            for (goal, file, what) in &goals {
                self.add(member, goal.clone(), (file, what));
            }
        }
    }

    /// Adds the edge of a path in a manifest that may lead out of its folder.
    fn outside(&mut self, at: usize, path: &str, manifest: &RepoPath) {
        let folder = &self.layout.packages[at].folder;
        match folder.resolve(path) {
            Some(place) if place.is_within(folder) => {}
            Some(place) => {
                self.add(at, self.layout.at(&place).map_or(Goal::Path(place), Goal::Package), (manifest, path))
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
