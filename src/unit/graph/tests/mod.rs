//! Graphs of small trees.

mod changes;
mod owners;
mod places;
mod runners;
mod wide;

use crate::path::{Mode, RepoPath};
use crate::unit::sample::{Tree, edge, graph};
use crate::unit::{Found, Graph, Kind, Target, Unit};

/// A path, what is there, and its content.
type Item<'a> = (&'a str, Mode, &'a str);

/// Files, each with its path for a content.
fn files<'a>(paths: &[&'a str]) -> Vec<Item<'a>> {
    paths.iter().map(|path| (*path, Mode::File, *path)).collect()
}

/// The same tree with another content at a path, or nothing.
fn edited<'a>(tree: &[Item<'a>], path: &'a str, content: Option<&'a str>) -> Vec<Item<'a>> {
    let kept = tree.iter().filter(|(at, ..)| *at != path).copied();
    let mode = tree.iter().find(|(at, ..)| *at == path).map_or(Mode::File, |(_, mode, _)| *mode);
    kept.chain(content.map(|content| (path, mode, content))).collect()
}

/// Units of one kind, with edges between them as `from -> to`, and to places as `from -> ./place`.
fn found(units: Vec<Unit>, edges: &[(&str, &str)]) -> Found {
    let target = |to: &str| match to.strip_prefix("./") {
        Some(place) => Target::Path(place.into()),
        None => Target::Unit(to.to_owned()),
    };
    let edges = edges.iter().map(|(from, to)| edge(from, target(to))).collect();
    Found { units, edges, ..Found::default() }
}

/// The graph of a tree where only one kind was found.
fn only(tree: Tree<'_>, kind: Kind, found: Found) -> Graph {
    graph(tree, vec![(kind, found)], &crate::config::UnitRules::default())
}

/// The names of the units that come to something else where a path has another content, or where nothing is there any more.
#[track_caller]
fn changed<'a>(tree: &[Item<'a>], path: &'a str, build: impl Fn(&[Item<'a>]) -> Graph) -> String {
    let old = build(tree);
    let new = build(&edited(tree, path, Some("another")));
    let gone = build(&edited(tree, path, None));
    let names = |graph: &Graph| names(graph, &graph.differing(&old));
    assert!(new.affected(&old, &deltas(tree, path)).iter().all(|affected| !affected.is_unexplained()), "{path}");
    let (new, gone) = (names(&new), names(&gone));
    assert_eq!(new, gone, "an edit of {path} and its deletion");
    new
}

/// That a path of a tree differs.
fn deltas(tree: Tree<'_>, path: &str) -> Vec<crate::git::Delta> {
    let mode = tree.iter().find(|(at, ..)| *at == path).map_or(Mode::File, |(_, mode, _)| *mode);
    let side = |byte| Some(crate::git::Side { mode, id: crate::digest::ObjectId::from_bytes([byte; 20]) });
    vec![crate::git::Delta { path: RepoPath::from(path), old: side(1), new: side(2) }]
}

fn names(graph: &Graph, units: &[usize]) -> String {
    units.iter().map(|unit| graph.full_name(*unit)).collect::<Vec<_>>().join(" ")
}
