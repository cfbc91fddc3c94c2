//! Hooks that are shell scripts or lines in package.json: husky, and what is like it.

use super::super::files::Files;
use super::forms::Programs;
use super::hook::{Hook, Mends, Old, Wanted, one_line};
use super::line::{Line, MESSAGE, without_git_add};
use super::lint_staged;
use super::own_hooks::commitlint;
use super::value::{entries, text};

/// husky's folder, and what in it is not a hook of git's.
const FOLDER: &str = ".husky/";

/// The hooks at which gate runs checks.
const STAGES: [(&str, &str); 4] =
    [("pre-commit", "pre-commit"), ("pre-merge-commit", "pre-commit"), ("pre-push", "pre-push"), ("commit-msg", "")];

/// Other hooks of git's: a name that is none of either is a file that a hook reads.
const OTHERS: [&str; 8] = [
    "post-checkout",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "pre-rebase",
    "prepare-commit-msg",
    "applypatch-msg",
    "pre-applypatch",
];

/// Beginnings of words that only a script with a flow of its own has.
const FLOW: [&str; 14] =
    ["if", "then", "else", "fi", "for", "while", "do", "done", "case", "esac", "function", "return", "exec", "trap"];

/// Lines that set a script up, or only speak.
const SILENT: [&str; 8] = [". ", "source ", "set ", "echo ", "printf ", "export ", "#", "exit 0"];

/// What husky's folder, and what package.json says like it, come to; `None` where there is neither.
pub(super) fn old(files: &Files, programs: &Programs<'_>) -> Option<Old> {
    let mut hooks: Vec<(String, String, String)> = files
        .paths()
        .filter_map(|path| Some((path, path.strip_prefix(FOLDER)?)))
        .filter(|(_, name)| is_hook(name))
        .map(|(path, name)| (path.to_owned(), name.to_owned(), files.text(path).to_owned()))
        .collect();
    let mut found = Vec::new();
    if !hooks.is_empty() {
        found.push((
            "husky's hooks in .husky",
            "git config --unset core.hooksPath, remove .husky, and husky from package.json",
        ));
    }
    for (keys, what, retire) in [
        (&["husky", "hooks"][..], "husky's hooks in package.json", "remove husky from package.json"),
        (&["simple-git-hooks"], "simple-git-hooks in package.json", "remove simple-git-hooks from package.json"),
        (&["gitHooks"], "yorkie's hooks in package.json", "remove yorkie and gitHooks from package.json"),
    ] {
        let table = keys.iter().fold(programs.package, |value, key| &value[key]);
        let lines = entries(table).filter(|(name, _)| is_hook(name));
        let before = hooks.len();
        hooks.extend(lines.filter_map(|(name, line)| Some(("package.json".to_owned(), name.to_owned(), text(line)?))));
        if hooks.len() > before {
            found.push((what, retire));
        }
    }
    let is_there = lint_staged::is_there(files, programs);
    if is_there && found.is_empty() {
        found.push(("lint-staged", "remove lint-staged from package.json"));
    }
    let (what, retire) = found.first()?;
    let all: Vec<&str> = found.iter().map(|(what, _)| *what).collect();
    let mut old = Old::new(if all.len() > 1 { all.join(" and ") } else { (*what).to_owned() }, *retire);
    if hooks.is_empty() {
        lint_staged::carry(&mut old, files, programs);
    }
    hooks.sort();
    for (path, name, script) in &hooks {
        Script { path, name, files, programs, old: &mut old }.read(script);
    }
    if old.is_staged && !hooks.is_empty() {
        old.found.push_str(" with lint-staged");
        old.retire.push_str(", and lint-staged");
    } else if is_there && !hooks.is_empty() {
        old.leave("lint-staged", "no hook runs it");
    }
    Some(old)
}

fn is_hook(name: &str) -> bool {
    STAGES.iter().any(|(hook, _)| *hook == name) || OTHERS.contains(&name)
}

