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
    pub(super) fn new(
        layout: &Layout<'_>,
        targets: &Targets<'_, '_>,
        undeclared: &BTreeMap<String, BTreeSet<String>>,
    ) -> Self {
        let mut shared = Self::default();
        let mut digests = Vec::new();
        for (at, project) in layout.projects.iter().enumerate() {
            let all = project.manifest.map_or(&[][..], |manifest| &manifest.dependencies);
            let taken = |(_, lock): &(RepoPath, &'_ Lock)| targets.take(at, lock, &project.folder, all.iter());
            digests.push(project.locks.iter().map(|lock| digest(lock.1, &taken(lock))).collect::<Vec<_>>());
            let goals = |(path, lock): &(RepoPath, &'_ Lock)| {
                (path.clone(), targets.take(at, lock, &project.folder, for_all(project)))
            };
            shared.roots.push(project.locks.iter().map(goals).collect());
        }
        for (at, package) in layout.packages.iter().enumerate() {
            let mut fields = BTreeMap::new();
            let mut all = Vec::new();
            let names = undeclared.get(&package.name);
            let mut above = Some(package.project);
            while let Some(at_project) = above {
                let project = &layout.projects[at_project];
                above = project.outer;
                if project.unit != Some(at) {
                    manifests(project, package, &mut fields);
                }
                for ((path, lock), root) in project.locks.iter().zip(&digests[at_project]) {
                    let mut taken = Taken::default();
                    if at_project == package.project {
                        taken = targets.take(at_project, lock, &package.folder, package.manifest.dependencies.iter());
                        // With a lock file of its own it is installed by that.
                        taken.is_missing &= project.folder == package.folder || !layout.has_own_lock(at);
                    }
                    for name in names.into_iter().flatten() {
                        let pin = lock.names.get(name);
                        pin.into_iter().for_each(|pin| targets.follow(at_project, lock, (name, pin), &mut taken));
                    }
                    let mut hasher = Hasher::new("unit-npm-lock", 1);
                    hasher.field("root", root.as_bytes()).field("own", digest(lock, &taken).as_bytes());
                    fields.insert(path.to_string(), hasher.finish());
                    all.push((path.clone(), taken));
                }
            }
            shared.fields.push(fields);
            shared.taken.push(all);
        }
        shared
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
