//! Where dependencies lead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bstr::ByteSlice;

use super::fact::Fact;
use super::layout::{Layout, Project};
use super::lock::{Importer, Lock, Pin, Reach};
use super::manifest::{Dependency, Kind, Manifest};
use super::spec::Spec;
use crate::digest::Digest;
use crate::path::RepoPath;
use crate::unit::{Facts, Folder, script};

/// How many packages of the tree outside of all units one dependency is followed through.
const LONGEST: usize = 256;

/// Where a dependency leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Goal {
    /// To a package of the tree.
    Package(usize),
    /// To a file or folder that is no package.
    Path(Folder),
    /// Out of the repository.
    Outside,
}

/// What some dependencies take by way of a lock file.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    /// What each resolves to.
    pub(super) pins: Vec<(String, Digest)>,
    /// Where they lead in the tree, each with the name of the dependency.
    pub(super) goals: Vec<(Goal, String)>,
    /// Whether the lock file lacks any.
    pub(super) is_missing: bool,
}

/// Where dependencies lead.
#[derive(Debug)]
pub(super) struct Targets<'l, 'f> {
    layout: &'l Layout<'f>,
    by_name: HashMap<&'f str, Vec<usize>>,
}

impl<'l, 'f> Targets<'l, 'f> {
    /// Takes the packages of a tree.
    pub(super) fn new(layout: &'l Layout<'f>) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, package) in layout.packages.iter().enumerate() {
            let name = package.manifest.name.as_ref().filter(|name| !layout.is_shared(name));
            if let Some(name) = name {
                by_name.entry(name.as_str()).or_default().push(at);
            }
        }
        Self { layout, by_name }
    }

    /// Where a dependency of the package in a folder leads, by what its manifest says; nowhere for one from elsewhere.
    pub(super) fn goals(&self, project: usize, folder: &Folder, dependency: &Dependency) -> Vec<Goal> {
        let name = dependency.name.as_str();
        match Spec::read(&dependency.range) {
            Spec::Member(other) => {
                let other = other.unwrap_or(name);
                let near = self.named(project, other);
                if near.is_empty() {
                    self.by_name.get(other).into_iter().flatten().copied().map(Goal::Package).collect()
                } else {
                    near
                }
            }
            Spec::MemberAt(path) => {
                let (own, whole) = (folder.resolve(path), self.layout.projects[project].folder.resolve(path));
                let is_package = |folder: &Folder| self.layout.at(folder).is_some();
                let place = [&own, &whole].into_iter().flatten().find(|folder| is_package(folder)).cloned();
                self.place(place.or(own).or(whole))
            }
            Spec::Local(path) => self.place(folder.resolve(path)),
            Spec::Alias(_) | Spec::Package | Spec::Catalog(_) if self.is_held(project, folder, dependency) => {
                Vec::new()
            }
            Spec::Alias(other) => self.named(project, other),
            Spec::Package | Spec::Catalog(_) => self.named(project, name),
        }
    }

    /// What dependencies of the package in a folder take by way of a lock file of its project.
    pub(super) fn take<'d>(
        &self,
        project: usize,
        lock: &'f Lock,
        folder: &Folder,
        dependencies: impl Iterator<Item = &'d Dependency>,
    ) -> Taken {
        let mut taken = Taken::default();
        let importer = relative(&self.layout.projects[project].folder, folder);
        for dependency in dependencies {
            match held(lock, &importer, dependency) {
                Some(pin) => self.follow(project, lock, (&dependency.name, pin), &mut taken),
                None => taken.is_missing |= self.is_missed(project, dependency),
            }
        }
        taken
    }

    /// What a pin brings, and where it leads.
    pub(super) fn follow(&self, project: usize, lock: &'f Lock, (name, pin): (&str, &'f Pin), taken: &mut Taken) {
        let mut seen = BTreeSet::new();
        let mut open = vec![pin];
        while let Some(pin) = open.pop() {
            taken.pins.push((name.to_owned(), pin.digest));
            for goal in pin.reaches.iter().flat_map(|reach| self.reached(project, reach, &mut taken.is_missing)) {
                open.extend(self.further(project, lock, &goal, &mut seen).into_iter().flat_map(BTreeMap::values));
                taken.goals.push((goal, name.to_owned()));
            }
        }
    }

    /// What lies in the tree and is no unit has its own dependencies in the same lock file.
    fn further(
        &self,
        project: usize,
        lock: &'f Lock,
        goal: &Goal,
        seen: &mut BTreeSet<&'f String>,
    ) -> Option<&'f Importer> {
        let Goal::Path(folder) = goal else { return None };
        let importer = relative(&self.layout.projects[project].folder, folder);
        let (importer, pins) = lock.importers.get_key_value(&importer)?;
        (seen.len() < LONGEST && seen.insert(importer)).then_some(pins)
    }

    fn reached(&self, project: usize, reach: &Reach, is_missing: &mut bool) -> Vec<Goal> {
        match reach {
            Reach::Folder(path) => self.place(self.layout.projects[project].folder.resolve(path)),
            Reach::Name(name) => {
                let goals = self.named(project, name);
                *is_missing |= goals.is_empty();
                goals
            }
        }
    }

    /// Whether a lock file that doesn't hold a dependency should.
    fn is_missed(&self, project: usize, dependency: &Dependency) -> bool {
        let may_miss = matches!(dependency.kind, Kind::Peer | Kind::Bundled | Kind::Override);
        !may_miss
            && match Spec::read(&dependency.range) {
                Spec::Member(_) | Spec::MemberAt(_) | Spec::Local(_) => false,
                Spec::Alias(name) => self.named(project, name).is_empty(),
                Spec::Package | Spec::Catalog(_) => self.named(project, &dependency.name).is_empty(),
            }
    }

    /// Whether every lock file of a project says what a dependency resolves to.
    fn is_held(&self, project: usize, folder: &Folder, dependency: &Dependency) -> bool {
        let project = &self.layout.projects[project];
        let importer = relative(&project.folder, folder);
        !project.locks.is_empty() && project.locks.iter().all(|(_, lock)| held(lock, &importer, dependency).is_some())
    }

    /// The packages of a project that have a name.
    fn named(&self, project: usize, name: &str) -> Vec<Goal> {
        let packages = self.by_name.get(name).into_iter().flatten().copied();
        packages.filter(|at| self.layout.packages[*at].project == project).map(Goal::Package).collect()
    }

    fn place(&self, folder: Option<Folder>) -> Vec<Goal> {
        let Some(folder) = folder else { return vec![Goal::Outside] };
        vec![self.layout.at(&folder).map_or(Goal::Path(folder), Goal::Package)]
    }

    /// What imports have to know of every `package.json` of the tree.
    pub(super) fn packages(&self, facts: &Facts<super::fact::Remembered>) -> Vec<script::Package> {
        let manifests = facts.of("package.json").filter_map(|(path, fact)| match &fact.0 {
            Fact::Manifest(manifest) => Some((path, &**manifest)),
            _ => None,
        });
        let package = |(path, manifest): (&RepoPath, &Manifest)| {
            let root = Folder::of(path);
            let at = self.layout.at(&root);
            let project = at.map(|at| self.layout.packages[at].project).or_else(|| self.layout.project_at(&root));
            let unit = |dependency: &Dependency| {
                let goals = project.map_or_else(Vec::new, |project| self.all_goals(project, &root, dependency));
                goals.iter().find_map(|goal| match goal {
                    Goal::Package(at) => Some(self.layout.packages[*at].name.clone()),
                    _ => None,
                })
            };
            let dependencies = manifest.dependencies.iter();
            script::Package {
                unit: at.map(|at| self.layout.packages[at].name.clone()),
                manifest: manifest.imports.clone(),
                dependencies: dependencies.map(|dependency| (dependency.name.clone(), unit(dependency))).collect(),
                root,
            }
        };
        manifests.map(package).collect()
    }

    /// Where a dependency leads, by its manifest or else directly by the lock file.
    fn all_goals(&self, project: usize, folder: &Folder, dependency: &Dependency) -> Vec<Goal> {
        let mut goals = self.goals(project, folder, dependency);
        let project = &self.layout.projects[project];
        if goals.is_empty() {
            let importer = relative(&project.folder, folder);
            let pins = project.locks.iter().filter_map(|(_, lock)| held(lock, &importer, dependency));
            for pin in pins.filter(|pin| pin.is_place) {
                goals.extend(pin.reaches.iter().flat_map(|reach| match reach {
                    Reach::Folder(path) => self.place(project.folder.resolve(path)),
                    Reach::Name(_) => Vec::new(),
                }));
            }
        }
        goals
    }
}

