//! Python: what the project is checked with, as its settings say.

use super::files::extension;
use super::part::{Check, Part, Place};
use super::toml_text::{has_table, keys};
use super::venv::{Manager, is_required};

/// A tool that looks at sources, and where a project says that it uses it.
struct Tool {
    name: &'static str,
    /// A table of pyproject.toml.
    table: &'static str,
    /// Files of its own.
    files: &'static [&'static str],
    /// A table of setup.cfg or tox.ini.
    section: Option<&'static str>,
    /// What it looks at.
    sources: &'static str,
    /// Where its settings are, or may come to be: a file that appears must not go unseen.
    settings: &'static [&'static str],
}

const RUFF: Tool = Tool {
    name: "ruff",
    table: "tool.ruff",
    files: &["ruff.toml", ".ruff.toml"],
    section: None,
    sources: "**/*.{py,pyi,ipynb}",
    settings: &["**/{pyproject,ruff,.ruff}.toml"],
};
const BLACK: Tool = Tool {
    name: "black",
    table: "tool.black",
    files: &[],
    section: None,
    sources: "**/*.{py,pyi}",
    settings: &["pyproject.toml"],
};
const FLAKE8: Tool = Tool {
    name: "flake8",
    table: "tool.flake8",
    files: &[".flake8"],
    section: Some("flake8"),
    sources: "**/*.py",
    settings: &[".flake8", "setup.cfg", "tox.ini", "pyproject.toml"],
};
const MYPY: Tool = Tool {
    name: "mypy",
    table: "tool.mypy",
    files: &["mypy.ini", ".mypy.ini"],
    section: Some("mypy"),
    sources: "**/*.{py,pyi}",
    settings: &["*mypy.ini", "pyproject.toml", "setup.cfg", "**/py.typed"],
};

/// What is said of a tool that a project is set up for and does not install.
pub(super) const NOT_LISTED: &str = " is set up, but no list of dependencies names it: no check for it";

/// What a Python project needs: a virtual environment. Its tools' caches may stay.
pub(super) fn part(place: &Place<'_>) -> Part {
    let manager = Manager::of(place);
    let mut notes = Vec::new();
    let mut checks = Vec::new();
    for tool in [RUFF, BLACK, FLAKE8, MYPY] {
        match (tool.is_set_up(place), is_required(place, tool.name)) {
            (true, true) => checks.extend(tool.checks(place, manager)),
            (true, false) => {
                notes.push(format!("{}{NOT_LISTED}", tool.name));
            }
            (false, _) => {}
        }
    }
    let test = test(place);
    // Where only tox or nox names pytest, no list of the project does.
    let extra: &[&str] = if test == Some(PYTEST) && !is_required(place, "pytest") { &["pytest"] } else { &[] };
    checks.extend(test.map(|command| Check::new("test", manager.run(command))));
    let mut keep = vec![".mypy_cache", ".pytest_cache", ".ruff_cache"];
    if !place.ignores(&["__pycache__", "*.pyc", "*.py[cod]", "*.py[co]", "*.py[codz]"]) {
        keep.push("**/__pycache__");
    }
    Part {
        found: format!("a Python project, with {}", manager.name()),
        label: "python",
        keep,
        prepare: Some(manager.prepare(place, extra)),
        checks,
        notes,
    }
}

/// Pytest with the project's root among the paths to import from.
const PYTEST: &str = "python -m pytest";

