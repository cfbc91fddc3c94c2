//! What a Rust file can read.

use serde::{Deserialize, Serialize};

/// What a Rust file reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    /// Whether it could not be lexed, so that nothing is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_unread: bool,
    /// What it reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reads: Vec<Read>,
    /// The modules that lie in files of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) modules: Vec<Submodule>,
}

/// Something that a file reads: what names it, from where its path starts, and the path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Read(pub(super) By, pub(super) Base, pub(super) String);

/// What names a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum By {
    /// `include!`, which compiles what is there.
    Include,
    /// `include_str!`.
    IncludeStr,
    /// `include_bytes!`.
    IncludeBytes,
    /// `concat!`, or calls, that put it together from the package's folder.
    Joined,
    /// Any text.
    Text,
}

/// From where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Base {
    /// The file's folder: built-in macros.
    File,
    /// The package's folder: what is put together from `CARGO_MANIFEST_DIR`, and paths that leave the folder in a file
    /// that mentions it.
    Package,
    /// Either, where there is something: a text that leaves its folder. Tests and build scripts run in the package's
    /// folder, and derived code reads from either.
    Either,
    /// The folder of the package, of its workspace or of the repository, where there is something: any text with a `/`
    /// in tests, build scripts, and where `CARGO_MANIFEST_DIR` is mentioned. It matters where another package is there.
    Below,
}

/// A module in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Submodule {
    /// The modules that it is declared in within the file, as a path; empty at the top.
    pub(super) within: String,
    /// Its name.
    pub(super) name: String,
    /// The path that an attribute says.
    pub(super) path: Option<String>,
}
