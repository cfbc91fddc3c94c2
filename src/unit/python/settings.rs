//! pytest's settings for each folder, and which files are tests by them.
//!
//! <https://docs.pytest.org/en/stable/reference/customize.html#finding-the-rootdir>

use std::collections::BTreeMap;

use super::super::{Facts, Folder};
use super::fact::{Fact, Settings};
use super::tree::{FolderId, Tree};
use crate::path::{Mode, Pattern, RepoPath, Selection};

/// Folders that pytest doesn't enter (`norecursedirs`), besides hidden ones and `*.egg`.
const SKIPPED: [&str; 7] = ["_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}"];

/// The settings that lie in one folder.
pub(super) struct Here<'f> {
    /// The folder.
    pub(super) folder: Folder,
    /// What they say.
    pub(super) settings: &'f Settings,
    names: Selection,
    paths: Vec<Selection>,
}

/// The settings for every folder.
pub(super) struct ByFolder<'f> {
    all: Vec<Here<'f>>,
    of: Vec<Option<usize>>,
    default: Selection,
}

impl<'f> ByFolder<'f> {
    /// Finds the settings of each folder of a tree: the nearest above it.
    pub(super) fn new(tree: &Tree<'_>, facts: &'f Facts<Fact>) -> Self {
        let mut by_folder: BTreeMap<Folder, &Settings> = BTreeMap::new();
        // The first that counts wins.
        for form in ["pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"] {
            for (path, settings) in facts.of(form).filter_map(|(path, fact)| Some((path, of_fact(fact)?))) {
                by_folder.entry(Folder::of(path)).or_insert(settings);
            }
        }
        let mut all = Vec::new();
        let mut of: Vec<Option<usize>> = vec![None; tree.len()];
        for (folder, settings) in by_folder {
            if let Some(id) = tree.find(&folder) {
                of[id as usize] = Some(all.len());
                all.push(Here::new(folder, settings));
            }
        }
        // A folder's number is above that of the folder that holds it.
        for at in 1..of.len() {
            let parent = tree.parent(u32::try_from(at).unwrap_or(0));
            of[at] = of[at].or(of[parent as usize]);
        }
        Self { all, of, default: names(&["test_*.py".to_owned(), "*_test.py".to_owned()]) }
    }

    /// The settings of a folder.
    pub(super) fn of(&self, folder: FolderId) -> Option<&Here<'f>> {
        self.of[folder as usize].map(|at| &self.all[at])
    }

    /// All settings.
    pub(super) fn all(&self) -> &[Here<'f>] {
        &self.all
    }

    /// Whether pytest takes a file of this name as a test, whoever asks for it.
    pub(super) fn is_named_as_test(&self, folder: FolderId, path: &RepoPath) -> bool {
        let here = self.of(folder).filter(|here| !here.settings.files.is_empty());
        let name = RepoPath::new(path.file_name().to_owned());
        here.map_or(&self.default, |here| &here.names).matches(&name, Mode::File)
            || here.is_some_and(|here| {
                here.settings.files.iter().any(|pattern| pattern.contains('/')) && here.names.matches(path, Mode::File)
            })
    }

    /// Whether pytest finds a file when it is started in a folder above it, without arguments.
    pub(super) fn is_collected(&self, started: FolderId, path: &RepoPath) -> bool {
        let here = self.of(started);
        let root = here.map_or_else(Folder::root, |here| here.folder.clone());
        let Some(below) = root.within(path.as_bstr()) else { return false };
        let mut folders: Vec<&[u8]> = below.split(|byte| *byte == b'/').collect();
        folders.pop();
        let is_skipped = |name: &&[u8]| {
            name.starts_with(b".")
                || name.ends_with(b".egg")
                || SKIPPED.iter().any(|skipped| skipped.as_bytes() == *name)
        };
        let below = RepoPath::new(below.to_owned());
        let is_within = here.is_none_or(|here| {
            here.paths.is_empty() || here.paths.iter().any(|paths| paths.matches(&below, Mode::File))
        });
        is_within && !folders.iter().any(is_skipped)
    }
}

impl<'f> Here<'f> {
    fn new(folder: Folder, settings: &'f Settings) -> Self {
        let tidy = |path: &String| path.trim_start_matches("./").trim_end_matches('/').to_owned();
        let patterns = |path: &String| {
            let path = tidy(path);
            let texts = if path == "." || path.is_empty() {
                vec!["**".to_owned()]
            } else {
                vec![path.clone(), format!("{path}/**")]
            };
            let parsed: Option<Vec<Pattern>> = texts.iter().map(|text| Pattern::parse(text).ok()).collect();
            parsed.map_or_else(Selection::everything, |parsed| Selection::new(&parsed, &[]))
        };
        Self {
            paths: settings.testpaths.iter().map(patterns).collect(),
            names: names(&settings.files),
            folder,
            settings,
        }
    }
}

fn of_fact(fact: &Fact) -> Option<&Settings> {
    match fact {
        Fact::Settings(settings) => settings.as_ref(),
        Fact::Manifest(manifest) => manifest.pytest.as_ref(),
        _ => None,
    }
}

/// The names that any of some patterns matches; every Python file's where one can't be read.
fn names(patterns: &[String]) -> Selection {
    let parsed: Option<Vec<Pattern>> =
        patterns.iter().map(|text| Pattern::parse(text.trim_start_matches('/')).ok()).collect();
    parsed.map_or_else(Selection::everything, |parsed| Selection::new(&parsed, &[]))
}
