//! What one ecosystem finds in a tree.

use std::collections::{BTreeMap, BTreeSet};

use super::{Folder, Kind};
use crate::digest::Digest;
use crate::path::RepoPath;

/// What one ecosystem finds in a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The units, each of another name.
    pub units: Vec<Unit>,
    /// Who depends on what.
    pub edges: Vec<Edge>,
    /// What can't be told, and what has to be taken as affected for it.
    pub widened: Vec<Widening>,
    /// Files that belong to no unit and of which [`Unit::fields`] tell exactly what they mean for each unit of this kind,
    /// such as a lock file. They count for no unit of this kind in any other way; for other kinds they mean nothing.
    pub explained: BTreeSet<RepoPath>,
    /// Source files, with what each imports, where the ecosystem reads imports.
    pub modules: BTreeMap<RepoPath, Module>,
    /// Files that a test runner of this ecosystem takes as tests by its default patterns, each among `modules`.
    pub tests: BTreeSet<RepoPath>,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Whose manifest declares it.
    pub kind: Kind,
    /// The name that its own tool knows it by, such as `cargo test -p NAME` takes it.
    pub name: String,
    /// Its folder.
    pub root: Folder,
    /// The file that declares it.
    pub manifest: RepoPath,
    /// The folder of the workspace that it is a member of, where its tool is started; its own where it is in none.
    pub workspace: Folder,
    /// Whether `units = "KIND"` means it. Not so what a tool that is started for the whole leaves out, such as a package
    /// that a workspace excludes: its files are its own, but it is tested only where it is named.
    pub is_member: bool,
    /// What of its folder is its own where other units lie in it.
    pub own: Own,
    /// What it takes from files that are not its own, each by a name for people and a digest that is equal only where
    /// that means the same for this unit: `Cargo.lock` (its resolved external dependencies, transitively, with versions,
    /// sources and checksums), `workspace Cargo.toml` (what it inherits) …. What it takes through other units is theirs.
    pub fields: BTreeMap<String, Digest>,
}

/// What of a unit's folder is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Own {
    /// Whatever is no other unit's.
    Everything,
    /// Where other units lie in its folder: these files and folders. The rest belongs to no unit, so that it may matter
    /// to any of them. Where none lies in it, everything.
    Only(BTreeSet<RepoPath>),
}

/// That a unit depends on something in the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The [`Unit::name`] of the unit, which is of the same ecosystem.
    pub from: String,
    /// On what.
    pub to: Target,
    /// What says so.
    pub why: Why,
}

/// What a unit depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Another unit of the same ecosystem, by its name.
    Unit(String),
    /// A file or a folder, whoever it belongs to; also where there is nothing yet.
    Path(Folder),
}

/// What says that there is an edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Why {
    /// The file that says so.
    pub file: RepoPath,
    /// How: `dev-dependency core`, `imports ../c/src/x`, `include_str!("../../README.md")` ….
    pub what: String,
}

/// Something that can't be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Widening {
    /// The unit that is taken to depend on the whole tree; `None` for every unit of the kind.
    pub unit: Option<String>,
    /// The file that it is about.
    pub file: RepoPath,
    /// Why, for people: `can't be read: expected `=` in line 3` ….
    pub why: String,
}

/// A source file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// The files of the tree whose content a run of this file can see through imports, each one step away.
    pub imports: BTreeSet<RepoPath>,
    /// The units any of whose files it may see, by [`Unit::name`], and with them any of what those depend on: what is
    /// imported is built from files that nothing names.
    pub units: BTreeSet<String>,
    /// Why it may import more than that, such as by a name that is only known when it runs. Then it is taken to import
    /// every file of its unit and of what that depends on.
    pub open: Option<String>,
}
