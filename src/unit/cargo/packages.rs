//! Which packages of a tree are units.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bstr::{BStr, BString, ByteSlice};

use super::manifest::{Manifest, Package};
use super::manifests::Manifests;
use super::membership::Members;
use super::naming::{Candidate, names};
use crate::path::RepoPath;
use crate::unit::{Folder, Listing, Widening};

/// The packages that are units, sorted by folder.
pub(super) struct Packages<'f> {
    /// All of them.
    pub(super) all: Vec<Unit<'f>>,
    /// What keeps Cargo from loading each workspace, by its place among the roots.
    pub(super) faults: BTreeMap<usize, BTreeSet<String>>,
    /// What can't be told.
    pub(super) widened: Vec<Widening>,
    by_folder: HashMap<BString, usize>,
}

/// A package that is a unit.
pub(super) struct Unit<'f> {
    /// The name that it is known by here.
    pub(super) name: String,
    /// Its folder.
    pub(super) folder: Folder,
    /// The file of its manifest.
    pub(super) file: &'f RepoPath,
    /// Its manifest.
    pub(super) manifest: &'f Manifest,
    /// The manifest's `[package]`.
    pub(super) package: &'f Package,
    /// The workspace that has it, by its place among the roots.
    pub(super) root: Option<usize>,
    /// The folder of that workspace, or its own.
    pub(super) workspace: Folder,
    /// Whether it is of the outermost workspace in whose folder it lies.
    pub(super) is_member: bool,
    /// Whether units lie in its folder.
    pub(super) holds_others: bool,
}

impl<'f> Packages<'f> {
    /// Finds the packages that are units.
    pub(super) fn of(manifests: &Manifests<'f>, tree: &Listing) -> Self {
        let mut search = Search::of(manifests, tree);
        search.take_members();
        search.take_dependencies();
        search.take_others();
        search.take_dependencies();
        search.widen_for_broken();
        let Search { accepted, faults, widened, .. } = search;
        let mut all: Vec<Unit> = Vec::new();
        for (folder, root) in accepted {
            let Some((held, manifest)) = manifests.get(&folder).and_then(|held| Some((held, held.said.ok()?))) else {
                continue;
            };
            let Some(package) = &manifest.package else { continue };
            let is_member = is_member(manifests, &folder, root);
            let workspace = root.map_or(&folder, |root| &manifests.roots()[root].folder).clone();
            let (name, file) = (String::new(), held.file);
            all.push(Unit { name, folder, file, manifest, package, root, workspace, is_member, holds_others: false });
        }
        let candidate = |unit: &Unit<'f>| (unit.package.name.as_str(), unit.is_member);
        let candidates: Vec<Candidate> = all
            .iter()
            .map(|unit| (candidate(unit), &unit.folder))
            .map(|((name, is_member), folder)| Candidate { name, folder, is_member })
            .collect();
        let named = names(&candidates);
        for (unit, name) in all.iter_mut().zip(named) {
            unit.name = name;
        }
        let by_folder = all.iter().enumerate().map(|(at, unit)| (unit.folder.as_bstr().to_owned(), at)).collect();
        let mut packages = Self { all, faults, widened, by_folder };
        for at in 0..packages.all.len() {
            if let Some(holder) = packages.all[at].folder.parent().and_then(|above| packages.holder(above.as_bstr())) {
                packages.all[holder].holds_others = true;
            }
        }
        packages.spread_holding();
        packages
    }

    /// That something can't be told of a unit.
    pub(super) fn widening(&self, at: usize, file: &RepoPath, why: String) -> Widening {
        Widening { unit: Some(self.all[at].name.clone()), file: file.clone(), why }
    }

    /// The unit of a folder.
    pub(super) fn at(&self, folder: &Folder) -> Option<usize> {
        self.by_folder.get(folder.as_bstr()).copied()
    }

