//! Integration tests and what they see.

use super::{NOTHING, Tree};
use crate::path::RepoPath;

fn imports(tree: &Tree, file: &str) -> Vec<String> {
    let found = tree.found();
    let module = found.modules.get(&RepoPath::from(file)).unwrap_or_else(|| panic!("{file} is no module"));
    assert_eq!(module.open, None, "{file}");
    module.imports.iter().map(ToString::to_string).collect()
}

fn tree() -> Tree {
    Tree::workspace("")
        .package("a", "[dependencies]\nb = { path = \"../b\" }\n[[test]]\nname = \"extra\"\npath = \"extra/t.rs\"\n")
        .package("b", "")
        .with("crates/a/tests/one.rs", "mod common; const X: &str = include_str!(\"data/x\");")
        .with("crates/a/tests/two/main.rs", "#[path = \"../common/mod.rs\"] mod common; mod part;")
        .with("crates/a/tests/two/part.rs", "#[path = \"../../src/lib.rs\"] mod all;")
        .with("crates/a/tests/common/mod.rs", NOTHING)
        .with("crates/a/tests/ui/fails.rs", NOTHING)
        .with("crates/a/tests/data/x", NOTHING)
        .with("crates/a/extra/t.rs", NOTHING)
        .with("crates/b/tests/b.rs", NOTHING)
}

#[test]
fn tests_are_found_as_cargo_finds_them() {
    let tests: Vec<String> = tree().found().tests.iter().map(ToString::to_string).collect();
    assert_eq!(
        tests,
        ["crates/a/extra/t.rs", "crates/a/tests/one.rs", "crates/a/tests/two/main.rs", "crates/b/tests/b.rs"]
    );
    let named = tree().package("b", "autotests = false\n[[test]]\nname = \"c\"\n").with("crates/b/tests/c.rs", NOTHING);
    let tests: Vec<String> =
        named.found().tests.iter().map(ToString::to_string).filter(|test| test.starts_with("crates/b")).collect();
    assert_eq!(tests, ["crates/b/tests/c.rs"]);
}

#[test]
fn a_test_is_made_of_its_own_files_and_the_rest_is_everybodys() {
    let tree = tree();
    assert_eq!(imports(&tree, "crates/a/tests/one.rs"), ["crates/a/tests/common/mod.rs", "crates/a/tests/data/x"]);
    assert_eq!(
        imports(&tree, "crates/a/tests/two/main.rs"),
        ["crates/a/tests/common/mod.rs", "crates/a/tests/two/part.rs"]
    );
    assert_eq!(imports(&tree, "crates/a/tests/two/part.rs"), ["crates/a/src/lib.rs"]);
    // What a test may read when it runs, and what it links, is no module.
    let modules: Vec<String> = tree.found().modules.keys().map(ToString::to_string).collect();
    let expected = [
        "crates/a/extra/t.rs",
        "crates/a/tests/common/mod.rs",
        "crates/a/tests/one.rs",
        "crates/a/tests/two/main.rs",
        "crates/a/tests/two/part.rs",
        "crates/b/tests/b.rs",
    ];
    assert_eq!(modules, expected);
}

#[test]
fn a_file_of_a_test_that_the_library_has_too_is_everybodys() {
    let tree = tree()
        .with("crates/a/src/lib.rs", "#[cfg(test)] #[path = \"../tests/common/mod.rs\"] mod common;")
        .with("crates/a/tests/common/mod.rs", "mod inner;")
        .with("crates/a/tests/common/inner.rs", NOTHING);
    let modules = tree.found().modules;
    assert!(!modules.keys().any(|file| file.to_string().contains("common")), "{:?}", modules.keys());
    assert!(modules.contains_key(&RepoPath::from("crates/a/tests/one.rs")));
}

#[test]
fn what_cannot_be_told_is_open() {
    let found = tree().with("crates/a/tests/one.rs", "mod x; \"").found();
    assert!(found.modules[&RepoPath::from("crates/a/tests/one.rs")].open.is_some());
}
