//! What one file of a Gradle build says.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// What a file says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fact(pub(super) Said);

/// What a file says, by its kind.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// A script, or a source file of a plugin.
    Script(Box<Script>),
    /// A version catalog.
    Catalog(Catalog),
    /// A file of which only the whole counts.
    Whole(Digest),
    /// What can't be read, and why.
    Broken(String),
}

/// What a script says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Script {
    /// Of its tokens, without what [`Self::settings`] holds of projects.
    pub(super) digest: Digest,
    /// Of the project that it is a script of.
    pub(super) own: Mentions,
    /// Of other projects, which ones is not told: those below, mostly.
    pub(super) each: Mentions,
    /// Of other projects, by their paths.
    pub(super) of: BTreeMap<String, Mentions>,
    /// As settings, in order.
    pub(super) settings: Vec<Setting>,
}

/// What a piece of a script names.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mentions {
    /// Paths of projects or tasks; those that begin with no `:` go on from the project.
    pub(super) projects: BTreeSet<String>,
    /// What stands after `projects.`.
    pub(super) accessors: BTreeSet<String>,
    /// What may stand for entries of version catalogs, such as `libs.a.b`; `*` for any.
    pub(super) catalogs: BTreeSet<String>,
    /// Places that are not plainly the project's own.
    pub(super) places: BTreeSet<String>,
    /// Relative places, of interest only where a project's folder holds others.
    pub(super) inner: BTreeSet<String>,
    /// Scripts that are applied.
    pub(super) applied: BTreeSet<String>,
    /// Texts and names that may be those of plugins.
    pub(super) words: BTreeSet<String>,
    /// Names that coordinates of artifacts hold.
    pub(super) artifacts: BTreeSet<String>,
    /// What can't be told.
    pub(super) open: BTreeSet<String>,
    /// Whether a file is named by a variable.
    pub(super) takes_variables: bool,
    /// Whether it speaks of all projects of the build as values.
    pub(super) takes_all: bool,
}

/// One step of settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Setting {
    /// A project, and those above it.
    Include(String),
    /// A project in a folder beside the build's.
    Flat(String),
    /// The folder of a project.
    Folder(String, String),
    /// Another name for a project.
    Name(String, String),
    /// The name of the outermost project.
    RootName(String),
    /// Build scripts have other names.
    ScriptNames,
    /// Another build: where it is, its name, and whether it is for its plugins only.
    Build(String, Option<String>, bool),
    /// A version catalog: its name, and its file.
    Catalog(String, String),
    /// What can't be told.
    Open(String),
}

/// What a version catalog says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Catalog {
    pub(super) whole: Option<Digest>,
    /// What each entry means, by `a.b`, `versions.a.b`, `plugins.a.b`, `bundles.a.b`.
    pub(super) entries: BTreeMap<String, Digest>,
    /// What plugins are called.
    pub(super) plugins: BTreeMap<String, String>,
    /// The artifacts of libraries, without their groups.
    pub(super) artifacts: BTreeMap<String, BTreeSet<String>>,
}
