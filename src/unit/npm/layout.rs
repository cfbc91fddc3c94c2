//! Which folders are packages, and which workspace each belongs to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::fact::{Fact, Remembered};
use super::globs::Globs;
use super::lock::{self, Lock};
use super::manifest::Manifest;
use super::workspace::Workspace;
use crate::path::RepoPath;
use crate::unit::{Facts, Folder, Widening};

/// Folders that hold what tests read: what looks like a package there is none, unless a workspace claims it.
const FOR_TESTS: [&[u8]; 10] = [
    b"__fixtures__",
    b"__mocks__",
    b"__tests__",
    b"fixture",
    b"fixtures",
    b"spec",
    b"test",
    b"test-fixtures",
    b"testdata",
    b"tests",
];

/// How many packages may have the same name. No tool takes two of them.
const MOST_SHARERS: usize = 16;

/// How many workspaces may claim folders outside of their own. Each is asked about every package.
const MOST_OUTWARD: usize = 32;

/// What is installed together: a workspace, or a stand-alone package.
#[derive(Debug)]
pub(super) struct Project<'f> {
    /// Its folder.
    pub(super) folder: Folder,
    /// The `package.json` of its folder.
    pub(super) manifest: Option<&'f Manifest>,
    /// The other files of its folder that say what is in it.
    pub(super) workspaces: Vec<(RepoPath, &'f Workspace)>,
    /// The lock files of its folder.
    pub(super) locks: Vec<(RepoPath, &'f Lock)>,
    /// The unit that its folder is, if it is one.
    pub(super) unit: Option<usize>,
    /// The project whose folder it lies in.
    pub(super) outer: Option<usize>,
}

/// A package.
#[derive(Debug)]
pub(super) struct Package<'f> {
    /// The name of its unit.
    pub(super) name: String,
    /// Its folder.
    pub(super) folder: Folder,
    /// What its manifest says.
    pub(super) manifest: &'f Manifest,
    /// The project that it is installed with.
    pub(super) project: usize,
    /// What it is to the workspaces around it.
    pub(super) standing: Standing,
    /// Whether a lock file lies beside it.
    pub(super) has_lock: bool,
    /// The stand-alone package whose folder it lies in.
    pub(super) outer: Option<usize>,
}

/// What a package is to the workspaces around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// One claims it.
    Member,
    /// There is none.
    Alone,
    /// None of them claims it.
    LeftOut,
}

/// All packages of a tree.
#[derive(Debug, Default)]
pub(super) struct Layout<'f> {
    /// What is installed together.
    pub(super) projects: Vec<Project<'f>>,
    /// The packages, sorted by folder.
    pub(super) packages: Vec<Package<'f>>,
    /// What can't be told.
    pub(super) widened: Vec<Widening>,
    by_folder: HashMap<Folder, usize>,
    by_unit: HashMap<String, usize>,
    /// Names that too many packages have.
    shared: HashSet<String>,
    /// The folders of packages that others lie in.
    holders: HashSet<Folder>,
    projects_by_folder: HashMap<Folder, usize>,
}

/// A folder whose patterns claim others.
struct Root {
    project: usize,
    globs: Globs,
}

struct Search<'f> {
    facts: &'f Facts<Remembered>,
    layout: Layout<'f>,
    roots: HashMap<Folder, Root>,
    /// Those of them that claim folders outside of their own.
    outward: Vec<Folder>,
    said: HashSet<Folder>,
}

impl<'f> Layout<'f> {
    /// Finds the packages of a tree.
    pub(super) fn read(facts: &'f Facts<Remembered>) -> Self {
        let mut folders: BTreeSet<Folder> = BTreeSet::new();
        for form in ["package.json", "pnpm-workspace.yaml", "lerna.json"] {
            folders.extend(facts.of(form).map(|(path, _)| Folder::of(path)));
        }
        let (roots, outward) = (HashMap::new(), Vec::new());
        let mut search = Search { facts, layout: Self::default(), roots, outward, said: HashSet::new() };
        search.look_outward(&folders);
        for folder in &folders {
            search.look_at(folder);
        }
        search.layout.name();
        search.layout
    }

    /// The package of a folder.
    pub(super) fn at(&self, folder: &Folder) -> Option<usize> {
        self.by_folder.get(folder).copied()
    }

    /// The project of a folder.
    pub(super) fn project_at(&self, folder: &Folder) -> Option<usize> {
        self.projects_by_folder.get(folder).copied()
    }

    /// The innermost package around a file, if that is no workspace's root.
    pub(super) fn around(&self, file: &RepoPath) -> Option<usize> {
        let found = Folder::of(file).upwards().find_map(|folder| self.at(&folder))?;
        let package = &self.packages[found];
        (self.projects[package.project].folder != package.folder || !self.holders.contains(&package.folder))
            .then_some(found)
    }

