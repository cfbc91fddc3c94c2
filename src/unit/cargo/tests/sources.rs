//! What sources read.

use super::{NOTHING, Tree};

/// The edges of a package in `crates/a` with a file, beside another in `crates/b`.
fn edges(file: &str, content: &str) -> Vec<String> {
    tree(file, content).edges()
}

fn tree(file: &str, content: &str) -> Tree {
    Tree::workspace("")
        .package("a", "")
        .package("b", "")
        .with("crates/b/x.txt", NOTHING)
        .with("crates/x.txt", NOTHING)
        .with("README.md", NOTHING)
        .with(&format!("crates/a/{file}"), content)
}

fn check(content: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|to| format!("a -> {to} (path)")).collect();
    assert_eq!(edges("src/m.rs", content), expected, "{content}");
}

#[test]
fn built_in_macros_read_from_the_files_folder() {
    check(r#"const X: &str = include_str!("../../b/x.txt");"#, &["crates/b/x.txt"]);
    check(r##"fn f() { g(std::include_bytes!(r#"../../b/y.bin"#)) }"##, &["crates/b/y.bin"]);
    check(r#"#![doc = include_str!("../../../README.md")]"#, &["README.md"]);
    check(r#"#[cfg_attr(doc, doc = include_str!("../../../README.md"))] struct X;"#, &["README.md"]);
    check(r#"lazy! { static ref X: &str = include_str! { "../../x.txt", } }"#, &["crates/x.txt"]);
    check(r#"const X: &str = include_str!(concat!("../../b", "/", "x.txt"));"#, &["crates/b/x.txt"]);
    check("const X: &str = include_str!(\"\\x2e./../b/\\u{78}.txt\");", &["crates/b/x.txt"]);
    check(r#"const X: &str = include_str!("x.txt"); include!(concat!(env!("OUT_DIR"), "/../x.rs"));"#, &[]);
    check(r#"const X: &str = include_str!("../tests/x.txt");"#, &[]);
}

#[test]
fn what_is_said_in_comments_and_prose_is_not_read() {
    check("// include_str!(\"../../b/x.txt\")\n/* #[path = \"../../b/x.rs\"] mod x; */", &[]);
    check("/// See `../../b/x.txt`, or \"../b/x.txt\".\nstruct X;", &[]);
    check(r##"const X: &str = r#"include_str!("../../b/x.txt")"#;"##, &[]);
    check(r#"fn f(p: &str) -> bool { p.starts_with("../") || p == ".." || p == "../.." }"#, &[]);
    check(r#"const GONE: &str = "../b/gone.txt";"#, &[]);
}

#[test]
fn paths_are_put_together_from_the_packages_folder() {
    check(r#"const X: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../b/x.txt"));"#, &["crates/b/x.txt"]);
    check(r#"const X: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../b");"#, &["crates/b"]);
    check(r#"static D: Dir = include_dir!("$CARGO_MANIFEST_DIR/../b");"#, &["crates/b"]);
    check(r#"fn f() -> PathBuf { Path::new(env!("CARGO_MANIFEST_DIR")).join("../b/x.txt") }"#, &["crates/b/x.txt"]);
    check(
        r#"fn f() -> PathBuf { Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("b").join("x.txt") }"#,
        &["crates/b/x.txt"],
    );
    check(
        r#"fn f() -> PathBuf { Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(1)?.join("b") }"#,
        &["crates/b"],
    );
    check(
        r#"fn f() { let root = std::env::var("CARGO_MANIFEST_DIR").unwrap(); g(format!("{root}/../b/{}.txt", 1)) }"#,
        &["crates/b"],
    );
    check(
        r#"fn root() -> PathBuf { PathBuf::from(env!("CARGO_MANIFEST_DIR")) } fn f() { root().join("..").join("x.txt"); }"#,
        &["crates/x.txt"],
    );
    check(
        r#"fn f() { let dir = Path::new(env!("CARGO_MANIFEST_DIR")); let up = dir.parent().unwrap(); g(up) }"#,
        &["crates"],
    );
    check(r#"fn f() { Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name) }"#, &["crates"]);
    check(r#"fn f() { Path::new(env!("CARGO_MANIFEST_DIR")).join("data/x") }"#, &[]);
}

#[test]
fn texts_that_climb_to_something_are_read() {
    // A build script and a test run in the package's folder.
    assert_eq!(
        edges("build.rs", r#"fn main() { println!("cargo::rerun-if-changed=../b/x.txt"); }"#),
        ["a -> crates/b/x.txt (path)"]
    );
    assert_eq!(edges("tests/t.rs", r#"#[test] fn t() { read("../b/x.txt"); }"#), ["a -> crates/b/x.txt (path)"]);
    check(r#"#[derive(Parser)] #[grammar = "../../b/x.txt"] struct X;"#, &["crates/b/x.txt"]);
    check(r#"generate!({ path: "../b", world: "w" });"#, &["crates/b"]);
}

#[test]
fn texts_that_lead_into_other_packages_are_read_by_tests() {
    let read = r#"fn t() { root().join("crates/b/x.txt"); other("crates/a/src/lib.rs"); third("src/lib.rs") }"#;
    assert_eq!(edges("tests/t.rs", read), ["a -> crates/b/x.txt (path)"]);
    let root = Tree::default()
        .library("", "r", "[workspace]\nmembers = [\"b\"]\n")
        .library("b", "b", "")
        .with("b/data/x", NOTHING)
        .with("tests/t.rs", r#"fn t() { read("b/data/x"); read("docs/y"); list("b/"); }"#);
    assert_eq!(root.edges(), ["r -> b/data/x (path)"]);
}

#[test]
fn modules_elsewhere_are_followed() {
    let shared =
        tree("src/lib.rs", "#[path = \"../../shared/mod.rs\"]\n#[cfg(unix)]\npub(crate) mod shared;\nmod plain;")
            .with("crates/shared/mod.rs", "mod inner; mod within { mod deep; }")
            .with("crates/shared/inner.rs", "include!(\"../gen/x.rs\");")
            .with("crates/shared/within/deep.rs", "const X: &str = include_str!(\"../../text\");")
            .with("crates/gen/x.rs", "mod y;")
            .with("crates/gen/y.rs", NOTHING)
            .with("crates/gen/z.rs", NOTHING);
    let expected = [
        "a -> crates/gen/x.rs (path)",
        "a -> crates/gen/y.rs (path)",
        "a -> crates/shared/inner.rs (path)",
        "a -> crates/shared/mod.rs (path)",
        "a -> crates/shared/within/deep.rs (path)",
        "a -> crates/text (path)",
    ];
    assert_eq!(shared.edges(), expected);
    check(
        "#[cfg_attr(unix, path = \"../../b/u.rs\")]\n#[cfg_attr(windows, path = \"../../b/w.rs\")]\nmod os;",
        &["crates/b/u.rs", "crates/b/w.rs"],
    );
    check("mod a { #[path = \"../../../b/u.rs\"] mod os; }", &["crates/b/u.rs"]);
    check("fn f() { let path = \"../../b/x.rs\"; } mod x;", &[]);
}

#[test]
fn files_that_are_no_rust_widen_only_where_they_are_compiled() {
    let widened = |file: &str, content: &str| tree(file, content).widened().join("; ");
    let bad = "const X: &str = include_str!(\"x\") \" ";
    assert_eq!(widened("src/m.rs", bad), "a: crates/a/src/m.rs is no Rust that can be read");
    assert_eq!(widened("tests/t.rs", bad), "a: crates/a/tests/t.rs is no Rust that can be read");
    assert_eq!(widened("tests/ui/t.rs", bad), "");
    assert_eq!(widened("fixtures/t.rs", bad), "");
    assert_eq!(widened("src/m.rs", "#!/usr/bin/env -S cargo \"\ninclude_str!(\"../../b/x.txt\")"), "");
    assert_eq!(
        widened("src/m.rs", "const X: &str = include_str!(\"../../../../x\");"),
        "a: crates/a/src/m.rs has include_str!(\"../../../../x\"), outside of the repository"
    );
}

#[test]
fn a_root_package_that_reads_its_members_has_edges() {
    let tree = Tree::default()
        .library("", "r", "[workspace]\nmembers = [\"b\"]\n")
        .library("b", "b", "")
        .with(
            "src/x.rs",
            "const X: &str = include_str!(\"../b/data\"); const Y: &str = include_str!(\"../README.md\");",
        )
        .with("b/src/x.rs", "const X: &str = include_str!(\"../../src/x.rs\");");
    assert_eq!(tree.edges(), ["b -> src/x.rs (path)", "r -> b/data (path)"]);
}
