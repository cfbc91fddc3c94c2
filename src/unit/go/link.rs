//! Units and edges, out of what all files say.

use std::collections::{BTreeMap, BTreeSet};

use bstr::ByteSlice;

use super::constraint;
use super::edges::Finder;
use super::embed;
use super::fact::Fact;
use super::fields::{self, Fields};
use super::files::Files;
use super::layout::{Layout, Package};
use super::links::{How, Link, Links};
use super::own::Grounds;
use super::resolve::Resolver;
use super::scopes::{Governing, Scopes};
use crate::path::{Mode, RepoPath};
use crate::unit::{Edge, Facts, Folder, Found, Kind, Listing, Target, Unit, Why, Widening};

/// Puts together what all files of a tree say.
pub(super) fn link(tree: &Listing, facts: &Facts<Fact>) -> Found {
    let layout = Layout::new(facts);
    let scopes = Scopes::new(&layout, tree);
    let resolver = Resolver::new(&layout, &scopes);
    let submodules = tree.entries().iter().filter(|entry| entry.mode == Mode::Submodule);
    let submodules = submodules.map(|entry| Folder::from(entry.path.clone())).collect();
    let mut finder = Finder { layout: &layout, tree, facts, resolver, submodules, budget: embed::MOST };
    let mut links: Vec<Links> = (0..layout.packages.len()).map(|index| finder.links(index)).collect();
    let is_unit = units(&layout, &links);
    let of_units = || (0..layout.packages.len()).filter(|&index| is_unit[index]);
    let mut grounds = Grounds::new(&layout, of_units(), tree);
    for index in of_units() {
        let package = &layout.packages[index];
        let Some(around) = grounds.around(package.folder).filter(|_| !package.is_listed) else { continue };
        let link = Link { file: package.files[0].path, how: How::TestData, name: &package.path };
        links[around].packages.entry(index).or_insert(link);
    }
    let names = names(&layout, &is_unit);
    let fields = Fields::new(&layout, &scopes, tree, facts);
    let is_external = external(&links);
    let mut found = Found { explained: fields::explained(&layout, &scopes, tree), ..Found::default() };
    let mut files = Files::default();
    for index in of_units() {
        let package = &layout.packages[index];
        let own = grounds.take(index, package.folder, &mut links[index]);
        files.add((&layout, tree), package, &links[index]);
        let module = &layout.modules[package.module];
        let governing = scopes.governing[package.module];
        found.units.push(Unit {
            kind: Kind::Go,
            name: names[index].clone(),
            root: package.place(),
            manifest: module.manifest.clone(),
            workspace: match governing {
                Governing::Work(work) => layout.works[work].root.clone(),
                Governing::Itself | Governing::Stranger => module.root.clone(),
            },
            is_member: package.is_listed && governing != Governing::Stranger && is_built(package),
            own,
            fields: fields.of(package.module, &links[index], is_external[index]),
        });
        add_edges(&mut found, index, &links[index], &names);
    }
    (found.modules, found.tests) = (files.modules, files.tests);
    add_mistakes(&mut found, &layout, facts);
    found
}

/// Which packages are units: those that patterns find, and what those import.
fn units(layout: &Layout, links: &[Links]) -> Vec<bool> {
    let mut is_unit: Vec<bool> = layout.packages.iter().map(|package| package.is_listed).collect();
    let mut open: Vec<usize> = (0..links.len()).filter(|&index| is_unit[index]).collect();
    while let Some(index) = open.pop() {
        for &to in links[index].packages.keys() {
            if !std::mem::replace(&mut is_unit[to], true) {
                open.push(to);
            }
        }
    }
    is_unit
}

/// Which packages reach another repository.
fn external(links: &[Links]) -> Vec<bool> {
    let mut users = vec![Vec::new(); links.len()];
    for (index, its) in links.iter().enumerate() {
        its.packages.keys().for_each(|&to| users[to].push(index));
    }
    let mut is_external: Vec<bool> = links.iter().map(|links| links.is_external).collect();
    let mut open: Vec<usize> = (0..links.len()).filter(|&index| is_external[index]).collect();
    while let Some(index) = open.pop() {
        for &user in &users[index] {
            if !std::mem::replace(&mut is_external[user], true) {
                open.push(user);
            }
        }
    }
    is_external
}

/// The names of units: import paths. Where modules of one path have a package of one path, the outermost module's has it,
/// and the others' are told apart by their folders.
fn names(layout: &Layout, is_unit: &[bool]) -> Vec<String> {
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let depth = |index: usize| {
        let root = layout.modules[layout.packages[index].module].root.as_bstr();
        (root.find_iter("/").count(), root.len(), root)
    };
    for (index, package) in layout.packages.iter().enumerate().filter(|(index, _)| is_unit[*index]) {
        let holder = taken.entry(&package.path).or_insert(index);
        if depth(index) < depth(*holder) {
            *holder = index;
        }
    }
    let name = |(index, package): (usize, &Package)| match taken.get(package.path.as_str()) {
        Some(&holder) if holder != index => format!("{}@{}", package.path, package.place()),
        _ => package.path.clone(),
    };
    layout.packages.iter().enumerate().map(name).collect()
}

/// Whether a plain build on this machine takes any file of a package.
fn is_built(package: &Package) -> bool {
    package
        .files
        .iter()
        .any(|file| constraint::is_built(&file.path.file_name().to_str_lossy(), file.source.constraint.as_deref()))
}

fn add_edges(found: &mut Found, index: usize, links: &Links, names: &[String]) {
    let edge = |to: Target, link: &Link| {
        let why = Why { file: link.file.clone(), what: format!("{} {}", link.how.verb(), link.name) };
        Edge { from: names[index].clone(), to, why }
    };
    found.edges.extend(links.packages.iter().map(|(to, link)| edge(Target::Unit(names[*to].clone()), link)));
    found.edges.extend(links.paths.iter().map(|(to, link)| edge(Target::Path(to.clone()), link)));
    found.edges.extend(links.embedded.iter().map(|(to, file)| Edge {
        from: names[index].clone(),
        to: Target::Path(to.clone()),
        why: Why { file: (*file).clone(), what: format!("embeds {to}") },
    }));
    found.widened.extend(links.unknown.iter().map(|(file, why)| Widening {
        unit: Some(names[index].clone()),
        file: (*file).clone(),
        why: why.clone(),
    }));
}

/// Widens everything where a manifest or checksums can't be read.
fn add_mistakes(found: &mut Found, layout: &Layout, facts: &Facts<Fact>) {
    let mut mistakes: BTreeSet<(RepoPath, String)> = BTreeSet::new();
    for module in layout.modules.iter().chain(&layout.works) {
        let file = module.file;
        mistakes.extend(file.mistake.iter().map(|why| (module.manifest.clone(), format!("can't be read: {why}"))));
        for name in ["go.sum", "go.work.sum"] {
            let path = module.root.file(name);
            let Some(Fact::Sums(sums)) = facts.get(&path) else { continue };
            mistakes.extend(sums.mistake.iter().map(|why| (path.clone(), format!("can't be read: {why}"))));
        }
    }
    for module in layout.modules.iter().filter(|module| module.file.module.is_none() && module.file.mistake.is_none()) {
        mistakes.insert((module.manifest.clone(), "names no module".to_owned()));
    }
    for (file, why) in mistakes {
        found.explained.remove(&file);
        found.widened.push(Widening { unit: None, file, why });
    }
}