    /// The package whose unit has a name.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.by_unit.get(name).copied()
    }

    /// Whether too many packages have a name for each to be followed.
    pub(super) fn is_shared(&self, name: &str) -> bool {
        self.shared.contains(name)
    }

    /// Whether other packages lie in a folder.
    pub(super) fn holds_others(&self, folder: &Folder) -> bool {
        self.holders.contains(folder)
    }

    /// Gives every package the name of its unit.
    ///
    /// Where too many share one, whatever depends on that name is taken to depend on everything.
    fn name(&mut self) {
        let mut sharers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, package) in self.packages.iter().enumerate() {
            package.manifest.name.iter().for_each(|name| sharers.entry(name).or_default().push(at));
        }
        let mut named: HashMap<usize, String> = HashMap::new();
        for (name, sharers) in &sharers {
            if sharers.len() > MOST_SHARERS {
                let file = self.packages[sharers[0]].folder.file("package.json");
                let why = format!("{} packages have the name '{name}'", sharers.len());
                self.widened.push(Widening { unit: None, file, why });
                self.shared.insert((*name).to_owned());
            }
            let members: Vec<usize> =
                sharers.iter().copied().filter(|at| self.packages[*at].standing == Standing::Member).collect();
            if let ([only], _) | (_, [only]) = (sharers.as_slice(), members.as_slice()) {
                named.insert(*only, (*name).to_owned());
            }
        }
        let taken: HashSet<&String> = named.values().collect();
        let by_folder = |package: &Package<'_>| {
            let folder = package.folder.to_string();
            if taken.contains(&folder) { format!("./{folder}") } else { folder }
        };
        let called: Vec<String> = self
            .packages
            .iter()
            .enumerate()
            .map(|(at, package)| named.get(&at).cloned().unwrap_or_else(|| by_folder(package)))
            .collect();
        self.by_unit = called.iter().cloned().enumerate().map(|(at, name)| (name, at)).collect();
        self.packages.iter_mut().zip(called).for_each(|(package, name)| package.name = name);
    }
}

