//! What has to be known of a tree: the names of its files, and the texts of its manifests.

use std::collections::{BTreeMap, BTreeSet};

use bstr::ByteSlice;

use crate::digest::ObjectId;
use crate::git::{Entry, Error, Kind, Repo};
use crate::path::Mode;

/// Files whose texts say how a project is built and checked, wherever they lie.
const MANIFESTS: [&str; 24] = [
    ".pre-commit-config.yaml",
    ".yarnrc.yml",
    "Cargo.toml",
    "GNUmakefile",
    "Justfile",
    "Makefile",
    "Pipfile",
    "go.mod",
    "justfile",
    "makefile",
    "mypy.ini",
    "noxfile.py",
    "package.json",
    "pnpm-workspace.yaml",
    "pyproject.toml",
    "pytest.ini",
    "requirements-dev.txt",
    "requirements-test.txt",
    "requirements.txt",
    "rustfmt.toml",
    "setup.cfg",
    "setup.py",
    "tox.ini",
    ".gitignore",
];

/// Files that tell a server what to run.
const SERVERS: [&str; 5] =
    [".gitlab-ci.yml", ".circleci/config.yml", ".travis.yml", "azure-pipelines.yml", ".cirrus.yml"];

/// Files that git ignores and programs read all the same.
const LOCAL: [&str; 3] = [".env", ".env.local", ".env.test"];

/// Folders of projects that others wrote, or that are there to be looked at.
const ASIDE: [&str; 13] = [
    "bench",
    "benchmarks",
    "doc",
    "docs",
    "example",
    "examples",
    "fixtures",
    "node_modules",
    "templates",
    "test",
    "testdata",
    "tests",
    "vendor",
];

/// How files end that say what a manager of git hooks runs.
const HOOKS: [&str; 6] = [".yml", ".yaml", ".json", ".jsonc", ".toml", ".pkl"];

/// How deep manifests are read.
const DEPTH: usize = 4;

/// What has to be known of a tree. Names that are not UTF-8 are left out: no manifest has one.
#[derive(Clone, Debug, Default)]
pub struct Files {
    paths: BTreeSet<String>,
    texts: BTreeMap<String, String>,
    /// Programs without an ending, with what their `#!` lines start.
    programs: BTreeMap<String, String>,
    local: Vec<String>,
}

impl Files {
    /// Reads a tree, and which files that programs read lie beside it in the user's checkout.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    pub fn read(repo: &Repo, tree: ObjectId) -> Result<Self, Error> {
        let mut files = Self::default();
        let mut open = vec![(String::new(), tree)];
        while let Some((folder, tree)) = open.pop() {
            for entry in repo.tree(tree)?.entries() {
                open.extend(files.add(repo, &folder, entry)?);
            }
        }
        if let Some(work_dir) = repo.work_dir() {
            let is_local = |name: &&str| !files.paths.contains(*name) && work_dir.join(name).is_file();
            files.local = LOCAL.iter().filter(|name| is_local(name)).map(ToString::to_string).collect();
        }
        Ok(files)
    }

    /// Adds an entry of a folder. Gives it back if it is a folder itself, with its path up to the closing `/`.
    fn add(&mut self, repo: &Repo, folder: &str, entry: Entry<'_>) -> Result<Option<(String, ObjectId)>, Error> {
        let Ok(name) = entry.name.to_str() else { return Ok(None) };
        let path = format!("{folder}{name}");
        match entry.kind {
            Kind::Folder => return Ok(Some((path + "/", entry.id))),
            Kind::Leaf(mode) if !mode.is_file() => return Ok(None),
            Kind::Leaf(_) if is_manifest(&path) => {
                let text = String::from_utf8_lossy(&repo.blob(entry.id)?).into_owned();
                self.texts.insert(path.clone(), text);
            }
            Kind::Leaf(Mode::Executable) if extension(&path).is_none() => {
                let starter = repo.blob(entry.id).map(|blob| starter(&blob))?;
                self.programs.extend(starter.map(|starter| (path.clone(), starter)));
            }
            Kind::Leaf(_) => {}
        }
        self.paths.insert(path);
        Ok(None)
    }

    /// The files, by name.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// The text of a manifest; empty where there is none.
    pub(super) fn text(&self, path: &str) -> &str {
        self.texts.get(path).map_or("", String::as_str)
    }

    /// The manifests, with their texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The programs without an ending, with what their `#!` lines start.
    pub(super) fn programs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.programs.iter().map(|(path, starter)| (path.as_str(), starter.as_str()))
    }

    /// The files of the user's checkout that git ignores and programs read all the same.
    pub(super) fn local(&self) -> &[String] {
        &self.local
    }

    /// Whether anything that says what is run, on a server or here, holds one of these texts.
    pub(super) fn mentions(&self, texts: &[&str]) -> bool {
        self.scripts().any(|script| texts.iter().any(|text| script.contains(text)))
    }

    /// Whether anything says what is run on a server.
    pub(super) fn has_server(&self) -> bool {
        self.texts.keys().any(|path| is_server(path))
    }

    fn scripts(&self) -> impl Iterator<Item = &str> {
        let is_script = |path: &str| {
            is_server(path)
                || ["Makefile", "makefile", "GNUmakefile", "justfile", "Justfile"].contains(&path)
                || [".pre-commit-config.yaml", "tox.ini", "noxfile.py"].contains(&path)
        };
        self.texts().filter(move |(path, _)| is_script(path)).map(|(_, text)| text)
    }
}

