//! What modules import, and which units that ties together.

use super::super::super::Ecosystem;
use super::super::super::sample::edges;
use super::{found, imports, module};

/// What a test of a project imports of it, where the package `p` has these modules.
fn of(source: &str) -> String {
    let found = found(&[
        ("pyproject.toml", "[project]\nname = 'p'\n"),
        ("src/p/__init__.py", ""),
        ("src/p/a.py", ""),
        ("src/p/b.py", ""),
        ("src/p/sub/__init__.py", ""),
        ("src/p/sub/c.py", ""),
        ("src/ns/deep/d.py", ""),
        ("tests/beside.py", ""),
        ("tests/data/x.py", ""),
        ("tests/test_it.py", source),
    ]);
    let open = module(&found, "tests/test_it.py").open.clone();
    let imports = imports(&found, "tests/test_it.py").replace("src/p/__init__.py", "P").replace("src/p/", "");
    open.map_or(imports.clone(), |open| format!("{imports} | {open}"))
}

#[test]
fn imports_of_every_form_are_followed() {
    for (source, expected) in [
        ("import p.a as x, os", "P a.py"),
        ("import p . sub . c", "P sub/__init__.py sub/c.py"),
        ("from p import a, nothing", "P a.py"),
        ("from p import (\n  a as x,  # why\n  b,\n)", "P a.py b.py"),
        ("from p.sub import c", "P sub/__init__.py sub/c.py"),
        ("from p import *", "P"),
        ("from p.a import f", "P a.py"),
        ("import ns.deep.d", "src/ns/deep/d.py"),
        ("from ns.deep import d", "src/ns/deep/d.py"),
        ("import beside", "tests/beside.py"),
        ("def f():\n    if x:\n        import p.a", "P a.py"),
        ("try:\n    import p.a\nexcept ImportError:\n    import p.b", "P a.py b.py"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import a", "P a.py"),
        ("class A:\n  async def f(self):\n    async with g():\n      from p import a", "P a.py"),
        ("import q, numpy.p", ""),
        ("'''import p.a'''", ""),
    ] {
        assert_eq!(of(source), expected, "{source}");
    }
}

#[test]
fn names_in_texts_are_imports_where_something_imports_by_them() {
    for (source, expected) in [
        ("import importlib\nimportlib.import_module('p.a')", "P a.py"),
        ("__import__('p.a')", "P a.py"),
        ("import_module('.a', package='p')", "P a.py"),
        ("import_module('..b', 'p.sub')", "P b.py sub/__init__.py"),
        ("pytest.importorskip('p.a', reason='x')", "P a.py"),
        ("pytest_plugins = ['p.a', 'beside']", "P a.py tests/beside.py"),
        ("pytest_plugins = 'p.a'", "P a.py"),
        ("@mock.patch('p.a.Class.method')\ndef f(): pass", "P a.py"),
        ("monkeypatch.setattr('p.sub.c.f', 1)", "P sub/__init__.py sub/c.py"),
        ("x = 'p.a:app'", "P a.py"),
        ("for m in ('p.a', 'p.b'):\n    import_module(m)", "P a.py b.py"),
        ("NAMES = ['p.a']\nfor m in NAMES:\n    import_module(m)", "P a.py"),
        ("M = 'p.' + 'a'\nimport_module(M)", "P a.py"),
        ("import_module(f'p.sub.{x}')", "P sub/__init__.py sub/c.py"),
        ("import_module('p.sub.%s' % x)", "P sub/__init__.py sub/c.py"),
        ("import_module('p.sub.{}'.format(x))", "P sub/__init__.py sub/c.py"),
        ("import_module('p.sub.' + x)", "P sub/__init__.py sub/c.py"),
        ("B = 'p.sub'\nimport_module(f'{B}.{x}')", "P sub/__init__.py sub/c.py"),
        ("run([sys.executable, '-m', 'p.a'])", "P a.py"),
        ("run([sys.executable, '-c', 'import p.a; p.a.f()'])", "P a.py"),
        ("pytester.makepyfile('''\n    import p.a\n    def test(): pass\n''')", "P a.py"),
        ("runpy.run_path('tests/data/x.py')", "tests/data/x.py"),
        ("DATA = Path(__file__).parent / 'data'", "tests/data/x.py"),
        ("open(os.path.join(os.path.dirname(__file__), 'data', 'x.py'))", "tests/data/x.py"),
        ("run([sys.executable, HERE / 'x.py'])", "tests/data/x.py"),
        ("sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'data'))\nimport x", "tests/data/x.py"),
        ("print('p is fine.', 'ends in p.', 'p: x', 'a ' 'p.a')", ""),
        ("patch('p.' 'a.f')", "P a.py"),
        ("patch(f'p.a.{x}')", "P a.py"),
    ] {
        assert_eq!(of(source), expected, "{source}");
    }
}

#[test]
fn what_only_running_would_tell_leaves_a_module_open() {
    for (source, expected) in [
        ("importlib.import_module(name)", " | line 1: importlib.import_module(name)"),
        ("def f(m='p.a'):\n    m = 'p.a'\n    __import__(m)", "P a.py | line 3: __import__(m)"),
        ("import_module('.' + x, package)", " | line 1: import_module('.' + x, package)"),
        ("import_module(f'{x}.p')", " | line 1: import_module(f'{x}.p')"),
        ("for m in pkgutil.iter_modules(p.__path__): pass", " | line 1: pkgutil.iter_modules(p.__path__)"),
        ("runpy.run_path(x)", " | line 1: runpy.run_path(x)"),
        ("for f in here.glob('*.py'): pass", " | line 1: here.glob('*.py')"),
        ("from p import a\nthis is no python\n", "P a.py | its syntax can't be read whole"),
        ("lazy from p import a\n", "P a.py | its syntax can't be read whole"),
    ] {
        assert_eq!(of(source), expected, "{source}");
    }
    assert_eq!(of("shutil.which(name); find_spec(name)"), "");
}

#[test]
fn relative_imports_go_by_folders() {
    let found = found(&[
        ("pyproject.toml", "[project]\nname = 'p'\n"),
        ("p/__init__.py", "from .a import *\nfrom . import sub"),
        ("p/a.py", "from .sub import c\nfrom . import b as x\nimport_module('.b', __package__)\nfrom .... import q"),
        ("p/b.py", "import_module('.' + n, __name__)"),
        ("p/sub/__init__.py", "__all__ = ['c', 'f']"),
        ("p/sub/c.py", "from .. import a\nfrom ..sub import *"),
        ("p/sub/d.py", "from ...p.b import f"),
    ]);
    assert_eq!(imports(&found, "p/__init__.py"), "p/a.py p/sub/__init__.py");
    assert_eq!(imports(&found, "p/a.py"), "p/__init__.py p/b.py p/sub/__init__.py p/sub/c.py");
    assert_eq!(imports(&found, "p/b.py"), "p/__init__.py p/a.py p/sub/__init__.py p/sub/c.py p/sub/d.py");
    assert_eq!(imports(&found, "p/sub/c.py"), "p/__init__.py p/a.py p/sub/__init__.py");
    assert_eq!(imports(&found, "p/sub/d.py"), "p/__init__.py p/b.py p/sub/__init__.py");
}

#[test]
fn tests_import_what_pytest_imports_for_them() {
    let found = found(&[
        (
            "pyproject.toml",
            "[project]\nname = 'p'\n[project.entry-points.pytest11]\nx = 'plug'\n[tool.pytest.ini_options]\naddopts = '-p extra'\npythonpath = ['more']\n",
        ),
        ("conftest.py", "pytest_plugins = ['fixtures']"),
        ("fixtures.py", ""),
        ("plug.py", ""),
        ("more/extra.py", ""),
        ("more/helper.py", ""),
        ("tests/__init__.py", ""),
        ("tests/conftest.py", ""),
        ("tests/unit/conftest.py", ""),
        ("tests/unit/test_x.py", "import helper"),
        ("tests/unit/other.py", ""),
    ]);
    let expected =
        "conftest.py more/extra.py more/helper.py plug.py tests/__init__.py tests/conftest.py tests/unit/conftest.py";
    assert_eq!(imports(&found, "tests/unit/test_x.py"), expected);
    assert_eq!(imports(&found, "tests/unit/other.py"), "");
    assert_eq!(imports(&found, "conftest.py"), "fixtures.py more/extra.py plug.py");
}

#[test]
fn tests_are_those_that_pytest_collects() {
    let tests = |settings: &str| {
        let files =
            ["a/test_a.py", "b/b_test.py", "b/check_b.py", ".tox/test_t.py", "a/node_modules/test_n.py", "test_x.pyi"];
        let all: Vec<_> = [("pyproject.toml", settings)].into_iter().chain(files.map(|file| (file, ""))).collect();
        found(&all).tests.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(tests(""), ["a/test_a.py", "b/b_test.py"]);
    assert_eq!(
        tests("[tool.pytest.ini_options]\npython_files = 'check_*.py test_?.py'"),
        ["a/test_a.py", "b/check_b.py"]
    );
    assert_eq!(tests("[tool.pytest.ini_options]\ntestpaths = ['./b/']"), ["b/b_test.py"]);
    assert_eq!(tests("[tool.pytest]\ntestpaths = ['a']"), ["a/test_a.py"]);
}

#[test]
fn programs_that_a_test_starts_are_those_of_its_unit() {
    let found = found(&[
        (
            "pyproject.toml",
            "[project]\nname = 'p'\n[project.scripts]\nrun-p = 'p.cli:main'\n[project.entry-points.'p.plugins']\nx = 'p.plug:X [y]'\n",
        ),
        ("p/__init__.py", ""),
        ("p/cli.py", ""),
        ("p/plug.py", ""),
        ("test_a.py", "import subprocess"),
        ("test_b.py", "for e in entry_points(group='p.plugins'): e.load()"),
        ("test_c.py", "os.system('run-p')"),
    ]);
    assert_eq!(imports(&found, "test_a.py"), "p/__init__.py p/cli.py");
    assert_eq!(imports(&found, "test_b.py"), "p/__init__.py p/plug.py");
    assert_eq!(imports(&found, "test_c.py"), "p/__init__.py p/cli.py");
}

#[test]
fn modules_are_found_where_each_backend_puts_them() {
    for (manifest, file) in [
        ("[tool.setuptools.packages.find]\nwhere = ['x']", "a/x/m/__init__.py"),
        ("[tool.setuptools.package-dir]\n'' = 'x'", "a/x/m.py"),
        ("[tool.setuptools.package-dir]\nm = 'x/y'", "a/x/y/__init__.py"),
        ("[tool.hatch.build.targets.wheel]\npackages = ['x/m']", "a/x/m/__init__.py"),
        ("[tool.hatch.build.targets.wheel.sources]\n'x/z' = 'm'", "a/x/z/__init__.py"),
        ("[tool.pdm.build]\npackage-dir = 'x'", "a/x/m.py"),
        ("[tool.uv.build-backend]\nmodule-root = 'x'", "a/x/m/__init__.py"),
        ("[tool.maturin]\npython-source = 'x'", "a/x/m/__init__.py"),
        ("[tool.poetry]\npackages = [{ include = 'm', from = 'x' }]", "a/x/m/__init__.py"),
        ("", "a/src/m/__init__.py"),
        ("", "a/m/__init__.py"),
        ("", "a/m.pyi"),
        ("", "a/m.cpython-312-x86_64-linux-gnu.so"),
        ("", "a/m/_fast.pyx"),
    ] {
        let manifest = format!("[project]\nname = 'a'\n{manifest}");
        let source = if file.ends_with("pyx") { "import m._fast" } else { "import m" };
        let found = found(&[
            ("a/pyproject.toml", &manifest),
            (file, ""),
            ("b/pyproject.toml", "[project]\nname = 'b'"),
            ("b/src/b.py", source),
        ]);
        assert_eq!(edges(&found), ["b -> a"], "{manifest}: {file}");
        assert_eq!(imports(&found, "b/src/b.py"), file);
    }
    let setup = "from setuptools import setup, find_packages\nsetup(name='a', packages=find_packages('x'), install_requires=['b'])";
    let found = found(&[
        ("a/setup.py", setup),
        ("a/x/m.py", ""),
        ("b/setup.cfg", "[options]\n[metadata]\nname=b"),
        ("b/b.py", "import m"),
    ]);
    assert_eq!(edges(&found), ["a -> b", "b -> a"]);
}

#[test]
fn units_share_namespaces_and_names_of_test_folders() {
    let found = found(&[
        ("a/pyproject.toml", "[project]\nname = 'a'"),
        ("a/src/ns/a/__init__.py", "import ns.b.x\nfrom ns import c"),
        ("a/tests/__init__.py", ""),
        ("a/tests/helper.py", ""),
        ("a/tests/test_a.py", "from tests import helper\nimport utils"),
        ("a/src/ns/utils.py", ""),
        ("b/pyproject.toml", "[project]\nname = 'b'"),
        ("b/src/ns/b/x.py", ""),
        ("b/tests/__init__.py", ""),
        ("b/tests/helper.py", ""),
        ("c/pyproject.toml", "[project]\nname = 'c'"),
        ("c/src/ns/c/__init__.py", ""),
    ]);
    assert_eq!(edges(&found), ["a -> b", "a -> c"]);
    assert_eq!(imports(&found, "a/tests/test_a.py"), "a/src/ns/utils.py a/tests/__init__.py a/tests/helper.py");
}

#[test]
fn edges_go_through_files_that_are_nobodys() {
    let found = found(&[
        ("a/pyproject.toml", "[project]\nname = 'a'"),
        ("a/test_a.py", "import sys\nsys.path.append('../scripts')\nimport tool"),
        ("scripts/tool.py", "import b.x"),
        ("b/pyproject.toml", "[project]\nname = 'b'"),
        ("b/src/b/x.py", ""),
        ("conftest.py", "import c"),
        ("c/pyproject.toml", "[project]\nname = 'c'"),
        ("c/c.py", ""),
    ]);
    let expected =
        ["a -> b", "a -> c", "a -> conftest.py (path)", "a -> scripts (path)", "a -> scripts/tool.py (path)"];
    assert_eq!(edges(&found), expected);
}

#[test]
fn what_a_unit_reads_by_a_path_outside_it_is_an_edge() {
    let found = found(&[
        ("a/pyproject.toml", "[project]\nname = 'a'"),
        (
            "a/t/test_a.py",
            "H = Path(__file__).parent\nx = H / '../../b/x.json'\ny = H.parent.parent / 'data'\nz = H / 'z.json'\nw = H / '../../gone'",
        ),
        ("a/t/z.json", ""),
        ("b/pyproject.toml", "[project]\nname = 'b'"),
        ("b/x.json", ""),
        ("data/y.json", ""),
    ]);
    assert_eq!(edges(&found), ["a -> b", "a -> b/x.json (path)", "a -> data (path)"]);
    assert_eq!(imports(&found, "a/t/test_a.py"), "a/t/z.json b/x.json");
}

#[test]
fn hostile_modules_are_read_like_others() {
    let texts = [
        "(".repeat(100_000),
        "f(".repeat(50_000),
        "a=".repeat(50_000),
        "lambda x=".repeat(20_000),
        "x/".repeat(50_000),
        "'''".repeat(30_001),
        "\0\u{feff}\r".repeat(9_000),
        format!("import_module({}'a')", "'a' + ".repeat(50_000)),
        format!("sys.path.append({}'a')", "'a' / ".repeat(50_000)),
    ];
    for text in texts {
        let text = format!("import p.a\n{text}\nfrom p import b\n");
        assert!(of(&text).starts_with("P a.py"), "{}", &text[..40]);
        super::Python.read("setup.py", text.as_bytes());
    }
    let fact = super::Python.read("py", b"\xff\xfe\nimport p");
    assert!(matches!(fact, super::super::fact::Fact::Source(source) if source.imports.len() == 1));
}

#[test]
fn a_nested_projects_settings_are_not_those_that_pytest_starts_with() {
    let found = found(&[
        ("pyproject.toml", "[project]\nname = 'p'\n[tool.pytest]\ntestpaths = ['tests']\n"),
        ("tests/test_a.py", ""),
        ("examples/x/pyproject.toml", "[project]\nname = 'x'\n[tool.pytest]\ntestpaths = ['tests']\n"),
        ("examples/x/tests/test_x.py", ""),
    ]);
    assert_eq!(found.tests.len(), 1);
}

#[test]
fn a_place_that_is_read_is_only_what_it_ends_at() {
    let files = |source| {
        let found = found(&[("t/data/a.py", ""), ("t/data/sub/b.py", ""), ("t/test_t.py", source)]);
        imports(&found, "t/test_t.py")
    };
    assert_eq!(files("x = Path(__file__).parent / 'data' / 'sub'"), "t/data/sub/b.py");
    assert_eq!(files("x = Path(__file__).parent / 'data' / name"), "t/data/a.py t/data/sub/b.py");
    assert_eq!(files("H = Path(__file__).parent\nx = H.joinpath('data', 'a.py').read_text()"), "t/data/a.py");
    assert_eq!(files("sys.path.insert(0, str(Path(__file__).parent / 'data'))"), "");
    assert_eq!(files("D = Path(__file__).parent / 'data'\nsys.path[:0] = [str(D)]\nimport a"), "t/data/a.py");
}
