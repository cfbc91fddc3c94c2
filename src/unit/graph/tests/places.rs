//! Places that units depend on, and links.

use super::{Item, changed, files, found, only};
use crate::config::{Affects, UnitRules};
use crate::path::{Mode, RepoPath};
use crate::unit::sample::{graph, module, rule, unit};
use crate::unit::{Graph, Kind, Own, Unit};

/// Units `a` and `b` that depend on so much; what belongs to neither affects nothing.
fn build<'a>(edges: &'a [(&'a str, &'a str)]) -> impl Fn(&[Item<'a>]) -> Graph {
    move |tree: &[_]| {
        let found = found(vec![unit(Kind::Npm, "a", "a"), unit(Kind::Npm, "b", "b")], edges);
        graph(tree, vec![(Kind::Npm, found)], &rule("**", Affects::Nothing))
    }
}

const LINK: Mode = Mode::Link;

#[test]
fn places_count_for_who_reads_them() {
    let tree = files(&["a/x", "b/x", "b/y/z", "docs/x", "docs/y"]);
    for (edges, path, expected) in [
        (&[("a", "./docs/x")][..], "docs/x", "a"),
        (&[("a", "./docs/x")], "docs/y", ""),
        (&[("a", "./docs")], "docs/y", "a"),
        (&[("a", "./b/x")], "b/y/z", "a b"),
        (&[("a", "./b/y")], "b/x", "a b"),
        (&[("a", "./b/absent")], "b/x", "a b"),
        (&[("a", "./")], "docs/x", "a"),
        (&[("a", "./")], "b/x", "a b"),
        (&[("a", "b"), ("b", "./docs/x")], "docs/x", "a b"),
    ] {
        assert_eq!(changed(&tree, path, build(edges)), expected, "{edges:?} {path}");
    }
    let appears = |place: &str, edges| {
        let with = [tree.clone(), vec![(place, Mode::File, "new")]].concat();
        let (old, new) = (build(edges)(&tree), build(edges)(&with));
        super::names(&new, &new.differing(&old))
    };
    assert_eq!(appears("late/x", &[("a", "./late")]), "a");
    assert_eq!(appears("docs/x2", &[("a", "./docs/x")]), "");
}

#[test]
fn what_lies_in_a_submodule_is_the_submodule() {
    let tree = [files(&["a/x", "b/x"]), vec![("sub", Mode::Submodule, "1")]].concat();
    let old = build(&[("a", "./sub/deep/x")])(&tree);
    let new = build(&[("a", "./sub/deep/x")])(&super::edited(&tree, "sub", Some("2")));
    assert_eq!(super::names(&new, &new.differing(&old)), "a");
}

#[test]
fn links_lead_on() {
    let plain = files(&["a/x", "b/x", "docs/x", r"c\d/x"]);
    for (links, edges, path, expected) in [
        (&[("a/l", LINK, "../docs/x")][..], &[][..], "docs/x", "a"),
        (&[("a/l", LINK, "../docs")], &[], "docs/x", "a"),
        (&[("a/l", LINK, "../b/x")], &[], "b/x", "a b"),
        (&[("a/l", LINK, "../m"), ("m", LINK, "docs")], &[], "docs/x", "a"),
        (&[("a/l", LINK, "../m/../x"), ("m", LINK, "docs/in"), ("docs/in/y", Mode::File, "")], &[], "docs/x", "a"),
        (&[("a/l", LINK, r"../c\d")], &[], r"c\d/x", "a"),
        (&[("a/l", LINK, "l")], &[], "docs/x", ""),
        (&[("a/l", LINK, "../../docs/x")], &[], "docs/x", ""),
        (&[("m", LINK, "docs")], &[], "docs/x", ""),
        (&[("m", LINK, "docs")], &[("a", "./m/x")], "docs/x", "a"),
        (&[("n/l", LINK, "../docs/x")], &[("a", "./n")], "docs/x", "a"),
        (&[("n/l", LINK, "../b")], &[("a", "./n")], "b/x", "a b"),
        (&[("n/l", LINK, "../n")], &[("a", "./n")], "docs/x", ""),
    ] {
        let tree = [plain.clone(), links.to_vec()].concat();
        assert_eq!(changed(&tree, path, build(edges)), expected, "{links:?} {edges:?}");
    }
}

#[test]
fn a_link_of_nobody_leads_whomever_it_affects() {
    let tree = [files(&["a/x", "b/x"]), vec![("LATEST", LINK, "b")]].concat();
    let build =
        |tree: &[_]| only(tree, Kind::Npm, found(vec![unit(Kind::Npm, "a", "a"), unit(Kind::Npm, "b", "b")], &[]));
    assert_eq!(changed(&tree, "b/x", build), "a b");
}

#[test]
fn a_folder_leads_to_whoever_owns_some_of_it() {
    let tree = files(&["src/x", "pkg/x", "pkg/own/x", "a/x"]);
    let check = |place: &'static str, path: &'static str| {
        changed(&tree, path, |tree: &[_]| {
            let own = Own::Only([RepoPath::from("src"), RepoPath::from("pkg/own")].into());
            let units = vec![Unit { own, ..unit(Kind::Npm, "root", "") }, unit(Kind::Npm, "a", "a")];
            graph(tree, vec![(Kind::Npm, found(units, &[("a", place)]))], &rule("**", Affects::Nothing))
        })
    };
    assert_eq!(check("./pkg/other", "src/x"), "root", "nothing there is the unit's own");
    assert_eq!(check("./pkg", "src/x"), "a root");
    assert_eq!(check("./pkg/own/deep", "src/x"), "a root");
    assert_eq!(check("./", "src/x"), "a root");
    assert_eq!(check("./pkg", "pkg/x"), "a");
}

#[test]
fn imports_are_dependencies_whatever_manifests_say() {
    let tree = files(&["a/x", "b/x", "b/y", "shared/x", "c/x"]);
    let with = |modules: &'static [(&'static str, &'static [&'static str])]| {
        move |tree: &[_]| {
            let mut all = found(vec![unit(Kind::Npm, "a", "a"), unit(Kind::Npm, "b", "b")], &[]);
            all.modules = modules.iter().map(|(path, imports)| (RepoPath::from(*path), module(imports))).collect();
            graph(tree, vec![(Kind::Npm, all)], &rule("**", Affects::Nothing))
        }
    };
    assert_eq!(changed(&tree, "b/y", with(&[("a/x", &["b/x"])])), "a b");
    assert_eq!(changed(&tree, "shared/x", with(&[("a/x", &["shared/x"])])), "a");
    assert_eq!(changed(&tree, "b/x", with(&[("a/x", &["shared/x"]), ("shared/x", &["b/x"])])), "a b");
    assert_eq!(changed(&tree, "c/x", with(&[("a/x", &["shared/x"])])), "");
}

