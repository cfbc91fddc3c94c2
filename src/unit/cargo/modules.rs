//! Integration tests, and what each of them sees.
//!
//! A test links the whole of its package, and of what that depends on, but not the package's other tests. What a package
//! gives to whoever links it hangs on its manifest: that imports every file of the package but those of its tests, and
//! the manifests of what the package depends on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bstr::{BStr, ByteSlice};

use super::fact::Fact;
use super::manifest::TargetKind;
use super::packages::Packages;
use super::reach::{source, sources};
use super::{step, targets};
use crate::path::RepoPath;
use crate::unit::{Edge, Facts, Folder, Listing, Module, Target};

/// Tests, and what each file imports.
#[derive(Default)]
pub(super) struct Modules {
    /// What files import.
    pub(super) modules: BTreeMap<RepoPath, Module>,
    /// The first files of tests.
    pub(super) tests: BTreeSet<RepoPath>,
}

/// What integration tests are looked for in.
pub(super) struct Sight<'s> {
    /// The units.
    pub(super) packages: &'s Packages<'s>,
    /// What files say.
    pub(super) facts: &'s Facts<Fact>,
    /// Which files there are.
    pub(super) tree: &'s Listing,
}

/// The integration tests of units, given all edges.
pub(super) fn of(from: &Sight, edges: &[Edge]) -> Modules {
    let mut found = Modules::default();
    for (at, unit) in from.packages.all.iter().enumerate() {
        let mut first = targets::files(unit, TargetKind::Test, from.tree);
        first.retain(|test| from.tree.has_file(test));
        for test in &first {
            found.test(from, at, test);
        }
        found.tests.extend(first);
    }
    if found.tests.is_empty() {
        return found;
    }
    let mut given: Vec<Module> = vec![Module::default(); from.packages.all.len()];
    found.share(from, &mut given);
    link(from, edges, &mut given);
    found.take_files(from, &mut given);
    found.modules.extend(from.packages.all.iter().map(|unit| unit.file.clone()).zip(given));
    found
}

impl Modules {
    /// Adds a test and the files that it is made of.
    fn test(&mut self, from: &Sight, at: usize, test: &RepoPath) {
        let Sight { packages, facts, tree } = from;
        let unit = &packages.all[at];
        let mut open = vec![test.clone()];
        while let Some(file) = open.pop() {
            if self.modules.contains_key(&file) {
                continue;
            }
            let mut module = Module::default();
            let source = source(facts, &file);
            module.open = source.is_none_or(|it| it.is_unread).then(|| "is no Rust that can be read".to_owned());
            let steps = source.map_or_else(Vec::new, |source| step::all(packages, at, &file, source, tree));
            for step in steps.into_iter().filter(|step| step.is_sure) {
                let path = step.place.and_then(|place| place.to_path());
                let is_part = |path: &&RepoPath| step.is_code && is_in_tests(unit.folder.within(path.as_bstr()));
                open.extend(path.as_ref().filter(is_part).cloned());
                module.imports.extend(path);
            }
            module.imports.insert(unit.file.clone());
            module.imports.remove(&file);
            self.modules.insert(file, module);
        }
    }

    /// Files of tests that others than tests are made of too are given to whoever links the package.
    fn share(&self, from: &Sight, given: &mut [Module]) {
        let Sight { packages, facts, tree } = from;
        let telling = sources(facts).filter(|(_, source)| !source.reads.is_empty() || !source.modules.is_empty());
        for (file, source) in telling.filter(|(file, _)| !self.modules.contains_key(file)) {
            let Some(at) = packages.holder(Folder::of(file).as_bstr()) else { continue };
            for step in step::all(packages, at, file, source, tree).into_iter().filter(|step| step.is_sure) {
                let path = step.place.and_then(|place| place.to_path());
                given[at].imports.extend(path.filter(|path| self.modules.contains_key(path)));
            }
        }
    }

    /// Every other file of a package is given to whoever links it.
    fn take_files(&self, from: &Sight, given: &mut [Module]) {
        let own: HashSet<&BStr> = self.modules.keys().map(RepoPath::as_bstr).collect();
        let mut files: Vec<Vec<RepoPath>> = vec![Vec::new(); given.len()];
        let (mut last, mut holder): (Option<&BStr>, _) = (None, None);
        for entry in from.tree.entries() {
            let path = entry.path.as_bstr();
            let folder = path[..path.rfind_byte(b'/').unwrap_or(0)].as_bstr();
            if last.replace(folder) != Some(folder) {
                holder = from.packages.holder(folder);
            }
            if let Some(at) = holder.filter(|_| !own.contains(path)) {
                files[at].push(entry.path.clone());
            }
        }
        for ((unit, module), mut files) in from.packages.all.iter().zip(given).zip(files) {
            files.retain(|file| file != unit.file);
            // A set is made of many at once faster than one by one.
            files.extend(std::mem::take(&mut module.imports));
            module.imports = files.into_iter().collect();
        }
    }
}

/// What a unit depends on is given with it.
fn link(from: &Sight, edges: &[Edge], given: &mut [Module]) {
    let units = &from.packages.all;
    let by_name: HashMap<&str, usize> = units.iter().enumerate().map(|(at, unit)| (unit.name.as_str(), at)).collect();
    for edge in edges {
        let Some(module) = by_name.get(edge.from.as_str()).map(|&from| &mut given[from]) else { continue };
        match &edge.to {
            Target::Unit(to) => module.imports.extend(by_name.get(to.as_str()).map(|&to| units[to].file.clone())),
            Target::Path(place) => match place.to_path().filter(|path| from.tree.has_file(path)) {
                Some(file) => module.imports.extend([file]),
                None => module.open = Some(format!("may read all of {place}")),
            },
        }
    }
}

/// Whether what lies in a package's folder is among its tests.
fn is_in_tests(inner: Option<&BStr>) -> bool {
    inner.is_some_and(|inner| inner.starts_with(b"tests/"))
}