/// What a lock file resolves a dependency of the package in a folder to, for the range that it has.
fn held<'f>(lock: &'f Lock, importer: &str, dependency: &Dependency) -> Option<&'f Pin> {
    if lock.is_by_range {
        return lock.ranges.get(&format!("{}@{}", dependency.name, dependency.range));
    }
    let pin = lock.importers.get(importer)?.get(&dependency.name)?;
    let any = !lock.tells_ranges || pin.ranges.is_empty() || matches!(dependency.kind, Kind::Peer | Kind::Bundled);
    (any || pin.ranges.iter().any(|range| is_same(range, &dependency.range))).then_some(pin)
}

/// Whether a range in a lock file is a manifest's: it may have been given a protocol, or what it is relative to.
fn is_same(locked: &str, declared: &str) -> bool {
    let bare = |text: &'_ str| text.strip_prefix("npm:").unwrap_or(text).trim().to_owned();
    bare(locked) == bare(declared) || locked.strip_prefix(declared).is_some_and(|bound| bound.starts_with("::"))
}

/// The path from one folder to another, as lock files write it.
pub(super) fn relative(from: &Folder, to: &Folder) -> String {
    if let Some(below) = from.within(to.as_bstr()) {
        return below.to_str_lossy().into_owned();
    }
    let mut path = String::new();
    for above in from.upwards() {
        if let Some(below) = above.within(to.as_bstr()) {
            return path + &below.to_str_lossy();
        }
        path.push_str("../");
    }
    path
}

/// The dependencies of the root of a workspace that its members may take: of a published one not what its own code
/// depends on.
pub(super) fn for_all<'f>(project: &Project<'f>) -> impl Iterator<Item = &'f Dependency> {
    let manifest = project.manifest;
    let is_published = manifest.is_some_and(|manifest| manifest.is_published);
    let dependencies = manifest.into_iter().flat_map(|manifest| &manifest.dependencies);
    dependencies.filter(move |dependency| dependency.kind == Kind::Dev || !is_published)
}
