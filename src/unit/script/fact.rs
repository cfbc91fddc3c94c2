//! What one file says.

use serde::{Deserialize, Serialize};

/// What one file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::unit) enum Fact {
    /// Of a source file.
    #[serde(rename = "s")]
    Source(Source),
    /// Of a TypeScript project.
    #[serde(rename = "p")]
    Project(Box<Project>),
}

/// What a source file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::unit) struct Source {
    /// What it names, each once.
    #[serde(rename = "u")]
    pub(super) uses: Vec<Use>,
    /// Why it may load more than that.
    #[serde(rename = "o")]
    pub(super) open: Option<String>,
}

/// Something that a source file names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Use(pub(super) How, pub(super) String);

/// How a source file names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum How {
    /// By a specifier that is loaded.
    #[serde(rename = "l")]
    Load,
    /// By a specifier of which types alone are taken, so that nothing that runs sees it.
    #[serde(rename = "t")]
    Type,
    /// By the beginning of specifiers, any of which may be loaded.
    #[serde(rename = "b")]
    Beginning,
    /// By a path relative to the file's folder, to a file or to a folder with all that is in it.
    #[serde(rename = "p")]
    Place,
    /// By a text that counts only where it leads to something in the tree.
    #[serde(rename = "m")]
    Maybe,
    /// By a text that counts only where it leads to a file.
    #[serde(rename = "f")]
    File,
}

/// What a file of a TypeScript project says: <https://www.typescriptlang.org/tsconfig/>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::unit) struct Project {
    /// What is wrong with it.
    #[serde(rename = "!")]
    pub(super) broken: Option<String>,
    /// The files or packages that it builds on, the later over the earlier.
    #[serde(rename = "e")]
    pub(super) extends: Vec<String>,
    /// Where other names than relative ones are looked for.
    #[serde(rename = "b")]
    pub(super) base_url: Option<String>,
    /// Patterns of names, with the places that each stands for.
    #[serde(rename = "p")]
    pub(super) paths: Option<Vec<(String, Vec<String>)>>,
    /// Folders that are taken for one.
    #[serde(rename = "r")]
    pub(super) root_dirs: Option<Vec<String>>,
    /// Where the functions of JSX come from.
    #[serde(rename = "j")]
    pub(super) jsx: Option<String>,
    /// Packages that are imported without being named.
    #[serde(rename = "t")]
    pub(super) types: Vec<String>,
    /// Files and folders that belong to it or that it refers to.
    #[serde(rename = "f")]
    pub(super) places: Vec<String>,
}
