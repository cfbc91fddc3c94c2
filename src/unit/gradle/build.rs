//! Builds and their projects, as settings make them.

use std::collections::{BTreeMap, HashMap, HashSet};

use bstr::ByteSlice;

use super::model::{Fact, Said, Setting};
use super::text::PROJECT;
use crate::path::RepoPath;
use crate::unit::place::{ROOT, UNKNOWN};
use crate::unit::{Facts, Folder, Listing};

/// How many builds may include each other.
const BUILDS: usize = 2_000;

/// A build.
pub(super) struct Build {
    pub(super) root: Folder,
    /// Where Gradle is started for it.
    pub(super) top: Folder,
    /// What stands before the paths of its projects: nothing, or `:name` where it is included.
    pub(super) prefix: String,
    /// Its settings, and scripts that these apply.
    pub(super) settings: Vec<RepoPath>,
    pub(super) root_name: Option<String>,
    /// By path, in which `:` is the outermost.
    pub(super) projects: BTreeMap<String, Project>,
    /// Builds that it includes, each with whether that is for their plugins only.
    pub(super) included: Vec<(usize, bool)>,
    /// Places of builds that are not there.
    pub(super) missing: Vec<Folder>,
    /// Version catalogs, by name.
    pub(super) catalogs: Vec<(String, Folder)>,
    /// What can't be told, with the file.
    pub(super) open: Vec<(RepoPath, String)>,
}

/// A project.
pub(super) struct Project {
    pub(super) folder: Folder,
    /// Its build scripts.
    pub(super) scripts: Vec<RepoPath>,
}

/// All builds of a tree.
pub(super) struct Builds<'b> {
    tree: &'b Listing,
    facts: &'b Facts<Fact>,
    pub(super) all: Vec<Build>,
    by_root: HashMap<Folder, usize>,
    /// Names before the paths of included builds.
    prefixes: HashSet<String>,
}

impl<'b> Builds<'b> {
    /// Finds them: those that no other's folder holds, and what they include.
    pub(super) fn new(tree: &'b Listing, facts: &'b Facts<Fact>) -> Self {
        let mut builds = Self { tree, facts, all: Vec::new(), by_root: HashMap::new(), prefixes: HashSet::new() };
        let mut roots: Vec<Folder> =
            facts.all().filter(|(path, _)| is_settings(path)).map(|(path, _)| Folder::of(path)).collect();
        builds.add_outermost(&mut roots);
        // A build script without settings is a build of one project.
        let mut roots: Vec<Folder> =
            facts.all().filter(|(path, _)| is_build_script(path)).map(|(path, _)| Folder::of(path)).collect();
        builds.add_outermost(&mut roots);
        builds
    }

    fn add_outermost(&mut self, roots: &mut Vec<Folder>) {
        roots.sort_by_key(|root| (root.upwards().count(), root.clone()));
        let (mut held, mut known) = (HashSet::new(), 0);
        for root in roots {
            // The folders of all builds and projects so far.
            for build in &self.all[known..] {
                held.extend(build.projects.values().map(|project| project.folder.clone()));
                held.insert(build.root.clone());
            }
            known = self.all.len();
            if !root.upwards().any(|folder| held.contains(&folder)) {
                self.add(root, root, String::new());
            }
        }
    }

    /// The build of a folder, read if it isn't yet.
    fn add(&mut self, root: &Folder, top: &Folder, prefix: String) -> usize {
        if let Some(known) = self.by_root.get(root) {
            return *known;
        }
        let at = self.all.len();
        self.by_root.insert(root.clone(), at);
        let (build, included) = self.read(root, top, prefix);
        self.all.push(build);
        for (place, name, is_for_plugins) in included {
            if self.all.len() >= BUILDS {
                self.all[at].open.push((root.file("settings.gradle"), "too many builds are included".to_owned()));
                break;
            }
            if !self.tree.has_folder(&place) {
                self.all[at].missing.push(place);
                continue;
            }
            let prefix = self.prefix(&place, name);
            let build = self.add(&place, top, prefix);
            self.all[at].included.push((build, is_for_plugins));
        }
        at
    }

