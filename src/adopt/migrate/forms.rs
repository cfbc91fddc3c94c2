//! The two forms of a command: the one that looks, and the one that mends.

use super::super::npm::Manager as Packages;
use super::super::part::Place;
use super::super::venv::{self, is_required};
use super::line::{FILES, Line};
use super::tools::{OF_NODE, Reach, Tool, Writes, find};

/// What is to be run of a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Forms {
    /// What looks.
    pub(super) run: Line,
    /// What mends, if the command does.
    pub(super) fix: Option<Line>,
    /// What its result depends on, if that is known.
    pub(super) known: Option<Known>,
    /// The program that has to be there, if nothing that the project installs brings it.
    pub(super) wanted: Option<String>,
}

/// What the result of a tool depends on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Whether on each file by itself.
    pub(super) is_per_file: bool,
    /// The files that it looks at through each other; all of them if there are none.
    pub(super) sources: Vec<String>,
    /// Its settings.
    pub(super) settings: Vec<String>,
}

/// Where the project's tools are.
#[derive(Clone, Copy)]
pub(super) struct Programs<'a> {
    /// The root of the project.
    pub(super) place: &'a Place<'a>,
    /// Its package.json.
    pub(super) package: &'a serde_json::Value,
}

impl Programs<'_> {
    /// Takes a command apart.
    pub(super) fn forms(&self, line: &Line) -> Forms {
        let Some((runner, words)) = line.program() else {
            return Forms { run: line.clone(), fix: None, known: None, wanted: None };
        };
        let (before, wanted) = self.runner(runner, words);
        let join = |words: Vec<String>| Line::Words(after(&before, words));
        let Some(tool) = find(words) else {
            return Forms { run: join(words.to_vec()), fix: None, known: None, wanted };
        };
        let (run, fix) = both(tool, &given(tool, words));
        let lists = matches!(tool.words, ["gofmt" | "gofumpt" | "goimports"]) && run.iter().any(|word| word == "-l");
        let run = join(run);
        Forms { run: if lists { listing(&run) } else { run }, fix: fix.map(join), known: Some(known(tool)), wanted }
    }

    /// What runs a program: what the old command says, else what the project installs its tools with. The second is the
    /// program itself if it has to be found on the PATH.
    fn runner(&self, runner: &[String], words: &[String]) -> (Vec<String>, Option<String>) {
        let program = words[0].as_str();
        if !runner.is_empty() || program.contains('/') {
            return (runner.to_vec(), None);
        }
        let package = OF_NODE.iter().find(|(tool, _)| *tool == program).map(|(_, package)| *package);
        if package.is_some_and(|package| self.has_package(package)) {
            let exec: &[&str] = match Packages::of(self.place, self.package) {
                Packages::Npm => &["npx", "--no-install"],
                Packages::Pnpm => &["pnpm", "exec"],
                Packages::Yarn | Packages::YarnBerry => &["yarn", "run"],
                Packages::Bun => &["bunx"],
            };
            return (exec.iter().map(ToString::to_string).collect(), None);
        }
        let is_manager = ["uv", "poetry", "pdm"].contains(&program);
        if package.is_none() && !is_manager && find(words).is_some() && is_required(self.place, program) {
            let line = venv::Manager::of(self.place).run("");
            return (line.split_whitespace().map(str::to_owned).collect(), None);
        }
        let is_everywhere =
            ["bash", "cargo", "go", "make", "node", "npm", "python", "python3", "sh"].contains(&program);
        (Vec::new(), (!is_everywhere).then(|| program.to_owned()))
    }

    fn has_package(&self, name: &str) -> bool {
        ["dependencies", "devDependencies"].iter().any(|list| self.package[list].get(name).is_some())
    }
}

/// Words after those that run them: after a folder, the first is a program in it.
fn after(runner: &[String], mut words: Vec<String>) -> Vec<String> {
    match runner {
        [folder] if folder.ends_with('/') => {
            words[0].insert_str(0, folder);
            words
        }
        _ => [runner, &words].concat(),
    }
}

