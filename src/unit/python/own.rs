//! What of a project's folder is its own, and whose a module is.

use std::collections::{BTreeSet, HashMap};

use bstr::ByteSlice;

use super::super::{Folder, Listing, Own};
use super::layout::CONVENTIONAL;
use super::project::Project;
use super::tree::{FileId, FolderId, Tree};
use crate::path::RepoPath;

/// Folders of a project that is laid flat which setuptools takes for no package:
/// <https://setuptools.pypa.io/en/latest/userguide/package_discovery.html#flat-layout>.
const NO_PACKAGES: [&str; 24] = [
    "benchmark",
    "benchmarks",
    "bin",
    "build",
    "ci",
    "debian",
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "exercise",
    "exercises",
    "hooks",
    "manpages",
    "news",
    "changelog",
    "newsfragments",
    "scripts",
    "site_scons",
    "tasks",
    "tools",
    "util",
    "utils",
];

/// Folders that hold a project's tests by convention.
const TESTS: [&str; 3] = ["tests", "test", "testing"];

/// Whose each folder and module is.
pub(super) struct Owners<'p> {
    units: HashMap<&'p Folder, usize>,
    /// The unit in whose folder each folder lies.
    nearest: Vec<Option<usize>>,
    /// What is its own of each unit that holds others.
    only: Vec<Option<&'p BTreeSet<RepoPath>>>,
}

impl<'p> Owners<'p> {
    pub(super) fn new(tree: &Tree<'_>, projects: &'p [Project], own: &'p [Own]) -> Self {
        let units: HashMap<&Folder, usize> =
            projects.iter().enumerate().map(|(at, project)| (&project.folder, at)).collect();
        let mut nearest: Vec<Option<usize>> = Vec::with_capacity(tree.len());
        for at in (0..tree.len()).filter_map(|at| u32::try_from(at).ok()) {
            let above = (at != 0).then(|| nearest[tree.parent(at) as usize]).flatten();
            nearest.push(units.get(&tree.path_of(at)).copied().or(above));
        }
        let mut only = vec![None; projects.len()];
        for project in projects {
            for above in project.folder.upwards().skip(1).filter_map(|above| units.get(&above).copied()) {
                only[above] = match &own[above] {
                    Own::Only(paths) => Some(paths),
                    Own::Everything => None,
                };
            }
        }
        Self { units, nearest, only }
    }

    /// The unit in whose folder a folder lies.
    pub(super) fn nearest(&self, folder: FolderId) -> Option<usize> {
        self.nearest[folder as usize]
    }

    /// The unit that a file belongs to.
    pub(super) fn of(&self, tree: &Tree<'_>, file: FileId) -> Option<usize> {
        let unit = match tree.module_home(file) {
            Some(folder) => self.nearest(folder),
            None => Folder::of(tree.path(file)).upwards().find_map(|above| self.units.get(&above).copied()),
        }?;
        let path = tree.path(file).as_bstr();
        let is_own = self.only[unit].is_none_or(|paths| {
            let above = path.find_iter(b"/").map(|slash| path[..slash].as_bstr());
            above.chain([path]).any(|above| paths.contains(&RepoPath::new(above)))
        });
        is_own.then_some(unit)
    }
}

/// What of a project's folder is its own where other units lie in it: manifests, packages, tests, and what it names.
pub(super) fn own(listing: &Listing, project: &Project) -> Own {
    let folder = &project.folder;
    let mut paths = BTreeSet::new();
    let mut add = |path: Option<Folder>| {
        let path = path.filter(|path| path != folder && path.is_within(folder)).and_then(|path| path.to_path());
        paths.extend(path.filter(|path| listing.has_file(path) || listing.has_folder(&Folder::from(path.clone()))));
    };
    for name in ["pyproject.toml", "setup.cfg", "setup.py"].iter().chain(&TESTS).chain(&CONVENTIONAL) {
        add(folder.resolve(name));
    }
    let named = project.manifest.own.iter().chain(project.manifest.roots.iter().map(|root| &root.folder));
    named.for_each(|path| add(folder.resolve(path)));
    let tests = project.manifest.pytest.as_ref().map_or(&[][..], |settings| &settings.testpaths);
    for path in tests {
        add(folder.resolve(path));
    }
    for below in listing.folders(folder).filter(|below| listing.has_file(&below.file("__init__.py"))) {
        let is_package = below.to_path().is_some_and(|path| !NO_PACKAGES.iter().any(|name| *name == path.file_name()));
        add(is_package.then_some(below));
    }
    Own::Only(paths)
}
