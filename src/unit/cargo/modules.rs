//! Integration tests, and what each of them sees.
//!
//! A test links the whole of its package, and of what that depends on, but not the package's other tests. What a package
//! gives to whoever links it hangs on its manifest: that imports every file of the package but those of its tests, and
//! the manifests of what the package depends on.

use std::collections::{BTreeMap, BTreeSet};

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

/// The integration tests of units, given all edges.
pub(super) fn of(packages: &Packages, facts: &Facts<Fact>, tree: &Listing, edges: &[Edge]) -> Modules {
    let mut found = Modules::default();
    for (at, unit) in packages.all.iter().enumerate() {
        let first = targets::files(unit, TargetKind::Test, tree);
        for test in first.iter().filter(|test| tree.has_file(test)) {
            found.test(packages, at, test, facts, tree);
        }
        found.tests.extend(first.into_iter().filter(|test| tree.has_file(test)));
    }
    if !found.tests.is_empty() {
        found.share(packages, facts, tree);
        found.link(packages, tree, edges);
    }
    found
}

impl Modules {
    /// Adds a test and the files that it is made of.
    fn test(&mut self, packages: &Packages, at: usize, test: &RepoPath, facts: &Facts<Fact>, tree: &Listing) {
        let unit = &packages.all[at];
        let mut open = vec![test.clone()];
        while let Some(file) = open.pop() {
            if self.modules.contains_key(&file) {
                continue;
            }
            let mut module = Module::default();
            if let Some(source) = source(facts, &file) {
                if source.is_unread {
                    module.open = Some("is no Rust that can be read".to_owned());
                }
                for step in step::all(packages, at, &file, source, tree).into_iter().filter(|step| step.is_sure) {
                    let Some(path) = step.place.and_then(|place| place.to_path()) else { continue };
                    if step.is_code && is_in_tests(unit.folder.within(path.as_bstr())) {
                        open.push(path.clone());
                    }
                    module.imports.insert(path);
                }
            }
            module.imports.insert(unit.file.clone());
            module.imports.remove(&file);
            self.modules.insert(file, module);
        }
    }

    /// Files of tests that others than tests are made of too are seen by whoever links the package.
    fn share(&mut self, packages: &Packages, facts: &Facts<Fact>, tree: &Listing) {
        let mut shared: Vec<(usize, RepoPath)> = Vec::new();
        for (file, source) in sources(facts).filter(|(file, _)| !self.modules.contains_key(file)) {
            let Some(at) = packages.holder(Folder::of(file).as_bstr()) else { continue };
            for step in step::all(packages, at, file, source, tree).into_iter().filter(|step| step.is_sure) {
                let path = step.place.and_then(|place| place.to_path());
                shared.extend(path.filter(|path| self.modules.contains_key(path)).map(|path| (at, path)));
            }
        }
        for (at, path) in shared {
            self.manifest(packages, at).imports.insert(path);
        }
    }

    /// What the manifest of each unit stands for.
    fn link(&mut self, packages: &Packages, tree: &Listing, edges: &[Edge]) {
        let by_name: BTreeMap<&str, usize> =
            packages.all.iter().enumerate().map(|(at, unit)| (unit.name.as_str(), at)).collect();
        for edge in edges {
            let Some(&from) = by_name.get(edge.from.as_str()) else { continue };
            match &edge.to {
                Target::Unit(to) => {
                    let file = by_name.get(to.as_str()).map(|&to| packages.all[to].file.clone());
                    self.manifest(packages, from).imports.extend(file);
                }
                Target::Path(place) => match place.to_path().filter(|path| tree.has_file(path)) {
                    Some(file) => self.manifest(packages, from).imports.extend([file]),
                    None => self.manifest(packages, from).open = Some(format!("may read all of {place}")),
                },
            }
        }
        let (mut last, mut holder): (Option<&BStr>, _) = (None, None);
        for entry in tree.entries() {
            let path = entry.path.as_bstr();
            let folder = path[..path.rfind_byte(b'/').unwrap_or(0)].as_bstr();
            if last.replace(folder) != Some(folder) {
                holder = packages.holder(folder);
            }
            let is_seen = || !self.modules.contains_key(&entry.path) && !packages.is_manifest(&entry.path);
            if let Some(at) = holder.filter(|_| is_seen()) {
                self.manifest(packages, at).imports.insert(entry.path.clone());
            }
        }
    }

    fn manifest(&mut self, packages: &Packages, at: usize) -> &mut Module {
        self.modules.entry(packages.all[at].file.clone()).or_default()
    }
}

/// Whether what lies in a package's folder is among its tests.
fn is_in_tests(inner: Option<&BStr>) -> bool {
    inner.is_some_and(|inner| inner.starts_with(b"tests/"))
}
