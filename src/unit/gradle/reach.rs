//! What scripts say that reach a project: its own, those above it, settings, what these apply, and plugins of the build.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use bstr::ByteSlice;

use super::build::{self, Build, Builds};
use super::model::{Mentions, Said};
use crate::digest::Digest;
use crate::path::RepoPath;
use crate::unit::place::{self, Place, UNKNOWN};
use crate::unit::{Folder, Listing};

/// Plugins that make a build one of plugins.
const MAKES_PLUGINS: [&str; 6] = [
    "kotlin-dsl",
    "java-gradle-plugin",
    "groovy-gradle-plugin",
    "gradlePlugin",
    "gradleApi",
    "kotlin-dsl-precompiled-script-plugins",
];

/// What reaches every project of a build.
#[derive(Default)]
pub(super) struct Shared<'b> {
    /// What scripts of projects say of others, by the path of those.
    of: HashMap<&'b str, Vec<(&'b RepoPath, &'b Mentions)>>,
    /// Source files of the build's own plugins.
    sources: Vec<&'b RepoPath>,
    /// Scripts that are plugins.
    plugins: Vec<&'b RepoPath>,
    /// The same by the names of the plugins, without packages.
    by_name: HashMap<String, Vec<usize>>,
    /// Which of them pieces of scripts mention, as far as it has been asked.
    mentioned: RefCell<HashMap<*const Mentions, Rc<[usize]>>>,
    /// A source file of a plugin that is not read.
    pub(super) unread: Option<RepoPath>,
}

