//! What an import path means, which depends on the module or the workspace that a build starts from.
//!
//! A build starts from a workspace where a go.work above the module names it, and from the module elsewhere. Its
//! replacements count, and those of no other module: so the same package may be built with other packages from elsewhere.
//! A package has the edges of all builds that take it in.

use std::collections::{BTreeMap, HashMap};

use super::layout::{Layout, Module};
use crate::unit::{Folder, Listing};

/// A build: where it starts, and what it takes from the tree.
pub(super) struct Scope {
    /// The modules that it starts from.
    pub(super) mains: Vec<usize>,
    /// The workspace, if it starts from one.
    pub(super) work: Option<usize>,
    /// The modules that it takes from the tree, the mains among them.
    pub(super) modules: Vec<usize>,
    /// Its folder of vendored packages, if it has one.
    pub(super) vendor: Option<Folder>,
    entries: Vec<usize>,
}

/// What the paths of modules mean for one module.
#[derive(Default)]
pub(super) struct Table<'a> {
    /// The folders of a module by its path.
    pub(super) places: HashMap<&'a str, Vec<Place>>,
    /// Folders of vendored packages.
    pub(super) vendors: Vec<Folder>,
}

/// Where the module of a path lies.
#[derive(Clone)]
pub(super) struct Place {
    /// `None` where it isn't in the tree.
    pub(super) folder: Option<Folder>,
    /// Whether it lies there for every build that takes the importing module in.
    pub(super) is_sure: bool,
}

/// All builds.
pub(super) struct Scopes<'a> {
    pub(super) builds: Vec<Scope>,
    /// By module.
    pub(super) tables: Vec<Table<'a>>,
    /// By module, the builds that start from it.
    pub(super) homes: Vec<Vec<usize>>,
    /// By module, the workspace that a command in its folder takes.
    pub(super) governing: Vec<Governing>,
}

/// What a command that is started in the folder of a module starts from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Governing {
    /// The module.
    Itself,
    /// A workspace that names the module.
    Work(usize),
    /// A workspace that doesn't, so that the command fails.
    Stranger,
}

impl<'a> Scopes<'a> {
    /// Works out all builds.
    pub(super) fn new(layout: &Layout<'a>, tree: &Listing) -> Self {
        let mut entries = Entries::default();
        let at: HashMap<&Folder, usize> =
            layout.modules.iter().enumerate().map(|(i, module)| (&module.root, i)).collect();
        let used: Vec<Vec<usize>> = layout.works.iter().map(|work| used(work, &at)).collect();
        let governing: Vec<Governing> =
            layout.modules.iter().enumerate().map(|(i, m)| governing(i, m, layout, &used)).collect();
        let mut scopes = Vec::new();
        for (work, mains) in used.into_iter().enumerate() {
            scopes.push(entries.scope(layout, &at, mains, Some(work)));
        }
        for (index, _) in governing.iter().enumerate().filter(|(_, governing)| !matches!(governing, Governing::Work(_)))
        {
            scopes.push(entries.scope(layout, &at, vec![index], None));
        }
        for scope in &mut scopes {
            scope.vendor = scope.vendor.take().filter(|vendor| tree.has_folder(vendor));
        }
        let mut homes = vec![Vec::new(); layout.modules.len()];
        let mut within = vec![Vec::new(); layout.modules.len()];
        for (index, scope) in scopes.iter().enumerate() {
            scope.mains.iter().for_each(|&module| homes[module].push(index));
            scope.modules.iter().for_each(|&module| within[module].push(index));
        }
        let tables =
            within.iter().map(|within| entries.table(within.iter().map(|&index| &scopes[index]).collect())).collect();
        Self { builds: scopes, tables, homes, governing }
    }
}

/// The modules that a workspace names.
fn used(work: &Module, at: &HashMap<&Folder, usize>) -> Vec<usize> {
    let mut used: Vec<usize> =
        work.file.uses.iter().filter_map(|folder| at.get(&work.root.resolve(folder)?).copied()).collect();
    used.sort_unstable();
    used.dedup();
    used
}

fn governing(index: usize, module: &Module, layout: &Layout, used: &[Vec<usize>]) -> Governing {
    let above = |(_, work): &(usize, &Module)| module.root.is_within(&work.root);
    let innermost = layout.works.iter().enumerate().filter(above).max_by_key(|(_, work)| work.root.as_bstr().len());
    match innermost {
        None => Governing::Itself,
        Some((work, _)) if used[work].binary_search(&index).is_ok() => Governing::Work(work),
        Some(_) => Governing::Stranger,
    }
}

/// What paths of modules mean, each meaning once.
#[derive(Default)]
struct Entries<'a> {
    all: Vec<(&'a str, Option<Folder>)>,
    known: BTreeMap<(&'a str, Option<Folder>), usize>,
}

impl<'a> Entries<'a> {
    fn add(&mut self, path: &'a str, folder: Option<Folder>) -> usize {
        *self.known.entry((path, folder)).or_insert_with_key(|(path, folder)| {
            self.all.push((path, folder.clone()));
            self.all.len() - 1
        })
    }

    fn scope(
        &mut self,
        layout: &Layout<'a>,
        at: &HashMap<&Folder, usize>,
        mains: Vec<usize>,
        work: Option<usize>,
    ) -> Scope {
        let mut entries = Vec::new();
        let mut modules = mains.clone();
        for &main in &mains {
            let module = &layout.modules[main];
            entries.extend(module.file.module.as_deref().map(|path| self.add(path, Some(module.root.clone()))));
        }
        let files: Vec<&Module> =
            mains.iter().map(|&main| &layout.modules[main]).chain(work.map(|work| &layout.works[work])).collect();
        for file in &files {
            let (from, replaces): (_, &'a [_]) = (&file.root, &file.file.replaces);
            for (old, new) in replaces {
                let folder = from.resolve(new);
                modules.extend(folder.as_ref().and_then(|folder| at.get(folder)));
                entries.push(self.add(old, folder));
            }
        }
        for list in [&mut entries, &mut modules] {
            list.sort_unstable();
            list.dedup();
        }
        let vendor = files.last().and_then(|file| file.root.resolve("vendor"));
        Scope { mains, work, modules, vendor, entries }
    }

    /// What paths mean in any of some builds.
    fn table(&self, scopes: Vec<&Scope>) -> Table<'a> {
        let mut counts = vec![0; self.all.len()];
        scopes.iter().flat_map(|scope| &scope.entries).for_each(|&entry| counts[entry] += 1);
        let mut table = Table::default();
        for (count, (path, folder)) in counts.iter().zip(&self.all).filter(|(count, _)| **count > 0) {
            let place = Place { folder: folder.clone(), is_sure: *count == scopes.len() };
            table.places.entry(path).or_default().push(place);
        }
        table.vendors = scopes.into_iter().filter_map(|scope| scope.vendor.clone()).collect();
        table.vendors.sort_unstable();
        table.vendors.dedup();
        table
    }
}
