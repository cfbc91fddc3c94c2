//! Small trees, and what is found in them.

mod projects;
mod imports;
mod locks;

use super::super::sample;
use super::super::{Found, Module};
use super::Python;
use crate::path::RepoPath;

/// What is found in some files.
fn found(files: &[(&str, &str)]) -> Found {
    sample::found(&Python, files)
}

/// A module of what was found.
fn module<'f>(found: &'f Found, path: &str) -> &'f Module {
    &found.modules[&RepoPath::from(path)]
}

/// What a module imports, as words of one line.
fn imports(found: &Found, path: &str) -> String {
    module(found, path).imports.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The units, each with its folder.
fn units(found: &Found) -> Vec<String> {
    found.units.iter().map(|unit| format!("{} {}", unit.name, unit.root)).collect()
}
