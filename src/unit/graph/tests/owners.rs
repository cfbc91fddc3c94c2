//! Whose a file is.

use super::{changed, files, found, names, only};
use crate::config::{Affects, UnitRules};
use crate::path::{Mode, RepoPath};
use crate::unit::sample::{graph, rule, unit};
use crate::unit::{Found, Graph, Kind, Own, Unit};

fn owner(graph: &Graph, path: &str) -> String {
    names(graph, &graph.owner(&RepoPath::from(path), Mode::File).units)
}

#[test]
fn the_innermost_unit_owns_a_file() {
    let tree = files(&["a/x", "a/b/x", "ab/x"]);
    let build =
        |tree: &[_]| only(tree, Kind::Npm, found(vec![unit(Kind::Npm, "a", "a"), unit(Kind::Npm, "b", "a/b")], &[]));
    for (path, expected) in [("a/x", "a"), ("a/b/x", "b"), ("a/b/new", "b"), ("ab/x", ""), ("a", "")] {
        assert_eq!(owner(&build(&tree), path), expected, "{path}");
    }
    assert_eq!(changed(&tree, "a/x", build), "a");
    assert_eq!(changed(&tree, "a/b/x", build), "b");
    assert_eq!(changed(&tree, "ab/x", build), "a b", "nobody's file affects everything");
}

#[test]
fn what_a_unit_that_holds_others_does_not_name_may_matter_to_any() {
    let root = |own: &[&str]| Unit {
        own: Own::Only(own.iter().map(|path| RepoPath::from(*path)).collect()),
        ..unit(Kind::Npm, "root", "")
    };
    let tree = files(&["src/x", "data", "a/x"]);
    let build = |tree: &[_]| only(tree, Kind::Npm, found(vec![root(&["src"]), unit(Kind::Npm, "a", "a")], &[]));
    assert_eq!(changed(&tree, "src/x", build), "root");
    assert_eq!(changed(&tree, "data", build), "a root");
    let alone = |tree: &[_]| only(tree, Kind::Npm, found(vec![root(&["src"])], &[]));
    assert_eq!(owner(&alone(&tree), "data"), "root", "where none lies in its folder, everything is its own");
}

#[test]
fn one_of_several_units_of_a_folder_takes_nothing_from_the_others() {
    let cargo = Unit { own: Own::Only([RepoPath::from("src")].into()), ..unit(Kind::Cargo, "root", "") };
    let tree = files(&["src/x", "data", "a/x"]);
    let build = |tree: &[_]| {
        let cargo = found(vec![cargo.clone(), unit(Kind::Cargo, "a", "a")], &[]);
        let all = vec![(Kind::Cargo, cargo), (Kind::Python, found(vec![unit(Kind::Python, "py", "")], &[]))];
        graph(tree, all, &UnitRules::default())
    };
    assert_eq!(changed(&tree, "data", build), "a root py");
}

#[test]
fn the_configuration_of_a_tool_in_a_units_folder_is_read_further_in_too() {
    let units = vec![unit(Kind::Cargo, "root", ""), unit(Kind::Cargo, "a", "a"), unit(Kind::Npm, "n", "n")];
    let tree = files(&["rust-toolchain.toml", "a/x", "n/x"]);
    let build = |tree: &[_]| only(tree, Kind::Cargo, found(units.clone(), &[]));
    assert_eq!(changed(&tree, "rust-toolchain.toml", build), "a root");
}

#[test]
fn rules_decide_about_files_of_nobody_and_the_users_come_first() {
    let kinds = |kind| Affects::Some([kind].into(), [].into());
    let named = |name: &str| Affects::Some([].into(), [name.to_owned()].into());
    let tree = files(&["a/x", "n/x", "d/x", ".nvmrc", "docs/x", "LICENSE", "other"]);
    let check = |path: &str, rules: &UnitRules| {
        let units = vec![unit(Kind::Cargo, "a", "a"), unit(Kind::Npm, "n", "n"), unit(Kind::Declared, "d", "d")];
        changed(&tree, path, |tree| graph(tree, vec![(Kind::Cargo, found(units.clone(), &[]))], rules))
    };
    let none = UnitRules::default();
    assert_eq!(check(".nvmrc", &none), "n d", "what runs in a declared unit is not known");
    assert_eq!(check("LICENSE", &none), "");
    assert_eq!(check("other", &none), "a n d");
    assert_eq!(check(".nvmrc", &rule("*", kinds(Kind::Cargo))), "a");
    assert_eq!(check("docs/x", &rule("docs/**", Affects::Nothing)), "");
    assert_eq!(check("docs/x", &rule("docs/**", named("n"))), "n");
    assert_eq!(check("docs/x", &rule("docs/**", named("slip"))), "a n d", "a name that means nothing may mean any");
    assert_eq!(check("n/x", &rule("n/**", Affects::Nothing)), "n", "rules are for what belongs to no unit");
}

#[test]
fn what_fields_tell_counts_in_no_other_way() {
    let tree = files(&["a/x", "n/x", "d/x", "lock"]);
    let build = |tree: &[_]| {
        let npm = Found { explained: [RepoPath::from("lock")].into(), ..found(vec![unit(Kind::Npm, "n", "n")], &[]) };
        let cargo = found(vec![unit(Kind::Cargo, "a", "a"), unit(Kind::Declared, "d", "d")], &[]);
        graph(tree, vec![(Kind::Npm, npm), (Kind::Cargo, cargo)], &UnitRules::default())
    };
    assert_eq!(changed(&tree, "lock", build), "d");
    let field = |value: &str| {
        let fields = [("lock".to_owned(), crate::digest::Digest::of(value.as_bytes()))].into();
        let n = Unit { fields, ..unit(Kind::Npm, "n", "n") };
        only(&tree, Kind::Npm, found(vec![n, unit(Kind::Npm, "m", "m")], &[]))
    };
    assert_eq!(names(&field("2"), &field("2").differing(&field("1"))), "n");
}

#[test]
fn no_two_units_are_called_alike() {
    let units = vec![
        unit(Kind::Cargo, "x", "a"),
        unit(Kind::Cargo, "x", "b"),
        unit(Kind::Npm, "x", "c"),
        unit(Kind::Go, "npm:x", "d"),
        unit(Kind::Go, "cargo:x@a", "e"),
        unit(Kind::Go, "y", "e"),
        unit(Kind::Go, "y", "e"),
    ];
    let graph = only(&files(&["a/x", "b/x"]), Kind::Cargo, found(units, &[]));
    let all: Vec<usize> = (0..graph.units().len()).collect();
    assert_eq!(names(&graph, &all), "cargo:x@a#2 cargo:x@b npm:x@c cargo:x@a npm:x y");
    for unit in all {
        assert_eq!(graph.find(&graph.full_name(unit)), Ok(unit));
    }
    assert!(graph.find("x").unwrap_err().to_string().contains("cargo:x@b"));
}
