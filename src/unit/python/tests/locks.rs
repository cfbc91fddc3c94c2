//! What units take from lock files.

use super::super::super::Widening;
use super::super::super::sample::changed;
use super::{Python, found};

const ROOT: &str = "[tool.uv.workspace]\nmembers = ['a', 'b']\n";
const A: &str = "[project]\nname = 'a'\ndependencies = ['b', 'x']\n";
const B: &str = "[project]\nname = 'b'\ndependencies = ['y[e]']\n[dependency-groups]\ndev = ['t']\n";
const UV: &str = r#"
version = 1
revision = 3
requires-python = ">=3.12"

[manifest]
members = ["a", "b"]

[manifest.dependency-groups]
dev = [{ name = "all" }]

[[package]]
name = "a"
version = "0"
source = { editable = "a" }
dependencies = [{ name = "b" }, { name = "x", marker = "os_name == 'z'" }]

[[package]]
name = "b"
version = "0"
source = { virtual = "b" }
dependencies = [{ name = "y", extra = ["e"], version = "1" }]
[package.dev-dependencies]
dev = [{ name = "t" }]

[[package]]
name = "x"
version = "1"
source = { registry = "r" }
dependencies = [{ name = "x2" }]
[package.optional-dependencies]
f = [{ name = "free" }]

[[package]]
name = "y"
version = "1"
[package.optional-dependencies]
e = [{ name = "y-e" }]

[[package]]
name = "y"
version = "2"

[[package]]
name = "x2"
version = "1"
dependencies = [{ name = "x" }]
sdist = { url = "u", hash = "sha256:0" }

[[package]]
name = "y-e"
version = "1"

[[package]]
name = "t"
version = "1"

[[package]]
name = "free"
version = "1"

[[package]]
name = "all"
version = "1"
"#;

/// Which units an edit of the lock of a workspace changes.
fn uv(from: &str, to: &str) -> Vec<String> {
    let files = |lock| [("pyproject.toml", ROOT), ("a/pyproject.toml", A), ("b/pyproject.toml", B), ("uv.lock", lock)];
    assert!(UV.contains(from));
    changed(&Python, &files(UV), &files(&UV.replacen(from, to, 1)))
}

#[test]
fn a_changed_package_of_uv_changes_the_units_whose_closure_holds_it() {
    let package = |name: &str| format!("name = \"{name}\"\nversion = \"1\"");
    let bump = |name: &str| uv(&package(name), &format!("name = \"{name}\"\nversion = \"3\""));
    assert_eq!(bump("x2"), ["a: uv.lock"]);
    assert_eq!(uv("sha256:0", "sha256:1"), ["a: uv.lock"]);
    assert_eq!(bump("y-e"), ["b: uv.lock"]);
    assert_eq!(bump("t"), ["b: uv.lock"]);
    assert_eq!(bump("free"), [""; 0]);
    assert_eq!(bump("all"), ["a: uv.lock", "b: uv.lock"]);
    assert_eq!(uv("name = \"y\"\nversion = \"2\"", "name = \"y\"\nversion = \"3\""), [""; 0]);
    assert_eq!(uv(">=3.12", ">=3.13"), [""; 0]);
}

#[test]
fn the_groups_of_a_workspaces_root_are_everyones() {
    let root = "[project]\nname = 'r'\n[dependency-groups]\ndev = ['pytest']\n[tool.uv.workspace]\nmembers = ['a']\n";
    let lock = "version = 1\n[[package]]\nname = 'r'\nsource = { virtual = '.' }\n[package.dev-dependencies]\ndev = [{ name = 'pytest' }]\n[[package]]\nname = 'a'\nsource = { editable = 'a' }\n[[package]]\nname = 'pytest'\nversion = '1'\n";
    let files = |lock| [("pyproject.toml", root), ("a/pyproject.toml", "[project]\nname = 'a'\n"), ("uv.lock", lock)];
    let new = lock.replace("version = '1'", "version = '2'");
    assert_eq!(changed(&Python, &files(lock), &files(&new)), ["r: uv.lock", "a: uv.lock"]);
}

#[test]
fn what_a_lock_does_not_hold_makes_the_whole_of_it_matter() {
    let stale = A.replace("'x'", "'x', 'missing'");
    let files = |lock| {
        [("pyproject.toml", ROOT), ("a/pyproject.toml", stale.as_str()), ("b/pyproject.toml", B), ("uv.lock", lock)]
    };
    assert_eq!(changed(&Python, &files(UV), &files(&format!("{UV}# x\n"))), ["a: uv.lock"]);
    let new = [
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['c']"),
        ("c/pyproject.toml", "[project]\nname = 'c'"),
        ("uv.lock", UV),
    ];
    let mut other = new;
    let text = format!("{UV}# x\n");
    other[2].1 = &text;
    assert_eq!(changed(&Python, &new, &other), [""; 0], "it asks for nothing");
}

