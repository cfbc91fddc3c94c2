//! `gate init`: what it writes is valid, and it never overwrites.

use gate::adopt::{Files, main_branch, propose};
use gate::git::Repo;

use crate::repo::TestRepo;

/// A repository of every ecosystem at once.
fn everything() -> TestRepo {
    TestRepo::with(&[
        (".gitignore", "/target\n.env\n"),
        ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("src/lib.rs", ""),
        ("web/package.json", r#"{"scripts": {"lint": "eslint .", "test": "echo \"fine\""}}"#),
        ("web/package-lock.json", "{}"),
        (
            "service/pyproject.toml",
            "[project]\nname = \"a\"\n[dependency-groups]\ndev = ['ruff', \"pytest\"]\n[tool.ruff]\n",
        ),
        ("service/tests/test_a.py", ""),
        ("tool/go.mod", "module a\n"),
        ("Makefile", "test:\n"),
    ])
}

#[test]
fn reads_a_tree_and_what_lies_beside_it() {
    let repo = everything();
    repo.write(".env", "A=1\n");
    repo.write("untracked/go.mod", "module b\n");
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]).parse().unwrap();
    let files = Files::read(&Repo::discover(&repo.path()).unwrap(), tree).unwrap();
    let proposal = propose(&files, "trunk");
    let found =
        ["a Cargo package", "npm package in web", "a Python project, with pip in service", "a Go module in tool"];
    assert_eq!(proposal.found, found);
    let document: toml::Table = proposal.text.parse().unwrap();
    assert_eq!(document["main"]["branches"][0].as_str(), Some("trunk"));
    assert_eq!(document["workspace"]["share"][0].as_str(), Some(".env"));
    let checks: Vec<&String> = document["check"].as_table().unwrap().keys().collect();
    assert_eq!(
        checks,
        ["cargo-fmt", "cargo-test", "service-lint", "service-test", "tool-test", "tool-vet", "web-lint", "web-test"]
    );
}

#[test]
fn the_main_branch_is_the_one_that_the_remote_shows_first() {
    let repo = TestRepo::with(&[("a", "1\n")]);
    let found = || main_branch(&Repo::discover(&repo.path()).unwrap()).unwrap();
    repo.git(&["branch", "--move", "work"]);
    assert_eq!(found(), "work", "no other");
    repo.git(&["branch", "trunk"]);
    assert_eq!(found(), "trunk", "a usual name");
    repo.git(&["remote", "add", "origin", "https://example.org/a.git"]);
    repo.git(&["update-ref", "refs/remotes/origin/master", "HEAD"]);
    assert_eq!(found(), "master", "a remote's, which others share");
    let other = repo.commit("second");
    repo.git(&["update-ref", "refs/remotes/origin/production", &other]);
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/production"]);
    assert_eq!(found(), "production", "what the remote shows first");
    assert_eq!(main_branch(&Repo::discover(&TestRepo::new().path()).unwrap()).unwrap(), "main", "no commit yet");
}

#[test]
fn what_it_writes_is_valid() {
    let repo = everything();
    let ran = repo.gate(&["init"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(repo.read("gate.toml").contains("[check.cargo-test]"));
    let ran = repo.gate(&["config", "validate"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn it_never_overwrites() {
    let repo = TestRepo::with(&[("gate.toml", "# mine\n"), ("go.mod", "module a\n")]);
    let before = repo.snapshot();
    let ran = repo.gate(&["init"]);
    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("gate.toml"), "{}", ran.stderr);
    assert_eq!(before, repo.snapshot());
}