/// The program that a `#!` line starts, without its folder.
fn starter(blob: &[u8]) -> Option<String> {
    let line = blob.strip_prefix(b"#!")?.lines().next()?.to_str().ok()?;
    let mut words = line.split_whitespace().map(|word| word.rsplit_once('/').map_or(word, |(_, name)| name));
    let first = words.next()?;
    let word =
        if first == "env" { words.find(|word| !word.starts_with('-') && !word.contains('=')) } else { Some(first) };
    word.map(str::to_owned)
}

/// Whether a file says what another manager of git hooks runs.
fn is_hooks(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_old = ["", ".config"].contains(&folder)
        && ["lefthook", ".lefthook", "lefthook-local", ".lefthook-local", "hk"]
            .iter()
            .any(|stem| name.strip_prefix(stem).is_some_and(|rest| HOOKS.contains(&rest)));
    let is_staged =
        name.starts_with(".lintstagedrc") && ["", ".json", ".yaml", ".yml"].contains(&&name[".lintstagedrc".len()..]);
    let is_shared = path == ".pre-commit-config.yml" || path == "prek.toml";
    is_old || is_shared || (is_staged && !is_aside(folder)) || folder == ".husky"
}

fn is_manifest(path: &str) -> bool {
    if is_hooks(path) {
        return true;
    }
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let is_requirements = path.starts_with("requirements/") && extension(path) == Some("txt");
    is_server(path) || is_requirements || (MANIFESTS.contains(&name) && path.split('/').count() <= DEPTH)
}

fn is_server(path: &str) -> bool {
    path.starts_with(".github/workflows/") || SERVERS.contains(&path)
}

/// Whether a path leads through a folder of what others wrote, or of what is there to be looked at.
pub(super) fn is_aside(path: &str) -> bool {
    path.split('/').any(|name| ASIDE.contains(&name) || name.starts_with('.'))
}

/// What stands after the last dot of a path's last component.
pub(super) fn extension(path: &str) -> Option<&str> {
    std::path::Path::new(path).extension()?.to_str()
}

#[cfg(test)]
impl Files {
    /// A tree of files with texts.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let text = |(path, text): &(&str, &str)| is_manifest(path).then(|| ((*path).to_owned(), (*text).to_owned()));
        Self {
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            texts: files.iter().filter_map(text).collect(),
            programs: BTreeMap::new(),
            local: Vec::new(),
        }
    }

    /// The same, with programs without an ending.
    pub(super) fn with_programs(self, programs: &[(&str, &str)]) -> Self {
        let owned = |(path, starter): &(&str, &str)| ((*path).to_owned(), (*starter).to_owned());
        let paths = programs.iter().map(|(path, _)| (*path).to_owned()).chain(self.paths).collect();
        Self { paths, programs: programs.iter().map(owned).collect(), ..self }
    }

    /// The same, with files beside it that git ignores.
    pub(super) fn with_local(self, local: &[&str]) -> Self {
        Self { local: local.iter().map(ToString::to_string).collect(), ..self }
    }
}
