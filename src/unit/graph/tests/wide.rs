//! What can't be told widens.

use super::{changed, files, found, names, only};
use crate::config::{DeclaredUnit, UnitRules};
use crate::path::RepoPath;
use crate::unit::sample::{Tree, graph, unit};
use crate::unit::{Found, Graph, Kind, Widening};

fn npm(tree: Tree<'_>, edges: &[(&str, &str)], widened: &[Option<&str>]) -> Graph {
    let units = vec![unit(Kind::Npm, "a", "a"), unit(Kind::Npm, "b", "b"), unit(Kind::Cargo, "c", "c")];
    let widened = widened.iter().map(|unit| Widening {
        unit: unit.map(str::to_owned),
        file: "a/unit".into(),
        why: "can't be read".to_owned(),
    });
    only(tree, Kind::Npm, Found { widened: widened.collect(), ..found(units, edges) })
}

#[test]
fn whom_it_concerns_depends_on_every_file() {
    let tree = files(&["a/x", "b/x", "c/x"]);
    for (edges, widened, expected) in [
        (&[][..], &[][..], "c"),
        (&[], &[Some("a")], "c a"),
        (&[], &[None], "c a b"),
        (&[], &[Some("slip")], "c a b"),
        (&[("b", "a")], &[Some("a")], "c a b"),
        (&[("a", "slip")], &[], "c a"),
        (&[("slip", "./c/x")], &[], "c a b"),
        (&[("slip", "nothing")], &[], "c a b"),
    ] {
        assert_eq!(changed(&tree, "c/x", |tree| npm(tree, edges, widened)), expected, "{edges:?} {widened:?}");
    }
}

#[test]
fn it_is_told_whom_it_concerns() {
    let told = |edges, widened: &[Option<&str>]| {
        let graph = npm(&files(&["a/x"]), edges, widened);
        let told = graph.widened().iter().map(|widened| (widened.unit.map(|at| graph.full_name(at)), widened.kind));
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(&[], &[Some("a"), None]), [(Some("a".to_owned()), Some(Kind::Npm)), (None, Some(Kind::Npm))]);
    assert_eq!(told(&[("b", "slip")], &[]), [(Some("b".to_owned()), Some(Kind::Npm))]);
}

#[test]
fn what_is_declared_adds_to_what_was_found() {
    let declare = |declared: &[(&str, Option<&str>, &[&str])]| UnitRules {
        declared: declared
            .iter()
            .map(|(name, root, depends)| {
                let depends = depends.iter().map(|name| (*name).to_owned()).collect();
                ((*name).to_owned(), DeclaredUnit { root: root.map(RepoPath::from), depends })
            })
            .collect(),
        rules: Vec::new(),
    };
    let tree = files(&["a/x", "b/x", "d/x"]);
    let check = |path: &str, declared: &[(&str, Option<&str>, &[&str])]| {
        let rules = declare(declared);
        changed(&tree, path, |tree| {
            let units = vec![unit(Kind::Npm, "a", "a"), unit(Kind::Npm, "b", "b")];
            graph(tree, vec![(Kind::Npm, found(units, &[]))], &rules)
        })
    };
    assert_eq!(check("d/x", &[]), "a b");
    assert_eq!(check("d/x", &[("d", Some("d"), &[])]), "d");
    assert_eq!(check("d/x", &[("d", Some("d"), &[]), ("a", None, &["d"])]), "a d");
    assert_eq!(check("b/x", &[("d", Some("d"), &["b"])]), "b d");
    assert_eq!(check("b/x", &[("d", Some("d"), &["slip"])]), "b d", "it depends on what can't be told");
    assert_eq!(check("b/x", &[("slip", None, &["b"])]), "a b", "whoever was meant depends on it");
    assert_eq!(check("a/x", &[("b", Some("d"), &["a"])]), "npm:a npm:b".replace("npm:a npm:b", "a declared:b"));
}

#[test]
fn nothing_is_wide_by_itself() {
    let graph = npm(&files(&["a/x"]), &[("a", "b")], &[]);
    assert!(graph.widened().is_empty() && graph.widening(0).is_none());
    assert_eq!(names(&graph, &graph.closure(1)), "a b");
}