struct Script<'a, 'b> {
    path: &'a str,
    name: &'a str,
    files: &'a Files,
    programs: &'a Programs<'a>,
    old: &'b mut Old,
}

impl Script<'_, '_> {
    fn read(&mut self, script: &str) {
        let Some((_, stage)) = STAGES.iter().find(|(hook, _)| *hook == self.name) else {
            self.old.leave(self.name, "gate runs no checks at that hook");
            return;
        };
        let script = script.replace("\\\n", " ");
        let lines = script.lines().map(str::trim);
        let lines: Vec<&str> =
            lines.filter(|line| !line.is_empty() && !SILENT.iter().any(|start| line.starts_with(start))).collect();
        let Some(lines) = self.without_blocks(&lines) else {
            self.whole(stage, &script);
            return;
        };
        for line in lines.iter().flat_map(|line| commands(line)) {
            self.line(stage, &line);
        }
    }

    /// The lines that are not part of a condition or a loop, which are left; `None` if the script has a flow that is more
    /// than that.
    fn without_blocks<'s>(&mut self, lines: &[&'s str]) -> Option<Vec<&'s str>> {
        let (mut outside, mut blocks, mut depth) = (Vec::new(), Vec::new(), 0_usize);
        for line in lines {
            let first = line.split([' ', ';']).next().unwrap_or(line);
            let opens = ["if", "for", "while", "case"].contains(&first);
            if opens && depth == 0 {
                blocks.push(*line);
            }
            depth += usize::from(opens);
            let closes =
                ["fi", "done", "esac"].contains(&first) || (opens && line.ends_with([';']) && line.contains("; fi;"));
            let ends = closes || (opens && ["; fi", "; done", "; esac"].iter().any(|end| line.ends_with(end)));
            if depth == 0 && is_flow(line) {
                return None;
            }
            outside.extend((depth == 0).then_some(*line));
            depth = depth.checked_sub(usize::from(ends))?;
        }
        if depth > 0 || outside.is_empty() {
            return None;
        }
        for block in blocks {
            let what = format!("{}: {block}", self.path);
            self.old.leave(one_line(&what), "it decides by itself what to run: write what it checks as a check");
        }
        Some(outside)
    }

    /// A script that is more than one command after the other.
    fn whole(&mut self, stage: &'static str, script: &str) {
        if script.contains("lint-staged") {
            lint_staged::carry(self.old, self.files, self.programs);
        }
        let what = format!("{} as a script", self.path);
        if ["git ", "lint-staged"].iter().any(|text| script.contains(text)) || self.path == "package.json" {
            let why = "it looks at git's own state, or decides by itself what to run: write what it checks as checks";
            self.old.leave(what, why);
            return;
        }
        let message = if stage.is_empty() { format!(" {MESSAGE}") } else { String::new() };
        self.add(self.name.to_owned(), Line::parse(&format!("sh {}{message}", self.path)), stage);
    }

    fn line(&mut self, stage: &'static str, line: &str) {
        let mut line = line.to_owned();
        for argument in ["\"${1}\"", "\"$1\"", "${1}", "$1", "$HUSKY_GIT_PARAMS", "\"$HUSKY_GIT_PARAMS\"", "\"$@\""] {
            line = line.replace(argument, MESSAGE);
        }
        let read = Line::parse(&line);
        let starts = self.resolved(&read).unwrap_or_else(|| read.clone());
        let is_staged = |line: &Line| {
            line.program()
                .is_some_and(|(_, words)| ["lint-staged", "nano-staged"].contains(&super::line::name(&words[0])))
        };
        if is_staged(&starts) {
            lint_staged::carry(self.old, self.files, self.programs);
        } else if starts.is_commitlint() && stage.is_empty() {
            let (what, entry) = commitlint("commitlint");
            self.old.push(what, entry);
        } else if line.starts_with("git add") {
            // What a fix changes becomes part of the commit anyway.
        } else if stage.is_empty() && !read.takes_message() {
            self.old.leave(one_line(&line), "it runs at commit-msg without being given the message");
        } else if line.contains('$') {
            self.old.leave(one_line(&line), "it takes variables of the script");
        } else if line.contains("git diff") || line.contains("git rev-parse") {
            self.old.leave(one_line(&line), "it looks at git's own state, which a check is not given");
        } else {
            let read = Line::parse(&without_git_add(&line));
            self.add(read.title().replace(MESSAGE, ""), read, stage);
        }
    }

    fn add(&mut self, name: String, line: Line, stage: &'static str) {
        let on = [stage].into_iter().filter(|stage| !stage.is_empty()).collect();
        let hook =
            Hook { name, line, wanted: Wanted::default(), on, dir: None, mends: Mends::Unsaid, is_brought: false };
        self.old.add(hook, self.files, self.programs);
    }

    /// The script of package.json that a line runs, if it is one command.
    fn resolved(&self, line: &Line) -> Option<Line> {
        let Line::Words(words) = line else { return None };
        let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
        let (["npm" | "pnpm" | "yarn" | "bun", "run" | "run-script", name, ..] | ["pnpm" | "yarn", name, ..]) =
            words.as_slice()
        else {
            return None;
        };
        Some(Line::parse(self.programs.package["scripts"][name].as_str()?))
    }
}