    fn prefix(&mut self, place: &Folder, name: Option<String>) -> String {
        if self.by_root.contains_key(place) {
            return String::new();
        }
        let folder = place.to_path().map_or_else(String::new, |path| path.file_name().to_string());
        let prefix = format!(":{}", name.unwrap_or(folder));
        let prefix = if self.prefixes.contains(&prefix) { format!(":{place}") } else { prefix };
        self.prefixes.insert(prefix.clone());
        prefix
    }

    /// A build without what it includes, and that.
    fn read(&self, root: &Folder, top: &Folder, prefix: String) -> (Build, Vec<(Folder, Option<String>, bool)>) {
        let mut build = Build {
            root: root.clone(),
            top: top.clone(),
            prefix,
            settings: Vec::new(),
            root_name: None,
            projects: BTreeMap::new(),
            included: Vec::new(),
            missing: Vec::new(),
            catalogs: Vec::new(),
            open: Vec::new(),
        };
        let mut included = Vec::new();
        build.projects.insert(":".to_owned(), Project { folder: root.clone(), scripts: Vec::new() });
        build.settings = self.settings_of(root, &mut build.open);
        let mut has_names = false;
        for path in build.settings.clone() {
            let Some(Said::Script(script)) = self.said(&path) else { continue };
            has_names |= script.settings.contains(&Setting::ScriptNames);
            for setting in &script.settings {
                step(&mut build, setting, &path, &mut included);
            }
        }
        for project in build.projects.values_mut() {
            project.scripts = self.scripts(&project.folder, has_names);
        }
        let own = root.file("buildSrc");
        let own = Folder::from(own);
        if self.tree.has_folder(&own) {
            included.push((own, None, true));
        }
        build.catalogs.push(("libs".to_owned(), Folder::from(root.file("gradle/libs.versions.toml"))));
        (build, included)
    }

    /// The settings of a folder, and the scripts that they apply.
    fn settings_of(&self, root: &Folder, open: &mut Vec<(RepoPath, String)>) -> Vec<RepoPath> {
        let mut all: Vec<RepoPath> = ["settings.gradle", "settings.gradle.kts"].map(|name| root.file(name)).into();
        all.retain(|path| self.facts.get(path).is_some());
        let mut at = 0;
        while at < all.len() {
            let by = all[at].clone();
            match self.said(&by) {
                Some(Said::Script(script)) => {
                    let applied = script.own.applied.iter();
                    applied.for_each(|text| all.extend(self.settings_applied(text, root, (&by, open))));
                    dedup(&mut all);
                }
                Some(Said::Broken(why)) => open.push((by, why.clone())),
                _ => {}
            }
            at += 1;
        }
        all
    }

    /// The scripts that settings apply: as seen from their folder, or from the script's that says it.
    fn settings_applied(
        &self,
        text: &str,
        root: &Folder,
        (by, open): (&RepoPath, &mut Vec<(RepoPath, String)>),
    ) -> Vec<RepoPath> {
        let path = text.replace([ROOT, PROJECT], "");
        let from = [root.clone(), Folder::of(by)];
        let places = from.iter().filter_map(|from| from.resolve(path.trim_start_matches('/'))?.to_path());
        let found: Vec<RepoPath> = places.filter(|path| self.said(path).is_some()).collect();
        if found.is_empty() {
            open.push((by.clone(), format!("can't tell what '{}' is, which it applies", shown(text))));
        }
        found
    }

    /// The build scripts of a project.
    fn scripts(&self, folder: &Folder, has_names: bool) -> Vec<RepoPath> {
        let is_there = |path: &RepoPath| self.facts.get(path).is_some();
        let usual: Vec<RepoPath> =
            ["build.gradle", "build.gradle.kts"].map(|name| folder.file(name)).into_iter().filter(is_there).collect();
        if !has_names {
            let name = folder.to_path().map_or_else(String::new, |path| path.file_name().to_string());
            let named = ["gradle", "gradle.kts"].map(|kind| folder.file(format!("{name}.{kind}")));
            return if usual.is_empty() { named.into_iter().filter(is_there).collect() } else { usual };
        }
        let is_direct = |path: &&RepoPath| is_script(path) && !is_settings(path) && Folder::of(path) == *folder;
        self.tree.below(folder).iter().map(|entry| &entry.path).filter(is_direct).cloned().collect()
    }

