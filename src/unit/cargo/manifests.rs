//! The manifests of a tree, by folder, and the workspaces that they are in.

use std::collections::{BTreeMap, HashSet};

use super::dependency::Dependency;
use super::fact::{Fact, Said};
use super::form;
use super::manifest::Manifest;
use super::workspace::Workspace;
use crate::path::RepoPath;
use crate::unit::{Facts, Folder};

/// The manifests of a tree.
pub(super) struct Manifests<'f> {
    by_folder: BTreeMap<Folder, Held<'f>>,
    roots: Vec<Root<'f>>,
}

/// The manifest of a folder.
pub(super) struct Held<'f> {
    /// The file.
    pub(super) file: &'f RepoPath,
    /// What it says, or why it can't be read.
    pub(super) said: Result<&'f Manifest, &'f str>,
}

/// The root of a workspace.
pub(super) struct Root<'f> {
    /// Its folder.
    pub(super) folder: Folder,
    /// Its manifest.
    pub(super) file: &'f RepoPath,
    /// What its `[workspace]` says.
    pub(super) workspace: &'f Workspace,
    /// Its whole manifest.
    pub(super) manifest: &'f Manifest,
    exclude: HashSet<Folder>,
    members: HashSet<Folder>,
}

impl<'f> Manifests<'f> {
    /// Takes the manifests among the facts of a tree.
    pub(super) fn of(facts: &'f Facts<Fact>) -> Self {
        let mut by_folder = BTreeMap::new();
        for (file, Fact(said)) in facts.of(form::MANIFEST) {
            let said = match said {
                Said::Manifest(manifest) => Ok(&**manifest),
                Said::Broken(why) => Err(why.as_str()),
                _ => continue,
            };
            by_folder.insert(Folder::of(file), Held { file, said });
        }
        let roots = by_folder.iter().filter_map(|(folder, held)| Root::of(folder, held)).collect();
        Self { by_folder, roots }
    }

    /// The roots of workspaces, sorted by folder.
    pub(super) fn roots(&self) -> &[Root<'f>] {
        &self.roots
    }

    /// The workspace whose root lies in a folder, by its place among the roots.
    pub(super) fn root_at(&self, folder: &Folder) -> Option<usize> {
        self.roots.binary_search_by(|root| root.folder.cmp(folder)).ok()
    }

    /// The manifest of a folder.
    pub(super) fn get(&self, folder: &Folder) -> Option<&Held<'f>> {
        self.by_folder.get(folder)
    }

    /// The manifest of a folder, where it can be read and declares a package.
    pub(super) fn package(&self, folder: &Folder) -> Option<&'f Manifest> {
        self.get(folder)?.said.ok().filter(|manifest| manifest.package.is_some())
    }

    /// Every manifest, sorted by folder.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Folder, &Held<'f>)> {
        self.by_folder.iter()
    }

    /// The workspace that a package takes itself to be in, as Cargo looks for it: its own, the one that it names, or the
    /// first above that doesn't exclude it.
    pub(super) fn root_of(&self, folder: &Folder) -> Option<usize> {
        let own = self.get(folder)?.said.ok()?;
        if own.workspace.is_some() {
            return self.root_at(folder);
        }
        if let Some(pointer) = pointer(own) {
            return self.root_at(&folder.resolve(pointer)?);
        }
        let leads = |above: Folder| match self.root_at(&above) {
            Some(root) => (!self.roots[root].excludes(folder)).then_some(Some(root)),
            None => self.package(&above).and_then(pointer).map(|pointer| self.root_at(&above.resolve(pointer)?)),
        };
        folder.upwards().skip(1).find_map(leads)?
    }

    /// The folders of the packages that a package depends on by path.
    pub(super) fn places(&self, manifest: &Manifest, folder: &Folder, root: Option<usize>) -> Vec<Folder> {
        let places = manifest.dependencies.iter().map(|dependency| self.lead(dependency, folder, root).place);
        places.filter_map(|place| if let Place::Folder(folder) = place { Some(folder) } else { None }).collect()
    }

    /// What a dependency of a package leads to, given the root of the workspace that the package is in.
    pub(super) fn lead<'m>(&'m self, dependency: &'m Dependency, folder: &Folder, root: Option<usize>) -> Lead<'m> {
        let (told, from) = match root.map(|root| &self.roots[root]) {
            _ if !dependency.inherited => (dependency, folder),
            Some(root) => match root.workspace.dependencies.get(&dependency.key) {
                Some((_, told)) => (told, &root.folder),
                None => return Lead::unknown(dependency, "the workspace doesn't declare it"),
            },
            None => return Lead::unknown(dependency, "no workspace declares it"),
        };
        let place = match &told.path {
            _ if told.base.is_some() => Place::Unknown("it lies where Cargo's configuration says"),
            None => Place::Elsewhere,
            Some(path) => from.resolve(path).map_or(Place::Unknown("it lies outside of the repository"), Place::Folder),
        };
        Lead { package: told.package_name(), version: told.version.as_deref(), told: Some(told), place }
    }
}

/// What a dependency leads to.
pub(super) struct Lead<'m> {
    /// The name of its package.
    pub(super) package: &'m str,
    /// The versions that are asked for.
    pub(super) version: Option<&'m str>,
    /// What declares it: the workspace, where it is inherited.
    pub(super) told: Option<&'m Dependency>,
    /// Where it lies.
    pub(super) place: Place,
}

/// Where a dependency lies.
pub(super) enum Place {
    /// Where the lock file says.
    Elsewhere,
    /// In a folder of the tree, or in none where there is nothing.
    Folder(Folder),
    /// Where can't be told, with the reason.
    Unknown(&'static str),
}

impl<'m> Lead<'m> {
    fn unknown(dependency: &'m Dependency, why: &'static str) -> Self {
        Self { package: dependency.package_name(), version: None, told: None, place: Place::Unknown(why) }
    }
}

/// The folder of the workspace that a package says it is in.
fn pointer(manifest: &Manifest) -> Option<&str> {
    manifest.package.as_ref()?.workspace.as_deref()
}

impl<'f> Root<'f> {
    fn of(folder: &Folder, held: &Held<'f>) -> Option<Self> {
        let manifest = held.said.ok()?;
        let workspace = manifest.workspace.as_ref()?;
        let places = |paths: &[String]| paths.iter().filter_map(|path| folder.resolve(path)).collect();
        Some(Self {
            folder: folder.clone(),
            file: held.file,
            workspace,
            manifest,
            exclude: places(&workspace.exclude),
            members: places(&workspace.members),
        })
    }

    /// Whether it leaves a folder out by name. Excluded are whole folders, without wildcards, and what is a member by
    /// name is not.
    pub(super) fn excludes(&self, folder: &Folder) -> bool {
        !self.exclude.is_empty()
            && folder.upwards().any(|above| self.exclude.contains(&above))
            && !folder.upwards().any(|above| self.members.contains(&above))
    }
}
