//! Cargo packages as an ecosystem.

use std::collections::{BTreeMap, BTreeSet};

use bstr::ByteSlice;

use super::config::Config;
use super::fact::{Fact, Said};
use super::form;
use super::lock::Lock;
use super::locked::{self, Locks};
use super::manifest::Manifest;
use super::manifests::Manifests;
use super::modules::{self, Modules};
use super::packages::{self, Packages};
use super::source::Source;
use super::{edges, faults, fixtures, inherited, own, reach, step};
use crate::digest::{Digest, Hasher};
use crate::path::RepoPath;
use crate::unit::{Ecosystem, Facts, Found, Kind, Listing, Unit};

/// Cargo packages and workspaces.
#[derive(Clone, Copy, Debug)]
pub struct Cargo;

impl Ecosystem for Cargo {
    type Fact = Fact;

    fn kind(&self) -> Kind {
        Kind::Cargo
    }

    fn format(&self) -> u32 {
        2
    }

    fn form(&self, path: &RepoPath) -> Option<&'static str> {
        let name = path.file_name();
        if name.ends_with(b".rs") {
            return Some(if step::is_run(path) { form::RUN } else { form::SOURCE });
        }
        let is_configured = || path.parent().is_some_and(|folder| folder.file_name() == ".cargo");
        match name.as_bytes() {
            b"Cargo.toml" => Some(form::MANIFEST),
            b"Cargo.lock" => Some(form::LOCK),
            b"config.toml" | b"config" if is_configured() => Some(form::CONFIG),
            _ => None,
        }
    }

    fn read(&self, form: &'static str, content: &[u8]) -> Fact {
        let said = match form {
            form::MANIFEST => Manifest::read(content).map(|manifest| Said::Manifest(Box::new(manifest))),
            form::LOCK => Lock::read(content).map(Said::Lock),
            form::CONFIG => Config::read(content).map(Said::Config),
            _ => Ok(Said::Source(Source::read(content, form == form::RUN))),
        };
        Fact(said.unwrap_or_else(Said::Broken))
    }

    fn link(&self, tree: &Listing, facts: &Facts<Fact>) -> Found {
        let manifests = Manifests::of(facts);
        let packages = Packages::of(&manifests, tree);
        let mut edges = edges::of(&packages, &manifests, facts);
        let locks = locked::of(&packages, &manifests, facts, &mut edges);
        fixtures::of(&packages, &manifests, &mut edges);
        reach::of(&packages, facts, tree, &mut edges);
        edges.edges.sort();
        edges.edges.dedup();
        let Modules { modules, tests } = modules::of(&packages, facts, tree);
        let mut widened = edges.widened;
        widened.extend(packages.widened.iter().cloned());
        widened.sort();
        widened.dedup();
        let explained = explained(&manifests, &packages, &locks);
        let units = units(&packages, &manifests, tree, locks);
        Found { units, edges: edges.edges, widened, explained, modules, tests }
    }
}

/// Files of which the fields of units tell all: lock files, and manifests that declare no package.
fn explained(manifests: &Manifests, packages: &Packages, locks: &Locks) -> BTreeSet<RepoPath> {
    let used: BTreeSet<usize> = packages.all.iter().filter_map(|unit| unit.root).collect();
    let roots = used.into_iter().map(|root| &manifests.roots()[root]);
    let virtual_ones = roots.filter(|root| root.manifest.package.is_none()).map(|root| root.file.clone());
    virtual_ones.chain(locks.explained.iter().cloned()).collect()
}

fn units(packages: &Packages, manifests: &Manifests, tree: &Listing, locks: Locks) -> Vec<Unit> {
    let mut faults = faults::of(packages, manifests, tree);
    for (root, more) in locks.faults {
        faults.entry(root).or_default().extend(more);
    }
    let faults: BTreeMap<usize, Digest> = faults.iter().map(|(root, faults)| (*root, digest(faults))).collect();
    let inherited = inherited::of(packages, manifests);
    let unit = |((at, unit), inherited): ((usize, &packages::Unit), Option<(String, Digest)>)| {
        let locked = locks.fields.get(&at).map(|(file, digest)| (file.to_string(), *digest));
        let fault = unit.root.and_then(|root| faults.get(&root)).map(|digest| (FAULTS.to_owned(), *digest));
        Unit {
            kind: Kind::Cargo,
            name: unit.name.clone(),
            root: unit.folder.clone(),
            manifest: unit.file.clone(),
            workspace: unit.workspace.clone(),
            is_member: unit.is_member,
            own: own::of(packages, at, manifests, tree),
            fields: inherited.into_iter().chain(locked).chain(fault).collect(),
        }
    };
    packages.all.iter().enumerate().zip(inherited).map(unit).collect()
}

/// The field of what keeps Cargo from loading a workspace; there is none where nothing does.
const FAULTS: &str = "what keeps the workspace from loading";

fn digest(faults: &BTreeSet<String>) -> Digest {
    let mut hasher = Hasher::new("unit-cargo-faults", 1);
    for fault in faults {
        hasher.field("fault", fault);
    }
    hasher.finish()
}
