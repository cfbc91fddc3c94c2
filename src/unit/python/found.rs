//! Puts together what all files say.

use std::collections::BTreeSet;

use bstr::ByteSlice;

use super::super::{Edge, Facts, Folder, Found, Kind, Listing, Own, Target, Unit, Why, Widening};
use super::declared::Declared;
use super::fact::Fact;
use super::graph::{Graph, Reached, Sources, resolver};
use super::locked;
use super::own::{Owners, own};
use super::project::{Project, projects};
use super::settings::ByFolder;
use super::tree::{FileId, Tree};
use crate::path::RepoPath;

/// Files beside a manifest above a unit that hold settings of pytest and others.
const SETTINGS: [&str; 4] = ["setup.cfg", "tox.ini", "pytest.ini", ".pytest.ini"];

/// Units, edges, modules and tests of a tree.
pub(super) fn link(listing: &Listing, facts: &Facts<Fact>) -> Found {
    let (projects, asking) = projects(facts);
    let own: Vec<Own> = projects.iter().map(|project| own(listing, project)).collect();
    let tree = Tree::new(listing);
    let owners = Owners::new(&tree, &projects, &own);
    let settings = ByFolder::new(&tree, facts);
    let sources = Sources::new(&tree, facts);
    let declared = Declared::new(&projects, &asking, facts);
    let resolver = resolver(&tree, &projects, &owners, &settings, &sources);
    let graph = Graph::new(&sources, &resolver, &settings, &projects, &declared);
    let mut edges = imported(&graph, &tree, &owners, &projects);
    edges.extend(declared.edges);
    edges.extend(above(listing, &projects));
    edges.extend(sources.outside(listing, &tree, &owners, &projects));
    let taken = locked::taken(&projects, facts);
    let mut widened = taken.widened;
    widened.extend(projects.iter().filter_map(unreadable));
    let tests = tests(listing, &tree, &settings, &owners, &projects);
    Found {
        units: units(&projects, own, taken.fields),
        edges: edges.into_iter().collect(),
        widened,
        explained: taken.explained,
        modules: graph.modules(&tree, &sources),
        tests,
    }
}

fn units(
    projects: &[Project],
    own: Vec<Own>,
    fields: Vec<std::collections::BTreeMap<String, crate::digest::Digest>>,
) -> Vec<Unit> {
    let unit = |((project, own), fields): ((&Project, Own), _)| Unit {
        kind: Kind::Python,
        name: project.name.clone(),
        root: project.folder.clone(),
        manifest: project.path.clone(),
        workspace: project.workspace.clone(),
        is_member: project.is_member,
        own,
        fields,
    };
    projects.iter().zip(own).zip(fields).map(unit).collect()
}

/// A manifest that can't be read might open a workspace, and so say something of every project.
fn unreadable(project: &Project) -> Option<Widening> {
    let why = project.fault.as_ref()?;
    Some(Widening { unit: None, file: project.path.clone(), why: format!("can't be read: {why}") })
}

/// Edges to what units import.
fn imported(graph: &Graph, tree: &Tree<'_>, owners: &Owners<'_>, projects: &[Project]) -> BTreeSet<Edge> {
    let mut edges = BTreeSet::new();
    for (unit, reached) in graph.reached(tree, owners) {
        edges.extend(reached.into_iter().map(|Reached { from, to, owner }| Edge {
            from: projects[unit].name.clone(),
            to: match owner {
                Some(owner) => Target::Unit(projects[owner].name.clone()),
                None => Target::Path(Folder::from(tree.path(to).clone())),
            },
            why: Why { file: tree.path(from).clone(), what: format!("imports {}", tree.path(to)) },
        }));
    }
    edges
}

/// Edges to settings in the folders above a unit.
fn above(listing: &Listing, projects: &[Project]) -> BTreeSet<Edge> {
    let mut edges = BTreeSet::new();
    for project in projects {
        let files = project.folder.upwards().skip(1).flat_map(|above| SETTINGS.map(|name| above.file(name)));
        edges.extend(files.filter(|file| listing.has_file(file)).map(|file| Edge {
            from: project.name.clone(),
            to: Target::Path(Folder::from(file.clone())),
            why: Why { what: format!("settings in {file}"), file },
        }));
    }
    edges
}

/// The files that pytest collects, started in a unit's folder; of files that lie in none, in the folder of their settings.
fn tests(
    listing: &Listing,
    tree: &Tree<'_>,
    settings: &ByFolder<'_>,
    owners: &Owners<'_>,
    projects: &[Project],
) -> BTreeSet<RepoPath> {
    let started: Vec<_> = projects.iter().map(|project| tree.find(&project.folder)).collect();
    let is_test = |(file, path): &(FileId, &RepoPath)| {
        let home = tree.home(*file);
        let folder = owners.nearest(home).and_then(|unit| started[unit]).unwrap_or(home);
        path.file_name().ends_with_str(".py")
            && settings.is_named_as_test(folder, path)
            && settings.is_collected(folder, path)
    };
    let files = listing.entries().iter().enumerate().filter(|(_, entry)| entry.mode.is_file());
    let files = files.filter_map(|(at, entry)| Some((u32::try_from(at).ok()?, &entry.path)));
    files.filter(is_test).map(|(_, path)| path.clone()).collect()
}
