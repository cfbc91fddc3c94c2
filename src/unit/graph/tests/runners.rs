//! What a test file comes to.

use super::{edited, files, found};
use crate::config::Affects;
use crate::path::{Mode, Pattern, RepoPath};
use crate::unit::sample::{Tree, graph, module, rule, unit};
use crate::unit::{Found, Graph, Kind, Module};

type Modules = &'static [(&'static str, &'static [&'static str])];

fn build(tree: Tree<'_>, modules: Modules, edges: &[(&str, &str)], open: &[&str]) -> Graph {
    let mut all = Found {
        modules: modules.iter().map(|(path, imports)| (RepoPath::from(*path), module(imports))).collect(),
        tests: [RepoPath::from("a/t")].into(),
        ..found(vec![unit(Kind::Python, "a", "a"), unit(Kind::Python, "b", "b")], edges)
    };
    for path in open {
        let module = all.modules.entry(RepoPath::from(*path)).or_default();
        *module = Module { open: Some("eval".to_owned()), ..module.clone() };
    }
    graph(tree, vec![(Kind::Python, all)], &rule("**", Affects::Nothing))
}

#[test]
fn a_test_file_depends_on_what_it_imports_and_on_data() {
    let tree = files(&["a/t", "a/x", "a/y", "a/data", "b/x", "b/y", "b/data"]);
    let tree = [tree, vec![("a/l", Mode::Link, "../b/y")]].concat();
    let modules: Modules = &[("a/t", &["a/x", "a/late"]), ("a/x", &[]), ("a/y", &["b/x"]), ("b/x", &[]), ("b/y", &[])];
    let links: Modules = &[("a/t", &["a/l"]), ("a/l", &[]), ("b/y", &["b/x"]), ("b/x", &[]), ("a/x", &[])];
    let none: &[(&str, &str)] = &[];
    for (modules, edges, open, path, expected) in [
        (modules, none, &[][..], "a/t", true),
        (modules, none, &[], "a/x", true),
        (modules, none, &[], "a/y", false),
        (modules, none, &[], "a/data", true),
        (modules, none, &[], "b/x", false),
        (modules, none, &[], "b/data", true),
        (modules, none, &["a/x"], "a/y", true),
        (modules, none, &["a/x"], "b/x", true),
        (modules, none, &["a/y"], "b/x", false),
        // It is read, and not imported: nothing but the edge knows of it.
        (modules, &[("a", "./b/y")], &[], "b/y", true),
        (modules, &[("a", "./b/x")], &[], "b/x", false),
        (links, none, &[], "b/y", true),
        (links, none, &[], "b/x", true),
        (links, none, &[], "a/x", false),
    ] {
        let inputs = |tree: &[_]| {
            let graph = build(tree, modules, edges, open);
            graph.test_inputs(graph.find("a").unwrap(), &RepoPath::from("a/t"))
        };
        let edited = edited(&tree, path, Some("another"));
        assert_eq!(inputs(&tree) != inputs(&edited), expected, "{edges:?} {open:?} {path}");
        let graph = build(&edited, modules, edges, open);
        let (unit, file, path) = (graph.find("a").unwrap(), RepoPath::from("a/t"), RepoPath::from(path));
        let told = graph.touched(unit, Some(&file), [(&path, Mode::File)].into_iter());
        assert_eq!(!told.is_empty(), expected, "touched: {edges:?} {open:?} {path}");
    }
    let late = [tree.clone(), files(&["a/late"])].concat();
    let inputs = |tree: &[_]| build(tree, modules, &[], &[]).test_inputs(0, &RepoPath::from("a/t"));
    assert_ne!(inputs(&tree), inputs(&late), "a file that an import would have taken appears");
}

#[test]
fn test_files_are_those_of_the_unit_and_links_to_files_among_them() {
    let tree = files(&["a/t", "a/x", "b/t", "t"]);
    let tree =
        [tree, vec![("a/l_t", Mode::Link, "../b/t"), ("a/d_t", Mode::Link, "../b"), ("a/o_t", Mode::Link, "x/y")]];
    let graph = build(&tree.concat(), &[("a/t", &[])], &[], &[]);
    let listed = |selection| graph.tests(0, selection).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(listed(None), ["a/t"]);
    let all = crate::path::Selection::new(&[Pattern::parse("**/*t").unwrap()], &[]);
    assert_eq!(listed(Some(&all)), ["a/l_t", "a/t"]);
}

#[test]
fn what_is_no_source_file_depends_on_the_whole_unit() {
    let tree = files(&["a/t", "a/x"]);
    let inputs = |tree: &[_]| build(tree, &[("a/x", &[])], &[], &[]).test_inputs(0, &RepoPath::from("a/t"));
    assert_ne!(inputs(&tree), inputs(&edited(&tree, "a/x", Some("another"))));
}
