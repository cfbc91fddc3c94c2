//! `hk.pkl`: <https://hk.jdx.dev/configuration.html>.

use super::super::entry::{Entry, Work};
use super::super::files::Files;
use super::forms::Programs;
use super::glob::{self, Dialect};
use super::globs::literal;
use super::hook::{Hook, Mends, Old, Wanted, check_name, one_line};
use super::kinds;
use super::line::{FILES, Line, MESSAGE};
use super::own_hooks::Messages;
use super::pkl::{self, Pkl};

/// Where the configuration lies.
const PLACES: [&str; 2] = ["hk.pkl", ".config/hk.pkl"];

/// The hooks at which gate runs checks; hk's own commands run what they do.
const HOOKS: [(&str, &str); 3] = [("pre-commit", "pre-commit"), ("pre-push", "pre-push"), ("commit-msg", "")];

/// hk's own commands, which say nothing that its hooks don't.
const COMMANDS: [&str; 2] = ["check", "fix"];

/// A step that hk brings: its name, what it runs, and its globs or kinds.
type Step = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// The steps that run a tool of the field: what looks, what mends, and the endings of its files, or patterns for them.
const STEPS: &[Step] = &[
    ("actionlint", "actionlint {files}", "", &[".github/workflows/*.yml", ".github/workflows/*.yaml"]),
    ("biome", "biome check {files}", "biome check --fix {files}", &["js", "jsx", "ts", "tsx", "json", "jsonc", "css"]),
    ("black", "black --check {files}", "black {files}", &["py", "pyi"]),
    ("cargo_check", "cargo check", "", &["rs"]),
    ("cargo_clippy", "cargo clippy --quiet", "", &["rs"]),
    ("cargo_fmt", "cargo fmt --check", "cargo fmt", &["rs"]),
    (
        "clang_format",
        "clang-format --dry-run -Werror {files}",
        "clang-format -i {files}",
        &["c", "cc", "cpp", "cxx", "h", "hh", "hpp"],
    ),
    ("eslint", "eslint {files}", "eslint --fix {files}", &["js", "jsx", "ts", "tsx"]),
    ("flake8", "flake8 {files}", "", &["py"]),
    ("go_vet", "go vet ./...", "", &["go"]),
    ("golangci_lint", "golangci-lint run", "", &["go"]),
    ("isort", "isort --check-only {files}", "isort {files}", &["py", "pyi"]),
    ("mypy", "mypy {files}", "", &["py", "pyi"]),
    ("ox_lint", "oxlint {files}", "oxlint --fix {files}", &["js", "jsx", "ts", "tsx"]),
    (
        "prettier",
        "prettier --check {files}",
        "prettier --write {files}",
        &[
            "js",
            "jsx",
            "mjs",
            "cjs",
            "ts",
            "tsx",
            "mts",
            "cts",
            "css",
            "scss",
            "less",
            "html",
            "json",
            "json5",
            "jsonc",
            "yaml",
            "yml",
            "markdown",
            "md",
            "graphql",
            "handlebars",
            "svelte",
            "astro",
            "vue",
        ],
    ),
    ("ruff", "ruff check --force-exclude {files}", "ruff check --force-exclude --fix {files}", &["py", "pyi"]),
    (
        "ruff_format",
        "ruff format --force-exclude --check {files}",
        "ruff format --force-exclude {files}",
        &["py", "pyi"],
    ),
    ("rustfmt", "rustfmt --check {files}", "rustfmt {files}", &["rs"]),
    ("shellcheck", "shellcheck {files}", "", &["sh", "bash"]),
    ("shfmt", "shfmt -d {files}", "shfmt -w {files}", &["sh", "bash"]),
    ("stylelint", "stylelint {files}", "stylelint --fix {files}", &["css", "scss", "less"]),
    ("taplo_format", "taplo format --check {files}", "taplo format {files}", &["toml"]),
    ("tsc", "tsc --noEmit", "", &["ts", "tsx"]),
    ("typos", "typos {files}", "typos --write-changes {files}", &[]),
    ("yamllint", "yamllint {files}", "", &["yaml", "yml"]),
];

/// The steps that one of gate's own checks takes the place of.
const OWN: &[(&str, &str)] = &[
    ("check_added_large_files", "large-files"),
    ("check_case_conflict", "case-conflict"),
    ("check_executables_have_shebangs", "executables"),
    ("check_merge_conflict", "merge-conflict"),
    ("check_symlinks", "symlinks"),
    ("detect_private_key", "private-key"),
    ("mixed_line_ending", "line-endings"),
    ("newlines", "final-newline"),
    ("trailing_whitespace", "trailing-whitespace"),
];

