//! What makes the virtual environment of a Python project.

use super::files::extension;
use super::part::{Place, Prepare};
use super::toml_text::{has_table, table};

/// What manages a project's environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    /// uv.
    Uv,
    /// Poetry.
    Poetry,
    /// PDM.
    Pdm,
    /// pip, in a virtual environment in `.venv`.
    Pip,
}

/// What lists of dependencies are called that a check may need, where their content does not tell.
const USUAL: [&str; 7] = ["dev", "lint", "test", "testing", "tests", "types", "typing"];

/// What a check may start.
const PROGRAMS: [&str; 6] = ["pytest", "mypy", "ruff", "black", "flake8", "pyright"];

impl Manager {
    /// The manager that a project uses: the one whose lock file it has.
    pub(super) fn of(place: &Place<'_>) -> Self {
        let locks = [("uv.lock", Self::Uv), ("poetry.lock", Self::Poetry), ("pdm.lock", Self::Pdm)];
        let locked = locks.into_iter().find(|(lock, _)| place.has(lock)).map(|(_, manager)| manager);
        let is_poetry = has_table(place.text("pyproject.toml"), "tool.poetry.dependencies");
        locked.unwrap_or(if is_poetry { Self::Poetry } else { Self::Pip })
    }

    /// The name of its program.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Poetry => "poetry",
            Self::Pdm => "pdm",
            Self::Pip => "pip",
        }
    }

    /// A command line that runs a program of the environment.
    pub(super) fn run(self, command: &str) -> String {
        match self {
            Self::Uv => format!("uv run --no-sync {command}"),
            Self::Poetry => format!("poetry run {command}"),
            Self::Pdm => format!("pdm run {command}"),
            Self::Pip => format!(".venv/bin/{command}"),
        }
    }

    /// What makes the environment, and what that depends on. `extra` are programs that no list of the project names.
    pub(super) fn prepare(self, place: &Place<'_>, extra: &[&str]) -> Prepare {
        let run = match self {
            Self::Uv => format!("uv sync --frozen{}", lists(place, " --extra ", " --group ")),
            Self::Poetry => "POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --sync --no-interaction".to_owned(),
            Self::Pdm => "pdm sync --clean".to_owned(),
            Self::Pip => pip(place, extra),
        };
        Prepare { comment: "A private checkout has no virtual environment.", run, inputs: inputs(place) }
    }
}

/// A new environment each time, because pip leaves what is no longer required.
fn pip(place: &Place<'_>, extra: &[&str]) -> String {
    let mut arguments: Vec<String> = requirements(place).iter().map(|file| format!(" -r {file}")).collect();
    let mut groups = Vec::new();
    if is_package(place) {
        let pyproject = place.text("pyproject.toml");
        let extras = chosen(pyproject, "project.optional-dependencies");
        let extras = [extras, chosen(place.text("setup.cfg"), "options.extras_require")].concat().join(",");
        arguments.push(if extras.is_empty() { " -e .".to_owned() } else { format!(" -e '.[{extras}]'") });
        groups = chosen(pyproject, "dependency-groups");
    }
    // Groups came with pip 25.1; an environment begins with the version that its Python came with.
    let newer = if groups.is_empty() { "" } else { "pip install --upgrade pip && .venv/bin/" };
    arguments.extend(groups.iter().map(|group| format!(" --group {group}")));
    arguments.extend(extra.iter().map(|program| format!(" {program}")));
    format!("python3 -m venv --clear .venv && .venv/bin/{newer}pip install{}", arguments.concat())
}

/// The lists of dependencies that checks need, as arguments.
fn lists(place: &Place<'_>, extra: &str, group: &str) -> String {
    let pyproject = place.text("pyproject.toml");
    let extras = chosen(pyproject, "project.optional-dependencies");
    // uv takes the group `dev` unasked.
    let groups = chosen(pyproject, "dependency-groups").into_iter().filter(|name| name != "dev");
    extras.iter().map(|name| format!("{extra}{name}")).chain(groups.map(|name| format!("{group}{name}"))).collect()
}