/// The words with what the tool is to look at in the place of files, if it looks at more than those.
fn given(tool: &Tool, words: &[String]) -> Vec<String> {
    let Reach::Project(all, _) = tool.reach else { return words.to_vec() };
    let is_about_files = |word: &&String| *word != "--findRelatedTests";
    let replaced = words.iter().filter(is_about_files).map(|word| if word == FILES { all } else { word });
    replaced.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The command that looks, and the one that mends if the command given does.
fn both(tool: &Tool, words: &[String]) -> (Vec<String>, Option<Vec<String>>) {
    let has = |flags: &[&str]| words.iter().any(|word| flags.contains(&word.as_str()));
    let looks = has(tool.looks);
    let (is_writing, flags) = match tool.writes {
        Writes::Never => (false, &[][..]),
        Writes::With(flags) => (has(flags), flags),
        Writes::Always => (!looks, &[][..]),
        Writes::Other(_) => (true, &[][..]),
    };
    if !is_writing {
        return (words.to_vec(), None);
    }
    let (command, rest) = words.split_at(tool.words.len());
    let command = match tool.writes {
        Writes::Other(other) => other.iter().map(ToString::to_string).collect(),
        _ => command.to_vec(),
    };
    let added = if looks { 0 } else { tool.added.min(tool.looks.len()) };
    let added = tool.looks[..added].iter().map(ToString::to_string);
    let kept = rest.iter().filter(|word| !flags.contains(&word.as_str())).cloned();
    let run = command.into_iter().chain(added).chain(kept).collect();
    let fix = words.iter().filter(|word| !tool.looks.contains(&word.as_str())).cloned().collect();
    (run, Some(fix))
}

/// A program that lists what it would change, and says nothing with its exit code.
fn listing(line: &Line) -> Line {
    let Ok(text) = line.text() else { return line.clone() };
    Line::Shell(format!("found=$({text}) && {{ test -z \"$found\" || {{ echo \"$found\"; exit 1; }}; }}"))
}

fn known(tool: &Tool) -> Known {
    let sources = match tool.reach {
        Reach::File => &[][..],
        Reach::Project(_, sources) => sources,
    };
    let owned = |patterns: &[&str]| patterns.iter().map(ToString::to_string).collect();
    Known { is_per_file: tool.reach == Reach::File, sources: owned(sources), settings: owned(tool.settings) }
}

/// The tool that a line starts and the command of it, where one is known: two lines with the same do the same work.
pub(in crate::adopt) fn work(line: &str) -> Option<Vec<String>> {
    let line = Line::parse(line);
    let (_, words) = line.program()?;
    let tool = find(words)?;
    let named = tool.words.iter().map(ToString::to_string);
    // What can do many things does the one that the next word says.
    let rest =
        words.get(tool.words.len()).filter(|word| tool.reach != Reach::File && !word.starts_with(['-', '.', '{']));
    Some(named.chain(rest.cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adopt::Files;

    fn texts(files: &[(&str, &str)], line: &str) -> (String, Option<String>) {
        let files = Files::of(files);
        let place = Place { files: &files, dir: String::new() };
        let package = serde_json::from_str(place.text("package.json")).unwrap_or_default();
        let forms = Programs { place: &place, package: &package }.forms(&Line::parse(line));
        (forms.run.text().unwrap(), forms.fix.map(|fix| fix.text().unwrap()))
    }

    #[test]
    fn what_writes_gets_a_form_that_looks() {
        for (line, run, fix) in [
            ("black {files}", "black --check {files}", Some("black {files}")),
            ("black --check {files}", "black --check {files}", None),
            ("ruff check --fix {files}", "ruff check {files}", Some("ruff check --fix {files}")),
            ("ruff check {files}", "ruff check {files}", None),
            ("ruff format {files}", "ruff format --check {files}", Some("ruff format {files}")),
            ("prettier --write {files}", "prettier --check {files}", Some("prettier --write {files}")),
            (
                "prettier --write --list-different {files}",
                "prettier --list-different {files}",
                Some("prettier --write {files}"),
            ),
            ("npx eslint --fix {files}", "npx eslint {files}", Some("npx eslint --fix {files}")),
            ("clang-format -i {files}", "clang-format --dry-run -Werror {files}", Some("clang-format -i {files}")),
            (
                "gofmt -s -w {files}",
                r#"found=$(gofmt -l -s {files}) && { test -z "$found" || { echo "$found"; exit 1; }; }"#,
                Some("gofmt -s -w {files}"),
            ),
            ("cargo fmt --all", "cargo fmt --check --all", Some("cargo fmt --all")),
            ("cargo fmt --all -- --check", "cargo fmt --all -- --check", None),
            ("dprint fmt {files}", "dprint check {files}", Some("dprint fmt {files}")),
            ("mypy --strict {files}", "mypy --strict .", None),
            ("jest --bail --findRelatedTests {files}", "jest --bail", None),
            ("tsc -p . {files}", "tsc -p .", None),
            ("./scripts/lint.sh {files}", "./scripts/lint.sh {files}", None),
        ] {
            assert_eq!(texts(&[], line), (run.to_owned(), fix.map(str::to_owned)), "{line}");
        }
    }

    #[test]
    fn tools_are_run_as_the_project_installs_them() {
        let package = ("package.json", r#"{"devDependencies": {"eslint": "9", "typescript": "5"}}"#);
        assert_eq!(texts(&[package], "eslint {files}").0, "npx --no-install eslint {files}");
        assert_eq!(texts(&[package, ("pnpm-lock.yaml", "")], "tsc").0, "pnpm exec tsc");
        assert_eq!(texts(&[package], "prettier --check .").0, "prettier --check .");
        let pyproject = ("pyproject.toml", "[dependency-groups]\ndev = [\"ruff\"]\n");
        assert_eq!(texts(&[pyproject, ("uv.lock", "")], "ruff check .").0, "uv run --no-sync ruff check .");
        assert_eq!(texts(&[pyproject], "ruff check .").0, ".venv/bin/ruff check .");
        assert_eq!(texts(&[pyproject], "black .").0, "black --check .");
    }

    #[test]
    fn two_lines_of_one_tool_do_the_same_work() {
        assert_eq!(work("uv run --no-sync ruff check ."), work("ruff check --force-exclude {files}"));
        assert_eq!(work(".venv/bin/flake8 --extend-exclude .venv"), work("flake8 {files}"));
        assert_ne!(work("ruff check ."), work("ruff format --check ."));
        assert_ne!(work("go vet ./..."), work("go test ./..."));
        assert_eq!(work("cargo clippy --all"), work("cargo clippy -- -D warnings"));
        assert_eq!(work("npm test"), None);
    }
}