/// What reaches a project.
#[derive(Default)]
pub(super) struct Reach<'b> {
    /// Each with the script that says it.
    pub(super) mentions: Vec<(&'b RepoPath, &'b Mentions)>,
    /// What scripts say of their own projects, which are above this one.
    pub(super) above: Vec<(&'b RepoPath, &'b Mentions)>,
    /// What other scripts than the project's own say, by their paths.
    pub(super) fields: BTreeMap<String, Digest>,
    /// Scripts that are applied.
    pub(super) applied: BTreeSet<RepoPath>,
    /// Places of scripts that are not there.
    pub(super) missing: Vec<(&'b RepoPath, Folder)>,
    /// What can't be told, with the file.
    pub(super) open: Vec<(RepoPath, String)>,
    seen: HashSet<(&'b RepoPath, bool)>,
}

impl<'b> Shared<'b> {
    /// Works it out for a build.
    pub(super) fn of(at: usize, builds: &'b Builds<'b>, tree: &'b Listing) -> Self {
        let mut shared = Self::default();
        let build = &builds.all[at];
        let scripts = build.projects.values().flat_map(|project| &project.scripts).chain(&build.settings);
        for path in scripts {
            let Some(Said::Script(script)) = builds.said(path) else { continue };
            for (other, mentions) in &script.of {
                shared.of.entry(other).or_default().push((path, mentions));
            }
        }
        let (mut open, mut seen) = (vec![at], HashSet::from([at]));
        while let Some(from) = open.pop() {
            let included = builds.all[from].included.iter();
            let of_plugins = included.filter(|(at, is_given)| *is_given || makes_plugins(&builds.all[*at], builds));
            for (plugins, _) in of_plugins.filter(|(at, _)| seen.insert(*at)) {
                shared.plugins_of(&builds.all[*plugins], builds, tree);
                open.push(*plugins);
            }
        }
        shared
    }

    /// The plugins that a piece of a script may mention, with or without their packages.
    fn mentioned(&self, mentions: &Mentions, looked: Looked<'_>) -> Rc<[usize]> {
        let key = std::ptr::from_ref(mentions);
        if let Some(known) = self.mentioned.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut found: Vec<usize> = Vec::new();
        let mut add = |word: &str| {
            let last = word.rsplit('.').next().unwrap_or_default();
            found.extend([word, last].iter().filter_map(|name| self.by_name.get(*name)).flatten());
        };
        mentions.words.iter().for_each(|word| add(word));
        for (name, file) in &looked.build.catalogs {
            let Some(Said::Catalog(catalog)) = file.to_path().and_then(|path| looked.builds.said(&path)) else {
                continue;
            };
            if mentions.catalogs.contains("*") {
                catalog.plugins.values().for_each(|plugin| add(plugin));
            }
            let used =
                mentions.catalogs.iter().filter_map(|used| used.strip_prefix(name.as_str())?.strip_prefix(".plugins."));
            used.filter_map(|alias| catalog.plugins.get(alias)).for_each(|plugin| add(plugin));
        }
        found.sort_unstable();
        found.dedup();
        let found: Rc<[usize]> = found.into();
        self.mentioned.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    fn plugins_of(&mut self, build: &'b Build, builds: &'b Builds<'b>, tree: &'b Listing) {
        let scripts: HashSet<&RepoPath> = build.projects.values().flat_map(|project| &project.scripts).collect();
        for entry in tree.below(&build.root) {
            let path = &entry.path;
            let is_of_tests =
                path.components().any(|part| matches!(part.as_bytes(), b"test" | b"functionalTest" | b"resources"));
            if is_of_tests || scripts.contains(path) || build::is_settings(path) {
                continue;
            }
            match (builds.said(path), build::is_script(path), is_source(path)) {
                (Some(_), true, _) => {
                    self.by_name.entry(plugin(path)).or_default().push(self.plugins.len());
                    self.plugins.push(path);
                }
                (Some(_), _, true) => self.sources.push(path),
                (None, _, true) => self.unread = Some(path.clone()),
                _ => {}
            }
        }
    }
}

/// Whether a build is made for its plugins.
pub(super) fn makes_plugins(build: &Build, builds: &Builds<'_>) -> bool {
    let is_plugin = |path: &RepoPath| match builds.said(path) {
        Some(Said::Script(script)) => MAKES_PLUGINS
            .iter()
            .any(|word| [&script.own, &script.each].iter().any(|mentions| mentions.words.contains(*word))),
        _ => false,
    };
    build.projects.values().flat_map(|project| &project.scripts).any(is_plugin)
}

fn is_source(path: &RepoPath) -> bool {
    [".kt", ".java", ".groovy", ".scala"].iter().any(|end| path.file_name().ends_with_str(end))
}

/// The name of a plugin that a script is, without its package.
fn plugin(path: &RepoPath) -> String {
    let name = path.file_name().to_string();
    let name = name.strip_suffix(".kts").unwrap_or(&name);
    name.strip_suffix(".gradle").unwrap_or(name).to_owned()
}

/// A project that is looked at.
#[derive(Clone, Copy)]
pub(super) struct Looked<'b> {
    pub(super) builds: &'b Builds<'b>,
    pub(super) build: &'b Build,
    pub(super) path: &'b str,
    pub(super) folder: &'b Folder,
}

impl<'b> Reach<'b> {
    /// Works out what reaches a project.
    pub(super) fn of(looked: Looked<'b>, shared: &Shared<'b>) -> Self {
        let mut reach = Self::default();
        for script in &looked.build.projects[looked.path].scripts {
            reach.visit(script, true, looked);
        }
        let mut above = looked.path;
        while let Some((outer, _)) = above.rsplit_once(':').filter(|_| above != ":") {
            above = if outer.is_empty() { ":" } else { outer };
            for script in looked.build.projects.get(above).into_iter().flat_map(|project| &project.scripts) {
                reach.field(script, looked);
                reach.visit(script, false, looked);
            }
        }
        for script in &looked.build.settings {
            reach.field(script, looked);
            reach.visit(script, false, looked);
        }
        for (by, mentions) in shared.of.get(looked.path).into_iter().flatten() {
            reach.take(by, mentions, looked);
        }
        for source in &shared.sources {
            reach.visit(source, true, looked);
        }
        reach.plugins(shared, looked);
        if let Some(file) = &shared.unread {
            reach.open.push((file.clone(), "is a source file of a plugin that is not read".to_owned()));
        }
        reach
    }

    /// Adds the scripts that are plugins whose names are mentioned, by plugins too.
    fn plugins(&mut self, shared: &Shared<'b>, looked: Looked<'b>) {
        let mut at = 0;
        while let Some((_, mentions)) = self.mentions.get(at).copied().filter(|_| !shared.plugins.is_empty()) {
            for plugin in shared.mentioned(mentions, looked).iter() {
                self.visit(shared.plugins[*plugin], true, looked);
            }
            at += 1;
        }
    }

    /// Takes what a script says: of its own project too, or only of others.
    fn visit(&mut self, path: &'b RepoPath, is_own: bool, looked: Looked<'b>) {
        if self.seen.contains(&(path, true)) || !self.seen.insert((path, is_own)) {
            return;
        }
        match looked.builds.said(path) {
            Some(Said::Script(script)) => {
                self.take(path, &script.each, looked);
                if let Some(mentions) = script.of.get(looked.path) {
                    self.take(path, mentions, looked);
                }
                if is_own {
                    return self.take(path, &script.own, looked);
                }
                self.above.push((path, &script.own));
                if !build::is_settings(path) {
                    self.apply(path, &script.own, false, looked);
                }
            }
            Some(Said::Broken(why)) => self.open.push((path.clone(), why.clone())),
            _ => {}
        }
    }

    fn take(&mut self, by: &'b RepoPath, mentions: &'b Mentions, looked: Looked<'b>) {
        self.mentions.push((by, mentions));
        self.apply(by, mentions, true, looked);
    }

    fn apply(&mut self, by: &'b RepoPath, mentions: &'b Mentions, is_own: bool, looked: Looked<'b>) {
        for text in &mentions.applied {
            let whole = looked.build.placed(text, looked.folder);
            if whole.contains(UNKNOWN) {
                self.open.push((by.clone(), format!("can't tell which script '{}' is", build::shown(text))));
                continue;
            }
            let at = |from: &Folder| match place::path(&whole, from) {
                Some(Place::At(place)) => Some(place),
                _ => None,
            };
            // A script that is applied looks from the project's folder, or from its own.
            let places: Vec<Folder> = [looked.folder.clone(), Folder::of(by)].iter().filter_map(at).collect();
            let known: Vec<&'b RepoPath> =
                places.iter().filter_map(|place| looked.builds.path(&place.to_path()?)).collect();
            if known.is_empty() && !text.contains("://") {
                self.missing.extend(places.into_iter().map(|place| (by, place)));
            }
            for script in known {
                self.applied.insert(script.clone());
                self.field(script, looked);
                self.visit(script, is_own, looked);
            }
        }
    }

    fn field(&mut self, path: &RepoPath, looked: Looked<'b>) {
        if let Some(Said::Script(script)) = looked.builds.said(path) {
            self.fields.insert(path.to_string(), script.digest);
        }
    }
}