/// What the configuration comes to; `None` where there is none.
pub(super) fn old(files: &Files, programs: &Programs<'_>) -> Option<Old> {
    let place = PLACES.into_iter().find(|place| files.has(place))?;
    let mut old = Old::new(format!("hk in {place}"), format!("hk uninstall, then remove {place}"));
    match pkl::read(files.text(place)) {
        Ok(config) => {
            let hooks = config.get("hooks").map_or(&[][..], Pkl::entries);
            let wanted = |name: &str| HOOKS.iter().find(|(hook, _)| *hook == name).map(|(_, stage)| *stage);
            if hooks.is_empty() {
                old.leave("all of it", "it has no hooks that can be read");
            }
            for (name, hook) in hooks {
                match wanted(name) {
                    Some(stage) => {
                        let mut reader = Reader { stage, files, programs, old: &mut old };
                        reader.steps(hook.get("steps"), None, 0);
                    }
                    None if COMMANDS.contains(&name.as_str()) => {}
                    None => old.leave(one_line(name), "gate runs no checks at that hook"),
                }
            }
        }
        Err(why) => old.leave(place, format!("{why}: write its steps as checks")),
    }
    Some(old)
}

struct Reader<'a, 'b> {
    stage: &'static str,
    files: &'a Files,
    programs: &'a Programs<'a>,
    old: &'b mut Old,
}

impl Reader<'_, '_> {
    fn steps(&mut self, steps: Option<&Pkl>, dir: Option<&str>, depth: usize) {
        let entries = match steps {
            Some(Pkl::Object(entries)) => entries,
            None => return,
            Some(_) => {
                self.old.leave("its steps", "they are computed, or come from elsewhere");
                return;
            }
        };
        for (name, step) in entries {
            let own = step.get("dir").and_then(Pkl::text).or(dir);
            if step.get("steps").is_some() && depth < 4 {
                self.steps(step.get("steps"), own, depth + 1);
            } else if let Err(why) = self.step(name, step, own) {
                self.old.leave(one_line(name), one_line(&why));
            }
        }
    }

    fn step(&mut self, name: &str, step: &Pkl, dir: Option<&str>) -> Result<(), String> {
        let brought = match step {
            Pkl::Outside(outside, _) => {
                let id = outside.strip_prefix("Builtins.").ok_or_else(|| format!("it comes from {outside}"))?;
                if let Some((_, check)) = OWN.iter().find(|(own, _)| *own == id) {
                    self.own(name, check, step);
                    return Ok(());
                }
                if id == "check_conventional_commit" && self.stage.is_empty() {
                    let work = Messages { conventional: true, longest: Some(1000), ..Messages::default() }.work();
                    self.old.push(name.to_owned(), Entry { name: check_name(name), work, ..Entry::default() });
                    return Ok(());
                }
                let known = STEPS.iter().find(|(own, ..)| *own == id);
                Some(known.ok_or_else(|| {
                    format!("what hk brings as {outside} is not known here: put what it runs in a check's `run`")
                })?)
            }
            Pkl::Object(_) => None,
            _ => return Err("it is computed, or comes from elsewhere".to_owned()),
        };
        for key in ["condition", "step_condition", "profiles", "stdin", "shell", "workspace_indicator", "env"] {
            if step.get(key).is_some_and(|value| {
                !value.entries().is_empty() || value.text().is_some() || matches!(value, Pkl::List(_) | Pkl::Unknown)
            }) {
                self.old
                    .leave(format!("{}: {key}", one_line(name)), "a check has nothing like it, and is written without");
            }
        }
        let command = |key: &str| step.get(key).map(|value| Self::command(value, step)).transpose();
        let (check, fix) = (command("check")?, command("fix")?);
        let (check, fix) = match (check, fix, brought) {
            (None, None, Some((_, check, fix, _))) => (Some((*check).to_owned()), Some((*fix).to_owned())),
            (None, fix, Some((_, check, ..))) => (Some((*check).to_owned()), fix),
            (check, fix, _) => (check, fix),
        };
        let (line, mends) = match (check, fix.filter(|fix| !fix.is_empty())) {
            (Some(check), Some(fix)) => (check, Mends::By(fix)),
            (Some(check), None) => (check, Mends::Unsaid),
            (None, Some(fix)) => (fix, Mends::Itself),
            (None, None) => return Err("it has no `check` and no `fix` that can be read".to_owned()),
        };
        if self.stage.is_empty() && !line.contains(MESSAGE) {
            return Err("it runs at commit-msg without being given the message".to_owned());
        }
        let wanted = self.wanted(step, brought.map(|(.., endings)| *endings), dir);
        let on = [self.stage].into_iter().filter(|stage| !stage.is_empty()).collect();
        let dir = dir.map(|dir| dir.trim_matches('/').to_owned()).filter(|dir| !dir.is_empty());
        let hook = Hook { name: name.to_owned(), line: Line::parse(&line), wanted, on, dir, mends, is_brought: false };
        self.old.add(hook, self.files, self.programs);
        Ok(())
    }