impl<'f> Search<'f> {
    fn fact(&self, folder: &Folder, name: &str) -> Option<&'f Fact> {
        self.facts.get(&folder.file(name)).map(|fact| &fact.0)
    }

    fn manifest(&self, folder: &Folder) -> Option<&'f Manifest> {
        match self.fact(folder, "package.json")? {
            Fact::Manifest(manifest) => Some(manifest),
            _ => None,
        }
    }

    fn has_lock(&self, folder: &Folder) -> bool {
        lock::NAMES.iter().any(|name| self.fact(folder, name).is_some())
    }

    /// What a folder claims, if it is the root of a workspace.
    fn globs(&mut self, folder: &Folder) -> Option<Globs> {
        let (mut patterns, mut in_order, mut file) = (None, true, "package.json");
        if let Some(Fact::Workspace(workspace)) = self.fact(folder, "pnpm-workspace.yaml") {
            (patterns, in_order, file) =
                (workspace.packages.clone().or_else(|| self.pinned(folder)), false, "pnpm-workspace.yaml");
        }
        let declared = || self.manifest(folder)?.workspaces.clone();
        patterns = patterns.or_else(declared);
        if patterns.is_none()
            && let Some(Fact::Workspace(workspace)) = self.fact(folder, "lerna.json")
        {
            (patterns, file) = (workspace.packages.clone(), "lerna.json");
        }
        let patterns = patterns.filter(|patterns| !patterns.is_empty())?;
        let (globs, faults) = Globs::read(folder, &patterns, in_order);
        if self.said.insert(folder.clone()) {
            self.layout.widened.extend(faults.into_iter().map(|why| Widening {
                unit: None,
                file: folder.file(file),
                why,
            }));
        }
        Some(globs)
    }

    /// The members that a lock file of pnpm knows of, where no pattern says: what that means has changed over time.
    fn pinned(&self, folder: &Folder) -> Option<Vec<String>> {
        let Some(Fact::Lock(lock)) = self.fact(folder, "pnpm-lock.yaml") else { return None };
        let members: Vec<String> = lock.importers.keys().filter(|folder| !folder.is_empty()).cloned().collect();
        (!members.is_empty()).then_some(members)
    }

    /// Finds workspaces that claim folders which don't lie in theirs.
    fn look_outward(&mut self, folders: &BTreeSet<Folder>) {
        for folder in folders.iter().filter(|folder| !is_for_tests(folder)) {
            let Some(globs) = self.globs(folder) else { continue };
            if globs.bases().all(|base| base.is_within(folder)) {
                continue;
            }
            if self.outward.len() == MOST_OUTWARD {
                let why = "too many workspaces claim folders outside of their own".to_owned();
                self.layout.widened.push(Widening { unit: None, file: folder.file("package.json"), why });
                return;
            }
            let project = self.project(folder);
            self.outward.push(folder.clone());
            self.roots.insert(folder.clone(), Root { project, globs });
        }
    }

    /// Decides what a folder is. Those above it are decided.
    fn look_at(&mut self, folder: &Folder) {
        let claim = self.claim(folder);
        let outer = folder.upwards().skip(1).find_map(|above| self.layout.at(&above));
        let is_in_member = outer.is_some_and(|outer| self.layout.packages[outer].standing == Standing::Member);
        if claim.is_none() && (is_in_member || is_for_tests(folder)) {
            return;
        }
        self.unreadable(folder);
        let root = self.globs(folder);
        let is_root = root.is_some();
        if let Some(globs) = root {
            // A workspace in a workspace is one with it, unless it is installed by itself.
            let project = match claim {
                Some(outer) if !self.has_lock(folder) => outer,
                _ => self.project(folder),
            };
            self.roots.entry(folder.clone()).or_insert(Root { project, globs });
        }
        let Some(manifest) = self.manifest(folder) else { return };
        // Its own patterns may name it.
        match claim.or_else(|| self.claim(folder)) {
            Some(project) => self.add(folder, manifest, (project, Standing::Member), None),
            None if is_root => {}
            None => self.stand_alone(folder, manifest, outer),
        }
    }

    fn stand_alone(&mut self, folder: &Folder, manifest: &'f Manifest, outer: Option<usize>) {
        let in_workspace = folder.upwards().skip(1).any(|above| self.roots.contains_key(&above));
        let has_lock = self.has_lock(folder);
        if has_lock || (manifest.is_package && !in_workspace && outer.is_none()) {
            let project = self.project(folder);
            let standing = if in_workspace { Standing::LeftOut } else { Standing::Alone };
            self.add(folder, manifest, (project, standing), outer);
        }
    }

    /// The project of the innermost workspace that claims a folder.
    fn claim(&self, folder: &Folder) -> Option<usize> {
        let above = folder.upwards().filter_map(|above| self.roots.get(&above));
        let outward = self.outward.iter().filter_map(|root| self.roots.get(root));
        above.chain(outward).find(|root| root.globs.claim(folder)).map(|root| root.project)
    }

    fn add(
        &mut self,
        folder: &Folder,
        manifest: &'f Manifest,
        (project, standing): (usize, Standing),
        outer: Option<usize>,
    ) {
        let has_lock = self.has_lock(folder);
        let layout = &mut self.layout;
        let at = layout.packages.len();
        if layout.projects[project].folder == *folder {
            layout.projects[project].unit = Some(at);
        }
        let holder = folder.upwards().skip(1).find(|above| layout.by_folder.contains_key(above));
        layout.holders.extend(holder);
        layout.by_folder.insert(folder.clone(), at);
        let (name, folder) = (String::new(), folder.clone());
        layout.packages.push(Package { name, folder, manifest, project, standing, has_lock, outer });
    }

    /// The project of a folder, which is made if there is none.
    fn project(&mut self, folder: &Folder) -> usize {
        if let Some(at) = self.layout.projects_by_folder.get(folder) {
            return *at;
        }
        let workspaces =
            ["pnpm-workspace.yaml", "lerna.json"].iter().filter_map(|name| match self.fact(folder, name)? {
                Fact::Workspace(workspace) => Some((folder.file(name), workspace)),
                _ => None,
            });
        let locks = lock::NAMES.iter().filter_map(|name| match self.fact(folder, name)? {
            Fact::Lock(lock) => Some((folder.file(name), &**lock)),
            _ => None,
        });
        let outer = folder.upwards().skip(1).find_map(|above| self.layout.projects_by_folder.get(&above).copied());
        let project = Project {
            manifest: self.manifest(folder),
            workspaces: workspaces.collect(),
            locks: locks.collect(),
            folder: folder.clone(),
            unit: None,
            outer,
        };
        let at = self.layout.projects.len();
        self.layout.projects.push(project);
        self.layout.projects_by_folder.insert(folder.clone(), at);
        at
    }

    /// Says what of a folder can't be read.
    fn unreadable(&mut self, folder: &Folder) {
        for name in ["package.json", "pnpm-workspace.yaml", "lerna.json"] {
            if let Some(Fact::Unreadable(why)) = self.fact(folder, name) {
                let why = format!("can't be read: {why}");
                self.layout.widened.push(Widening { unit: None, file: folder.file(name), why });
            }
        }
    }
}

fn is_for_tests(folder: &Folder) -> bool {
    folder.as_bstr().split(|byte| *byte == b'/').any(|part| FOR_TESTS.contains(&part))
}