#[test]
fn a_file_of_nobody_that_may_import_anything_widens_who_imports_it() {
    let tree = files(&["a/x", "b/x", "shared/x", "shared/y"]);
    let check = |modules: &'static [(&'static str, &'static [&'static str])]| {
        changed(&tree, "b/x", |tree: &[_]| {
            let mut all = found(vec![unit(Kind::Npm, "a", "a"), unit(Kind::Npm, "b", "b")], &[]);
            all.modules = modules.iter().map(|(path, imports)| (RepoPath::from(*path), module(imports))).collect();
            all.modules.entry("shared/y".into()).or_default().open = Some("eval".to_owned());
            graph(tree, vec![(Kind::Npm, all)], &UnitRules::default())
        })
    };
    assert_eq!(check(&[("a/x", &["shared/y"])]), "a b");
    assert_eq!(check(&[("a/x", &["shared/x"]), ("shared/x", &["shared/y"])]), "a b");
    assert_eq!(check(&[("shared/x", &["shared/y"])]), "b", "nobody imports it");
}

#[test]
fn what_may_be_seen_of_a_unit_is_depended_on() {
    let tree = files(&["a/x", "b/x"]);
    let build = |tree: &[_]| {
        let mut all = found(vec![unit(Kind::Npm, "a", "a"), unit(Kind::Npm, "b", "b")], &[]);
        all.modules.entry("a/x".into()).or_default().units = ["b".to_owned()].into();
        graph(tree, vec![(Kind::Npm, all)], &UnitRules::default())
    };
    assert_eq!(changed(&tree, "b/x", build), "a b");
}

#[test]
fn a_unit_that_encloses_another_kind_uses_it() {
    let tree = files(&["a/x", "a/native/x"]);
    let build = |tree: &[_]| {
        let all = vec![
            (Kind::Npm, found(vec![unit(Kind::Npm, "a", "a")], &[])),
            (Kind::Cargo, found(vec![unit(Kind::Cargo, "native", "a/native")], &[])),
        ];
        graph(tree, all, &UnitRules::default())
    };
    assert_eq!(changed(&tree, "a/native/x", build), "native a");
    assert_eq!(changed(&tree, "a/x", build), "a");
}
