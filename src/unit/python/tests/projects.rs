//! Which folders are units, and what they ask for.

use super::super::super::sample::edges;
use super::super::super::{Own, Widening};
use super::{found, units};

const A: (&str, &str) = ("a/pyproject.toml", "[project]\nname = 'a'\n");
const B: (&str, &str) = ("b/pyproject.toml", "[project]\nname = 'b'\n");

/// Two projects, the first of which asks for the second somehow.
fn asks(manifest: &str) -> Vec<String> {
    edges(&found(&[("a/pyproject.toml", manifest), B]))
}

#[test]
fn a_tree_without_a_manifest_has_no_unit_but_modules_and_tests() {
    let found = found(&[("app.py", "import os"), ("test_app.py", "import app"), ("requirements.txt", "x==1")]);
    assert!(found.units.is_empty());
    assert_eq!(found.modules.len(), 2);
    assert_eq!(found.tests.iter().map(ToString::to_string).collect::<Vec<_>>(), ["test_app.py"]);
}

#[test]
fn a_lone_manifest_at_the_root_is_a_unit_whatever_it_holds() {
    assert_eq!(units(&found(&[("pyproject.toml", "[tool.pytest.ini_options]\n")])), ["root ."]);
    assert_eq!(units(&found(&[("setup.cfg", "[flake8]\n"), ("x/setup.py", "x = 1\n")])), [""; 0]);
    assert_eq!(units(&found(&[("setup.cfg", "[metadata]\nname = z\n")])), ["z ."]);
}

#[test]
fn each_tool_names_its_project_in_its_own_way() {
    for (file, text) in [
        ("p/pyproject.toml", "[project]\nname = 'z'"),
        ("p/pyproject.toml", "[tool.poetry]\nname = 'z'"),
        ("p/pyproject.toml", "[build-system]\nrequires = []\n[tool.flit.metadata]\nname = 'z'"),
        ("p/setup.cfg", "[metadata]\nname = z\n[options]\n"),
        ("p/setup.py", "from setuptools import setup\nNAME = 'z'\nsetup(name=NAME)"),
        ("p/setup.py", "import setuptools\nsetuptools.setup(name='z')"),
    ] {
        assert_eq!(units(&found(&[(file, text)])), ["z p"], "{text}");
    }
    assert_eq!(units(&found(&[("p/setup.py", "setup(name=read('NAME'))")])), ["p p"]);
}

#[test]
fn projects_in_a_project_are_its_files_unless_something_claims_them() {
    let nested = [("pyproject.toml", "[project]\nname = 'r'\n"), A, B];
    assert_eq!(units(&found(&nested)), ["r ."]);
    let claims = [
        "[project]\nname = 'r'\n[tool.uv.workspace]\nmembers = ['./a/', 'x*']",
        "[project]\nname = 'r'\ndependencies = ['a @ file:a']",
        "[project]\nname = 'r'\ndependencies = ['A']\n[tool.uv.sources]\na = { path = 'a' }",
        "[tool.poetry]\nname = 'r'\n[tool.poetry.group.dev.dependencies]\na = { path = './a', develop = true }",
        "[project]\nname = 'r'\n[tool.pdm.dev-dependencies]\ndev = ['-e file:///${PROJECT_ROOT}/a#egg=a']",
        "[project]\nname = 'r'\n[dependency-groups]\ndev = ['a @ {root:uri}/a', {include-group = 'x'}]",
        "[project]\nname = 'r'\n[tool.hatch.envs.default]\nworkspace.members = [{path = 'a'}]",
    ];
    for claim in claims {
        let found = found(&[("pyproject.toml", claim), A, B]);
        assert_eq!(units(&found), ["r .", "a a"], "{claim}");
    }
    let requirements = [nested[0], A, B, ("dev/requirements.txt", "-e ../a\n"), ("b/requirements.txt", "./x")];
    assert_eq!(units(&found(&requirements)), ["r .", "a a"]);
    assert_eq!(edges(&found(&requirements)), ["r -> a"]);
}

#[test]
fn uv_workspaces_take_members_by_globs_and_leave_out_others() {
    let root = "[tool.uv.workspace]\nmembers = ['packages/*']\nexclude = ['packages/x*']\n";
    let project = |name: &'static str| (name, "[project]\nname = 'p'\n");
    let found = found(&[
        ("pyproject.toml", root),
        ("packages/a/pyproject.toml", "[project]\nname = 'a'\n"),
        ("packages/xb/pyproject.toml", "[project]\nname = 'xb'\n"),
        project("packages/a/tests/data/pyproject.toml"),
        ("other/pyproject.toml", "[project]\nname = 'other'\n"),
    ]);
    assert_eq!(units(&found), ["other other", "a packages/a", "xb packages/xb"]);
    let told: Vec<_> = found.units.iter().map(|unit| (unit.workspace.to_string(), unit.is_member)).collect();
    let expected = [("other", true), (".", true), ("packages/xb", false)];
    assert_eq!(told, expected.map(|(folder, is_member)| (folder.to_owned(), is_member)));
    assert_eq!(found.explained.iter().map(ToString::to_string).collect::<Vec<_>>(), ["pyproject.toml"]);
}

