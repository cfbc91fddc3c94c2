//! What each unit takes from lock files, and from manifests above it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::{Facts, Folder, Widening};
use super::fact::{Fact, Lock};
use super::lock::{Closure, Index};
use super::name::normalised;
use super::project::Project;
use crate::digest::Digest;
use crate::path::RepoPath;

/// What units take from files that aren't theirs.
#[derive(Default)]
pub(super) struct Taken {
    /// By unit: digests by name.
    pub(super) fields: Vec<BTreeMap<String, Digest>>,
    /// Files of which the digests tell all.
    pub(super) explained: BTreeSet<RepoPath>,
    /// Locks that can't be read.
    pub(super) widened: Vec<Widening>,
}

/// The forms of lock files.
const LOCKS: [&str; 3] = ["uv.lock", "poetry.lock", "pdm.lock"];

/// Reads what units take.
pub(super) fn taken(projects: &[Project], facts: &Facts<Fact>) -> Taken {
    let mut taken = Taken { fields: vec![BTreeMap::new(); projects.len()], ..Taken::default() };
    let by_folder: HashMap<&Folder, usize> =
        projects.iter().enumerate().map(|(at, project)| (&project.folder, at)).collect();
    let locks: Vec<(&RepoPath, &Fact)> = LOCKS.iter().flat_map(|form| facts.of(form)).collect();
    let mut under: HashMap<Folder, Vec<usize>> = locks.iter().map(|(path, _)| (Folder::of(path), Vec::new())).collect();
    for (unit, project) in projects.iter().enumerate() {
        // The nearest lock above a project is what it is installed from.
        if let Some(units) =
            project.folder.upwards().find(|above| under.contains_key(above)).and_then(|above| under.get_mut(&above))
        {
            units.push(unit);
        }
    }
    for (path, fact) in locks {
        let units = under.get(&Folder::of(path)).map_or(&[][..], Vec::as_slice);
        match fact {
            Fact::Lock(lock) => Reader { projects, by_folder: &by_folder, path, units }.lock(lock, &mut taken),
            Fact::Unreadable(why, _) => taken.unreadable(projects, path, units, why),
            _ => {}
        }
    }
    manifests(projects, facts, &by_folder, &mut taken);
    taken
}

impl Taken {
    /// A lock that can't be read: every unit is taken as affected, or those below its folder.
    fn unreadable(&mut self, projects: &[Project], path: &RepoPath, units: &[usize], why: &str) {
        let widening =
            |unit: Option<String>| Widening { unit, file: path.clone(), why: format!("can't be read: {why}") };
        if Folder::of(path).is_root() {
            return self.widened.push(widening(None));
        }
        self.widened.extend(units.iter().map(|unit| widening(Some(projects[*unit].name.clone()))));
    }
}

/// What reading a lock needs.
struct Reader<'p> {
    projects: &'p [Project],
    by_folder: &'p HashMap<&'p Folder, usize>,
    path: &'p RepoPath,
    /// The units that are installed from it.
    units: &'p [usize],
}

impl Reader<'_> {
    fn lock(&self, lock: &Lock, taken: &mut Taken) {
        let index = Index::new(lock);
        let folder = Folder::of(self.path);
        // Packages that are units installed from this lock. Other ones of the tree are followed as any package is.
        let unit_of = |place: &Option<String>| {
            let unit = self.by_folder.get(&folder.resolve(place.as_ref()?)?).copied();
            unit.filter(|unit| self.units.binary_search(unit).is_ok())
        };
        let owned: Vec<Option<usize>> = lock.packages.iter().map(|package| unit_of(&package.folder)).collect();
        let is_own: Vec<bool> = owned.iter().map(Option::is_some).collect();
        let places: HashMap<usize, usize> =
            owned.iter().enumerate().filter_map(|(at, unit)| Some(((*unit)?, at))).collect();
        let root = self.by_folder.get(&folder).and_then(|unit| places.get(unit));
        let name = self.path.to_string();
        for &unit in self.units {
            let mut closure = Closure::new(&index, &is_own);
            let is_whole = match places.get(&unit) {
                Some(&at) => {
                    closure.add_project(at);
                    !self.is_told(unit, lock, at)
                }
                None => self.add_asked(unit, &mut closure),
            };
            if let Some(root) = root {
                closure.add_groups(*root);
            }
            for name in &lock.shared {
                closure.add_name(name);
            }
            taken.fields[unit].insert(name.clone(), closure.finish(is_whole));
        }
        if !self.units.is_empty() {
            taken.explained.insert(self.path.clone());
        }
    }

    /// Whether a lock tells of all that a project's manifest asks for.
    fn is_told(&self, unit: usize, lock: &Lock, at: usize) -> bool {
        let package = &lock.packages[at];
        let extras = package.extras.iter().flat_map(|(_, needs)| needs);
        let told: BTreeSet<&str> =
            package.needs.iter().chain(extras).chain(&package.groups).map(|need| need.name.as_str()).collect();
        self.asked(unit).all(|name| told.contains(name))
    }

    /// Adds what a manifest asks for, of which the lock has only what it led to. Whether that isn't all.
    fn add_asked(&self, unit: usize, closure: &mut Closure<'_, '_>) -> bool {
        let mut is_whole = self.projects[unit].manifest.is_dynamic;
        for name in self.asked(unit) {
            let is_unit = self.projects.iter().any(|project| normalised(&project.name) == name);
            is_whole |= !closure.add_name(name) && !is_unit;
        }
        is_whole
    }

    /// The names that a lock has to hold.
    fn asked(&self, unit: usize) -> impl Iterator<Item = &str> {
        let manifest = &self.projects[unit].manifest;
        let own = normalised(manifest.name.as_deref().unwrap_or_default());
        let is_locked = |what: &str| !what.starts_with("build") && !what.starts_with("environment");
        let asked = manifest.requires.iter().filter(move |requirement| is_locked(&requirement.what));
        asked.map(|requirement| requirement.name.as_str()).filter(move |name| !name.is_empty() && *name != own)
    }
}

/// What units take from manifests in folders above theirs: settings of tools, and what a workspace's root says for all.
fn manifests(projects: &[Project], facts: &Facts<Fact>, by_folder: &HashMap<&Folder, usize>, taken: &mut Taken) {
    for (unit, project) in projects.iter().enumerate() {
        for above in project.folder.upwards().skip(1) {
            let path = above.file("pyproject.toml");
            let digest = match facts.get(&path) {
                Some(Fact::Manifest(manifest)) => manifest.tools,
                Some(Fact::Unreadable(_, digest)) => Some(*digest),
                _ => None,
            };
            let Some(digest) = digest else { continue };
            taken.fields[unit].insert(format!("{path} (tools)"), digest);
            let is_free = above.upwards().all(|folder| !by_folder.contains_key(&folder));
            if is_free && matches!(facts.get(&path), Some(Fact::Manifest(_))) {
                taken.explained.insert(path);
            }
        }
    }
}
