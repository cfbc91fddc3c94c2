//! Units and edges.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bstr::ByteSlice;

use super::build::{self, Build, Builds, Project};
use super::catalog;
use super::model::{Fact, Said};
use super::names::taken;
use super::reach::{Looked, Reach, Shared};
use super::script::{self, Role};
use super::token::Language;
use crate::digest::Digest;
use crate::path::RepoPath;
use crate::unit::{Ecosystem, Edge, Facts, Folder, Found, Kind, Listing, Own, Target, Unit, Why, Widening};

/// Gradle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gradle;

impl Ecosystem for Gradle {
    type Fact = Fact;

    fn kind(&self) -> Kind {
        Kind::Gradle
    }

    fn format(&self) -> u32 {
        1
    }

    fn form(&self, path: &RepoPath) -> Option<&'static str> {
        let name = path.file_name();
        match name.as_bytes() {
            b"settings.gradle" => Some("settings.gradle"),
            b"settings.gradle.kts" => Some("settings.gradle.kts"),
            b"build.gradle" => Some("build.gradle"),
            b"build.gradle.kts" => Some("build.gradle.kts"),
            b"gradle.properties" => Some("whole"),
            name if name.ends_with(b".gradle") => Some("gradle"),
            name if name.ends_with(b".gradle.kts") => Some("gradle.kts"),
            name if name.ends_with(b".versions.toml") => Some("versions.toml"),
            name if name.ends_with(b".lockfile") => Some("whole"),
            name if is_of_plugins(path) => match name.rsplit(|byte| *byte == b'.').next()? {
                b"kt" => Some("kt"),
                b"java" => Some("java"),
                b"groovy" => Some("groovy"),
                _ => None,
            },
            _ => None,
        }
    }

    fn read(&self, form: &'static str, content: &[u8]) -> Fact {
        let (language, role) = match form {
            "settings.gradle" => (Language::Groovy, Role::Settings),
            "settings.gradle.kts" => (Language::Kotlin, Role::Settings),
            "build.gradle" | "groovy" => (Language::Groovy, Role::Build),
            "build.gradle.kts" | "kt" => (Language::Kotlin, Role::Build),
            "gradle" => (Language::Groovy, Role::Applied),
            "gradle.kts" => (Language::Kotlin, Role::Applied),
            "java" => (Language::Java, Role::Build),
            "versions.toml" => return Fact(catalog::read(content)),
            _ => return Fact(Said::Whole(Digest::of(content))),
        };
        Fact(script::read(content, language, role))
    }

    fn link(&self, tree: &Listing, facts: &Facts<Fact>) -> Found {
        let builds = Builds::new(tree, facts);
        let mut link = Link::new(&builds, tree);
        for at in 0..builds.all.len() {
            link.build(at);
        }
        let mut found = link.found;
        found.units.sort_by(|a, b| a.name.cmp(&b.name));
        found.edges.sort();
        found.edges.dedup();
        found.widened.sort();
        found.widened.dedup();
        found
    }
}

/// Whether a source file may be of a plugin that a build makes for itself. Where a build of plugins holds others, that
/// widens.
fn is_of_plugins(path: &RepoPath) -> bool {
    let words = [
        "buildsrc",
        "build-logic",
        "buildlogic",
        "build_logic",
        "plugin",
        "convention",
        "build-support",
        "build-tool",
        "build-settings",
    ];
    path.components().any(|part| {
        let part = part.to_ascii_lowercase();
        words.iter().any(|word| part.contains_str(word))
    })
}

pub(super) struct Link<'l> {
    pub(super) builds: &'l Builds<'l>,
    pub(super) tree: &'l Listing,
    /// Names of units, by build and path.
    pub(super) units: Vec<BTreeMap<&'l str, String>>,
    /// Folders of units, with the number of units there.
    pub(super) folders: BTreeMap<&'l Folder, usize>,
    /// Units of builds that are started together, by that place and the last part of their paths.
    pub(super) by_artifact: HashMap<(&'l Folder, &'l str), Vec<(usize, String)>>,
    pub(super) manifests: HashSet<RepoPath>,
    pub(super) found: Found,
}

/// A unit that edges are found for.
pub(super) struct From<'l> {
    pub(super) name: String,
    pub(super) folder: &'l Folder,
    pub(super) path: &'l str,
    pub(super) build: usize,
}

