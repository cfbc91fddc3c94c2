//! What units take from elsewhere, by the lock file of their workspace.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use semver::{Version, VersionReq};

use super::closure::Closures;
use super::edges::Edges;
use super::fact::{Fact, Said};
use super::form;
use super::lock::Lock;
use super::manifests::{Lead, Manifests};
use super::packages::Packages;
use crate::digest::{Digest, Hasher};
use crate::path::RepoPath;
use crate::unit::{Facts, Folder, Why, Widening};

/// What lock files say.
#[derive(Default)]
pub(super) struct Locks {
    /// For units that a lock file is about, by place: its path and a digest of what they take.
    pub(super) fields: BTreeMap<usize, (RepoPath, Digest)>,
    /// Where lock files and manifests disagree, by the place of the workspace's root.
    pub(super) faults: BTreeMap<usize, BTreeSet<String>>,
    /// Lock files of which the fields tell everything.
    pub(super) explained: BTreeSet<RepoPath>,
}

/// Reads what the lock files of workspaces say. To `edges` goes who depends on packages in folders through others, and
/// what can't be told.
pub(super) fn of(packages: &Packages, manifests: &Manifests, facts: &Facts<Fact>, edges: &mut Edges) -> Locks {
    let mut by_folder: BTreeMap<&Folder, Vec<usize>> = BTreeMap::new();
    for (at, unit) in packages.all.iter().enumerate() {
        by_folder.entry(&unit.workspace).or_default().push(at);
    }
    let mut locks = Locks::default();
    for (folder, members) in by_folder {
        let file = folder.file(form::LOCK);
        let lock = match facts.get(&file) {
            Some(Fact(Said::Lock(lock))) => lock,
            Some(Fact(Said::Broken(why))) => {
                edges.widened.push(Widening { unit: None, file, why: why.clone() });
                continue;
            }
            _ => {
                replaced(packages, manifests, &members, |_| true, edges);
                continue;
            }
        };
        let reading = Reading::of(packages, manifests, lock, &members);
        match Closures::of(lock, &reading.is_member) {
            Ok(closures) => {
                reading.fields(&closures, &file, &mut locks);
                reading.edges(&closures, &file, edges);
                locks.explained.insert(file);
            }
            Err(why) => edges.widened.push(Widening { unit: None, file, why: why.to_owned() }),
        }
    }
    locks
}

/// Edges to what stands in for packages from elsewhere, for every unit of a workspace: of some names it isn't known who
/// takes them.
fn replaced(
    packages: &Packages,
    manifests: &Manifests,
    members: &[usize],
    is_untold: impl Fn(&str) -> bool,
    edges: &mut Edges,
) {
    let Some(root) = members.first().and_then(|&at| packages.all[at].root) else { return };
    let root = &manifests.roots()[root];
    for patch in root.manifest.replacements.iter().filter(|patch| is_untold(patch.package_name())) {
        let Some(folder) = patch.path.as_ref().and_then(|path| root.folder.resolve(path)) else {
            let why = format!("has the patch {}, outside of the repository", patch.key);
            edges.widened.push(Widening { unit: None, file: root.file.clone(), why });
            continue;
        };
        for &at in members {
            let why = Why { file: root.file.clone(), what: format!("patch {}", patch.key) };
            edges.add_folder(packages, at, &folder, why);
        }
    }
}

/// A lock file beside the packages of its workspace.
struct Reading<'r, 'f> {
    packages: &'r Packages<'f>,
    manifests: &'r Manifests<'f>,
    lock: &'r Lock,
    members: &'r [usize],
    /// Whether each of the lock's packages is a member.
    is_member: Vec<bool>,
    /// The version of each of the lock's packages, where it is one.
    versions: Vec<Option<Version>>,
    /// The lock's package for each member that it has.
    places: HashMap<usize, u32>,
    /// The units for each of the lock's packages that lies in a folder.
    units: HashMap<u32, Vec<usize>>,
}

