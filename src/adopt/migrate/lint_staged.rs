//! lint-staged's globs and commands: <https://github.com/lint-staged/lint-staged>.

use serde_json::Value;

use super::super::files::{Files, is_aside};
use super::forms::Programs;
use super::glob::{self, Dialect};
use super::globs::literal;
use super::hook::{Hook, Mends, Old, Wanted, one_line};
use super::line::{FILES, Line};
use super::value::{Notation, entries, read, text, texts};

/// Configuration that can be read.
const READABLE: [&str; 4] = [".lintstagedrc", ".lintstagedrc.json", ".lintstagedrc.yaml", ".lintstagedrc.yml"];

/// Whether there is any configuration of lint-staged.
pub(super) fn is_there(files: &Files, programs: &Programs<'_>) -> bool {
    !programs.package["lint-staged"].is_null() || files.paths().any(|path| is_readable(path) || is_code(path))
}

/// Carries all of it over. What is carried already is not carried again.
pub(super) fn carry(old: &mut Old, files: &Files, programs: &Programs<'_>) {
    if std::mem::replace(&mut old.is_staged, true) {
        return;
    }
    let before = (old.carried.len(), old.left.len());
    for path in files.paths().filter(|path| is_code(path)) {
        old.leave(path, "it is a program, whose result can't be read: write its globs and commands as checks");
    }
    let packages = files
        .texts()
        .filter(|(path, _)| *path == "package.json" || (path.ends_with("/package.json") && !is_aside(path)));
    for (path, content) in packages {
        let package: Value = serde_json::from_str(content).unwrap_or_default();
        carry_table(old, path, &package["lint-staged"], (files, programs));
    }
    for path in files.paths().filter(|path| is_readable(path)) {
        match read(files.text(path), Notation::of(path)) {
            Ok(config) => carry_table(old, path, &config, (files, programs)),
            Err(why) => old.leave(path, one_line(&why)),
        }
    }
    if before == (old.carried.len(), old.left.len()) {
        old.leave("lint-staged", "its configuration was not found");
    }
}

fn is_readable(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    READABLE.contains(&name) && !path.rsplit_once('/').is_some_and(|(folder, _)| is_aside(folder))
}

/// Whether the configuration is a program.
fn is_code(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = [".lintstagedrc.", "lint-staged.config."].iter().find_map(|stem| name.strip_prefix(stem));
    stem.is_some_and(|ending| ["js", "cjs", "mjs", "ts", "mts", "cts"].contains(&ending)) && !is_aside(folder)
}

fn carry_table(old: &mut Old, path: &str, table: &Value, (files, programs): (&Files, &Programs<'_>)) {
    let dir = path.rsplit_once('/').map(|(folder, _)| folder);
    // Globs stood below another key in old versions.
    let globs = if table["linters"].is_object() { &table["linters"] } else { table };
    for (glob, commands) in
        entries(globs).filter(|(key, value)| !value.is_object() && *key != "ignore" && *key != "concurrent")
    {
        let wanted = wanted(glob, dir);
        let mut last: Option<String> = None;
        for command in texts(commands) {
            if command.trim().starts_with("git add") {
                continue;
            }
            let Some(words) = shlex::split(&command).filter(|words| !words.is_empty()) else {
                old.leave(one_line(&command), "its words can't be told apart");
                continue;
            };
            if words.iter().any(|word| word.contains(FILES)) {
                old.leave(one_line(&command), "its command holds a placeholder of gate's");
                continue;
            }
            let line = Line::Words([words.clone(), vec![FILES.to_owned()]].concat());
            let name = line.clone().unwrapped().title();
            let hook = Hook {
                name,
                line,
                wanted: wanted.clone(),
                on: vec!["pre-commit"],
                dir: dir.map(str::to_owned),
                mends: Mends::Unsaid,
                is_brought: true,
            };
            let carried = old.add(hook, files, programs);
            if let (Some(_), Some(last)) = (&carried, &last)
                && let Some((_, entry)) = old.carried.last_mut()
            {
                entry.after.extend((entry.name != *last).then(|| last.clone()));
            }
            last = carried.or(last);
        }
        if text(commands).is_none() && !commands.is_array() {
            old.leave(one_line(glob), "its commands can't be read");
        }
    }
}

fn wanted(glob: &str, dir: Option<&str>) -> Wanted {
    let prefix = dir.map(|dir| format!("{}/", literal(dir))).unwrap_or_default();
    match glob::patterns(glob, Dialect::Micromatch) {
        Some(patterns) => {
            let files = patterns.iter().map(|pattern| format!("{prefix}{pattern}")).collect();
            Wanted { files, ..Wanted::default() }
        }
        None => Wanted { files: vec![format!("{prefix}**")], wider: vec![glob.to_owned()], ..Wanted::default() },
    }
}

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::taken;

    #[test]
    fn every_place_is_read() {
        insta::assert_snapshot!(taken(&Files::of(&[
            (".lintstagedrc", "'*.py': [black, 'ruff check --fix']\n"),
            ("web/.lintstagedrc.json", r#"{"*.js": "prettier --write", "*.{a": "x", "*.b": {"c": 1}, "*.d": ["y {files}"]}"#),
            ("api/package.json", r#"{"lint-staged": {"src/*.ts": "eslint"}}"#),
            ("old/.lintstagedrc.yaml", "'*': ["),
            ("lint-staged.config.mjs", "export default {}"),
            ("node_modules/x/.lintstagedrc", "'*': rm\n"),
            ("web/a.js", ""),
            ("a.py", ""),
        ])), @r#"
        found lint-staged; remove lint-staged from package.json
        carried eslint as eslint
        carried black as black
        carried ruff check as ruff-check
        carried prettier as prettier
        carried x as x
        left lint-staged.config.mjs: it is a program, whose result can't be read: write its globs and commands as checks
        left old/.lintstagedrc.yaml: it is no YAML: while parsing a node, did not find expected node content at byte 6 line 2 column 1
        left y {files}: its command holds a placeholder of gate's
        note black, eslint, prettier, ruff and x must be on the PATH, in the version that the project means: nothing installs them now

        [check.eslint]
        files = ["api/src/*.ts"]
        inputs = [
            "**/.eslintrc*",
            "**/.eslintignore",
            "**/eslint.config.*",
            "**/package.json",
            "**/tsconfig*.json",
        ]
        run = "eslint {files}"
        dir = "api"
        on = ["pre-commit"]
        allow-empty = true

        [check.black]
        files = ["**/*.py"]
        inputs = ["**/pyproject.toml"]
        run = "black --check {files}"
        fix = "black {files}"
        on = ["pre-commit"]

        [check.ruff-check]
        files = ["**/*.py"]
        inputs = ["**/{pyproject,ruff,.ruff}.toml"]
        run = "ruff check {files}"
        fix = "ruff check --fix {files}"
        after = ["black"]
        on = ["pre-commit"]

        [check.prettier]
        files = ["web/**/*.js"]
        inputs = [
            "**/.prettierrc*",
            "**/.prettierignore",
            "**/prettier.config.*",
            "**/package.json",
            "**/.editorconfig",
        ]
        run = "prettier --check {files}"
        fix = "prettier --write {files}"
        dir = "web"
        on = ["pre-commit"]

        # Wider than before: *.{a.
        # Each file is looked at by itself: name in `inputs` what else the result depends on.
        [check.x]
        files = ["web/**"]
        run = "x {files}"
        dir = "web"
        on = ["pre-commit"]
        "#);
    }
}
