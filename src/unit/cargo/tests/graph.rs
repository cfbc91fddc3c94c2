//! Edges that manifests say.

use super::{NOTHING, Tree};

#[test]
fn every_kind_of_dependency_is_an_edge() {
    let tree = Tree::workspace(
        "[workspace.dependencies]\nf = { path = \"crates/f\" }\ng2 = { path = \"crates/g\", package = \"g\" }\n",
    )
    .package(
        "a",
        r#"
[dependencies]
b = { path = "../b", version = "0.1" }
other = { path = "../e", package = "e" }
f.workspace = true
serde = "1"
opt = { path = "../opt", optional = true }
[dev-dependencies]
c = { path = "../c" }
a = { path = "." }
[build-dependencies]
d = { path = "../d" }
[target.'cfg(windows)'.dependencies]
g2.workspace = true
[target.x86_64-unknown-linux-gnu.dev-dependencies]
h = { path = "../h" }
[features]
more = ["dep:opt"]
"#,
    );
    let tree = ["b", "c", "d", "e", "f", "g", "h", "opt"].iter().fold(tree, |tree, name| tree.package(name, ""));
    let expected = ["b", "c", "d", "e", "f", "g", "h", "opt"].map(|to| format!("a -> {to}"));
    assert_eq!(tree.edges(), expected);
    assert_eq!(tree.widened(), [""; 0]);
}

#[test]
fn old_spellings_are_read_too() {
    let tree = Tree::workspace("").package("b", "").package("c", "").with(
        "crates/a/Cargo.toml",
        "[project]\nname = \"a\"\nversion = \"1.0.0\"\n[dev_dependencies]\nb = { path = \"../b\" }\n[build_dependencies]\nc = { path = '..\\c' }\n",
    );
    assert_eq!(tree.edges(), ["a -> b", "a -> c"]);
}

#[test]
fn a_dependency_without_a_package_is_an_edge_to_its_folder() {
    let tree = Tree::workspace("").package("a", "[dependencies]\nb = { path = \"../../vendor/b\" }\n");
    assert_eq!(tree.edges(), ["a -> vendor/b (path)"]);
}

#[test]
fn what_lies_elsewhere_widens_the_unit() {
    let why = |dependency: &str| {
        let tree = Tree::workspace("").package("a", &format!("[dependencies]\n{dependency}\n")).package("b", "");
        assert_eq!(tree.edges(), [""; 0], "{dependency}");
        tree.widened().join("; ")
    };
    assert!(why("x = { path = \"/x\" }").starts_with("a: crates/a/Cargo.toml has the dependency x"));
    assert!(why("x = { path = \"../../../x\" }").ends_with("it lies outside of the repository"));
    assert!(why("x = { path = \"x\", base = \"there\" }").ends_with("it lies where Cargo's configuration says"));
    assert!(why("x.workspace = true").ends_with("the workspace doesn't declare it"));
    assert_eq!(why("x = { git = \"https://example.org/x\" }"), "");
}

#[test]
fn files_of_a_manifest_outside_of_the_package_are_edges() {
    let tree = Tree::workspace("[workspace.package]\nlicense-file = \"LICENSE\"\nreadme = \"README.md\"\n")
        .with(
            "crates/a/Cargo.toml",
            r#"
[package]
name = "a"
readme = "../../docs/a.md"
license-file.workspace = true
build = "../shared/build.rs"
include = ["src", "../assets/*.png", "/x"]
[lib]
path = "../shared/lib.rs"
[[test]]
name = "t"
path = "tests/t.rs"
"#,
        )
        .with("crates/shared/build.rs", "mod steps;")
        .with("crates/shared/steps.rs", NOTHING)
        .with("crates/shared/lib.rs", "include!(\"gen.rs\");")
        .with("crates/shared/gen.rs", "const X: &str = include_str!(\"../data/x\");");
    let expected = [
        "a -> LICENSE (path)",
        "a -> crates/assets (path)",
        "a -> crates/data/x (path)",
        "a -> crates/shared/build.rs (path)",
        "a -> crates/shared/gen.rs (path)",
        "a -> crates/shared/lib.rs (path)",
        "a -> crates/shared/steps.rs (path)",
        "a -> docs/a.md (path)",
    ];
    assert_eq!(tree.edges(), expected);
}

#[test]
fn patches_in_cargos_configuration_are_edges_of_all_below_it() {
    let tree = Tree::workspace("")
        .package("a", "")
        .package("b", "")
        .library("tools/c", "c", "")
        .with("crates/.cargo/config.toml", "paths = [\"../tools/c\"]\n[patch.crates-io]\nb = { path = \"b\" }\n");
    assert_eq!(tree.edges(), ["a -> b", "a -> c", "b -> c"]);
    let broken = tree.with("crates/.cargo/config.toml", "paths = [");
    assert!(broken.widened()[0].starts_with("all: crates/.cargo/config.toml can't be read"), "{:?}", broken.widened());
}

#[test]
fn without_a_lock_file_patches_may_be_anybodys() {
    let tree = Tree::workspace("[patch.crates-io]\nb2 = { path = \"vendor/b\", package = \"b\" }\n[replace]\n\"c:0.1.0\" = { path = \"vendor/c\" }\n")
        .package("a", "[dependencies]\nx = \"1\"\n")
        .library("vendor/b", "b", "")
        .library("vendor/c", "c", "");
    assert_eq!(tree.edges(), ["a -> b", "a -> c"]);
}