impl<'r, 'f> Reading<'r, 'f> {
    fn of(packages: &'r Packages<'f>, manifests: &'r Manifests<'f>, lock: &'r Lock, members: &'r [usize]) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, unit) in packages.all.iter().enumerate() {
            by_name.entry(&unit.package.name).or_default().push(at);
        }
        let workspace = members.first().and_then(|&at| packages.all[at].root);
        let is_of = |at: usize| if workspace.is_some() { packages.all[at].root == workspace } else { members == [at] };
        let (mut places, mut units, mut is_member) = (HashMap::new(), HashMap::new(), vec![false; lock.packages.len()]);
        for (place, package) in (0..).zip(&lock.packages).filter(|(_, package)| package.is_path) {
            let of_name = by_name.get(package.name.as_str()).map_or(&[][..], Vec::as_slice);
            // Packages in folders may share a name if their versions differ, or some are of other workspaces.
            let is_version =
                |at: &&usize| packages.all[**at].package.version.as_ref().is_none_or(|it| *it == package.version);
            let fitting: Vec<usize> = of_name.iter().filter(is_version).copied().collect();
            let fitting = if fitting.is_empty() { of_name.to_vec() } else { fitting };
            if let Some(&own) = fitting.iter().find(|at| is_of(**at)) {
                is_member[place as usize] = true;
                places.insert(own, place);
                units.insert(place, vec![own]);
            } else {
                units.insert(place, fitting);
            }
        }
        let versions = lock.packages.iter().map(|package| Version::parse(&package.version).ok()).collect();
        Self { packages, manifests, lock, members, is_member, versions, places, units }
    }

    fn fields(&self, closures: &Closures, file: &RepoPath, locks: &mut Locks) {
        let mut asked = Asked::default();
        for &at in self.members {
            let root = self.packages.all[at].root;
            let faults = self.disagreements(at, &mut asked);
            let closure = self.places.get(&at).and_then(|&place| closures.of_member(self.lock, place, &self.is_member));
            let digest = match closure.filter(|_| faults.is_empty()) {
                Some(digest) => digest,
                None => Hasher::new("unit-cargo-whole", 1).field("lock", self.lock.whole.as_bytes()).finish(),
            };
            locks.fields.insert(at, (file.clone(), digest));
            if let Some(root) = root.filter(|_| !faults.is_empty()) {
                locks.faults.entry(root).or_default().extend(faults);
            }
        }
    }

    /// Edges to packages in folders, such as patches, that members take through others.
    fn edges(&self, closures: &Closures, file: &RepoPath, edges: &mut Edges) {
        for (&at, &place) in self.members.iter().filter_map(|at| Some((at, self.places.get(at)?))) {
            let reached = closures.reached(self.lock, place);
            for (to, &unit) in
                reached.iter().flat_map(|to| self.units.get(to).into_iter().flatten().map(move |at| (to, at)))
            {
                let what = format!("takes {} by the lock file", self.lock.packages[*to as usize].name);
                let why = Why { file: file.clone(), what };
                edges.add_folder(self.packages, at, &self.packages.all[unit].folder, why);
            }
        }
        let is_told = |name: &str| {
            self.lock.unused.iter().any(|unused| unused == name)
                || self.lock.packages.iter().any(|package| package.is_path && package.name == name)
        };
        replaced(self.packages, self.manifests, self.members, |name| !is_told(name), edges);
    }

    /// Where the lock file and the manifest of a member disagree, so that Cargo would write the file anew.
    fn disagreements(&self, at: usize, asked: &mut Asked<'r>) -> Vec<String> {
        let unit = &self.packages.all[at];
        let Some(&place) = self.places.get(&at) else {
            return vec![format!("the lock file doesn't have {}", unit.name)];
        };
        let package = &self.lock.packages[place as usize];
        let mut held: BTreeMap<&str, Vec<Option<&Version>>> = BTreeMap::new();
        for to in package.dependencies.iter().map(|&to| to as usize) {
            held.entry(&self.lock.packages[to].name).or_default().push(self.versions[to].as_ref());
        }
        let leads: Vec<Lead<'r>> =
            unit.manifest.dependencies.iter().map(|it| self.manifests.lead(it, &unit.folder, unit.root)).collect();
        let name = &unit.name;
        let mut faults = Vec::new();
        for lead in &leads {
            let mut versions = held.get(lead.package).into_iter().flatten().copied();
            if !versions.any(|version| asked.fits(lead.version, version)) {
                faults.push(format!("the lock file doesn't have {} for {name}", lead.package));
            }
        }
        let declared: BTreeSet<&str> = leads.iter().map(|lead| lead.package).collect();
        let beyond = held.keys().filter(|name| !declared.contains(*name));
        faults.extend(beyond.map(|more| format!("the lock file has {more} for {name}, which doesn't depend on it")));
        if unit.package.version.as_ref().is_some_and(|version| *version != package.version) {
            faults.push(format!("the lock file has another version of {name}"));
        }
        faults
    }
}

/// Versions that are asked for, each read once.
#[derive(Default)]
struct Asked<'a>(HashMap<&'a str, Option<VersionReq>>);

impl<'a> Asked<'a> {
    /// Whether a version is one that is asked for; also where that can't be told.
    fn fits(&mut self, asked: Option<&'a str>, version: Option<&Version>) -> bool {
        let (Some(asked), Some(version)) = (asked, version) else { return true };
        let asked = self.0.entry(asked).or_insert_with(|| VersionReq::parse(asked).ok());
        asked.as_ref().is_none_or(|asked| asked.matches(version))
    }
}