    /// The innermost unit whose folder is a place or holds it.
    pub(super) fn holder(&self, place: &BStr) -> Option<usize> {
        let mut place = place;
        loop {
            if let Some(at) = self.by_folder.get(place) {
                return Some(*at);
            }
            if place.is_empty() {
                return None;
            }
            place = place[..place.rfind_byte(b'/').unwrap_or(0)].as_bstr();
        }
    }

    /// Whether a place may be another's than a unit's: whatever is not in its folder, and what is in the folder of
    /// another unit in there, or holds one.
    pub(super) fn is_foreign(&self, unit: usize, place: &Folder) -> bool {
        if self.holder(place.as_bstr()) != Some(unit) {
            return true;
        }
        self.all[unit].holds_others && self.any_below(place)
    }

    /// Whether the folder of a unit lies below a folder.
    pub(super) fn any_below(&self, folder: &Folder) -> bool {
        let mut first = folder.as_bstr().to_owned();
        if !first.is_empty() {
            first.push(b'/');
        }
        let at = self.all.partition_point(|unit| unit.folder.as_bstr() <= first.as_bstr());
        self.all.get(at).is_some_and(|unit| unit.folder.as_bstr().starts_with(&first))
    }

    /// A unit that holds one that holds another holds that too.
    fn spread_holding(&mut self) {
        for at in (0..self.all.len()).rev() {
            let above = self.all[at].folder.parent().and_then(|above| self.holder(above.as_bstr()));
            if let Some(above) = above.filter(|_| self.all[at].holds_others) {
                self.all[above].holds_others = true;
            }
        }
    }
}

struct Search<'m, 'f> {
    manifests: &'m Manifests<'f>,
    tree: &'m Listing,
    /// The folders of units, each with its workspace.
    accepted: BTreeMap<Folder, Option<usize>>,
    /// The members of workspaces, as far as they were asked for.
    members: BTreeMap<usize, BTreeSet<Folder>>,
    faults: BTreeMap<usize, BTreeSet<String>>,
    widened: Vec<Widening>,
}

impl<'m, 'f> Search<'m, 'f> {
    fn of(manifests: &'m Manifests<'f>, tree: &'m Listing) -> Self {
        let (accepted, members, faults) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { manifests, tree, accepted, members, faults, widened: Vec::new() }
    }

    /// The members of every workspace, but of those that are fixtures.
    fn take_members(&mut self) {
        for (at, root) in self.manifests.roots().iter().enumerate() {
            if self.is_fixture(&root.folder) && !self.is_excluded(&root.folder) {
                continue;
            }
            let members = Members::of(self.manifests, self.tree, at);
            for folder in &members.folders {
                // Where two workspaces have it, Cargo goes by what the package says.
                let is_theirs = self.manifests.root_of(folder) == Some(at);
                let root = self.accepted.entry(folder.clone()).or_insert(Some(at));
                *root = root.filter(|_| !is_theirs).or(Some(at));
            }
            self.members.insert(at, members.folders);
            self.faults.entry(at).or_default().extend(members.faults);
            for folder in members.broken {
                self.widen(&folder);
            }
            let untold = |why| Widening { unit: None, file: root.file.clone(), why };
            self.widened.extend(members.untold.into_iter().map(untold));
        }
    }

    /// What units depend on by path, and what stands in for what they depend on.
    fn take_dependencies(&mut self) {
        let mut open: Vec<(Folder, Option<usize>)> =
            self.accepted.iter().map(|(folder, root)| (folder.clone(), *root)).collect();
        for (at, root) in self.manifests.roots().iter().enumerate() {
            if self.members.contains_key(&at) {
                let places = root.manifest.replacements.iter().filter_map(|by| root.folder.resolve(by.path.as_ref()?));
                open.extend(places.filter_map(|place| self.take(place)));
            }
        }
        while let Some((folder, root)) = open.pop() {
            let Some(manifest) = self.manifests.package(&folder) else { continue };
            let places = self.manifests.places(manifest, &folder, root);
            open.extend(places.into_iter().filter_map(|place| self.take(place)));
        }
    }

