//! Packages that tests may read without any manifest saying so.
//!
//! A workspace that leaves a package in its folder out does so because its members take it and it is not to be tested,
//! because it is used on the members and apart from them, as fuzzers and tools are, or because the members' tests read
//! it. A package that no member depends on and that depends on no member, or that lies among tests or fixtures by name,
//! is taken for the last.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::edges::Edges;
use super::manifests::{Manifests, Place};
use super::packages::{Packages, Unit};
use crate::unit::{Edge, Folder, Target, Why};

/// Names of folders whose packages are there to be read by tests.
const NAMES: [&[u8]; 7] = [b"fixture", b"fixtures", b"testdata", b"test-data", b"test_data", b"tests", b"test"];

/// How many packages of one folder are told apart.
const MOST: usize = 16;

/// Adds edges to such packages, from whoever may read them: the unit in whose folder they lie, and where there is none,
/// or where that is what the workspace begins with, from every unit of the workspace around them.
pub(super) fn of(packages: &Packages, manifests: &Manifests, edges: &mut Edges) {
    let mut groups: BTreeMap<&Folder, Vec<usize>> = BTreeMap::new();
    for (at, unit) in packages.all.iter().enumerate().filter(|(_, unit)| !unit.is_member) {
        groups.entry(&unit.workspace).or_default().push(at);
    }
    let mut is_taken = taken(packages, &edges.edges);
    // What stands in for a package is there for that, whoever takes it.
    for root in manifests.roots() {
        let paths = root.manifest.replacements.iter().filter_map(|by| root.folder.resolve(by.path.as_ref()?));
        paths.filter_map(|folder| packages.at(&folder)).for_each(|at| is_taken[at] = true);
    }
    let mut read: BTreeMap<Readers, BTreeMap<&Folder, Vec<usize>>> = BTreeMap::new();
    for (folder, units) in groups {
        let Some(readers) = Readers::of(packages, manifests, folder) else { continue };
        let around = readers.folder(packages, manifests);
        let is_named = around
            .within(folder.as_bstr())
            .unwrap_or_default()
            .split(|byte| *byte == b'/')
            .any(|part| NAMES.contains(&part));
        let is_known = |&at: &usize| is_taken[at] || uses_members(packages, manifests, &packages.all[at]);
        if is_named || !units.iter().any(is_known) {
            read.entry(readers).or_default().insert(folder, units);
        }
    }
    for (readers, groups) in read {
        let targets = targets(packages, &groups);
        for from in readers.units(packages) {
            edges.edges.extend(targets.iter().map(|(to, unit)| Edge {
                from: packages.all[from].name.clone(),
                to: to.clone(),
                why: Why { file: packages.all[*unit].file.clone(), what: "lies where tests may read it".to_owned() },
            }));
        }
    }
}

/// Which units members depend on, at whatever distance.
fn taken(packages: &Packages, edges: &[Edge]) -> Vec<bool> {
    let by_name: HashMap<&str, usize> =
        packages.all.iter().enumerate().map(|(at, unit)| (unit.name.as_str(), at)).collect();
    let mut to: Vec<Vec<usize>> = vec![Vec::new(); packages.all.len()];
    for edge in edges {
        if let (Some(from), Target::Unit(name)) = (by_name.get(edge.from.as_str()), &edge.to) {
            to[*from].extend(by_name.get(name.as_str()));
        }
    }
    let mut is_taken: Vec<bool> = packages.all.iter().map(|unit| unit.is_member).collect();
    let mut open: Vec<usize> = (0..is_taken.len()).filter(|&at| is_taken[at]).collect();
    while let Some(from) = open.pop() {
        for &at in &to[from] {
            if !std::mem::replace(&mut is_taken[at], true) {
                open.push(at);
            }
        }
    }
    is_taken
}

/// What stands for the packages that are read, each with one of them: the units, but of a folder that has very many of
/// them, that one.
fn targets(packages: &Packages, groups: &BTreeMap<&Folder, Vec<usize>>) -> BTreeMap<Target, usize> {
    let mut counts: BTreeMap<Option<Folder>, usize> = BTreeMap::new();
    for folder in groups.keys() {
        *counts.entry(folder.parent()).or_default() += 1;
    }
    let many: BTreeSet<Folder> =
        counts.into_iter().filter(|(_, count)| *count > MOST).filter_map(|(folder, _)| folder).collect();
    let mut targets = BTreeMap::new();
    for (folder, units) in groups {
        let gathered = folder.parent().filter(|above| many.contains(above));
        match gathered.or_else(|| (units.len() > MOST).then(|| (*folder).clone())) {
            Some(folder) => targets.extend(units.first().map(|&at| (Target::Path(folder), at))),
            None => targets.extend(units.iter().map(|&at| (Target::Unit(packages.all[at].name.clone()), at))),
        }
    }
    targets
}

/// Who may read a package that is left out.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Readers {
    /// A unit.
    Unit(usize),
    /// Every unit of a workspace, by the place of its root.
    Workspace(usize),
}

impl Readers {
    fn of(packages: &Packages, manifests: &Manifests, folder: &Folder) -> Option<Self> {
        let above = folder.parent()?;
        let root = above.upwards().find_map(|above| manifests.root_at(&above));
        let holder = packages.holder(above.as_bstr());
        match (holder, root) {
            (Some(unit), Some(root)) if manifests.roots()[root].folder == packages.all[unit].folder => {
                Some(Self::Workspace(root))
            }
            (Some(unit), _) => Some(Self::Unit(unit)),
            (None, root) => root.map(Self::Workspace),
        }
    }

    fn folder<'p>(&self, packages: &'p Packages, manifests: &'p Manifests) -> &'p Folder {
        match self {
            Self::Unit(at) => &packages.all[*at].folder,
            Self::Workspace(root) => &manifests.roots()[*root].folder,
        }
    }

    fn units(&self, packages: &Packages) -> Vec<usize> {
        match self {
            Self::Unit(at) => vec![*at],
            Self::Workspace(root) => {
                (0..packages.all.len()).filter(|&at| packages.all[at].root == Some(*root)).collect()
            }
        }
    }
}

/// Whether a package depends on one that a whole run means.
fn uses_members(packages: &Packages, manifests: &Manifests, unit: &Unit) -> bool {
    let mut leads = unit.manifest.dependencies.iter().map(|it| manifests.lead(it, &unit.folder, unit.root).place);
    leads.any(|place| match place {
        Place::Folder(folder) => packages.at(&folder).is_some_and(|at| packages.all[at].is_member),
        _ => false,
    })
}
