//! Which files a test sees: the files of its package, and those of what the package imports but their tests.
//!
//! A package is compiled whole, so its files all see each other. One file stands for the rest: each leads to it, and it
//! leads to each, and to those that stand for what is imported. So there are as many steps as files and imports.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Layout, Package};
use super::links::Links;
use crate::path::RepoPath;
use crate::unit::{Listing, Module};

/// Files and what they see, and which are tests, of some packages.
#[derive(Default)]
pub(super) struct Files {
    pub(super) modules: BTreeMap<RepoPath, Module>,
    pub(super) tests: BTreeSet<RepoPath>,
}

impl Files {
    /// Adds a package.
    pub(super) fn add(&mut self, (layout, tree): (&Layout, &Listing), package: &Package, links: &Links) {
        let (mut plain, mut tests) = (BTreeSet::new(), BTreeSet::new());
        for (to, link) in &links.packages {
            let Some(to) = stands_for(&layout.packages[*to]) else { continue };
            if link.how.is_test() {
                tests.insert(to.clone())
            } else {
                plain.insert(to.clone())
            };
        }
        plain.extend(package.natives.iter().map(|(path, _)| (*path).clone()));
        let open = links.unknown.first().map(|(file, why)| format!("{file}: {why}"));
        let open = open.or_else(|| sources_by_path(tree, links));
        let head = stands_for(package);
        tests.extend(head.cloned());
        self.add_group(package, false, plain, open.as_ref());
        self.add_group(package, true, tests, open.as_ref());
        self.tests.extend(package.files.iter().filter(|file| file.is_test).map(|file| file.path.clone()));
    }

    fn add_group(&mut self, package: &Package, is_test: bool, mut imports: BTreeSet<RepoPath>, open: Option<&String>) {
        let mut files = package.files.iter().filter(|file| file.is_test == is_test).map(|file| file.path);
        let Some(head) = files.next() else { return };
        for file in files {
            imports.insert(file.clone());
            let module = Module { imports: BTreeSet::from([head.clone()]), open: open.cloned(), ..Module::default() };
            self.modules.insert(file.clone(), module);
        }
        self.modules.insert(head.clone(), Module { imports, open: open.cloned(), ..Module::default() });
    }
}

/// Why a package may see Go files that it doesn't import: it takes them in as files.
fn sources_by_path(tree: &Listing, links: &Links) -> Option<String> {
    let is_source = |path: &RepoPath| path.as_bstr().ends_with(b".go");
    let mut places = links.paths.keys().chain(links.embedded.keys());
    let place = places.find(|place| {
        place.to_path().is_some_and(|path| is_source(&path))
            || tree.below(place).iter().any(|entry| is_source(&entry.path))
    })?;
    Some(format!("takes in {place} as files"))
}

/// The file that stands for a package: its first that is no test.
fn stands_for<'a>(package: &Package<'a>) -> Option<&'a RepoPath> {
    package.files.iter().find(|file| !file.is_test).map(|file| file.path)
}
