//! What all files say together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::fact::{Project, Source};
use super::files::{File, Files};
use super::projects::Projects;
use super::resolver::{Around, Resolver};
use super::scopes::{Index, Scopes};
use super::seen::Seen;
use super::{Fact, Linked, Package, edges, extends, form, tests};
use crate::path::RepoPath;
use crate::unit::{Folder, Listing, Module, Widening};

/// How many files are looked at in one go.
const CHUNK: usize = 512;

/// Finds what files import in a tree.
///
/// `packages` are what all `package.json` files of the tree say, apart from those below `node_modules`; `files` are all
/// files of a form, in any order.
pub(in crate::unit) fn link<'f>(
    tree: &'f Listing,
    packages: &'f [Package],
    files: impl Iterator<Item = (&'f RepoPath, &'f Fact)>,
) -> Linked {
    let (index, scopes) = (Files::new(tree), Scopes::new(tree, packages));
    let (mut sources, mut projects) = (Vec::new(), BTreeMap::new());
    for (path, fact) in files {
        let Some(file) = index.exact(path.as_bstr()) else { continue };
        match fact {
            Fact::Source(source) => sources.push((file, source)),
            Fact::Project(project) => drop(projects.insert(file, &**project)),
        }
    }
    let extended = |file: File, project: &Project| extends::extended(&index, &scopes, file, project);
    let projects = Projects::new(&index, projects, &extended);
    let offers = packages.iter().map(|_| OnceLock::new()).collect();
    let resolver = Resolver { files: index, scopes, projects, offers };
    let mut linker = Linker {
        seen: vec![None; tree.entries().len()],
        tests: BTreeSet::new(),
        mocks: HashMap::new(),
        widened: Vec::new(),
        resolver,
    };
    linker.sources(&sources);
    linker.projects();
    linker.mocks();
    linker.tests(&sources);
    linker.linked()
}

struct Linker<'t> {
    resolver: Resolver<'t>,
    /// What each entry of the tree sees; nothing of those that say nothing.
    seen: Vec<Option<Seen>>,
    tests: BTreeSet<File>,
    /// Mocks of what comes from registries, by unit: every test of it sees them.
    mocks: HashMap<Option<Index>, Vec<File>>,
    widened: Vec<Widening>,
}

