//! Content that was made to break a reader.

use super::{Cargo, Tree};
use crate::unit::Ecosystem;
use crate::unit::cargo::form;

const FORMS: [&str; 5] = [form::MANIFEST, form::LOCK, form::CONFIG, form::SOURCE, form::RUN];

#[test]
fn no_content_breaks_a_reader() {
    let deep = "(".repeat(100_000) + &")".repeat(100_000);
    let nested = "mod a { ".repeat(20_000) + "mod b;" + &"}".repeat(20_000);
    let contents: [&[u8]; 12] = [
        b"",
        b"\xff\xfe",
        b"\"",
        b"../ include!(",
        b"r\"../\" br#\"..",
        "include_str!(\"\\u{110000}../\") path = \"\\".as_bytes(),
        deep.as_bytes(),
        nested.as_bytes(),
        b"[package]\nname = 1\n[workspace]\nmembers = [1, {}]\n[dependencies]\na = 1\nb = []\n",
        b"package = 1\nworkspace = 2\npatch = 3\nroot = 4\nmetadata = 5\npaths = 6\n",
        b"version = -1",
        b"[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"\", \" \", \"a  ()\", \"a 1 (\"]\n",
    ];
    for content in contents {
        for form in FORMS {
            serde_json::to_vec(&Cargo.read(form, content)).unwrap();
        }
    }
    let deep = format!("CARGO_MANIFEST_DIR; include_str!{deep}");
    serde_json::to_vec(&Cargo.read(form::SOURCE, deep.as_bytes())).unwrap();
}

#[test]
fn no_tree_breaks_the_link() {
    let odd = Tree::default()
        .with("Cargo.toml", "[workspace]\nmembers = [\"\", \".\", \"..\", \"*\", \"**\", \"a/../b\", \"/x\"]\nexclude = [\"\", \"../..\"]\n")
        .library("a", "a", "workspace = \"../a\"\n[dependencies]\na = { path = \"../b\" }\nb = { path = \"\" }\n")
        .library("b", "a", "workspace = \"..\"\n[dependencies]\na = { path = \"../a\" }\n[lib]\npath = \"..\"\n")
        .with("a/src/lib.rs", "include!(\"../src/lib.rs\"); include!(\"../../b/src/lib.rs\"); mod lib;")
        .with("b/src/lib.rs", "include!(\"../../a/src/lib.rs\");");
    let names = odd.names();
    assert_eq!(names.len(), names.iter().collect::<std::collections::BTreeSet<_>>().len());
    let many = (0..500).fold(Tree::default(), |tree, at| {
        tree.library(
            &"x/".repeat(at + 1),
            "n",
            "[workspace]\nmembers = [\"x\"]\n[dependencies]\nn = { path = \"x\" }\n",
        )
    });
    assert!(!many.names().is_empty());
}
