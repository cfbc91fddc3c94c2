//! What units take from manifests and lock files that are not their own.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::{Fact, Remembered};
use super::layout::{Layout, Package, Project};
use super::lock::{self, Lock};
use super::manifest::{Catalogs, Dependency};
use super::spec::Spec;
use super::targets::{Taken, Targets, for_all};
use crate::digest::{Digest, Hasher};
use crate::path::RepoPath;
use crate::unit::{Facts, Widening};

/// What units take, and where that leads.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The fields of each package.
    pub(super) fields: Vec<BTreeMap<String, Digest>>,
    /// What each package takes by way of the lock files of its project.
    pub(super) taken: Vec<Vec<(RepoPath, Taken)>>,
    /// What every member of a project takes by way of its root.
    pub(super) roots: Vec<Vec<(RepoPath, Taken)>>,
}

impl Shared {
    /// Gathers it for every package. `undeclared` are the packages that units import without declaring them.
    pub(super) fn new<'f>(
        layout: &Layout<'f>,
        targets: &Targets<'_, 'f>,
        undeclared: &BTreeMap<String, BTreeSet<String>>,
    ) -> Self {
        let mut shared = Self::default();
        let mut digests = Vec::new();
        for (at, project) in layout.projects.iter().enumerate() {
            let all = project.manifest.map_or(&[][..], |manifest| &manifest.dependencies);
            let taken = |lock: &'f Lock| targets.take(at, lock, &project.folder, all.iter());
            digests.push(project.locks.iter().map(|(_, lock)| digest(lock, &taken(lock))).collect::<Vec<_>>());
            let of_root = |lock: &'f Lock| targets.take(at, lock, &project.folder, for_all(project));
            shared.roots.push(project.locks.iter().map(|(path, lock)| (path.clone(), of_root(lock))).collect());
        }
        for at in 0..layout.packages.len() {
            let one = One { layout, targets, at, names: undeclared.get(&layout.packages[at].name) };
            let (mut fields, mut taken) = (BTreeMap::new(), Vec::new());
            let mut above = Some(layout.packages[at].project);
            while let Some(project) = above {
                one.of_project(project, &digests[project], &mut fields, &mut taken);
                above = layout.projects[project].outer;
            }
            shared.fields.push(fields);
            shared.taken.push(taken);
        }
        shared
    }
}

/// A package, and what its sources import without that it declares them.
struct One<'s, 'l, 'f> {
    layout: &'s Layout<'f>,
    targets: &'s Targets<'l, 'f>,
    at: usize,
    names: Option<&'s BTreeSet<String>>,
}

impl One<'_, '_, '_> {
    /// Adds what it takes from a project that it lies in. `roots` are what the project's root resolves to, by lock file.
    fn of_project(
        &self,
        at: usize,
        roots: &[Digest],
        fields: &mut BTreeMap<String, Digest>,
        all: &mut Vec<(RepoPath, Taken)>,
    ) {
        let (project, package) = (&self.layout.projects[at], &self.layout.packages[self.at]);
        if project.unit != Some(self.at) {
            manifests(project, package, fields);
        }
        for ((path, lock), root) in project.locks.iter().zip(roots) {
            let mut taken = Taken::default();
            if at == package.project {
                taken = self.targets.take(at, lock, &package.folder, package.manifest.dependencies.iter());
                // With a lock file of its own it is installed by that.
                taken.is_missing &= project.folder == package.folder || !package.has_lock;
            }
            let names = self.names.into_iter().flatten();
            for (name, pin) in names.filter_map(|name| Some((name, lock.names.get(name)?))) {
                self.targets.follow(at, lock, (name, pin), &mut taken);
            }
            let mut hasher = Hasher::new("unit-npm-lock", 1);
            hasher.field("root", root.as_bytes()).field("own", digest(lock, &taken).as_bytes());
            fields.insert(path.to_string(), hasher.finish());
            all.push((path.clone(), taken));
        }
    }
}

/// The digest of what some dependencies take by way of a lock file.
fn digest(lock: &Lock, taken: &Taken) -> Digest {
    let mut hasher = Hasher::new("unit-npm-lock-taken", 1);
    hasher.field("common", lock.common.as_bytes());
    for (name, digest) in &taken.pins {
        hasher.field(name, digest.as_bytes());
    }
    if taken.is_missing {
        hasher.field("whole", lock.raw.as_bytes());
    }
    hasher.finish()
}

/// Adds what a package takes from the manifests in the folder of a project that it isn't itself.
fn manifests(project: &Project<'_>, package: &Package<'_>, fields: &mut BTreeMap<String, Digest>) {
    let dependencies = project.manifest.into_iter().flat_map(|root| &root.dependencies);
    let dependencies: Vec<&Dependency> = package.manifest.dependencies.iter().chain(dependencies).collect();
    if let Some(manifest) = project.manifest {
        let digest = with_catalogs(manifest.shared, &manifest.catalogs, &dependencies, false);
        fields.insert(project.folder.file("package.json").to_string(), digest);
    }
    for (path, workspace) in &project.workspaces {
        // What overrides take from catalogs isn't told apart.
        let digest = with_catalogs(workspace.shared, &workspace.catalogs, &dependencies, workspace.takes_catalogs);
        fields.insert(path.to_string(), digest);
    }
}

/// A digest with the entries of catalogs that some dependencies take.
fn with_catalogs(digest: Digest, catalogs: &Catalogs, dependencies: &[&Dependency], all: bool) -> Digest {
    if catalogs.is_empty() {
        return digest;
    }
    let mut hasher = Hasher::new("unit-npm-catalogs", 1);
    hasher.field("shared", digest.as_bytes());
    if all {
        for (name, range) in catalogs.values().flatten() {
            hasher.field(name, range);
        }
    }
    for dependency in dependencies {
        if let Spec::Catalog(catalog) = Spec::read(&dependency.range) {
            let range = catalogs.get(catalog).and_then(|catalog| catalog.get(&dependency.name));
            hasher.field(&dependency.name, range.map_or("", String::as_str));
        }
    }
    hasher.finish()
}

/// The files of which fields tell everything.
pub(super) fn explained(layout: &Layout<'_>) -> BTreeSet<RepoPath> {
    let mut files = BTreeSet::new();
    for project in &layout.projects {
        files.extend(project.locks.iter().map(|(path, _)| path.clone()));
        files.extend(project.workspaces.iter().map(|(path, _)| path.clone()));
        if project.unit.is_none() && project.manifest.is_some() {
            files.insert(project.folder.file("package.json"));
        }
    }
    files
}

/// What the lock files mean that can't be read.
pub(super) fn unreadable(layout: &Layout<'_>, facts: &Facts<Remembered>) -> Vec<Widening> {
    let mut widened = Vec::new();
    let mut members: Vec<Vec<&str>> = vec![Vec::new(); layout.projects.len()];
    layout.packages.iter().for_each(|package| members[package.project].push(&package.name));
    for (project, members) in layout.projects.iter().zip(members) {
        for file in lock::NAMES.iter().map(|name| project.folder.file(name)) {
            let Some(Fact::Unreadable(why)) = facts.get(&file).map(|fact| &fact.0) else { continue };
            let why = format!("can't be read: {why}");
            if members.len() == layout.packages.len() {
                widened.push(Widening { unit: None, file, why });
                continue;
            }
            for name in &members {
                widened.push(Widening { unit: Some((*name).to_owned()), file: file.clone(), why: why.clone() });
            }
        }
    }
    widened
}