impl Linker<'_> {
    fn sources(&mut self, sources: &[(File, &Source)]) {
        let seen: Vec<(File, Seen)> =
            sources.par_chunks(CHUNK).flat_map_iter(|chunk| see(&self.resolver, chunk)).collect();
        for (file, seen) in seen {
            self.seen[file] = Some(seen);
        }
    }

    fn projects(&mut self) {
        let resolver = &self.resolver;
        for (file, project) in resolver.projects.all() {
            let path = resolver.files.path(file);
            let around = resolver.around(Folder::of(path), false);
            let mut seen = Seen::default();
            let extended = extends::extended(&resolver.files, &resolver.scopes, file, project);
            let unread = extended
                .iter()
                .find(|file| resolver.projects.get(**file).is_none())
                .map(|file| resolver.files.path(*file));
            let unread = unread.map(|path| format!("it extends '{path}', which isn't read"));
            let broken = project.broken.as_ref().filter(|_| super::form::is_project(path.file_name()));
            let broken = broken.map(|why| format!("can't be read: {why}"));
            let unit = around.owner.and_then(|owner| resolver.scopes.package(owner).unit.clone());
            let widening = |why| Widening { unit: unit.clone(), file: path.clone(), why };
            self.widened.extend(broken.into_iter().chain(unread).map(widening));
            seen.files.extend(extended);
            extends::see(resolver, &around, project, &mut seen);
            self.seen[file] = Some(seen);
        }
    }

    /// Mocks that stand beside what they mock are seen by what imports that.
    fn mocks(&mut self) {
        let files = &self.resolver.files;
        let mocks = files.tree().entries().iter().enumerate();
        let mocks = mocks.filter_map(|(file, entry)| Some((file, tests::mocked(&entry.path)?)));
        for (mock, place) in mocks.collect::<Vec<_>>() {
            let mut found = Vec::new();
            self.resolver.files.named(&place, false, &mut found);
            if found.is_empty() {
                let owner = self.resolver.scopes.owner_of(mock);
                self.mocks.entry(owner).or_default().push(mock);
            }
            for file in found {
                self.seen[file].get_or_insert_default().files.insert(mock);
            }
        }
    }

    /// What tests see without naming it.
    fn tests(&mut self, sources: &[(File, &Source)]) {
        let mut common: HashMap<Folder, Vec<File>> = HashMap::new();
        let resolver = &self.resolver;
        for (file, entry) in resolver.files.tree().entries().iter().enumerate() {
            if tests::is_configuration(&entry.path) {
                common.entry(Folder::of(&entry.path)).or_default().push(file);
            }
        }
        let mut by_package: HashMap<Index, Seen> = HashMap::new();
        for (file, _) in sources {
            let path = resolver.files.path(*file);
            let owner = resolver.scopes.owner_of(*file);
            if !tests::is_test(path, owner.is_none_or(|owner| tests::takes_folders(resolver.scopes.package(owner)))) {
                continue;
            }
            self.tests.insert(*file);
            let Some(seen) = &mut self.seen[*file] else { continue };
            seen.files.extend(resolver.file(&tests::snapshot(path)));
            seen.files.extend(Folder::of(path).upwards().filter_map(|folder| common.get(&folder)).flatten());
            seen.files.extend(self.mocks.get(&owner).into_iter().flatten());
            if let Some(owner) = owner {
                let shared = by_package.entry(owner).or_insert_with(|| resolver.shared(owner));
                seen.files.extend(&shared.files);
                seen.named.extend(&shared.named);
                seen.wholes.extend(&shared.wholes);
            }
        }
    }

    fn linked(self) -> Linked {
        let (resolver, path) = (&self.resolver, |file: &File| self.resolver.files.path(*file).clone());
        let unit = |index: &Index| resolver.scopes.package(*index).unit.clone();
        let module = |seen: &Seen| {
            let absent = seen.places.iter().filter(|place| !resolver.files.tree().has_folder(place));
            let absent = absent.filter_map(Folder::to_path);
            Module {
                imports: seen.files.iter().map(path).chain(absent).collect(),
                units: seen.wholes.iter().filter_map(unit).collect(),
                open: seen.open.clone(),
            }
        };
        let said = || self.seen.iter().enumerate().filter_map(|(file, seen)| Some((file, seen.as_ref()?)));
        let mut undeclared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (file, seen) in said().filter(|(_, seen)| !seen.undeclared.is_empty()) {
            if let Some(unit) = resolver.scopes.owner_of(file).and_then(|owner| unit(&owner)) {
                undeclared.entry(unit).or_default().extend(seen.undeclared.iter().cloned());
            }
        }
        let modules: Vec<(RepoPath, Module)> = self
            .seen
            .par_iter()
            .enumerate()
            .filter_map(|(file, seen)| Some((path(&file), module(seen.as_ref()?))))
            .collect();
        Linked {
            edges: edges::edges(resolver, &self.seen),
            modules: modules.into_iter().collect(),
            tests: self.tests.iter().map(path).collect(),
            widened: self.widened,
            undeclared,
        }
    }
}

/// What sources can see that follow each other.
fn see(resolver: &Resolver<'_>, sources: &[(File, &Source)]) -> Vec<(File, Seen)> {
    let mut last: Option<Around<'_>> = None;
    let mut found = Vec::with_capacity(sources.len());
    for (file, source) in sources {
        let path = resolver.files.path(*file);
        let form = form(path);
        let is_style = form == Some("style");
        let is_same = |last: &Around<'_>| {
            let within = last.folder.within(path.as_bstr());
            last.is_style == is_style && within.is_some_and(|rest| !rest.contains(&b'/'))
        };
        let around = last.take().filter(is_same).unwrap_or_else(|| resolver.around(Folder::of(path), is_style));
        let mut seen = resolver.see(&around, source);
        if matches!(form, Some("ts" | "tsx" | "js" | "component"))
            && let Some(nearest) = around.nearest
        {
            seen.files.extend(nearest.files.iter().filter(|file| is_default(resolver.files.path(**file))));
            nearest.jsx.iter().filter(|_| form == Some("tsx")).for_each(|jsx| {
                resolver.load(&around, &format!("{jsx}/jsx-runtime"), 2, &mut seen);
            });
        }
        seen.files.remove(file);
        found.push((*file, seen));
        last = Some(around);
    }
    found
}

/// Whether tools take a project without being told of it.
fn is_default(path: &RepoPath) -> bool {
    path.file_name() == "tsconfig.json" || path.file_name() == "jsconfig.json"
}
