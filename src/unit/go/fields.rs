//! What a package takes from manifests, checksums and what is vendored.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::Fact;
use super::layout::{Layout, Module};
use super::links::Links;
use super::scopes::Scopes;
use super::vendored::{Vendored, entry_bytes};
use crate::digest::{Digest, Hasher};
use crate::path::RepoPath;
use crate::unit::{Facts, Folder, Listing};

/// What all packages of a module, or of a build, have in common.
pub(super) struct Fields {
    /// By module: settings, and the versions of modules that a workspace replaces.
    settings: Vec<BTreeMap<String, Digest>>,
    /// By module: what a package that reaches another repository takes.
    external: Vec<Digest>,
    vendored: Vendored,
    /// The name of the field for that, by module.
    sums: Vec<String>,
}

impl Fields {
    /// Works out what is shared.
    pub(super) fn new(layout: &Layout, scopes: &Scopes, tree: &Listing, facts: &Facts<Fact>) -> Self {
        let required: Vec<Digest> = layout.modules.iter().map(|module| required(module, facts)).collect();
        let builds: Vec<Digest> = scopes
            .builds
            .iter()
            .map(|scope| {
                let mut hasher = Hasher::new("unit-go-build", 1);
                for &module in &scope.modules {
                    hasher.field("module", required[module].as_bytes());
                }
                if let Some(sums) = scope.work.and_then(|work| sums(&layout.works[work].root, "go.work.sum", facts)) {
                    hasher.field("workspace", sums.as_bytes());
                }
                let listed = scope.vendor.as_ref().and_then(|vendor| tree.get(&vendor.file("modules.txt")));
                if let Some(entry) = listed {
                    hasher.field("vendored", entry_bytes(entry));
                }
                hasher.finish()
            })
            .collect();
        let external = scopes.homes.iter().map(|homes| joined(homes.iter().map(|&home| builds[home]))).collect();
        let settings = (0..layout.modules.len()).map(|module| settings(layout, scopes, module)).collect();
        let vendors: BTreeSet<Folder> = scopes.builds.iter().filter_map(|scope| scope.vendor.clone()).collect();
        let vendored = Vendored::new(layout, tree, &vendors.into_iter().collect::<Vec<_>>());
        let sums = layout.modules.iter().map(|module| module.root.file("go.sum").to_string()).collect();
        Self { settings, external, vendored, sums }
    }

    /// The fields of a package.
    pub(super) fn of(&self, module: usize, links: &Links, is_external: bool) -> BTreeMap<String, Digest> {
        let mut fields = self.settings[module].clone();
        if is_external {
            fields.insert(self.sums[module].clone(), self.external[module]);
        }
        if let Some(digest) = self.vendored.digest(&links.vendored) {
            fields.insert("vendor".to_owned(), digest);
        }
        fields
    }
}

/// Files that the fields tell about: manifests, checksums and what is vendored.
pub(super) fn explained(layout: &Layout, scopes: &Scopes, tree: &Listing) -> BTreeSet<RepoPath> {
    let mut explained = BTreeSet::new();
    for module in &layout.modules {
        explained.insert(module.manifest.clone());
        explained.insert(module.root.file("go.sum"));
    }
    for work in &layout.works {
        explained.insert(work.manifest.clone());
        explained.insert(work.root.file("go.work.sum"));
    }
    explained.retain(|path| tree.get(path).is_some());
    for vendor in scopes.builds.iter().filter_map(|scope| scope.vendor.as_ref()) {
        explained.extend(tree.below(vendor).iter().map(|entry| entry.path.clone()));
    }
    explained
}

/// The versions that a module requires and the checksums that it knows.
fn required(module: &Module, facts: &Facts<Fact>) -> Digest {
    let mut hasher = Hasher::new("unit-go-required", 1);
    for (path, version) in &module.file.requires {
        hasher.field("path", path).field("version", version);
    }
    if let Some(sums) = sums(&module.root, "go.sum", facts) {
        hasher.field("sums", sums.as_bytes());
    }
    hasher.finish()
}

fn sums(folder: &Folder, name: &str, facts: &Facts<Fact>) -> Option<Digest> {
    match facts.get(&folder.file(name)) {
        Some(Fact::Sums(sums)) => Some(sums.content),
        _ => None,
    }
}

/// What counts for every package of a module.
fn settings(layout: &Layout, scopes: &Scopes, module: usize) -> BTreeMap<String, Digest> {
    let its = &layout.modules[module];
    let works: Vec<usize> = scopes.homes[module].iter().filter_map(|&home| scopes.builds[home].work).collect();
    let mut hasher = Hasher::new("unit-go-module", 1);
    hasher.field("settings", its.file.settings.as_bytes());
    // A workspace takes them from their folders, but a command may be told to leave the workspace aside.
    if !works.is_empty() {
        let places = &scopes.tables[module].places;
        for (path, version) in its.file.requires.iter().filter(|(path, _)| places.contains_key(path.as_str())) {
            hasher.field("path", path).field("version", version);
        }
    }
    let mut fields = BTreeMap::from([(its.manifest.to_string(), hasher.finish())]);
    for work in works {
        let work = &layout.works[work];
        fields.insert(work.manifest.to_string(), work.file.settings);
    }
    fields
}

fn joined(digests: impl Iterator<Item = Digest>) -> Digest {
    let mut hasher = Hasher::new("unit-go-builds", 1);
    for digest in digests {
        hasher.field("build", digest.as_bytes());
    }
    hasher.finish()
}
