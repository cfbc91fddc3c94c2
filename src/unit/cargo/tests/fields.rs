//! What units take from the root of their workspace.

use super::Tree;

const ROOT: &str = r#"
[workspace.package]
version = "1.0.0"
license = "MIT"
[workspace.dependencies]
serde = "1"
b = { path = "crates/b" }
[workspace.lints.rust]
unsafe_code = "deny"
[workspace.metadata.x]
y = 1
[profile.release]
lto = true
"#;

fn tree(root: &str) -> Tree {
    Tree::workspace(root)
        .with("crates/a/Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\n[dependencies]\nserde.workspace = true\nb = { workspace = true, features = [] }\n")
        .with("crates/a/src/lib.rs", "")
        .package("b", "[lints]\nworkspace = true\n")
        .package("c", "")
}

#[test]
fn each_unit_has_what_it_inherits() {
    let check = |old: &str, new: &str, expected: &[&str]| {
        assert!(ROOT.contains(old));
        assert_eq!(tree(ROOT).changed(&tree(&ROOT.replace(old, new))), expected, "{old} -> {new}");
    };
    check("version = \"1.0.0\"", "version = \"1.0.1\"", &["a: Cargo.toml"]);
    check("license = \"MIT\"", "license = \"ISC\"", &[]);
    check("serde = \"1\"", "serde = \"1.1\"", &["a: Cargo.toml"]);
    check("serde = \"1\"", "serde = '1' # as before", &[]);
    check("serde = \"1\"", "serde = \"1\"\nmore = \"1\"", &[]);
    check("\"deny\"", "\"warn\"", &["b: Cargo.toml"]);
    let all = &["a: Cargo.toml", "b: Cargo.toml", "c: Cargo.toml"];
    check("lto = true", "lto = false", all);
    check("y = 1", "y = 2", all);
    check("[profile.release]", "[patch.crates-io]\nx = { git = \"https://example.org/x\" }\n[profile.release]", all);
}

#[test]
fn a_member_more_changes_no_other() {
    let old = tree(ROOT);
    let mut new = tree(ROOT).library("more/d", "d", "");
    let root = new.0.iter_mut().find(|(path, _)| path == "Cargo.toml").unwrap();
    root.1 =
        root.1.replace("members = [", "default-members = [\"crates/a\"]\nexclude = [\"x\"]\nmembers = [\"more/d\", ");
    assert_eq!(old.changed(&new), ["d: Cargo.toml"]);
    assert!(old.found().explained.iter().any(|path| path.as_bstr() == "Cargo.toml"));
}

#[test]
fn a_root_packages_manifest_is_its_own() {
    let root = |more: &str| format!("[workspace]\nmembers = [\"a\"]\n{more}");
    let tree = |more: &str| Tree::default().library("", "r", &root(more)).library("a", "a", "");
    assert_eq!(tree("").found().explained.len(), 0);
    assert_eq!(tree("").changed(&tree("[dependencies]\nserde = \"1\"\n")), [""; 0]);
    assert_eq!(tree("").changed(&tree("[profile.dev]\ndebug = 0\n")), ["a: Cargo.toml"]);
    // Without a resolver, the edition of the root package says which it is.
    let older = tree("").0.into_iter().map(|(path, text)| (path, text.replacen("2024", "2021", 1))).collect();
    let mut older = Tree(older);
    older = older.library("a", "a", "");
    assert_eq!(tree("").changed(&older), ["a: Cargo.toml"]);
    let named = "resolver = \"2\"\n";
    let mut older =
        Tree(tree(named).0.into_iter().map(|(path, text)| (path, text.replacen("2024", "2021", 1))).collect());
    older = older.library("a", "a", "");
    assert_eq!(tree(named).changed(&older), [""; 0]);
}

#[test]
fn what_keeps_cargo_from_loading_a_workspace_is_a_field_of_all_it_has() {
    let all: Vec<String> =
        ["a", "b", "c"].iter().map(|name| format!("{name}: what keeps the workspace from loading")).collect();
    let good = tree(ROOT);
    let check = |bad: &Tree, what: &str| {
        let left: Vec<&String> =
            all.iter().filter(|line| bad.names().iter().any(|name| name.starts_with(&line[..1]))).collect();
        let changed = good.changed(bad);
        let of_faults: Vec<String> = changed
            .iter()
            .filter(|line| line.contains("what keeps"))
            .map(|line| format!("{}: what keeps the workspace from loading", &line[..1]))
            .collect();
        assert_eq!(of_faults.iter().collect::<Vec<_>>(), left, "{what}");
    };
    check(
        &good.clone().without("crates/c/Cargo.toml").without("crates/c/src/lib.rs").with("crates/c/x", ""),
        "no manifest where a glob leads",
    );
    check(&good.clone().without("crates/c/src/lib.rs"), "no targets");
    check(&good.clone().without("crates/b/Cargo.toml").without("crates/b/src/lib.rs"), "no package where a path leads");
    check(&good.clone().library("crates/b", "b2", ""), "another name where a path leads");
    check(
        &good.clone().package("c", "[dependencies]\nb = { path = \"../b\", features = [\"x\"] }\n"),
        "a feature that isn't there",
    );
    check(&good.clone().package("c", "[features]\nx = [\"y\"]\n"), "a feature of nothing");
    check(
        &good.clone().package("c", "[dependencies]\nb.path = \"../b\"\n[features]\nx = [\"b/x\"]\n"),
        "a passed feature that isn't there",
    );
    check(&good.clone().package("c", "[[bin]]\nname = \"x\"\n"), "a program without a file");
    check(
        &good.clone().package("c", "license.workspace = true\nauthors.workspace = true\n"),
        "what can't be inherited",
    );
    check(
        &tree(&ROOT.replace("[workspace.lints.rust]\nunsafe_code = \"deny\"\n", "")),
        "lints that can't be inherited",
    );
    assert_eq!(
        good.changed(&good.clone().package("c", "[dependencies]\nb = { path = \"../b\", features = [\"default\"] }\n")),
        [""; 0]
    );
}
