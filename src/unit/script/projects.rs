//! What TypeScript projects say of the names that files import: <https://www.typescriptlang.org/tsconfig/#paths>.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fact::Project;
use super::files::{File, Files};
use super::form::is_project;
use crate::unit::Folder;

/// Longer chains of what extends what are cut.
const MAX_CHAIN: usize = 64;

/// The projects of a tree.
pub(super) struct Projects<'t> {
    by_file: BTreeMap<File, &'t Project>,
    by_folder: HashMap<Folder, Mapping>,
}

/// What the projects of one folder say together.
#[derive(Debug, Default)]
pub(super) struct Mapping {
    /// The projects themselves that tools find by their place.
    pub(super) files: Vec<File>,
    /// Places of whole names.
    exact: HashMap<String, Vec<Folder>>,
    /// Places by what stands before a star: what stands behind it, and the place's text on both sides of its own star.
    starred: HashMap<String, Vec<(String, Folder, String)>>,
    /// The length of the longest text before a star.
    longest: usize,
    /// Where names are looked for.
    pub(super) bases: Vec<Folder>,
    /// Folders that are taken for one, by project.
    pub(super) root_dirs: Vec<Vec<Folder>>,
    /// Where the functions of JSX come from.
    pub(super) jsx: BTreeSet<String>,
    /// Packages that are imported without being named.
    pub(super) types: BTreeSet<String>,
}

/// A pattern of names, and where they lead.
type Pair = (String, Vec<String>);

/// What holds for a project, with what it extends.
#[derive(Default)]
struct Effective<'t> {
    /// The projects that say it.
    seen: BTreeSet<File>,
    paths: Option<(Folder, &'t [Pair])>,
    base: Option<(Folder, &'t str)>,
    root_dirs: Option<(Folder, &'t [String])>,
    jsx: Option<&'t str>,
}

impl<'t> Projects<'t> {
    /// Puts projects together. `extended` gives the files that a project extends, of those in the tree.
    pub(super) fn new(
        files: &Files<'t>,
        by_file: BTreeMap<File, &'t Project>,
        extended: &dyn Fn(File, &Project) -> Vec<File>,
    ) -> Self {
        let mut projects = Self { by_file, by_folder: HashMap::new() };
        let named: Vec<File> =
            projects.by_file.keys().copied().filter(|file| is_project(files.path(*file).file_name())).collect();
        for file in named {
            let folder = Folder::of(files.path(file));
            let mut effective = Effective::default();
            projects.effective(files, file, extended, &mut effective);
            let mapping = projects.by_folder.entry(folder.clone()).or_default();
            mapping.files.push(file);
            mapping.add(&folder, &effective);
            mapping.types.extend(projects.by_file[&file].types.iter().cloned());
        }
        projects
    }

    /// Every project, with what it says.
    pub(super) fn all(&self) -> impl Iterator<Item = (File, &'t Project)> {
        self.by_file.iter().map(|(file, project)| (*file, *project))
    }

    /// What a file says, where it is one of a project.
    pub(super) fn get(&self, file: File) -> Option<&'t Project> {
        self.by_file.get(&file).copied()
    }

    /// What the projects of the innermost folder say that has any.
    pub(super) fn nearest(&self, folder: &Folder) -> Option<&Mapping> {
        if self.by_folder.is_empty() {
            return None;
        }
        folder.upwards().find_map(|folder| self.by_folder.get(&folder))
    }

    /// What the projects in a folder and above it say of names, innermost first.
    pub(super) fn above(&self, folder: &Folder) -> Vec<&Mapping> {
        if self.by_folder.is_empty() {
            return Vec::new();
        }
        let mappings = folder.upwards().filter_map(|folder| self.by_folder.get(&folder));
        mappings.filter(|mapping| mapping.says_names()).collect()
    }

    fn effective(
        &self,
        files: &Files<'t>,
        file: File,
        extended: &dyn Fn(File, &Project) -> Vec<File>,
        found: &mut Effective<'t>,
    ) {
        let Some(project) = self.by_file.get(&file) else { return };
        if found.seen.len() >= MAX_CHAIN || !found.seen.insert(file) {
            return;
        }
        let folder = || Folder::of(files.path(file));
        // The first that says something is nearest to the project, and wins.
        if found.paths.is_none() {
            found.paths = project.paths.as_deref().map(|paths| (folder(), paths));
        }
        if found.base.is_none() {
            found.base = project.base_url.as_deref().map(|base| (folder(), base));
        }
        if found.root_dirs.is_none() {
            found.root_dirs = project.root_dirs.as_deref().map(|dirs| (folder(), dirs));
        }
        found.jsx = found.jsx.or(project.jsx.as_deref());
        for base in extended(file, project).into_iter().rev() {
            self.effective(files, base, extended, found);
        }
    }
}

impl Mapping {
    fn says_names(&self) -> bool {
        !(self.exact.is_empty() && self.starred.is_empty() && self.bases.is_empty() && self.root_dirs.is_empty())
    }

    /// The places that a name may stand for by patterns; of those with a star, by the longest that matches.
    pub(super) fn places(&self, name: &str) -> Vec<Folder> {
        let mut found = self.exact.get(name).cloned().unwrap_or_default();
        if self.starred.is_empty() {
            return found;
        }
        for end in (0..=name.len().min(self.longest)).rev().filter(|end| name.is_char_boundary(*end)) {
            let Some(patterns) = self.starred.get(&name[..end]) else { continue };
            let before = found.len();
            found.extend(patterns.iter().filter_map(|(suffix, folder, target)| {
                folder.resolve(target.replacen('*', name[end..].strip_suffix(suffix.as_str())?, 1))
            }));
            if found.len() > before {
                break;
            }
        }
        found
    }

    fn add(&mut self, own: &Folder, effective: &Effective<'_>) {
        let base = effective.base.as_ref().and_then(|(folder, base)| placed(own, folder, base));
        if let Some((folder, paths)) = &effective.paths {
            let from = base.as_ref().unwrap_or(folder);
            let pairs = paths.iter().flat_map(|(pattern, targets)| targets.iter().map(move |target| (pattern, target)));
            pairs.for_each(|(pattern, target)| self.pattern(own, from, pattern, target));
        }
        if let Some((folder, dirs)) = &effective.root_dirs {
            self.root_dirs.push(dirs.iter().filter_map(|dir| placed(own, folder, dir)).collect());
        }
        self.bases.extend(base);
        self.jsx.extend(effective.jsx.map(str::to_owned));
    }

    fn pattern(&mut self, own: &Folder, from: &Folder, pattern: &str, target: &str) {
        let (from, target) = match target.strip_prefix("${configDir}/") {
            Some(rest) => (own, rest),
            None => (from, target),
        };
        match pattern.split_once('*') {
            Some((before, after)) => {
                self.longest = self.longest.max(before.len());
                let patterns = self.starred.entry(before.to_owned()).or_default();
                patterns.push((after.to_owned(), from.clone(), target.to_owned()));
            }
            None => self.exact.entry(pattern.to_owned()).or_default().extend(from.resolve(target)),
        }
    }
}

/// A place that a project names, relative to its folder or, by a variable, to the folder of the one that extends it.
pub(super) fn placed(own: &Folder, folder: &Folder, text: &str) -> Option<Folder> {
    match text.strip_prefix("${configDir}") {
        Some(rest) => own.resolve(rest.trim_start_matches('/')),
        None => folder.resolve(text),
    }
}
