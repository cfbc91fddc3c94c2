//! What no file may hold, and what every Rust file must.

use syn::visit::{self, Visit};

use super::source::{Source, Text};

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 10] =
    ["utils", "util", "helpers", "helper", "common", "imp", "misc", "manager", "shared", "stuff"];

/// Texts that no file of the project may hold, each with why. They are put together here so that this file may hold them.
const BANNED: [(&str, &str); 6] = [
    (concat!("TO", "DO"), "what is left to do is an issue, not a comment"),
    (concat!("FIX", "ME"), "what is left to do is an issue, not a comment"),
    (concat!("#[al", "low("), "say `expect` with a reason, so that an exception that is no longer one is noticed"),
    (concat!("#[ig", "nore"), "a test that does not run proves nothing"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("issue", " #"), "say what is meant; numbers mean nothing to those who can't look them up"),
];

/// What marks a program that tests start, among the tests because it has to be in the same executable.
const STARTED: &str = concat!("#[ig", "nore = \"run by ");

/// Words that no file of the project may hold, whatever their case.
const BANNED_WORDS: [&str; 1] = [concat!("assis", "tant")];

/// The lines of a file that hold what none may.
pub(super) fn banned(file: &Text) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let place = format!("{}:{}", file.path, number + 1);
        for (text, why) in BANNED.iter().filter(|(text, _)| line.contains(text) && !line.contains(STARTED)) {
            found.push(format!("{place}: '{text}': {why}"));
        }
        let lower = line.to_lowercase();
        found.extend(BANNED_WORDS.iter().filter(|word| lower.contains(*word)).map(|word| format!("{place}: '{word}'")));
    }
    found
}

/// A file that does not open by saying what it is for.
pub(super) fn undocumented(source: &Source) -> Option<String> {
    let first = source.text.lines().next().unwrap_or("");
    let says = first.strip_prefix("//! ").is_some_and(|doc| !doc.trim().is_empty());
    (!says).then(|| format!("{}:1: a file opens with `//!` and what it is for", source.path))
}

/// Modules whose names say nothing.
pub(super) fn empty_names(source: &Source) -> Vec<String> {
    let mut visitor = Modules(Vec::new());
    visitor.visit_file(&source.file);
    let modules = visitor.0.into_iter().chain([(1, stem(&source.path).to_owned())]);
    modules
        .filter(|(_, name)| EMPTY_NAMES.contains(&name.as_str()))
        .map(|(line, name)| format!("{}:{line}: '{name}' says nothing of what is inside", source.path))
        .collect()
}

/// Rust files of a folder that no `mod` line of the file above them brings in.
pub(super) fn forgotten(files: &[Source]) -> Vec<String> {
    let declared = |parent: &str, name: &str| {
        files.iter().filter(|file| file.path == parent).any(|file| {
            let mut visitor = Modules(Vec::new());
            visitor.visit_file(&file.file);
            visitor.0.iter().any(|(_, module)| module == name)
        })
    };
    let parents = |path: &str| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        ["mod.rs", "main.rs", "lib.rs"].map(|root| format!("{folder}/{root}"))
    };
    let mut found = Vec::new();
    for file in files {
        let (parents, name) = match file.path.strip_suffix("/mod.rs") {
            Some(folder) => (parents(folder), stem(folder)),
            None => (parents(&file.path), stem(&file.path)),
        };
        let is_root = parents.contains(&file.path) || file.path.starts_with("src/bin/");
        if !is_root && !parents.iter().any(|parent| declared(parent, name)) {
            found.push(format!("{}:1: no `mod {name};` brings this file in", file.path));
        }
    }
    found
}

/// The last component, without `.rs`.
fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.strip_suffix(".rs").unwrap_or(name)
}

struct Modules(Vec<(usize, String)>);

impl<'ast> Visit<'ast> for Modules {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.0.push((module.ident.span().start().line, module.ident.to_string()));
        visit::visit_item_mod(self, module);
    }
}
