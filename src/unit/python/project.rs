//! Which folders are projects, and which projects are units.
//!
//! A project is a unit where no other project holds it, where a workspace has it as a member (or leaves it out by name), or
//! where a unit asks for it by its path. Any other one lies in a unit as a file does: it is an example or a test's input.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::super::{Facts, Folder};
use super::fact::{Fact, Manifest, Requirement};
use super::members::Members;
use crate::path::RepoPath;

/// A project that is a unit.
#[derive(Debug)]
pub(super) struct Project {
    /// Its folder.
    pub(super) folder: Folder,
    /// The file that declares it.
    pub(super) path: RepoPath,
    /// The name that it has as a unit.
    pub(super) name: String,
    /// What its manifests say together.
    pub(super) manifest: Manifest,
    /// The folder of its workspace.
    pub(super) workspace: Folder,
    /// Whether its workspace has it.
    pub(super) is_member: bool,
    /// Why its manifest can't be read, if so.
    pub(super) fault: Option<String>,
}

/// Manifests of a folder, the most telling one first.
const MANIFESTS: [&str; 3] = ["pyproject.toml", "setup.cfg", "setup.py"];

/// A folder with manifests.
struct Candidate {
    path: RepoPath,
    manifest: Manifest,
    fault: Option<String>,
    is_project: bool,
}

/// The projects that are units, sorted by folder, and the requirements files that count: those of an example don't.
pub(super) fn projects(facts: &Facts<Fact>) -> (Vec<Project>, BTreeSet<&RepoPath>) {
    let mut candidates = candidates(facts);
    let manifests: Vec<_> = candidates.iter().map(|(folder, candidate)| (folder, &candidate.manifest)).collect();
    let members = Members::of(&manifests);
    let (units, asking) = units(&candidates, &members, facts);
    let mut names = BTreeSet::new();
    let mut projects = Vec::new();
    for folder in units {
        let Some(Candidate { path, manifest, fault, .. }) = candidates.remove(&folder) else { continue };
        let (workspace, is_member) = members.workspace(&folder).unwrap_or_else(|| (folder.clone(), true));
        let name = name_of(&folder, &manifest, &mut names);
        projects.push(Project { folder, path, name, manifest, workspace, is_member, fault });
    }
    (projects, asking)
}

/// Its name, or its folder's; with the folder behind it where another unit has that name.
fn name_of(folder: &Folder, manifest: &Manifest, names: &mut BTreeSet<String>) -> String {
    let last = folder.to_path().map_or_else(|| "root".to_owned(), |path| path.file_name().to_string());
    let name = manifest.name.clone().filter(|name| !name.is_empty()).unwrap_or(last);
    let name = if names.contains(&super::name::normalised(&name)) { format!("{name}@{folder}") } else { name };
    names.insert(super::name::normalised(&name));
    name
}

/// Every folder whose manifests make it a project; with the root's `pyproject.toml` alone, the root.
fn candidates(facts: &Facts<Fact>) -> BTreeMap<Folder, Candidate> {
    let mut all: BTreeMap<Folder, Candidate> = BTreeMap::new();
    for form in MANIFESTS {
        for (path, fact) in facts.of(form) {
            let (manifest, fault) = match fact {
                Fact::Manifest(manifest) | Fact::Setup(manifest, _) => ((**manifest).clone(), None),
                Fact::Unreadable(why, _) => (Manifest::default(), Some(why.clone())),
                _ => continue,
            };
            let found = Candidate { path: path.clone(), manifest, fault, is_project: false };
            match all.entry(Folder::of(path)) {
                Entry::Vacant(entry) => drop(entry.insert(found)),
                Entry::Occupied(mut entry) => entry.get_mut().add(found),
            }
        }
    }
    let is_only = all.len() == 1;
    for (folder, candidate) in &mut all {
        let Candidate { manifest, fault, .. } = &*candidate;
        let is_lone = is_only && folder.is_root() && manifest.workspace.is_none();
        candidate.is_project = manifest.is_project || fault.is_some() || is_lone;
    }
    all.retain(|_, candidate| candidate.is_project || candidate.manifest.workspace.is_some());
    all
}

/// The folders of units, and the requirements files that count.
fn units<'f>(
    candidates: &BTreeMap<Folder, Candidate>,
    members: &Members,
    facts: &'f Facts<Fact>,
) -> (BTreeSet<Folder>, BTreeSet<&'f RepoPath>) {
    let is_project = |folder: &Folder| candidates.get(folder).is_some_and(|found| found.is_project);
    // One that can't be read holds nothing: it might open a workspace.
    let holds = |folder: &Folder| candidates.get(folder).is_some_and(|found| found.is_project && found.fault.is_none());
    let is_outermost = |folder: &Folder| !folder.upwards().skip(1).any(|above| holds(&above));
    let outermost = candidates.keys().filter(|folder| is_project(folder) && is_outermost(folder));
    let claimed = members.all().filter(|folder| is_project(folder));
    let mut open: Vec<Folder> = outermost.chain(claimed).cloned().collect();
    let (mut units, mut asking) = (BTreeSet::new(), BTreeSet::new());
    let mut files: Vec<(&RepoPath, &[Requirement])> = Vec::new();
    for (path, fact) in facts.of("requirements") {
        if let Fact::Requirements(found) = fact {
            files.push((path, &found.requires));
        }
    }
    loop {
        while let Some(folder) = open.pop() {
            if !is_project(&folder) || !units.insert(folder.clone()) {
                continue;
            }
            let manifest = &candidates[&folder].manifest;
            let paths = manifest.requires.iter().filter_map(|requirement| requirement.path.as_ref());
            let asked = manifest.requires.iter().map(|requirement| requirement.name.as_str()).collect::<BTreeSet<_>>();
            open.extend(paths.filter_map(|path| folder.resolve(path)));
            // A workspace's sources hold for its members.
            let workspace = members.workspace(&folder).map(|(root, _)| root).filter(|root| *root != folder);
            for holder in [&folder].into_iter().chain(&workspace) {
                let sources = candidates.get(holder).into_iter().flat_map(|found| &found.manifest.sources);
                let sources = sources.filter(|(name, _)| asked.contains(name.as_str()));
                open.extend(sources.filter_map(|(_, path)| holder.resolve(path)));
            }
        }
        files.retain(|(path, requires)| {
            let home = Folder::of(path).upwards().find(&is_project);
            let is_asked = home.is_none_or(|home| units.contains(&home));
            if is_asked {
                let paths = requires.iter().filter_map(|requirement| requirement.path.as_ref());
                open.extend(paths.filter_map(|path_of| Folder::of(path).resolve(path_of)));
                asking.insert(*path);
            }
            !is_asked
        });
        if open.is_empty() {
            return (units, asking);
        }
    }
}

impl Candidate {
    /// Adds another manifest of the folder.
    fn add(&mut self, other: Self) {
        if !self.manifest.is_project && other.manifest.is_project {
            self.path = other.path;
        }
        self.manifest.add(other.manifest);
        self.fault = self.fault.take().or(other.fault);
    }
}

impl Manifest {
    /// Adds what another manifest of the folder says.
    fn add(&mut self, other: Self) {
        self.is_project |= other.is_project;
        self.is_dynamic |= other.is_dynamic;
        self.name = self.name.take().or(other.name);
        self.requires.extend(other.requires);
        self.roots.extend(other.roots);
        self.own.extend(other.own);
        self.files.extend(other.files);
        self.entry_points.extend(other.entry_points);
    }
}