fn is_flow(line: &str) -> bool {
    let first = line.split([' ', ';', '(', '=']).next().unwrap_or(line);
    let assigns = line
        .split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    FLOW.contains(&first)
        || line.starts_with(['[', '{', '}', '('])
        || line.contains("||")
        || line.ends_with(['{', '\\'])
        || (assigns && !line.contains(' '))
}

/// The commands of a line, where each runs only after the one before it passed.
fn commands(line: &str) -> Vec<String> {
    let is_plain = !line.contains(['\'', '"', '(', '`', '|', '>', '<']) || !line.contains("&&");
    let parts: Vec<&str> = if is_plain { line.split("&&").collect() } else { vec![line] };
    parts
        .iter()
        .map(|part| part.trim().trim_end_matches(';').trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::taken;

    const PACKAGE: &str = r#"{
        "scripts": {"test": "jest", "staged": "lint-staged", "lint": "eslint ."},
        "devDependencies": {"eslint": "9", "prettier": "3"},
        "lint-staged": {
            "*.{js,jsx}": ["eslint --fix", "prettier --write", "git add"],
            "src/**/*.ts": "bash -c 'tsc --noEmit'",
            "!(*.md)": "node scripts/spell.js",
            "*.css": ["stylelint '"]
        }
    }"#;

    fn husky(hooks: &[(&str, &str)]) -> String {
        let files =
            [&[("package.json", PACKAGE), ("package-lock.json", ""), ("a.js", ""), ("src/b.ts", "")], hooks].concat();
        taken(&Files::of(&files))
    }

    #[test]
    fn husky_with_lint_staged() {
        let setup = "#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n\n";
        let hook = format!("{setup}npm run staged\nnpm test && make docs\n");
        insta::assert_snapshot!(husky(&[(".husky/_/husky.sh", ""), (".husky/pre-commit", &hook)]), @r#"
        found husky's hooks in .husky with lint-staged; git config --unset core.hooksPath, remove .husky, and husky from package.json, and lint-staged
        carried node spell.js as node-spell-js
        carried eslint as eslint
        carried prettier as prettier
        carried tsc as tsc
        carried npm test as npm-test
        carried make docs as make-docs
        left stylelint ': its words can't be told apart
        note no check for `npm run lint`: check 'eslint' does that already
        note no check for `npm test`: check 'npm-test' does that already
        note tsc ran for some files only: what it looks at is not known, so it depends on all
        note tsc must be on the PATH, in the version that the project means: nothing installs them now

        # A private checkout has no packages installed.
        [[workspace.prepare]]
        run = "npm ci"
        inputs = ["package.json", "package-lock.json"]

        # Wider than before: !(*.md).
        # Each file is looked at by itself: name in `inputs` what else the result depends on.
        [check.node-spell-js]
        files = ["**"]
        run = "node scripts/spell.js {files}"
        on = ["pre-commit"]

        [check.eslint]
        files = ["**/*.{js,jsx}"]
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

        [check.prettier]
        files = ["**/*.{js,jsx}"]
        inputs = [
            "**/.prettierrc*",
            "**/.prettierignore",
            "**/prettier.config.*",
            "**/package.json",
            "**/.editorconfig",
        ]
        run = "npx --no-install prettier --check {files}"
        fix = "npx --no-install prettier --write {files}"
        after = ["eslint"]
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.tsc]
        run = "tsc --noEmit"
        on = ["pre-commit"]

        [check.npm-test]
        run = "npm test"
        on = ["pre-commit"]

        [check.make-docs]
        run = "make docs"
        on = ["pre-commit"]
        "#);
    }

    #[test]
    fn lines_of_hooks() {
        insta::assert_snapshot!(husky(&[
            (".husky/commit-msg", "npx --no -- commitlint --edit \"$1\"\n./check-message ${1}\nmake blind\n"),
            (".husky/pre-push", "if [ -n \"$CI\" ]; then\n  exit 0\nfi\nnpm run lint\ngit diff --exit-code\nmake $X\n"),
            (".husky/post-merge", "npm ci\n"),
            (".husky/setup.sh", "rm -rf /\n"),
        ]), @r#"
        found husky's hooks in .husky; git config --unset core.hooksPath, remove .husky, and husky from package.json
        carried commitlint as commitlint
        carried check-message as check-message
        carried npm lint as npm-lint
        left make blind: it runs at commit-msg without being given the message
        left post-merge: gate runs no checks at that hook
        left .husky/pre-push: if [ -n "$CI" ]; then: it decides by itself what to run: write what it checks as a check
        left git diff --exit-code: it looks at git's own state, which a check is not given
        left make $X: it takes variables of the script
        left lint-staged: no hook runs it
        note no check for `npm run lint`: check 'npm-lint' does that already

        # A private checkout has no packages installed.
        [[workspace.prepare]]
        run = "npm ci"
        inputs = ["package.json", "package-lock.json"]

        # What commitlint's own settings say is not read: set it here.
        [check.commitlint]
        builtin = "commit-message"
        max-subject = 100

        [check.check-message]
        run = "./check-message {message_file}"

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.npm-lint]
        run = "npm run lint"
        on = ["pre-push"]

        [check.test]
        run = "npm test"
        "#);
    }

    #[test]
    fn a_script_with_a_flow_of_its_own_stays_one() {
        let text = husky(&[(".husky/pre-push", "check() {\n  make check\n}\ncheck\n")]);
        assert!(text.contains("run = \"sh .husky/pre-push\""), "{text}");
        let text = husky(&[(".husky/pre-push", "check() {\n  git stash\n}\ncheck\n")]);
        assert!(text.contains("left .husky/pre-push as a script: it looks at git's own state"), "{text}");
        assert!(text.contains("left lint-staged: no hook runs it"), "{text}");
    }

    #[test]
    fn hooks_in_package_json() {
        for keys in [r#""husky": {"hooks": HOOKS}"#, r#""simple-git-hooks": HOOKS"#, r#""gitHooks": HOOKS"#] {
            let hooks = r#"{"pre-commit": "npm run x", "preserveUnused": true, "commit-msg": "commitlint -E HUSKY_GIT_PARAMS"}"#;
            let package = format!("{{{}}}", keys.replace("HOOKS", hooks));
            let text = taken(&Files::of(&[("package.json", &package)]));
            assert!(text.contains("run = \"npm run x\"") && text.contains("builtin = \"commit-message\""), "{text}");
        }
    }
}