/// The keys of a table whose names are usual for what checks need, or whose values name a program that checks start.
fn chosen(text: &str, name: &str) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    let mut key = "";
    for line in table(text, name) {
        if let Some((name, _)) =
            line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_alphanumeric() || c == '"'))
        {
            key = name.trim().trim_matches('"');
        }
        let is_wanted = USUAL.contains(&key) || PROGRAMS.iter().any(|program| requires(line, program));
        if is_wanted && !key.is_empty() && chosen.last().is_none_or(|last| last != key) {
            chosen.push(key.to_owned());
        }
    }
    chosen
}

/// The lists of requirements to install: the project's own, and those for development or for tests.
fn requirements<'a>(place: &'a Place<'_>) -> Vec<&'a str> {
    let names = place.texts().map(|(path, _)| path).filter(|path| {
        let name = path.strip_prefix("requirements/").unwrap_or(path);
        let is_usual = ["dev", "test"].iter().any(|word| name.contains(word)) || name == "requirements.txt";
        is_requirements(path) && is_usual
    });
    names.collect()
}

fn is_requirements(path: &str) -> bool {
    path.starts_with("requirements") && extension(path) == Some("txt")
}

/// Whether the project is something to install.
fn is_package(place: &Place<'_>) -> bool {
    let pyproject = place.text("pyproject.toml");
    place.has("setup.py")
        || has_table(pyproject, "build-system")
        || has_table(pyproject, "project")
        || has_table(place.text("setup.cfg"), "metadata")
}

/// Whether a line requires a package, by its name up to a version, an extra or a marker. Plugins require what they plug
/// into.
fn requires(line: &str, package: &str) -> bool {
    let line = line.split('#').next().unwrap_or(line);
    line.match_indices(package).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + package.len()..].chars().next();
        before.is_none_or(|c| matches!(c, '"' | '\'' | ' ' | '\t'))
            && after.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '/' | ':'))
    })
}

/// Whether any list of the project requires a package.
pub(super) fn is_required(place: &Place<'_>, package: &str) -> bool {
    let is_list =
        |path: &str| ["pyproject.toml", "setup.cfg", "setup.py", "Pipfile"].contains(&path) || is_requirements(path);
    place.texts().filter(|(path, _)| is_list(path)).any(|(_, text)| text.lines().any(|line| requires(line, package)))
}

/// What an installed environment depends on. A project that is built when it is installed depends on more than its lists.
fn inputs(place: &Place<'_>) -> Vec<String> {
    let names = ["pyproject.toml", "setup.py", "setup.cfg", "uv.lock", "poetry.lock", "pdm.lock", ".python-version"];
    let lists = place.texts().map(|(path, _)| path).filter(|path| is_requirements(path)).map(str::to_owned);
    let pyproject = place.text("pyproject.toml");
    let is_workspace = has_table(pyproject, "tool.uv.workspace");
    let members = is_workspace.then(|| "**/pyproject.toml".to_owned());
    let mut inputs: Vec<String> = place.present(&names).into_iter().chain(lists).chain(members).collect();
    if is_package(place) {
        inputs.extend(place.present(&["MANIFEST.in", "README.md", "README.rst", "README", "README.txt"]));
        let is_native = |path: &str| extension(path).is_some_and(|extension| NATIVE.contains(&extension));
        inputs.extend(place.paths().any(is_native).then(|| "**/*.{c,cc,cpp,h,hpp,pyx,pxd,rs}".to_owned()));
        inputs.extend(pyproject.contains("dynamic").then(|| "**/{__init__,__about__,_version,version}.py".to_owned()));
    }
    inputs
}

/// How files end that are compiled when a package is installed.
const NATIVE: [&str; 5] = ["c", "cc", "cpp", "pyx", "rs"];