/// What runs the tests; nothing where there are none.
fn test(place: &Place<'_>) -> Option<&'static str> {
    let name = |path: &str| path.rsplit_once('/').map_or_else(|| path.to_owned(), |(_, name)| name.to_owned());
    let is_test = |path: &str| {
        let name = name(path);
        let stem = name.strip_suffix(".py");
        stem.is_some_and(|stem| stem.starts_with("test_") || stem.ends_with("_test") || stem == "tests")
    };
    let pyproject = place.text("pyproject.toml");
    let uses_pytest = is_required(place, "pytest")
        || has_table(pyproject, "tool.pytest")
        || place.has("pytest.ini")
        || place.paths().any(|path| name(path) == "conftest.py")
        || place.files.mentions(&["pytest"]);
    match (place.paths().any(is_test), uses_pytest, place.has("manage.py")) {
        (false, ..) => None,
        (true, true, _) => Some(PYTEST),
        (true, false, true) => Some("python manage.py test"),
        (true, false, false) if place.has("tests/__init__.py") => Some("python -m unittest discover"),
        (true, false, false) if place.paths().any(|path| path.starts_with("tests/")) => {
            Some("python -m unittest discover -s tests")
        }
        (true, false, false) => Some("python -m unittest discover"),
    }
}

impl Tool {
    fn is_set_up(&self, place: &Place<'_>) -> bool {
        let is_section = |section| ["setup.cfg", "tox.ini"].iter().any(|file| has_table(place.text(file), section));
        has_table(place.text("pyproject.toml"), self.table)
            || self.files.iter().any(|file| place.has(file))
            || self.section.is_some_and(is_section)
    }

    fn checks(&self, place: &Place<'_>, manager: Manager) -> Vec<Check> {
        let check = |role, command: &str, stage| {
            let settings = self.settings.iter().map(ToString::to_string).collect();
            Check::new(role, manager.run(command)).about(&[self.sources], settings).on(stage)
        };
        match self.name {
            "ruff" => {
                let formats = has_table(place.text("pyproject.toml"), "tool.ruff.format")
                    || place.files.mentions(&["ruff format", "ruff-format"]);
                let format = formats.then(|| check("format", "ruff format --check .", "pre-commit"));
                [Some(check("lint", "ruff check .", "pre-commit")), format].into_iter().flatten().collect()
            }
            "black" => vec![check("black", "black --check .", "pre-commit")],
            "flake8" => vec![check("flake8", "flake8 --extend-exclude .venv", "pre-commit")],
            _ => vec![check("types", &mypy(place), "pre-push")],
        }
    }
}

/// mypy on what its settings name; without that, on the sources.
fn mypy(place: &Place<'_>) -> String {
    let settings = ["pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg"].map(|file| place.text(file));
    let names = ["files", "packages", "modules"];
    let is_named = settings
        .iter()
        .any(|text| ["tool.mypy", "mypy"].iter().flat_map(|table| keys(text, table)).any(|key| names.contains(&key)));
    let has_sources = place.paths().any(|path| path.starts_with("src/") && extension(path) == Some("py"));
    match (is_named, has_sources) {
        (true, _) => "mypy".to_owned(),
        (false, true) => "mypy src".to_owned(),
        (false, false) => "mypy .".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::valid as propose;

    const PYPROJECT: &str = "\
[project]
name = \"a\"
readme = \"README.md\"
[project.optional-dependencies]
cli = [\"click\"]
[dependency-groups]
dev = [\"ruff>=0.5\", \"mypy\"]
checks = [
    \"pytest-cov\",
]
[tool.ruff.format]
[tool.mypy]
strict = true
[tool.black]
";

    #[test]
    fn uv() {
        let proposal = propose(
            &Files::of(&[
                ("pyproject.toml", PYPROJECT),
                ("uv.lock", ""),
                ("README.md", ""),
                ("src/a/__init__.py", ""),
                ("tests/test_a.py", ""),
                (".gitignore", "/.venv/\n__pycache__/\n"),
            ]),
            "main",
        );
        assert_eq!(proposal.found, ["a Python project, with uv"]);
        assert_eq!(proposal.notes, ["black is set up, but no list of dependencies names it: no check for it"]);
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        [workspace]
        # Stays in the private checkout: its tools check for themselves what is still good.
        keep = [".mypy_cache", ".pytest_cache", ".ruff_cache"]

        # A private checkout has no virtual environment.
        [[workspace.prepare]]
        run = "uv sync --frozen --group checks"
        inputs = ["pyproject.toml", "uv.lock", "README.md"]

        [check.lint]
        files = ["**/*.{py,pyi,ipynb}"]
        inputs = ["**/{pyproject,ruff,.ruff}.toml"]
        run = "uv run --no-sync ruff check ."
        on = ["pre-commit"]

        [check.format]
        files = ["**/*.{py,pyi,ipynb}"]
        inputs = ["**/{pyproject,ruff,.ruff}.toml"]
        run = "uv run --no-sync ruff format --check ."
        on = ["pre-commit"]

        [check.types]
        files = ["**/*.{py,pyi}"]
        inputs = ["*mypy.ini", "pyproject.toml", "setup.cfg", "**/py.typed"]
        run = "uv run --no-sync mypy src"
        on = ["pre-push"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.test]
        run = "uv run --no-sync python -m pytest"
        "#);
    }

    #[test]
    fn requirements_in_a_virtual_environment() {
        let proposal = propose(
            &Files::of(&[
                ("requirements.txt", "flask\n"),
                ("requirements-dev.txt", "-r requirements.txt\nflake8 == 7 # style\n"),
                ("requirements/docs.txt", "sphinx\n"),
                ("setup.cfg", "[flake8]\nmax-line-length = 100\n"),
                ("tox.ini", "deps = pytest\n"),
                ("test_a.py", ""),
            ]),
            "main",
        );
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        [workspace]
        # Stays in the private checkout: its tools check for themselves what is still good.
        keep = [".mypy_cache", ".pytest_cache", ".ruff_cache", "**/__pycache__"]

        # A private checkout has no virtual environment.
        [[workspace.prepare]]
        run = "python3 -m venv --clear .venv && .venv/bin/pip install -r requirements-dev.txt -r requirements.txt pytest"
        inputs = ["setup.cfg", "requirements-dev.txt", "requirements.txt", "requirements/docs.txt"]

        [check.flake8]
        files = ["**/*.py"]
        inputs = [".flake8", "setup.cfg", "tox.ini", "pyproject.toml"]
        run = ".venv/bin/flake8 --extend-exclude .venv"
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.test]
        run = ".venv/bin/python -m pytest"
        "#);
    }

    #[test]
    fn a_package_with_extras_and_compiled_parts() {
        let pyproject = "[build-system]\n[project]\ndynamic = [\"version\"]\n[project.optional-dependencies]\ntest = [\"pytest\"]\n";
        let files = [("pyproject.toml", pyproject), ("a/fast.pyx", ""), ("a/tests/test_a.py", "")];
        insta::assert_snapshot!(propose(&Files::of(&files), "main").text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        [workspace]
        # Stays in the private checkout: its tools check for themselves what is still good.
        keep = [".mypy_cache", ".pytest_cache", ".ruff_cache", "**/__pycache__"]

        # A private checkout has no virtual environment.
        [[workspace.prepare]]
        run = "python3 -m venv --clear .venv && .venv/bin/pip install -e '.[test]'"
        inputs = [
            "pyproject.toml",
            "**/*.{c,cc,cpp,h,hpp,pyx,pxd,rs}",
            "**/{__init__,__about__,_version,version}.py",
        ]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.test]
        run = ".venv/bin/python -m pytest"
        "#);
    }

    #[test]
    fn poetry_and_unittest() {
        let files = [("pyproject.toml", "[tool.poetry]\n"), ("poetry.lock", ""), ("tests/test_a.py", "")];
        let text = propose(&Files::of(&files), "main").text;
        assert!(
            text.contains("\"POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --sync --no-interaction\""),
            "{text}"
        );
        assert!(text.contains("\"poetry run python -m unittest discover -s tests\""), "{text}");
    }

    #[test]
    fn settings_without_anything_to_check_are_no_project() {
        let files = [("pyproject.toml", "[tool.ruff]\n"), ("scripts/a.py", "")];
        let proposal = propose(&Files::of(&files), "main");
        assert_eq!(proposal.notes, ["ruff is set up, but no list of dependencies names it: no check for it"]);
        assert!(!proposal.text.contains("venv"), "{}", proposal.text);
    }
}