    fn own(&mut self, name: &str, check: &'static str, step: &Pkl) {
        let wanted = self.wanted(step, None, step.get("dir").and_then(Pkl::text));
        let on = [self.stage].into_iter().filter(|stage| !stage.is_empty()).collect();
        let mut entry =
            Entry { name: check.to_owned(), work: Work::Builtin(check, Vec::new()), on, ..Entry::default() };
        wanted.select(&mut entry);
        self.old.push(name.to_owned(), entry);
    }

    /// A command, with gate's placeholders.
    fn command(value: &Pkl, step: &Pkl) -> Result<String, String> {
        let argv = value.get("argv").or_else(|| value.get("command").and_then(|command| command.get("argv")));
        let words = argv.and_then(Pkl::texts).map(|words| Line::Words(words).text()).transpose()?;
        let text =
            words.or_else(|| value.text().or_else(|| value.get("command").and_then(Pkl::text)).map(str::to_owned));
        let mut text = text.ok_or("its command is computed")?;
        if text.replace("{{files}}", "").contains(FILES) || text.contains(MESSAGE) {
            return Err("its command holds a placeholder of gate's".to_owned());
        }
        for (name, placeholder) in [("files", FILES), ("commit_msg_file", MESSAGE)] {
            for written in [format!("{{{{{name}}}}}"), format!("{{{{ {name} }}}}")] {
                text = text.replace(&format!("'{written}'"), placeholder);
                text = text.replace(&written, placeholder);
            }
        }
        if text.contains("{{") || text.contains("{%") {
            return Err("its command takes what gate does not give".to_owned());
        }
        let prefix = step.get("prefix").map(|prefix| prefix.texts().ok_or("its prefix is computed")).transpose()?;
        Ok(prefix.map_or(text.clone(), |prefix| format!("{} {text}", prefix.join(" "))))
    }