impl<'l> Link<'l> {
    fn new(builds: &'l Builds<'l>, tree: &'l Listing) -> Self {
        let mut link = Self {
            builds,
            tree,
            units: Vec::new(),
            folders: BTreeMap::new(),
            by_artifact: HashMap::new(),
            manifests: HashSet::new(),
            found: Found::default(),
        };
        let mut all: BTreeSet<&Folder> = BTreeSet::new();
        all.extend(builds.all.iter().flat_map(|build| build.projects.values().map(|project| &project.folder)));
        let mut taken = HashSet::new();
        for at in 0..builds.all.len() {
            let names = link.name(at, &all, &mut taken);
            link.units.push(names);
        }
        link
    }

    /// Names the units of a build.
    fn name(&mut self, at: usize, all: &BTreeSet<&Folder>, taken: &mut HashSet<String>) -> BTreeMap<&'l str, String> {
        let build = &self.builds.all[at];
        let is_unit = |path: &str, project: &Project| {
            let has_any = !project.scripts.is_empty()
                || self.tree.has_folder(&Folder::from(project.folder.file("src")))
                || path != ":" && !holds(all, &project.folder);
            has_any && self.tree.has_folder(&project.folder)
        };
        let mut names = BTreeMap::new();
        for (path, project) in build.projects.iter().filter(|(path, project)| is_unit(path, project)) {
            let is_outer = path == ":" && !build.prefix.is_empty();
            let plain = if is_outer { build.prefix.clone() } else { format!("{}{path}", build.prefix) };
            let name = if taken.contains(&plain) { format!("{}{path}", build.root) } else { plain };
            taken.insert(name.clone());
            *self.folders.entry(&project.folder).or_default() += 1;
            let artifact = path.rsplit(':').next().unwrap_or_default();
            self.by_artifact.entry((&build.top, artifact)).or_default().push((at, name.clone()));
            self.manifests.extend(project.scripts.iter().cloned());
            names.insert(path.as_str(), name);
        }
        names
    }

    fn build(&mut self, at: usize) {
        let build = &self.builds.all[at];
        for (file, why) in &build.open {
            self.widen(None, file, why.clone());
        }
        let units = self.units[at].clone();
        if units.is_empty() {
            return;
        }
        let shared = Shared::of(at, self.builds, self.tree);
        let files = self.files(build);
        for (path, name) in units {
            let folder = &build.projects[path].folder;
            let looked = Looked { builds: self.builds, build, path, folder };
            let reach = Reach::of(looked, &shared);
            let from = From { name, folder, path, build: at };
            self.unit(&from, &reach, &files);
        }
        self.explain(build, &files);
    }

    fn unit(&mut self, from: &From<'l>, reach: &Reach<'l>, files: &BTreeMap<String, Digest>) {
        let build = &self.builds.all[from.build];
        for (by, mentions) in &reach.mentions {
            self.projects(from, by, mentions);
            self.places(from, by, &mentions.places);
            self.inner(from, by, mentions);
            for why in &mentions.open {
                self.widen(Some(&from.name), by, why.clone());
            }
        }
        // A variable may hold what a script above says.
        if reach.mentions.iter().any(|(_, mentions)| mentions.takes_variables) {
            for (by, mentions) in &reach.above {
                self.places(from, by, &mentions.places);
            }
        }
        for (by, place) in &reach.missing {
            if !place.is_within(from.folder) {
                self.edge(&from.name, Target::Path(place.clone()), by, "applies it".to_owned());
            }
        }
        for (file, why) in &reach.open {
            self.widen(Some(&from.name), file, why.clone());
        }
        self.builds_of(from, reach);
        let mut fields = reach.fields.clone();
        fields.extend(files.clone());
        fields.extend(self.catalogs(build, reach));
        let project = &build.projects[from.path];
        for script in &project.scripts {
            fields.remove(&script.to_string());
        }
        self.found.explained.extend(reach.applied.iter().filter(|path| !self.manifests.contains(*path)).cloned());
        let manifest = project.scripts.first().or(build.settings.first()).cloned();
        if self.folders.get(from.folder).is_some_and(|units| *units > 1) {
            let file = manifest.clone().unwrap_or_else(|| from.folder.file("build.gradle"));
            self.edge(&from.name, Target::Path(from.folder.clone()), &file, "shares its folder".to_owned());
        }
        self.found.units.push(Unit {
            kind: Kind::Gradle,
            name: from.name.clone(),
            root: from.folder.clone(),
            manifest: manifest.unwrap_or_else(|| from.folder.file("build.gradle")),
            workspace: build.top.clone(),
            is_member: true,
            own: self.own(from, reach),
            fields,
        });
    }

    fn own(&self, from: &From<'l>, reach: &Reach<'l>) -> Own {
        if !self.holds_units(from.folder) {
            return Own::Everything;
        }
        let project = &self.builds.all[from.build].projects[from.path];
        let mut only: BTreeSet<RepoPath> = project.scripts.iter().cloned().collect();
        only.extend(["src", "gradle.lockfile", "gradle/dependency-locks"].map(|name| from.folder.file(name)));
        let inner = reach.mentions.iter().flat_map(|(_, mentions)| &mentions.inner);
        for place in inner.filter_map(|text| from.folder.resolve(text)) {
            let is_own =
                place != *from.folder && place.is_within(from.folder) && !self.is_of_other(&place, from.folder);
            let is_there = |path: &RepoPath| self.tree.has_file(path) || self.tree.has_folder(&place);
            only.extend(place.to_path().filter(|path| is_own && is_there(path) && !build::is_script(path)));
        }
        Own::Only(only)
    }

    /// Files of a build that count for each of its projects as they are.
    fn files(&self, build: &Build) -> BTreeMap<String, Digest> {
        let names = [
            "gradle.properties",
            "buildscript-gradle.lockfile",
            "settings-gradle.lockfile",
            "gradle/dependency-locks/buildscript-classpath.lockfile",
            "gradle/dependency-locks/settings-classpath.lockfile",
        ];
        let whole = |name: &str| match self.builds.said(&build.root.file(name)) {
            Some(Said::Whole(digest)) => Some((build.root.file(name).to_string(), *digest)),
            _ => None,
        };
        names.into_iter().filter_map(whole).collect()
    }

    /// Notes the files that fields tell of.
    fn explain(&mut self, build: &Build, files: &BTreeMap<String, Digest>) {
        let is_read = |path: &&RepoPath| matches!(self.builds.said(path), Some(Said::Script(_)));
        self.found.explained.extend(build.settings.iter().filter(is_read).cloned());
        let whole = files.keys().map(|name| RepoPath::from(name.as_str()));
        self.found.explained.extend(whole.filter(|path| self.builds.said(path).is_some()));
        for file in build.catalogs.iter().filter_map(|(_, file)| file.to_path()) {
            match self.builds.said(&file) {
                Some(Said::Catalog(_)) => drop(self.found.explained.insert(file)),
                Some(Said::Broken(why)) => self.widen(None, &file, why.clone()),
                _ => {}
            }
        }
    }

    fn catalogs(&self, build: &Build, reach: &Reach<'l>) -> BTreeMap<String, Digest> {
        let mut fields = BTreeMap::new();
        for (name, file) in &build.catalogs {
            let Some(path) = file.to_path() else { continue };
            let Some(Said::Catalog(catalog)) = self.builds.said(&path) else { continue };
            let used = reach.mentions.iter().chain(&reach.above).flat_map(|(_, mentions)| &mentions.catalogs);
            if let Some(digest) = taken(catalog, name, used) {
                fields.insert(path.to_string(), digest);
            }
        }
        fields
    }

    /// Whether other units lie in a folder.
    pub(super) fn holds_units(&self, folder: &Folder) -> bool {
        let first = Folder::from(folder.file(""));
        let mut later = self.folders.range::<Folder, _>(first..).map(|(other, _)| *other);
        later.find(|other| *other != folder).is_some_and(|other| other.is_within(folder))
    }

    /// Whether a place within a unit's folder is that of another one, or leads to it.
    pub(super) fn is_of_other(&self, place: &Folder, own: &Folder) -> bool {
        let inner = place.upwards().take_while(|folder| folder != own).any(|folder| self.folders.contains_key(&folder));
        inner || self.holds_units(place)
    }

    pub(super) fn unit_edge(&mut self, from: &From<'l>, to: &str, by: &RepoPath, what: String) {
        if to != from.name {
            self.edge(&from.name, Target::Unit(to.to_owned()), by, what);
        }
    }

    pub(super) fn edge(&mut self, from: &str, to: Target, file: &RepoPath, what: String) {
        let why = Why { file: file.clone(), what };
        self.found.edges.push(Edge { from: from.to_owned(), to, why });
    }

    pub(super) fn widen(&mut self, unit: Option<&str>, file: &RepoPath, why: String) {
        self.found.widened.push(Widening { unit: unit.map(str::to_owned), file: file.clone(), why });
    }
}

/// Whether a folder holds any of some others.
fn holds(folders: &BTreeSet<&Folder>, folder: &Folder) -> bool {
    let first = Folder::from(folder.file(""));
    let mut later = folders.range::<Folder, _>(first..).copied();
    later.find(|other| *other != folder).is_some_and(|other| other.is_within(folder))
}
