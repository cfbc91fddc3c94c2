//! Trees in table form.

mod graph;
mod members;
mod fields;
mod locks;
mod sources;
mod targets;
mod hostile;

use super::Cargo;
use crate::unit::sample;
use crate::unit::{Found, Own};

/// A file that holds nothing that matters.
const NOTHING: &str = "";

/// The manifest of a package with a library, and what follows its `[package]`.
fn package(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{rest}")
}

/// A package `name` with a library in a folder, and what follows its `[package]`.
fn library(folder: &str, name: &str, rest: &str) -> [(String, String); 2] {
    let at = |file: &str| if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
    [(at("Cargo.toml"), package(name, rest)), (at("src/lib.rs"), String::new())]
}

/// A tree.
#[derive(Clone, Default)]
struct Tree(Vec<(String, String)>);

impl Tree {
    /// A workspace of the packages in `crates`.
    fn workspace(rest: &str) -> Self {
        Self::default().with("Cargo.toml", &format!("[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n{rest}"))
    }

    fn with(mut self, path: &str, content: &str) -> Self {
        self.0.retain(|(at, _)| at != path);
        self.0.push((path.to_owned(), content.to_owned()));
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.0.retain(|(at, _)| at != path);
        self
    }

    /// A package with a library in `crates`, and what follows its `[package]`.
    fn package(self, name: &str, rest: &str) -> Self {
        self.library(&format!("crates/{name}"), name, rest)
    }

    fn library(self, folder: &str, name: &str, rest: &str) -> Self {
        library(folder, name, rest).iter().fold(self, |tree, (path, content)| tree.with(path, content))
    }

    fn files(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(path, content)| (path.as_str(), content.as_str())).collect()
    }

    fn found(&self) -> Found {
        sample::found(&Cargo, &self.files())
    }

    fn edges(&self) -> Vec<String> {
        sample::edges(&self.found())
    }

    /// The names of its units.
    fn names(&self) -> Vec<String> {
        self.found().units.into_iter().map(|unit| unit.name).collect()
    }

    /// The names of units that a whole run leaves out.
    fn left_out(&self) -> Vec<String> {
        self.found().units.into_iter().filter(|unit| !unit.is_member).map(|unit| unit.name).collect()
    }

    /// What is a unit's own, where others lie in its folder.
    fn own(&self, name: &str) -> Vec<String> {
        match &self.found().units.iter().find(|unit| unit.name == name).unwrap().own {
            Own::Everything => vec!["everything".to_owned()],
            Own::Only(paths) => paths.iter().map(ToString::to_string).collect(),
        }
    }

    /// The units whose fields differ in another tree.
    fn changed(&self, new: &Self) -> Vec<String> {
        sample::changed(&Cargo, &self.files(), &new.files())
    }

    /// What can't be told: the unit, the file and the reason.
    fn widened(&self) -> Vec<String> {
        let shown = |widening: crate::unit::Widening| {
            format!("{}: {} {}", widening.unit.unwrap_or("all".to_owned()), widening.file, widening.why)
        };
        self.found().widened.into_iter().map(shown).collect()
    }
}