#[test]
fn names_are_unique() {
    let other = ("c/pyproject.toml", "[project]\nname = 'A'\n");
    assert_eq!(units(&found(&[A, other])), ["a a", "A@c c"]);
}

#[test]
fn what_is_asked_for_by_path_or_name_is_an_edge() {
    for manifest in [
        "[project]\nname = 'a'\ndependencies = ['b>=1']",
        "[project]\nname = 'a'\n[project.optional-dependencies]\nx = ['B[y]; os_name==\"z\"']",
        "[project]\nname = 'a'\n[dependency-groups]\nx = ['b']",
        "[project]\nname = 'a'\ndependencies = ['b @ file:../b']",
        "[project]\nname = 'a'\ndependencies = ['b @ {root:parent:uri}/b']",
        "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\npython = '3'\nother-name = { path = '../b' }",
        "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\nb = [{ path = '../b', platform = 'linux' }, { version = '1' }]",
        "[project]\nname = 'a'\n[build-system]\nrequires = ['b']",
    ] {
        assert_eq!(asks(manifest), ["a -> b"], "{manifest}");
    }
    assert_eq!(asks("[project]\nname = 'a'\ndependencies = ['c @ file:../lib/c-1.whl']"), ["a -> lib/c-1.whl (path)"]);
    assert_eq!(asks("[project]\nname = 'a'\ndependencies = ['c @ file:../../c', 'a']"), [""; 0]);
    let root = "[tool.uv.workspace]\nmembers = ['a']\n[tool.uv.sources]\nz = { path = 'b' }\n";
    let found =
        found(&[("pyproject.toml", root), ("a/pyproject.toml", "[project]\nname = 'a'\ndependencies = ['z']"), B]);
    assert_eq!(edges(&found), ["a -> b"], "a workspace's sources hold for its members");
}

#[test]
fn files_outside_that_a_manifest_reads_are_edges() {
    let manifest = "[project]\nname = 'a'\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = { file = ['../requirements.txt', 'own.txt'] }";
    assert_eq!(asks(manifest), ["a -> requirements.txt (path)"]);
    let found = found(&[
        A,
        ("a/requirements.txt", "-r ../base.txt\n-c ../constraints.txt\nx==1\n"),
        ("tox.ini", ""),
        ("a/tox.ini", ""),
    ]);
    assert_eq!(edges(&found), ["a -> base.txt (path)", "a -> constraints.txt (path)", "a -> tox.ini (path)"]);
}

#[test]
fn a_manifest_that_cannot_be_read_widens_and_hides_nothing() {
    let found = found(&[("pyproject.toml", "[project"), A]);
    assert_eq!(units(&found), ["root .", "a a"]);
    let [Widening { unit: None, file, why }] = found.widened.as_slice() else { panic!("{:?}", found.widened) };
    assert!(file.to_string() == "pyproject.toml" && why.starts_with("can't be read: "), "{why}");
    let fixture = super::found(&[A, ("a/tests/x/pyproject.toml", "[")]);
    assert!(fixture.widened.is_empty() && fixture.units.len() == 1);
}

#[test]
fn what_is_a_units_own_beside_other_units() {
    let root = "[project]\nname = 'r'\n[tool.uv.workspace]\nmembers = ['libs/*']\n[tool.setuptools.packages.find]\nwhere = ['code']\n[tool.pytest.ini_options]\ntestpaths = ['checks']\n";
    let found = found(&[
        ("pyproject.toml", root),
        ("code/r/__init__.py", ""),
        ("checks/test_r.py", ""),
        ("tests/test_r.py", ""),
        ("pkg/__init__.py", ""),
        ("tools/__init__.py", ""),
        ("conftest.py", ""),
        ("libs/a/pyproject.toml", "[project]\nname = 'a'\n"),
    ]);
    let Own::Only(paths) = &found.units[0].own else { panic!() };
    let paths: Vec<_> = paths.iter().map(ToString::to_string).collect();
    assert_eq!(paths, ["checks", "code", "pkg", "pyproject.toml", "tests"]);
}
