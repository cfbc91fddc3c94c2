//! Integration tests, and the files that each of them alone is made of.
//!
//! A test links the whole of its package, and of what that depends on, but not the package's other tests. So only files of
//! tests are modules here: whatever else there is counts for every test.

use std::collections::{BTreeMap, BTreeSet};

use bstr::BStr;

use super::fact::Fact;
use super::manifest::TargetKind;
use super::packages::Packages;
use super::reach::{source, sources};
use super::step::{self, Step};
use super::targets;
use crate::path::RepoPath;
use crate::unit::{Facts, Folder, Listing, Module};

/// Tests, and what each file of a test imports.
#[derive(Default)]
pub(super) struct Modules {
    /// What files of tests import.
    pub(super) modules: BTreeMap<RepoPath, Module>,
    /// The first files of tests.
    pub(super) tests: BTreeSet<RepoPath>,
}

/// The integration tests of units.
pub(super) fn of(packages: &Packages, facts: &Facts<Fact>, tree: &Listing) -> Modules {
    let look = Look { packages, facts, tree };
    let mut found = Modules::default();
    for (at, unit) in packages.all.iter().enumerate() {
        let first = targets::files(unit, TargetKind::Test, tree);
        found.tests.extend(first.iter().filter(|test| tree.has_file(test)).cloned());
        let mut open: Vec<RepoPath> = first.into_iter().filter(|test| tree.has_file(test)).collect();
        while let Some(file) = open.pop() {
            open.extend(found.take(&look, at, file));
        }
    }
    if !found.tests.is_empty() {
        found.leave_shared(&look);
    }
    found
}

/// Where tests are looked for.
struct Look<'l> {
    packages: &'l Packages<'l>,
    facts: &'l Facts<Fact>,
    tree: &'l Listing,
}

impl Look<'_> {
    /// What a file leads to for sure, as part of a package.
    fn steps(&self, at: usize, file: &RepoPath) -> impl Iterator<Item = (RepoPath, bool)> {
        let steps = source(self.facts, file)
            .map_or_else(Vec::new, |source| step::all(self.packages, at, file, source, self.tree));
        let path = |step: Step| Some((step.place?.to_path()?, step.is_code));
        steps.into_iter().filter(|step| step.is_sure).filter_map(path)
    }
}

impl Modules {
    /// Adds a file of a test; which others it is made of.
    fn take(&mut self, look: &Look, at: usize, file: RepoPath) -> Vec<RepoPath> {
        let unit = &look.packages.all[at];
        if self.modules.contains_key(&file) {
            return Vec::new();
        }
        let mut module = Module::default();
        let is_unread = source(look.facts, &file).is_none_or(|source| source.is_unread);
        module.open = is_unread.then(|| "is no Rust that can be read".to_owned());
        let mut others = Vec::new();
        for (path, is_code) in look.steps(at, &file) {
            if is_code && is_in_tests(unit.folder.within(path.as_bstr())) {
                others.push(path.clone());
            }
            module.imports.insert(path);
        }
        module.imports.remove(&file);
        self.modules.insert(file, module);
        others
    }

    /// Files of tests that others than tests are made of too count for every test, and so does what they lead to. A test
    /// among them is one of which it isn't told what it imports.
    fn leave_shared(&mut self, look: &Look) {
        let telling = sources(look.facts).filter(|(_, source)| !source.reads.is_empty() || !source.modules.is_empty());
        let mut open: Vec<(usize, RepoPath)> = Vec::new();
        for (file, _) in telling.filter(|(file, _)| !self.modules.contains_key(file)) {
            if let Some(at) = look.packages.holder(Folder::of(file).as_bstr()) {
                open.extend(look.steps(at, file).map(|(path, _)| (at, path)));
            }
        }
        while let Some((at, file)) = open.pop() {
            if self.modules.remove(&file).is_some() {
                open.extend(look.steps(at, &file).map(|(path, _)| (at, path)));
            }
        }
    }
}

/// Whether what lies in a package's folder is among its tests.
fn is_in_tests(inner: Option<&BStr>) -> bool {
    inner.is_some_and(|inner| inner.starts_with(b"tests/"))
}
