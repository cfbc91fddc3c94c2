//! Lock files.

use super::Tree;

const LOCK: &str = r#"
version = 4

[[package]]
name = "a"
version = "0.1.0"
dependencies = [
 "b",
 "serde",
 "x 1.0.0",
]

[[package]]
name = "b"
version = "0.1.0"
dependencies = [
 "x 2.0.0",
]

[[package]]
name = "c"
version = "0.1.0"

[[package]]
name = "serde"
version = "1.0.5"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "aa"
dependencies = [
 "serde_core",
]

[[package]]
name = "serde_core"
version = "1.0.5"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "bb"

[[package]]
name = "x"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "cc"

[[package]]
name = "x"
version = "2.0.0"
source = "git+https://example.org/x?branch=main#0123456789"

[[patch.unused]]
name = "unused"
version = "0.1.0"
"#;

fn tree(lock: &str) -> Tree {
    Tree::workspace("")
        .package("a", "[dependencies]\nserde = \"1\"\nx = \"1\"\n[dev-dependencies]\nb = { path = \"../b\" }\n")
        .package("b", "[dependencies]\nx = { git = \"https://example.org/x\", branch = \"main\" }\n")
        .package("c", "")
        .with("Cargo.lock", lock)
}

fn changed(old: &str, new: &str) -> Vec<String> {
    assert!(LOCK.contains(old), "{old}");
    tree(LOCK).changed(&tree(&LOCK.replace(old, new)))
}

#[test]
fn each_unit_has_what_it_takes_itself() {
    assert_eq!(changed("\"bb\"", "\"b2\""), ["a: Cargo.lock"]);
    assert_eq!(changed("#0123456789", "#9876543210"), ["b: Cargo.lock"]);
    assert_eq!(changed("\"cc\"", "\"c2\""), ["a: Cargo.lock"]);
    assert_eq!(changed("name = \"unused\"", "name = \"other\""), [""; 0]);
    assert_eq!(
        changed("name = \"serde_core\"\nversion = \"1.0.5\"", "name = \"serde_core\"\nversion = \"1.0.6\""),
        ["a: Cargo.lock"]
    );
    let found = tree(LOCK).found();
    assert!(found.explained.iter().any(|path| path.as_bstr() == "Cargo.lock"));
    assert!(found.units.iter().all(|unit| unit.fields.contains_key("Cargo.lock")));
}

#[test]
fn a_lock_file_that_the_manifests_contradict_is_one_for_all() {
    let all = [
        "a: Cargo.lock, what keeps the workspace from loading",
        "b: what keeps the workspace from loading",
        "c: what keeps the workspace from loading",
    ];
    // Nothing holds what a asks for: a takes whatever the file will be.
    assert_eq!(changed("\n \"serde\",", ""), all);
    assert_eq!(changed("name = \"serde\"\nversion = \"1.0.5\"", "name = \"serde\"\nversion = \"2.0.0\""), all);
    assert_eq!(changed("name = \"a\"\nversion = \"0.1.0\"", "name = \"a\"\nversion = \"0.2.0\""), all);
    assert_eq!(changed(" \"b\",\n", " \"b\",\n \"c\",\n"), all);
    // A package that the file names and doesn't have.
    assert_eq!(changed(" \"serde_core\",", " \"gone\","), ["a: Cargo.lock"]);
    let stale = tree(&LOCK.replace(" \"serde_core\",", " \"gone\","));
    let other =
        tree(&LOCK.replace(" \"serde_core\",", " \"gone\",").replace("\"cc\"", "\"c2\"").replace("#012", "#112"));
    assert_eq!(stale.changed(&other), ["a: Cargo.lock", "b: Cargo.lock"]);
}

