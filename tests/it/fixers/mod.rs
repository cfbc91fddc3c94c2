//! Fixers: what they change is written where it belongs, and nothing of the user's is ever lost.

mod commits;
mod edits;
mod indexes;
mod killed;
mod rounds;
mod written;

use serde_json::Value;

use crate::repo::{Ran, TestRepo};

/// A check that wants no file to hold `bad`, and a fixer that makes `good` of it.
const RULES: &str = r#"
[check.bad]
files = ["**/*.txt"]
run = "! grep -l bad {files}"
fix = "sed -i s/bad/good/ {files}"
on = ["pre-commit"]
"#;

/// Ten lines of which the first can be mended.
const LINES: &str = "bad\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

/// What the fixer makes of them.
const MENDED: &str = "good\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

/// A repository with rules, a file that is in order, and further rules.
fn repo(more: &str) -> TestRepo {
    TestRepo::with(&[("gate.toml", &format!("{RULES}{more}")), ("a.txt", "a\n")])
}

/// Runs the fixers and judges; gives what was done.
fn fix(repo: &TestRepo, args: &[&str]) -> (i32, Value) {
    let (code, document) = repo.check(&[&["--fix", "--stage", "pre-commit"], args].concat());
    (code, document["fixes"].clone())
}

/// The texts of a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// The paths of what was left.
fn left(fixes: &Value) -> Vec<&str> {
    fixes["left"].as_array().unwrap().iter().map(|left| left["path"].as_str().unwrap()).collect()
}

/// Has every commit mended and judged.
fn install(repo: &TestRepo) {
    let line = format!("#!/bin/sh\nexec '{}' check --staged --stage pre-commit --fix\n", env!("CARGO_BIN_EXE_gate"));
    repo.write_program(".git/hooks/pre-commit", line);
}

/// Commits; gives how it went.
fn commit(repo: &TestRepo, args: &[&str]) -> Ran {
    repo.run(&repo.path(), "git", &[&["commit", "--quiet", "--message", "x"], args].concat())
}

/// What the last commit holds at a path.
fn committed(repo: &TestRepo, path: &str) -> String {
    repo.git(&["cat-file", "blob", &format!("HEAD:{path}")]) + "\n"
}

/// What git says differs, asked in a way that takes the index's word for it.
fn differing(repo: &TestRepo) -> String {
    repo.git(&["diff-files", "--name-only"])
}
