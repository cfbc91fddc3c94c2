//! What all modules import, and which units that ties together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::{Edge, Facts, Folder, Listing, Module, Target, Why};
use super::declared::Declared;
use super::entry::EntryPoints;
use super::fact::{Fact, Place, Source};
use super::imports::Imports;
use super::layout::CONVENTIONAL;
use super::own::Owners;
use super::project::Project;
use super::resolve::{Resolver, Root, View};
use super::settings::ByFolder;
use super::tree::{FileId, FolderId, Tree};
use crate::path::RepoPath;

/// All modules of a tree.
pub(super) struct Sources<'f> {
    /// What each says, by its file, in the files' order.
    all: BTreeMap<FileId, &'f Source>,
}

impl<'f> Sources<'f> {
    pub(super) fn new(tree: &Tree<'_>, facts: &'f Facts<Fact>) -> Self {
        let source = |(path, fact): (&RepoPath, &'f Fact)| match fact {
            Fact::Source(source) | Fact::Setup(_, source) => Some((tree.file(path)?, source)),
            _ => None,
        };
        Self { all: facts.of("py").chain(facts.of("setup.py")).filter_map(source).collect() }
    }
}

impl Sources<'_> {
    /// Edges to what lies outside a unit and its modules put on `sys.path`, or read by a path from their own folder.
    pub(super) fn outside(
        &self,
        listing: &Listing,
        tree: &Tree<'_>,
        owners: &Owners<'_>,
        projects: &[Project],
    ) -> BTreeSet<Edge> {
        let mut edges = BTreeSet::new();
        for (file, source) in &self.all {
            let Some(project) = owners.of(tree, *file).map(|unit| &projects[unit]) else { continue };
            let home = tree.home(*file);
            let put = source.paths.iter().flat_map(|place| places(tree, home, Some(project), place));
            let read = source.reads.iter().filter_map(|place| tree.path_of(home).resolve(place));
            let named = put.map(|place| ("puts", place, " on sys.path")).chain(read.map(|place| ("reads", place, "")));
            // What holds the unit is there for what is in it.
            let is_apart = |place: &Folder| !place.is_within(&project.folder) && !project.folder.is_within(place);
            let is_there = |place: &Folder| {
                place.to_path().is_some_and(|path| listing.has_file(&path) || listing.has_folder(place))
            };
            let named = named.filter(|(_, place, _)| is_apart(place) && is_there(place));
            edges.extend(named.map(|(how, place, to)| Edge {
                from: project.name.clone(),
                why: Why { file: tree.path(*file).clone(), what: format!("{how} {place}{to}") },
                to: Target::Path(place),
            }));
        }
        edges
    }
}

/// Where the modules of each unit are, and what else is on `sys.path`.
pub(super) fn resolver<'t>(
    tree: &'t Tree<'t>,
    projects: &'t [Project],
    owners: &Owners<'_>,
    settings: &ByFolder<'_>,
    sources: &Sources<'_>,
) -> Resolver<'t> {
    let folders = (0..tree.len()).filter_map(|at| u32::try_from(at).ok());
    let views = folders.map(|folder| View { unit: owners.nearest(folder), is_wide: false }).collect();
    let roots = projects.iter().map(|project| roots(tree, project)).collect();
    let mut resolver = Resolver::new(tree, roots, views);
    let mut wide = HashSet::new();
    for (unit, project) in projects.iter().enumerate() {
        resolver.extra[unit]
            .extend([&project.folder, &project.workspace].into_iter().filter_map(|folder| tree.find(folder)));
    }
    let mut put = |unit: Option<usize>, folder: Option<FolderId>| match unit {
        Some(unit) => resolver.extra[unit].extend(folder),
        None => resolver.shared.extend(folder),
    };
    for here in settings.all() {
        let unit = tree.find(&here.folder).and_then(|folder| owners.nearest(folder));
        here.settings
            .pythonpath
            .iter()
            .for_each(|path| put(unit, here.folder.resolve(path).and_then(|path| tree.find(&path))));
    }
    for (file, source) in &sources.all {
        let home = tree.home(*file);
        let unit = owners.of(tree, *file);
        if source.has_unknown_path {
            wide.insert(owners.nearest(home));
        }
        for place in &source.paths {
            places(tree, home, unit.map(|unit| &projects[unit]), place)
                .for_each(|folder| put(unit, tree.find(&folder)));
        }
    }
    for view in &mut resolver.views {
        view.is_wide = wide.contains(&view.unit);
    }
    resolver.tidy();
    resolver
}