#[test]
fn locks_that_are_not_understood_widen() {
    for (lock, why) in [
        ("version = 2\n", "version 2 is not known"),
        ("<<<<<<< HEAD\n", ""),
        ("", "it has no version"),
        ("version = 1\npackage = 3\n", "'package' is no list"),
        ("version = 1\n[[package]]\nversion = '1'\n", "a package has no name"),
    ] {
        let found =
            found(&[("pyproject.toml", ROOT), ("a/pyproject.toml", A), ("b/pyproject.toml", B), ("uv.lock", lock)]);
        let [Widening { unit: None, why: said, .. }] = found.widened.as_slice() else {
            panic!("{lock}: {:?}", found.widened)
        };
        assert!(said.starts_with("can't be read: ") && said.contains(why), "{said}");
        assert!(!found.explained.iter().any(|path| path.to_string() == "uv.lock"));
    }
    let inner = found(&[
        ("a/pyproject.toml", A),
        ("a/poetry.lock", "[metadata]\nlock-version = '3.0'\n"),
        ("b/pyproject.toml", B),
    ]);
    assert_eq!(inner.widened.iter().map(|widening| widening.unit.as_deref()).collect::<Vec<_>>(), [Some("a")]);
}

#[test]
fn poetry_and_pdm_have_no_root_in_their_locks() {
    let poetry = "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\npython = '3'\nX = '^1'\nb = {path = '../b'}\n[tool.poetry.group.dev.dependencies]\nz = '*'\n";
    let lock = "[[package]]\nname = 'X'\nversion = '1'\n[package.dependencies]\ny = {version = '1', optional = true}\nnot-here = '*'\n[package.extras]\ne = ['free']\n\
        [[package]]\nname = 'y'\nversion = '1'\n[[package]]\nname = 'z'\nversion = '1'\n[[package]]\nname = 'other'\nversion = '1'\n\
        [[package]]\nname = 'b'\nversion = '0'\n[package.source]\ntype = 'directory'\nurl = '../b'\n\
        [metadata]\nlock-version = '1.1'\n[metadata.files]\ny = [{hash = '0'}]\n";
    let edit = |from: &str, to: &str| {
        let new = lock.replace(from, to);
        let files = |lock| [("a/pyproject.toml", poetry), ("b/pyproject.toml", B), ("a/poetry.lock", lock)];
        changed(&Python, &files(lock), &files(&new))
    };
    assert_eq!(edit("hash = '0'", "hash = '1'"), ["a: a/poetry.lock"]);
    assert_eq!(edit("name = 'z'\nversion = '1'", "name = 'z'\nversion = '2'"), ["a: a/poetry.lock"]);
    assert_eq!(edit("name = 'other'\nversion = '1'", "name = 'other'\nversion = '2'"), [""; 0]);

    let pdm = "[project]\nname = 'a'\ndependencies = ['x[e]']\n";
    let lock = "[metadata]\nlock_version = '4.5.0'\n[[package]]\nname = 'x'\nversion = '1'\n[[package]]\nname = 'x'\nversion = '1'\nextras = ['e']\ndependencies = ['y>=1']\n\
        [[package]]\nname = 'y'\nversion = '1'\nfiles = []\n[[package]]\nname = 'other'\nversion = '1'\n";
    let edit = |from: &str| {
        let new = lock.replace(from, &from.replace("'1'", "'2'"));
        let files = |lock| [("pyproject.toml", pdm), ("pdm.lock", lock)];
        changed(&Python, &files(lock), &files(&new))
    };
    assert_eq!(edit("name = 'y'\nversion = '1'"), ["a: pdm.lock"]);
    assert_eq!(edit("name = 'other'\nversion = '1'"), [""; 0]);
}

#[test]
fn settings_of_manifests_above_are_fields() {
    let root = "[tool.uv.workspace]\nmembers = ['a']\n[tool.pytest.ini_options]\naddopts = '-q'\n";
    let edit = |from: &str, to: &str| {
        let new = root.replace(from, to);
        let files = |root| [("pyproject.toml", root), ("a/pyproject.toml", "[project]\nname = 'a'")];
        changed(&Python, &files(root), &files(&new))
    };
    assert_eq!(edit("'-q'", "'-v'"), ["a: pyproject.toml (tools)"]);
    assert_eq!(edit("['a']", "['a', 'b']"), [""; 0]);
    assert_eq!(edit("'-q'", "'-q' # x"), [""; 0]);
}