    /// The path of a file that says something, as long as the tree lives.
    pub(super) fn path(&self, path: &RepoPath) -> Option<&'b RepoPath> {
        self.facts.get(path)?;
        self.tree.get(path).map(|entry| &entry.path)
    }

    /// What a file says.
    pub(super) fn said(&self, path: &RepoPath) -> Option<&'b Said> {
        self.facts.get(path).map(|fact| &fact.0)
    }
}

impl Build {
    /// A text with the places that it goes on from, as seen from a folder.
    pub(super) fn placed(&self, text: &str, folder: &Folder) -> String {
        text.replace(ROOT, &format!("{ROOT}{}", self.root.as_bstr()))
            .replace(PROJECT, &format!("{ROOT}{}", folder.as_bstr()))
    }
}

/// Takes one step of settings.
fn step(build: &mut Build, setting: &Setting, by: &RepoPath, included: &mut Vec<(Folder, Option<String>, bool)>) {
    let root = build.root.clone();
    let resolve = |text: &str| root.resolve(text.replace(ROOT, "").trim_start_matches('/'));
    match setting {
        Setting::Include(path) => include(build, path),
        Setting::Flat(name) => {
            let folder = root.parent().and_then(|above| above.resolve(name));
            if let Some(folder) = folder {
                build.projects.insert(format!(":{name}"), Project { folder, scripts: Vec::new() });
            }
        }
        Setting::Folder(path, place) => match (resolve(place), build.projects.get_mut(&absolute(path))) {
            (Some(folder), Some(project)) => project.folder = folder,
            // A folder outside of the repository holds nothing of the tree.
            (None, _) => drop(build.projects.remove(&absolute(path))),
            (_, None) => build.open.push((by.clone(), format!("the project '{path}' is not included"))),
        },
        Setting::Name(path, name) => rename(build, &absolute(path), name),
        Setting::RootName(name) => build.root_name = Some(name.clone()),
        Setting::ScriptNames => {}
        Setting::Build(place, name, is_for_plugins) => {
            if let Some(folder) = resolve(place).filter(|folder| *folder != root) {
                included.push((folder, name.clone(), *is_for_plugins));
            }
        }
        Setting::Catalog(name, place) => build.catalogs.extend(resolve(place).map(|file| (name.clone(), file))),
        Setting::Open(why) => build.open.push((by.clone(), why.clone())),
    }
}

/// Adds a project and those above it.
fn include(build: &mut Build, path: &str) {
    let mut folder = build.root.clone();
    let mut whole = String::new();
    for name in path.split(':').filter(|name| !name.is_empty()) {
        whole = format!("{whole}:{name}");
        let Some(inner) = folder.resolve(name) else { return };
        let project = build.projects.entry(whole.clone()).or_insert(Project { folder: inner, scripts: Vec::new() });
        folder = project.folder.clone();
    }
}

fn rename(build: &mut Build, path: &str, name: &str) {
    let Some((before, last)) = path.rsplit_once(':') else { return };
    if last == name {
        return;
    }
    let new = format!("{before}:{name}");
    let inner = format!("{path}:");
    let below: Vec<String> =
        build.projects.keys().filter(|other| *other == path || other.starts_with(&inner)).cloned().collect();
    for old in below {
        if let Some(project) = build.projects.remove(&old) {
            build.projects.insert(format!("{new}{}", &old[path.len()..]), project);
        }
    }
}

fn absolute(path: &str) -> String {
    if path.starts_with(':') { path.to_owned() } else { format!(":{path}") }
}

/// A text with marks, for people.
pub(super) fn shown(text: &str) -> String {
    text.replace(UNKNOWN, "…").replace(ROOT, "$rootDir").replace(PROJECT, "$projectDir")
}

fn dedup(all: &mut Vec<RepoPath>) {
    let mut seen = HashSet::new();
    all.retain(|path| seen.insert(path.clone()));
}

/// Whether a file is settings.
pub(super) fn is_settings(path: &RepoPath) -> bool {
    matches!(path.file_name().as_bytes(), b"settings.gradle" | b"settings.gradle.kts")
}

/// Whether a file is a build script by the usual name.
pub(super) fn is_build_script(path: &RepoPath) -> bool {
    matches!(path.file_name().as_bytes(), b"build.gradle" | b"build.gradle.kts")
}

/// Whether a file is a script.
pub(super) fn is_script(path: &RepoPath) -> bool {
    path.file_name().ends_with_str(".gradle") || path.file_name().ends_with_str(".gradle.kts")
}