/// The folders that a place may be.
fn places(tree: &Tree<'_>, home: FolderId, project: Option<&Project>, place: &Place) -> impl Iterator<Item = Folder> {
    let home = tree.path_of(home);
    let (starts, path) = match place {
        Place::Here(path) => (vec![home], path.clone()),
        Place::Cwd(path) => {
            let mut starts = vec![home, Folder::root()];
            starts.extend(project.map(|project| project.folder.clone()));
            (starts, path.clone())
        }
    };
    starts.into_iter().filter_map(move |start| start.resolve(&path))
}

/// Where a project's distribution has its modules: where its manifest says, and by convention; else in its folder.
fn roots<'t>(tree: &Tree<'_>, project: &'t Project) -> Vec<Root<'t>> {
    let mut roots: Vec<Root<'_>> = Vec::new();
    for root in &project.manifest.roots {
        let package = root.package.split('.').filter(|part| !part.is_empty()).collect();
        let folder = project.folder.resolve(&root.folder).and_then(|folder| tree.find(&folder));
        roots.extend(folder.map(|folder| (package, folder)));
    }
    let by_convention = CONVENTIONAL.iter().filter_map(|name| tree.find(&project.folder.resolve(name)?));
    // A package of that name is a package.
    roots.extend(by_convention.filter(|folder| tree.inits(*folder).is_empty()).map(|folder| (Vec::new(), folder)));
    if roots.iter().all(|(package, _)| !package.is_empty()) {
        roots.extend(tree.find(&project.folder).map(|folder| (Vec::new(), folder)));
    }
    roots.sort();
    roots.dedup();
    roots
}

/// What each module imports.
pub(super) struct Graph {
    imports: BTreeMap<FileId, Vec<FileId>>,
}

/// That a unit reaches a file which is another's, or nobody's.
pub(super) struct Reached {
    /// The module that imports it.
    pub(super) from: FileId,
    /// The file.
    pub(super) to: FileId,
    /// Whose it is.
    pub(super) owner: Option<usize>,
}

impl Graph {
    pub(super) fn new(
        sources: &Sources<'_>,
        resolver: &Resolver<'_>,
        settings: &ByFolder<'_>,
        projects: &[Project],
        declared: &Declared,
    ) -> Self {
        let entry_points = EntryPoints::new(projects, resolver);
        let all = |file: FileId| sources.all.get(&file).map_or(&[][..], |source| source.all.as_slice());
        let reach = declared.reach();
        let imports = Imports { resolver, settings, entry_points: &entry_points, reach: &reach, all: &all };
        Self { imports: sources.all.iter().map(|(file, source)| (*file, imports.of(*file, source))).collect() }
    }

    /// Modules, as they are told.
    pub(super) fn modules(&self, tree: &Tree<'_>, sources: &Sources<'_>) -> BTreeMap<RepoPath, Module> {
        let module = |(file, imports): (&FileId, &Vec<FileId>)| {
            let imports = imports.iter().map(|file| tree.path(*file).clone()).collect();
            let open = sources.all.get(file).and_then(|source| source.open.clone());
            (tree.path(*file).clone(), Module { imports, open, ..Module::default() })
        };
        self.imports.iter().map(module).collect()
    }

    /// What each unit reaches of other units, through files that are nobody's too: each unit once, each of those files once.
    pub(super) fn reached(&self, tree: &Tree<'_>, owners: &Owners<'_>) -> Vec<(usize, Vec<Reached>)> {
        let owner: HashMap<FileId, Option<usize>> =
            self.imports.keys().map(|file| (*file, owners.of(tree, *file))).collect();
        let owner_of = |file: FileId| owner.get(&file).copied().unwrap_or_else(|| owners.of(tree, file));
        let mut by_unit: BTreeMap<usize, Vec<FileId>> = BTreeMap::new();
        for (file, unit) in &owner {
            by_unit.entry(unit.unwrap_or(usize::MAX)).or_default().push(*file);
        }
        by_unit.remove(&usize::MAX);
        by_unit.into_iter().map(|(unit, files)| (unit, self.reached_by(unit, files, &owner_of))).collect()
    }

    fn reached_by(
        &self,
        unit: usize,
        mut open: Vec<FileId>,
        owner_of: &dyn Fn(FileId) -> Option<usize>,
    ) -> Vec<Reached> {
        open.sort_unstable_by(|a, b| b.cmp(a));
        let (mut units, mut files, mut reached) = (HashSet::from([unit]), HashSet::new(), Vec::new());
        while let Some(from) = open.pop() {
            let imports = self.imports.get(&from).map_or(&[][..], Vec::as_slice);
            let found = imports.iter().map(|&to| Reached { from, to, owner: owner_of(to) });
            let is_new =
                |found: &Reached| found.owner.map_or_else(|| files.insert(found.to), |owner| units.insert(owner));
            let first = reached.len();
            reached.extend(found.filter(is_new));
            open.extend(reached[first..].iter().filter(|found| found.owner.is_none()).map(|found| found.to));
        }
        reached
    }
}