    /// Takes a package that is depended on, unless it is there already.
    fn take(&mut self, folder: Folder) -> Option<(Folder, Option<usize>)> {
        if self.accepted.contains_key(&folder) {
            return None;
        }
        match self.manifests.get(&folder)?.said {
            Ok(manifest) if manifest.package.is_some() => {
                // Cargo asks the workspace that it says it is in for what it inherits.
                let root = self.manifests.root_of(&folder);
                let root = root.filter(|&root| self.is_claimed(root, &folder));
                self.accepted.insert(folder.clone(), root);
                Some((folder, root))
            }
            Ok(_) => None,
            Err(_) => {
                self.widen(&folder);
                None
            }
        }
    }

    /// Whether a package that is reached by its path is a member of the workspace that it takes itself to be in.
    fn is_claimed(&mut self, root: usize, folder: &Folder) -> bool {
        let (manifests, tree) = (self.manifests, self.tree);
        let members = self.members.entry(root).or_insert_with(|| Members::of(manifests, tree, root).folders);
        members.contains(folder)
    }

    /// Packages that no workspace has and nothing depends on.
    fn take_others(&mut self) {
        for (folder, held) in self.manifests.all() {
            let Ok(manifest) = held.said else { continue };
            let is_vendored = self.tree.has_file(&folder.file(".cargo-checksum.json"));
            if manifest.package.is_none() || self.accepted.contains_key(folder) || is_vendored {
                continue;
            }
            let holder = folder.upwards().skip(1).find(|above| self.accepted.contains_key(above));
            let is_free = match holder {
                None => true,
                // What lies in an excluded package is its own.
                Some(holder) => manifest.workspace.is_none() && self.is_excluded(folder) && !self.is_excluded(&holder),
            };
            if is_free {
                let root = self.manifests.root_at(folder);
                self.accepted.insert(folder.clone(), root);
            }
        }
    }

    /// Manifests that can't be read and that Cargo would have to.
    fn widen_for_broken(&mut self) {
        for (folder, held) in self.manifests.all().filter(|(_, held)| held.said.is_err()) {
            let is_inner = folder
                .upwards()
                .skip(1)
                .any(|above| self.accepted.contains_key(&above) || self.manifests.root_at(&above).is_some());
            if !is_inner && !self.tree.has_file(&folder.file(".cargo-checksum.json")) {
                self.widened.push(widening(held.file, held.said.err().unwrap_or_default()));
            }
        }
        self.widened.sort();
        self.widened.dedup();
    }

    fn widen(&mut self, folder: &Folder) {
        if let Some(held) = self.manifests.get(folder) {
            self.widened.push(widening(held.file, held.said.err().unwrap_or_default()));
        }
    }

    /// Whether a folder lies among the sources or the tests of a unit.
    fn is_fixture(&self, folder: &Folder) -> bool {
        folder.upwards().skip(1).any(|above| {
            let is_below = |name: &str| above.resolve(name).is_some_and(|inner| folder.is_within(&inner));
            self.accepted.contains_key(&above) && (is_below("src") || is_below("tests"))
        })
    }

    /// Whether a workspace above leaves a folder out by name.
    fn is_excluded(&self, folder: &Folder) -> bool {
        let mut roots = folder.upwards().skip(1).filter_map(|above| self.manifests.root_at(&above));
        roots.any(|root| self.manifests.roots()[root].excludes(folder))
    }
}

fn widening(file: &RepoPath, why: &str) -> Widening {
    Widening { unit: None, file: file.clone(), why: why.to_owned() }
}

/// Whether a tool that is started for the whole means a package: not where a workspace has it in its folder without
/// having it.
fn is_member(manifests: &Manifests, folder: &Folder, root: Option<usize>) -> bool {
    let own = root.map(|root| &manifests.roots()[root].folder);
    !folder.upwards().any(|above| {
        manifests.root_at(&above).is_some() && Some(&above) != own && !own.is_some_and(|own| above.is_within(own))
    })
}