    /// The files that a step is about.
    fn wanted(&self, step: &Pkl, endings: Option<&[&str]>, dir: Option<&str>) -> Wanted {
        let mut wanted = Wanted::default();
        let prefix = dir.map(|dir| format!("{}/", literal(dir.trim_matches('/'))));
        // In a folder of its own, a star stays between slashes.
        let dialect = if prefix.is_some() { Dialect::Doublestar } else { Dialect::Globset };
        let prefix = prefix.unwrap_or_default();
        let read = |globs: &[String]| -> Option<Vec<String>> {
            let found: Option<Vec<Vec<String>>> = globs.iter().map(|glob| glob::patterns(glob, dialect)).collect();
            found.map(|found| found.concat().iter().map(|pattern| format!("{prefix}{pattern}")).collect())
        };
        let own = endings
            .unwrap_or_default()
            .iter()
            .map(|ending| if ending.contains('/') { (*ending).to_owned() } else { format!("{prefix}**/*.{ending}") });
        match step.get("glob").map(|globs| globs.texts().and_then(|globs| read(&globs))) {
            Some(Some(files)) => wanted.files = files,
            Some(None) => wanted.wider.push("glob: it can't be read".to_owned()),
            None => wanted.files = own.collect(),
        }
        if wanted.files.is_empty() && !prefix.is_empty() {
            wanted.files = vec![format!("{prefix}**")];
        }
        for kind in step.get("types").and_then(Pkl::texts).unwrap_or_default() {
            let patterns = kinds::patterns(&kind, self.files);
            match patterns.and_then(|patterns| super::globs::both(&wanted.files, &patterns)) {
                Some(files) if !files.is_empty() => wanted.files = files,
                _ => wanted.wider.push(format!("types: {kind}")),
            }
        }
        match step.get("exclude").map(|globs| globs.texts().and_then(|globs| read(&globs))) {
            Some(Some(exclude)) => wanted.exclude = exclude,
            Some(None) => wanted.wider.push("exclude: it can't be read".to_owned()),
            None => {}
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adopt::Files;
    use crate::adopt::migrate::tools;
    use crate::adopt::propose::taken;

    #[test]
    fn what_hk_brings_is_known() {
        assert!(STEPS.is_sorted_by(|(one, ..), (other, ..)| one < other));
        for (name, check, ..) in STEPS {
            assert!(tools::find(&shlex::split(check).unwrap()).is_some(), "{name}");
        }
    }

    const STEPS_OF_ALL_KINDS: &str = r#"
amends "package://example.org/hk@1.0.0#/Config.pkl"
import "package://example.org/hk@1.0.0#/Builtins.pkl"

local linters = new Mapping<String, Step> {
    ["format"] = Builtins.ruff_format
    ["shellcheck"] = (Builtins.shellcheck) { dir = "web"; exclude = List("gen/**") }
    ["newlines"] = Builtins.newlines
    ["own"] {
        glob = List("*.a", "src/**/*.b")
        check = "own --check {{files}}"
        fix = "own {{ files }}"
        condition = "true"
    }
    ["dbg"] = new Step {
        glob = "**/*.rs"
        check = "! rg -e 'dbg!' {{files}}"
    }
    ["words"] { check = new Command { argv = List("wc", "-c", "{{files}}", "a b") } }
    ["fixer"] { glob = "*.py"; fix = "black {{files}}" }
    ["unknown"] = Builtins.something
    ["computed"] { check = "x \(y)" }
    ["template"] { check = "x {{workspace}}" }
    ["empty"] {}
}
hooks {
    ["pre-commit"] { fix = true; steps = linters }
    ["pre-push"] { steps { ...linters; ["group"] = new Group { steps { ["test"] { check = "make test" } } } } }
    ["commit-msg"] { steps { ["message"] { check = "check-message {{commit_msg_file}}" } } }
    ["check"] { steps = linters }
    ["post-merge"] { steps {} }
}
"#;

    #[test]
    fn steps_become_checks() {
        insta::assert_snapshot!(taken(&Files::of(&[("hk.pkl", STEPS_OF_ALL_KINDS), ("web/a.js", ""), ("a.md", ""), ("b.rs", "")])), @r#"
        found hk in hk.pkl; hk uninstall, then remove hk.pkl
        carried format as format
        carried shellcheck as shellcheck
        carried newlines as final-newline
        carried own as own
        carried dbg as dbg
        carried words as words
        carried fixer as fixer
        carried test as test
        carried message as message
        left own: condition: a check has nothing like it, and is written without
        left unknown: what hk brings as Builtins.something is not known here: put what it runs in a check's `run`
        left computed: its command is computed
        left template: its command takes what gate does not give
        left empty: it has no `check` and no `fix` that can be read
        left post-merge: gate runs no checks at that hook

        [check.format]
        files = ["**/*.{py,pyi}"]
        inputs = ["**/{pyproject,ruff,.ruff}.toml"]
        run = "ruff format --force-exclude --check {files}"
        fix = "ruff format --force-exclude {files}"
        on = ["pre-commit", "pre-push"]
        allow-empty = true

        [check.shellcheck]
        files = ["web/**/*.{sh,bash}"]
        exclude = ["web/gen/**"]
        inputs = ["**/.shellcheckrc"]
        run = "shellcheck {files}"
        dir = "web"
        on = ["pre-commit", "pre-push"]
        allow-empty = true

        [check.final-newline]
        builtin = "final-newline"
        on = ["pre-commit", "pre-push"]

        # Each file is looked at by itself: name in `inputs` what else the result depends on.
        [check.own]
        files = ["**/*.a", "src/**/*.b"]
        run = "own --check {files}"
        fix = "own {files}"
        on = ["pre-commit", "pre-push"]
        allow-empty = true

        [check.dbg]
        files = ["**/*.rs"]
        run = "! rg -e 'dbg!' {files}"
        on = ["pre-commit", "pre-push"]

        [check.words]
        files = ["**"]
        run = "wc -c {files} 'a b'"
        on = ["pre-commit", "pre-push"]

        [check.fixer]
        files = ["**/*.py"]
        inputs = ["**/pyproject.toml"]
        run = "black --check {files}"
        fix = "black {files}"
        on = ["pre-commit", "pre-push"]
        allow-empty = true

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.test]
        run = "make test"
        on = ["pre-push"]

        [check.message]
        run = "check-message {message_file}"
        "#);
        let text = taken(&Files::of(&[("hk.pkl", "function f() = 1\n")]));
        assert!(text.contains("left hk.pkl: line 1 is more of Pkl than is read here"), "{text}");
    }
}