#[test]
fn version_1_names_everything_and_keeps_checksums_apart() {
    let lock = |sum: &str, hash: &str| {
        format!(
            r#"
[root]
name = "r"
version = "0.1.0"
dependencies = [
 "x 1.0.0 (registry+https://github.com/rust-lang/crates.io-index)",
 "y 1.0.0 (git+https://example.org/y)",
]

[[package]]
name = "x"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "y"
version = "1.0.0"
source = "git+https://example.org/y{hash}"

[metadata]
"checksum x 1.0.0 (registry+https://github.com/rust-lang/crates.io-index)" = "{sum}"
"checksum y 1.0.0 (git+https://example.org/y)" = "<none>"
"#
        )
    };
    let tree = |sum: &str, hash: &str| {
        let manifest = "[dependencies]\nx = \"1\"\ny = { git = \"https://example.org/y\" }\n";
        Tree::default().library("", "r", manifest).with("Cargo.lock", &lock(sum, hash))
    };
    assert_eq!(tree("aa", "#1").changed(&tree("bb", "#1")), ["r: Cargo.lock"]);
    assert_eq!(tree("aa", "#1").changed(&tree("aa", "#2")), ["r: Cargo.lock"]);
    assert_eq!(tree("aa", "#1").widened(), [""; 0]);
    // Closures are told: the checksum of what nothing takes means nothing.
    let more = "\"checksum z 1.0.0 (registry+https://github.com/rust-lang/crates.io-index)\" = \"cc\"\n";
    let with_more = tree("aa", "#1").with("Cargo.lock", &(lock("aa", "#1") + more));
    assert_eq!(tree("aa", "#1").changed(&with_more), [""; 0]);
}

#[test]
fn lock_files_that_cannot_be_read_widen() {
    let why = |lock: &str| {
        let tree = tree(lock);
        assert!(!tree.found().explained.iter().any(|path| path.as_bstr() == "Cargo.lock"));
        tree.widened().join("; ")
    };
    assert_eq!(why("version = 5\n"), "all: Cargo.lock is of version 5, which is unknown");
    assert_eq!(why("version = \"4\"\n"), "all: Cargo.lock is of version \"4\", which is unknown");
    assert!(
        why(&LOCK.replace("checksum = \"aa\"", "<<<<<<< ours\nchecksum = \"aa\""))
            .starts_with("all: Cargo.lock can't be read")
    );
    assert_eq!(why("[[package]]\nname = \"a\"\n"), "all: Cargo.lock has a package without a name or a version");
    let circle = LOCK.replace("checksum = \"bb\"", "checksum = \"bb\"\ndependencies = [\"serde\"]");
    assert_eq!(why(&circle), "all: Cargo.lock has packages that depend on each other in a circle");
}

#[test]
fn without_a_lock_file_there_is_no_field() {
    let tree = tree(LOCK).without("Cargo.lock");
    assert!(tree.found().units.iter().all(|unit| !unit.fields.contains_key("Cargo.lock")));
    // One in a member's folder is a file like any other: Cargo doesn't look there.
    let tree = tree.with("crates/a/Cargo.lock", "<<<<<<<");
    assert_eq!(tree.widened(), [""; 0]);
}

#[test]
fn what_stands_in_for_a_package_is_an_edge_of_who_takes_it() {
    let lock = LOCK
        .replace(
            "name = \"serde_core\"\nversion = \"1.0.5\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"bb\"",
            "name = \"serde_core\"\nversion = \"1.0.5\"\ndependencies = [\"x 1.0.0\"]",
        )
        .replace("name = \"c\"\nversion = \"0.1.0\"", "name = \"c\"\nversion = \"0.1.0\"\ndependencies = []");
    let patched = |lock: &str| {
        let patch =
            "[patch.crates-io]\nserde_core = { path = \"vendor/serde_core\" }\nunused = { path = \"vendor/unused\" }\n";
        let root = format!("[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\nexclude = [\"vendor\"]\n{patch}");
        let core = "[package]\nname = \"serde_core\"\nversion = \"1.0.5\"\n[dependencies]\nx = \"1\"\n";
        tree(lock)
            .with("Cargo.toml", &root)
            .with("vendor/serde_core/Cargo.toml", core)
            .with("vendor/serde_core/src/lib.rs", "")
            .library("vendor/unused", "unused", "")
    };
    let own: Vec<String> = patched(&lock).edges().into_iter().filter(|edge| !edge.contains("(path)")).collect();
    assert_eq!(own, ["a -> b", "a -> serde_core"]);
    // What it takes in turn counts for whoever takes it, whose lock file says what that is.
    assert_eq!(patched(&lock).changed(&patched(&lock.replace("\"cc\"", "\"c2\""))), ["a: Cargo.lock"]);
}

#[test]
fn each_workspace_has_its_own() {
    let lock = "version = 4\n[[package]]\nname = \"t\"\nversion = \"0.1.0\"\ndependencies = [\"x\"]\n[[package]]\nname = \"x\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"aa\"\n";
    let with =
        |lock: &str| tree(LOCK).library("tools/t", "t", "[dependencies]\nx = \"1\"\n").with("tools/t/Cargo.lock", lock);
    assert_eq!(with(lock).changed(&with(&lock.replace("\"aa\"", "\"bb\""))), ["t: tools/t/Cargo.lock"]);
}
