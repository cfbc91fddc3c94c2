//! What one pom says.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// What a file says: a pom, or why it can't be read.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fact(pub(super) Result<Pom, String>);

/// What one pom says, with properties not yet replaced.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Pom {
    /// Of all that another pom can take from it.
    pub(super) digest: Option<Digest>,
    pub(super) parent: Option<Parent>,
    pub(super) group: Option<String>,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
    pub(super) packaging: Option<String>,
    /// Whether every folder below is a module where none is named, as since version 4.1.0 of the model.
    pub(super) finds_modules: bool,
    /// Names of folders and poms, those of profiles too.
    pub(super) modules: Vec<String>,
    pub(super) properties: Vec<(String, String)>,
    /// Of all profiles, whichever is active.
    pub(super) profile_properties: Vec<(String, String)>,
    pub(super) references: Vec<Reference>,
    /// Folders and files that the build reads: sources, resources and filters.
    pub(super) folders: Vec<String>,
    /// Other texts that may name a place.
    pub(super) texts: Vec<String>,
}

/// The parent that a pom names.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Parent {
    pub(super) group: Option<String>,
    pub(super) artifact: Option<String>,
    pub(super) version: Option<String>,
    /// Where it is, from the folder of the pom; empty for a parent that is in no folder.
    pub(super) path: String,
}

/// An artifact that a pom names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reference {
    /// As what: `dependency`, `plugin`, `test dependency` ….
    pub(super) role: String,
    pub(super) group: String,
    pub(super) artifact: String,
    /// The version where one is given.
    pub(super) version: Option<String>,
    /// Whether its managed dependencies are taken over, so that it is its pom that matters.
    pub(super) is_import: bool,
}
