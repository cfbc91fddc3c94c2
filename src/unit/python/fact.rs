//! What single files say.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// What one file says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Fact {
    /// `pyproject.toml` or `setup.cfg`.
    Manifest(Box<Manifest>),
    /// `setup.py`, which is a module too.
    Setup(Box<Manifest>, Source),
    /// `pytest.ini`, `tox.ini`: pytest's settings, where there are any.
    Settings(Option<Settings>),
    /// A requirements file.
    Requirements(Requirements),
    /// A lock file.
    Lock(Box<Lock>),
    /// A module.
    Source(Source),
    /// What can't be parsed, with why, and the digest of what it holds.
    Unreadable(String, Digest),
}

/// What a manifest says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Whether it makes its folder a project, rather than holding settings of tools alone.
    pub(super) is_project: bool,
    /// The name as written; `None` where only running something would tell.
    pub(super) name: Option<String>,
    /// Everything it asks for, groups and extras included.
    pub(super) requires: Vec<Requirement>,
    /// `[tool.uv.sources]`: paths by normalised name.
    pub(super) sources: Vec<(String, String)>,
    /// The workspace that it opens.
    pub(super) workspace: Option<Workspace>,
    /// Where modules are found.
    pub(super) roots: Vec<Root>,
    /// Files and folders that it names as the project's.
    pub(super) own: Vec<String>,
    /// Files outside the folder, such as requirements that it takes as its own.
    pub(super) files: Vec<String>,
    /// Entry points: group and module.
    pub(super) entry_points: Vec<(String, String)>,
    /// pytest's settings.
    pub(super) pytest: Option<Settings>,
    /// What projects in folders below take from it: settings of tools.
    pub(super) tools: Option<Digest>,
    /// What of `dependencies` only running something would tell.
    pub(super) is_dynamic: bool,
}

/// One thing asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Requirement {
    /// The normalised name; empty where only a path is given.
    pub(super) name: String,
    /// Where it lies in the tree, relative to the file's folder.
    pub(super) path: Option<String>,
    /// What asks: `dependency`, `group dev` ….
    pub(super) what: String,
}

/// The members of a workspace.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Workspace {
    /// Patterns of folders.
    pub(super) members: Vec<String>,
    /// Patterns of folders that are none.
    pub(super) exclude: Vec<String>,
}

/// A folder where modules are found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Root {
    /// The package that the folder is; empty where it holds packages.
    pub(super) package: String,
    /// The folder, relative to the manifest's.
    pub(super) folder: String,
}

/// pytest's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// `python_files`; empty for the default.
    pub(super) files: Vec<String>,
    /// `testpaths`.
    pub(super) testpaths: Vec<String>,
    /// `pythonpath`.
    pub(super) pythonpath: Vec<String>,
    /// Modules that are imported for every test.
    pub(super) plugins: Vec<String>,
}

/// What a requirements file says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Requirements {
    /// What it asks for in the tree, or by name.
    pub(super) requires: Vec<Requirement>,
    /// Other requirements and constraints files, relative to its folder.
    pub(super) files: Vec<String>,
}

/// A lock file, as a graph.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lock {
    /// The digest of the whole file.
    pub(super) whole: Digest,
    /// Its packages.
    pub(super) packages: Vec<Locked>,
    /// Names that every project of the workspace takes, from groups of a workspace's root that is no project.
    pub(super) shared: Vec<String>,
}

/// A resolved package.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Locked {
    /// The normalised name.
    pub(super) name: String,
    /// The version; empty where the lock tells none.
    pub(super) version: String,
    /// Where it lies, of one that lies in the tree; relative to the lock's folder.
    pub(super) folder: Option<String>,
    /// All that the lock says of it, with sources and checksums.
    pub(super) digest: Option<Digest>,
    /// What it needs.
    pub(super) needs: Vec<Need>,
    /// What it needs for an extra, or a group of development dependencies.
    pub(super) extras: Vec<(String, Vec<Need>)>,
    /// Development groups, of a project of the tree.
    pub(super) groups: Vec<Need>,
}

/// What a resolved package needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Need {
    /// The normalised name.
    pub(super) name: String,
    /// The version, where several are locked.
    pub(super) version: Option<String>,
    /// Extras.
    pub(super) extras: Vec<String>,
}

/// What a module says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What it imports, or names in a way that imports.
    pub(super) imports: Vec<Import>,
    /// Folders that it puts on `sys.path`.
    pub(super) paths: Vec<Place>,
    /// Whether it also puts a folder there that only running it would tell.
    pub(super) has_unknown_path: bool,
    /// Names of Python files in its texts.
    pub(super) scripts: Vec<String>,
    /// Places that it names, relative to its folder.
    pub(super) reads: Vec<String>,
    /// `__all__`, which a star imports from a package.
    pub(super) all: Vec<String>,
    /// Groups of entry points that it loads; `*` for any.
    pub(super) groups: Vec<String>,
    /// Whether it starts programs.
    pub(super) runs: bool,
    /// Why it may import more.
    pub(super) open: Option<String>,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Import {
    /// The dots that it begins with.
    pub(super) level: u8,
    /// The module, by dots.
    pub(super) module: String,
    /// What of it.
    pub(super) take: Take,
}

/// What of a module is imported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Take {
    /// The module, and these names, which may be modules.
    Names(Vec<String>),
    /// `*`.
    Star,
    /// Any module below it: which one is only known when it runs.
    Below,
    /// A text that begins with a module's name, if there is one.
    Mention,
}

/// A place in the tree, as an expression tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Place {
    /// Relative to the file's folder.
    Here(String),
    /// Relative to the folder that the program is started in.
    Cwd(String),
}
