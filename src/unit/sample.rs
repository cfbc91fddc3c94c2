//! Trees for tests, out of names and contents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::listing::Entry;
use super::{Ecosystem, Edge, Facts, Folder, Found, Graph, Kind, Listing, Module, Own, Target, Unit, Why};
use crate::config::{Affects, UnitRule, UnitRules};
use crate::digest::{Digest, ObjectId};
use crate::path::{Mode, Pattern, RepoPath};

/// What an ecosystem finds in a tree of some files.
pub(super) fn found<E: Ecosystem>(ecosystem: &E, files: &[(&str, &str)]) -> Found {
    let entry =
        |(path, _): &(&str, &str)| Entry { path: RepoPath::from(*path), mode: Mode::File, id: ObjectId::EMPTY_TREE };
    let listing = Listing::new(files.iter().map(entry).collect());
    let fact = |(path, content): &(&str, &str)| {
        let path = RepoPath::from(*path);
        let form = ecosystem.form(&path)?;
        // What is remembered between runs has to say the same.
        let kept = serde_json::to_vec(&ecosystem.read(form, content.as_bytes())).unwrap();
        Some((path, (form, Arc::new(serde_json::from_slice(&kept).unwrap()))))
    };
    let facts: BTreeMap<_, _> = files.iter().filter_map(fact).collect();
    ecosystem.link(&listing, &Facts::new(facts))
}

/// The edges of what was found, as lines `from -> to`.
pub(super) fn edges(found: &Found) -> Vec<String> {
    let line = |edge: &Edge| match &edge.to {
        Target::Unit(to) => format!("{} -> {to}", edge.from),
        Target::Path(to) => format!("{} -> {to} (path)", edge.from),
    };
    let mut lines: Vec<String> = found.edges.iter().map(line).collect();
    lines.sort();
    lines.dedup();
    lines
}

/// The units whose fields differ between two trees, by name, with the names of the fields.
pub(super) fn changed<E: Ecosystem>(ecosystem: &E, old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<String> {
    let (old, new) = (found(ecosystem, old), found(ecosystem, new));
    let mut changed = Vec::new();
    for unit in &new.units {
        let before = old.units.iter().find(|before| before.name == unit.name);
        let names =
            unit.fields.iter().filter(|(name, digest)| before.and_then(|b| b.fields.get(*name)) != Some(*digest));
        let gone = before.into_iter().flat_map(|b| b.fields.keys()).filter(|name| !unit.fields.contains_key(*name));
        let names: Vec<&str> = names.map(|(name, _)| name.as_str()).chain(gone.map(String::as_str)).collect();
        if !names.is_empty() {
            changed.push(format!("{}: {}", unit.name, names.join(", ")));
        }
    }
    changed
}

/// What a tree holds: at each path, what it is, and its content; of a link, where it leads.
pub(crate) type Tree<'a> = &'a [(&'a str, Mode, &'a str)];

/// A unit in a folder, with a manifest `unit` there, that is a member of no workspace.
pub(crate) fn unit(kind: Kind, name: &str, root: &str) -> Unit {
    let root = Folder::from(root);
    Unit {
        kind,
        name: name.to_owned(),
        manifest: root.file("unit"),
        workspace: root.clone(),
        root,
        is_member: true,
        own: Own::Everything,
        fields: BTreeMap::new(),
    }
}

/// An edge that the manifest of a unit says.
pub(crate) fn edge(from: &str, to: Target) -> Edge {
    let what = match &to {
        Target::Unit(name) => format!("dependency {name}"),
        Target::Path(place) => format!("reads {place}"),
    };
    Edge { from: from.to_owned(), to, why: Why { file: RepoPath::new(format!("{from}/unit")), what } }
}

/// A source file that imports others.
pub(crate) fn module(imports: &[&str]) -> Module {
    Module { imports: imports.iter().map(|path| RepoPath::from(*path)).collect(), ..Module::default() }
}

/// Rules of which one says what files affect.
pub(crate) fn rule(path: &str, affects: Affects) -> UnitRules {
    let rule = UnitRule { paths: vec![Pattern::parse(path).unwrap()], affects };
    UnitRules { rules: vec![rule], ..UnitRules::default() }
}

/// The graph of a tree in which so much was found.
pub(crate) fn graph(tree: Tree<'_>, found: Vec<(Kind, Found)>, rules: &UnitRules) -> Graph {
    let id = |text: &str| {
        let digest = Digest::of(text.as_bytes());
        ObjectId::from_bytes(*digest.as_bytes().first_chunk().unwrap())
    };
    let entry = |(path, mode, content): &(&str, Mode, &str)| Entry {
        path: RepoPath::from(*path),
        mode: *mode,
        id: id(content),
    };
    let links = tree.iter().filter(|(_, mode, _)| *mode == Mode::Link);
    let links = links.map(|(path, _, text)| (RepoPath::from(*path), text.as_bytes().to_vec())).collect();
    let listing = Listing::new(tree.iter().map(entry).collect());
    Graph::new(id(&format!("{tree:?}")), listing, found, &links, rules)
}
