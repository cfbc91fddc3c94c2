//! Which packages are units, and of which workspaces.

use super::{NOTHING, Tree, package};

#[test]
fn members_are_found_by_globs_and_names() {
    let members = |members: &str| {
        let tree = Tree::default().with("Cargo.toml", &format!("[workspace]\nmembers = [{members}]\n"));
        let folders = ["crates/a", "crates/b", "crates/x/c", "tools/t1", "tools/t2", "{w}/d"];
        let tree = folders.iter().fold(tree, |tree, at| tree.library(at, at.rsplit('/').next().unwrap(), ""));
        let found = tree.found();
        let names = found.units.iter().filter(|unit| unit.is_member).map(|unit| unit.name.as_str());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(members(r#""crates/*""#), "a b");
    assert_eq!(members(r#""crates/**""#), "a b c");
    assert_eq!(members(r#""./crates/a/", "tools/t[12]""#), "a t1 t2");
    assert_eq!(members(r#""crates/?", "tools/t[!1]""#), "a b t2");
    assert_eq!(members(r#""crates/*/c""#), "c");
    assert_eq!(members(r#""{w}/*""#), "d");
}

#[test]
fn dependencies_in_the_workspaces_folder_are_members_and_excluded_ones_are_not() {
    let tree = Tree::default()
        .with("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nexclude = [\"vendor\", \"tools\"]\n")
        .library("a", "a", "[dependencies]\nb = { path = \"../deep/b\" }\nv = { path = \"../vendor/v\" }\n")
        .library("deep/b", "b", "[dev-dependencies]\nc = { path = \"../c\" }\n")
        .library("deep/c", "c", "")
        .library("vendor/v", "v", "[dependencies]\nw = { path = \"../w\" }\n")
        .library("vendor/w", "w", "")
        .library("tools/t", "t", "[dependencies]\na = { path = \"../../a\" }\n");
    assert_eq!(tree.names(), ["a", "b", "c", "t", "v", "w"]);
    assert_eq!(tree.left_out(), ["t", "v", "w"]);
    assert_eq!(tree.edges(), ["a -> b", "a -> v", "b -> c", "t -> a", "v -> w"]);
}

#[test]
fn exclusions_are_whole_folders_and_members_by_name_come_first() {
    let tree = |exclude: &str, members: &str| {
        Tree::default()
            .with("Cargo.toml", &format!("[workspace]\nmembers = [{members}]\nexclude = [{exclude}]\n"))
            .library("x/a", "a", "")
            .library("x/b", "b", "")
    };
    // As `cargo metadata` has it: no wildcards in `exclude`, and `members = ["x/*"]` names no folder.
    assert_eq!(tree(r#""x/*""#, r#""x/*""#).left_out(), [""; 0]);
    assert_eq!(tree(r#""x/a""#, r#""x/*""#).left_out(), ["a"]);
    assert_eq!(tree(r#""x""#, r#""x/*""#).left_out(), ["a", "b"]);
    assert_eq!(tree(r#""x""#, r#""x/b""#).left_out(), ["a"]);
}

#[test]
fn fixtures_are_files_of_the_package_that_they_lie_in() {
    let tree = Tree::workspace("")
        .package("a", "")
        .library("crates/a/tests/fixtures/x", "x", "")
        .library("crates/a/tests/fixtures/y", "y", "[workspace]\n")
        .with("crates/a/tests/fixtures/bad/Cargo.toml", "[package")
        .library("crates/a/data/z", "z", "");
    assert_eq!(tree.names(), ["a"]);
    assert_eq!(tree.widened(), [""; 0]);
    assert_eq!(tree.own("a"), ["everything"]);
}

#[test]
fn a_package_that_stands_alone_is_its_own_unit() {
    let tree = Tree::default().library("x", "x", "").library("y", "y", "").library("y/inner", "z", "");
    assert_eq!(tree.names(), ["x", "y"]);
    assert_eq!(tree.left_out(), [""; 0]);
    let found = tree.found();
    assert_eq!(found.units[0].workspace, found.units[0].root);
    // In the folder of a workspace that doesn't have it, a run for the whole leaves it out.
    let tree = tree.with("Cargo.toml", "[workspace]\nmembers = [\"x\"]\n");
    assert_eq!(tree.left_out(), ["y"]);
}

#[test]
fn packages_that_tests_may_read_are_edges() {
    let root = "[workspace]\nmembers = [\"a\", \"b\"]\nexclude = [\"fixtures\", \"fuzz\", \"extra\"]\n";
    let tree = Tree::default()
        .with("Cargo.toml", root)
        .library("a", "a", "")
        .library("b", "b", "")
        .library("fixtures/x", "x", "[dependencies]\na = { path = \"../../a\" }\n[workspace]\n")
        .library("fuzz", "f", "[dependencies]\na = { path = \"../a\" }\n[workspace]\n")
        .library("extra", "e", "");
    assert_eq!(tree.edges(), ["a -> e", "a -> x", "b -> e", "b -> x", "f -> a", "x -> a"]);
    let tree = Tree::workspace("")
        .package("a", "")
        .package("b", "")
        .library("crates/a/fuzz", "f", "[dependencies]\na = { path = \"..\" }\n[workspace]\n")
        .library("crates/a/template", "t", "[workspace]\n");
    assert_eq!(tree.edges(), ["a -> t", "f -> a"]);
    let many = (0..20).fold(Tree::workspace("").package("a", ""), |tree, at| {
        tree.library(&format!("templates/t{at}"), &format!("t{at}"), "[workspace]\n")
    });
    assert_eq!(many.edges(), ["a -> templates (path)"]);
}

#[test]
fn vendored_packages_belong_to_nobody() {
    let tree =
        Tree::workspace("").package("a", "").library("vendor/v", "v", "").with("vendor/v/.cargo-checksum.json", "{}");
    assert_eq!(tree.names(), ["a"]);
}

#[test]
fn a_workspace_can_lie_beside_its_members_and_in_another() {
    let tree = Tree::default()
        .with("main/Cargo.toml", "[workspace]\nmembers = [\"../a\"]\n")
        .with("a/Cargo.toml", &package("a", "workspace = \"../main\"\n"))
        .with("a/src/lib.rs", NOTHING)
        .library("main/inner", "i", "[workspace]\nmembers = [\"sub\"]\n")
        .library("main/inner/sub", "s", "");
    let found = tree.found();
    let shown: Vec<String> =
        found.units.iter().map(|unit| format!("{} {} {}", unit.name, unit.workspace, unit.is_member)).collect();
    assert_eq!(shown, ["a main true", "i main/inner false", "s main/inner false"]);
}

#[test]
fn of_several_packages_of_a_name_the_member_that_lies_least_deep_has_it() {
    let tree = Tree::workspace("exclude = [\"a\"]\n").package("a", "").library("a", "a", "").library(
        "crates/deep/x/a",
        "a",
        "[workspace]\n",
    );
    assert_eq!(tree.names(), ["path+a#a", "a", "path+crates/deep/x/a#a"]);
}

#[test]
fn a_root_package_has_what_it_compiles_and_not_the_rest() {
    let tree = Tree::default()
        .library("", "r", "build = \"make.rs\"\n[[bin]]\nname = \"x\"\npath = \"cli/main.rs\"\n[[test]]\nname = \"t\"\npath = \"top.rs\"\n[workspace]\n")
        .library("crates/a", "a", "")
        .with("Cargo.toml.orig", NOTHING)
        .with("docs/x.md", NOTHING);
    assert_eq!(tree.own("r"), ["everything"]);
    let manifest = package(
        "r",
        "build = \"make.rs\"\n[[bin]]\nname = \"x\"\npath = \"cli/main.rs\"\n[[test]]\nname = \"t\"\npath = \"top.rs\"\n[workspace]\nmembers = [\"crates/*\"]\n",
    );
    let tree = tree.with("Cargo.toml", &manifest);
    let expected = ["Cargo.toml", "benches", "build.rs", "cli", "examples", "make.rs", "src", "tests", "top.rs"];
    assert_eq!(tree.own("r"), expected);
    // Elsewhere than at the root of a workspace, a folder without packages is the package's.
    let tree =
        tree.library("crates/a/macros", "m", "").with("crates/a/data/x", NOTHING).with("crates/a/.config/x", NOTHING);
    let tree = tree.with("crates/a/Cargo.toml", &package("a", "[dependencies]\nm = { path = \"macros\" }\n"));
    assert!(tree.own("a").contains(&"crates/a/data".to_owned()));
    assert!(!tree.own("a").iter().any(|path| path.contains("macros") || path.contains(".config")));
}

#[test]
fn manifests_that_cannot_be_read_widen_where_cargo_reads_them() {
    let why = |path: &str, content: &str| Tree::workspace("").package("a", "").with(path, content).widened().join("; ");
    assert!(why("crates/b/Cargo.toml", "[package]\nname =\n").starts_with("all: crates/b/Cargo.toml can't be read: "));
    assert!(why("crates/b/Cargo.toml", "[package]\nname =\n").ends_with("in line 2"));
    assert!(why("Cargo.toml", "<<<<<<< ours\n").starts_with("all: Cargo.toml can't be read"));
    assert_eq!(why("crates/b/Cargo.toml", "[package]\n"), "all: crates/b/Cargo.toml has a package without a name");
    assert_eq!(why("docs/x/Cargo.toml", "[package"), "");
    assert!(why("Cargo.toml", "[workspace]\nmembers = [\"crates/a[\"]\n").contains("has members that can't be told"));
}
