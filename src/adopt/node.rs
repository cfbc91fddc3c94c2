//! Node: the scripts of a package.json.

use serde_json::Value;

use super::npm::{Manager, members, prepare};
use super::part::{Check, Part, Place};

/// What a check looks at, the names its script may have, and the early stage it is quick enough for.
type Role = (&'static str, &'static [&'static str], Option<&'static str>);

/// The first script of each row that only looks, and ends.
const ROLES: [Role; 5] = [
    (
        "format",
        &["format:check", "check-format", "check:format", "format-check", "prettier:check", "fmt:check"],
        Some("pre-push"),
    ),
    ("lint", &["lint:check", "lint:ci", "lint"], Some("pre-push")),
    ("types", &["typecheck", "type-check", "check-types", "check:types", "types:check", "tsc"], Some("pre-push")),
    ("build", &["build"], None),
    ("test", &["test", "test:ci", "test:run", "test:unit"], None),
];

/// What a Node project needs: its packages installed.
pub(super) fn part(place: &Place<'_>) -> Part {
    let Ok(package) = serde_json::from_str::<Value>(place.text("package.json")) else {
        return Part { notes: vec![format!("{}package.json is not JSON", place.dir)], ..Part::default() };
    };
    let manager = Manager::of(place, &package);
    let is_workspace = !members(place, &package).is_empty();
    let mut checks: Vec<Check> = ROLES.iter().filter_map(|role| check(*role, &package, manager)).collect();
    if !builds_on_its_server(place, manager) {
        checks.retain(|check| check.role != "build");
    }
    if checks.iter().any(|check| check.role == "build") {
        needs_build(&mut checks, is_workspace);
    }
    Part {
        found: format!("{} {}", manager.program(), if is_workspace { "workspaces" } else { "package" }),
        label: manager.program(),
        prepare: Some(prepare(place, &package, manager)),
        checks,
        notes: notes(&package),
        ..Part::default()
    }
}

/// Whether the project's server builds it, or there is none that could tell. What others can do without, a check can too:
/// such a build is for publishing, and may write into files that git tracks.
fn builds_on_its_server(place: &Place<'_>, manager: Manager) -> bool {
    let program = manager.program();
    let builds = [format!("{program} run build"), format!("{program} build"), format!("{program} run-script build")];
    let others = ["turbo build", "turbo run build", "nx build", "lerna run build", "run-many", "wireit"];
    let words: Vec<&str> = builds.iter().map(String::as_str).chain(others).collect();
    !place.files.has_server() || place.files.mentions(&words)
}

/// What a build makes is ignored by git, so a private checkout doesn't have it. Packages of a workspace see each other
/// through it, and tests often look at nothing else.
fn needs_build(checks: &mut [Check], is_workspace: bool) {
    let uses = |check: &Check| check.role == "test" || (is_workspace && ["lint", "types"].contains(&check.role));
    // What an early stage's check needs has to run at that stage.
    let stage = checks.iter().filter(|check| uses(check)).find_map(|check| check.on);
    for check in checks {
        if check.role == "build" {
            check.on = stage;
        } else if uses(check) {
            check.needs = Some("build");
        }
    }
}

fn check((role, names, stage): Role, package: &Value, manager: Manager) -> Option<Check> {
    let name = names.iter().find(|name| only_looks(package, name))?;
    let run = match (manager, *name) {
        (Manager::Npm, "test") => "npm test".to_owned(),
        _ => format!("{} run {name}", manager.program()),
    };
    let check = Check { does: script(package, name).to_owned(), ..Check::new(role, run) };
    Some(match stage {
        Some(stage) => check.on(stage),
        None => check,
    })
}

/// The roles that have scripts, but none that only looks.
fn notes(package: &Value) -> Vec<String> {
    let is_left_out = |names: &[&str]| {
        let mut there = names.iter().filter(|name| !script(package, name).is_empty()).peekable();
        there.peek().is_some() && !there.any(|name| only_looks(package, name))
    };
    let left_out = ROLES.iter().filter(|(_, names, _)| is_left_out(names));
    left_out.map(|(role, ..)| format!("the script for {role} changes files or does not end: no check for it")).collect()
}

/// Whether a script, with those that run before and after it, ends, and changes no file that is not its product: no
/// watcher, no fixer.
fn only_looks(package: &Value, name: &str) -> bool {
    let all = ["pre", "", "post"].map(|time| script(package, &format!("{time}{name}"))).join(" ");
    let is_wrong = |word: &str| ["--watch", "--watchAll", "--fix", "--write", "watch"].contains(&word);
    !script(package, name).is_empty() && !all.split_whitespace().any(is_wrong)
}

/// A script of the package; empty where there is none, or only the placeholder that npm writes.
fn script<'a>(package: &'a Value, name: &str) -> &'a str {
    package["scripts"][name].as_str().filter(|script| !script.contains("no test specified")).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::valid as propose;

    const PACKAGE: &str = r#"{
        "workspaces": ["packages/*", "!packages/old", "./site/"],
        "scripts": {
            "prepare": "husky",
            "lint": "eslint --fix .",
            "lint:ci": "eslint .",
            "typecheck": "tsc -b",
            "build": "tsc -b",
            "test": "vitest --watch",
            "test:ci": "vitest run"
        }
    }"#;

    #[test]
    fn npm_workspaces() {
        let files =
            Files::of(&[("package.json", PACKAGE), ("package-lock.json", "{}"), ("packages/a/package.json", "{}")]);
        let proposal = propose(&files.with_local(&[".env"]), "main");
        assert_eq!(proposal.found, ["npm workspaces"]);
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        [workspace]
        # Copied from your checkout, because git ignores it and programs read it.
        share = [".env"]

        # A private checkout has no packages installed.
        [[workspace.prepare]]
        run = "npm ci"
        inputs = ["package.json", "packages/*/package.json", "site/package.json", "package-lock.json"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.lint]
        run = "npm run lint:ci"
        needs = ["build"]
        on = ["pre-push"]

        [check.types]
        run = "npm run typecheck"
        needs = ["build"]
        on = ["pre-push"]

        [check.build]
        run = "npm run build"
        on = ["pre-push"]

        [check.test]
        run = "npm run test:ci"
        needs = ["build"]
        "#);
    }

    #[test]
    fn what_the_server_does_not_build_is_not_built() {
        let package = r#"{"scripts": {"build": "esbuild a.js", "test": "jest"}}"#;
        let text = |server| {
            let files = [("package.json", package), (".github/workflows/ci.yml", server)];
            propose(&Files::of(&files), "main").text
        };
        assert!(!text("run: npm test").contains("build"), "{}", text("run: npm test"));
        assert!(text("run: npm run build").contains("needs = [\"build\"]"));
    }

    #[test]
    fn packages_listed_one_by_one() {
        let text = |folders: &str| {
            let package = format!(r#"{{"workspaces": [{folders}], "scripts": {{"test": "jest"}}}}"#);
            propose(&Files::of(&[("package.json", &package)]), "main").text
        };
        assert!(
            text(r#""p/a", "p/b", "p/c", "p/d", "site""#)
                .contains(r#"["package.json", "p/*/package.json", "site/package.json"]"#)
        );
        assert!(text(r#""p/a", "p/b""#).contains(r#"["package.json", "p/a/package.json", "p/b/package.json"]"#));
    }

    #[test]
    fn pnpm_with_a_package_that_builds_itself_when_it_is_installed() {
        let proposal = propose(
            &Files::of(&[
                ("package.json", r#"{"scripts": {"test": "vitest run"}}"#),
                ("pnpm-lock.yaml", ""),
                ("pnpm-workspace.yaml", "packages:\n  - 'packages/*'\n  - site # the site\n\ncatalog:\n  a: 1\n"),
                ("packages/a/package.json", r#"{"scripts": {"prepare": "tsc"}}"#),
            ]),
            "main",
        );
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        # A package runs a script of its own when it is installed, so this depends on every file.
        [[workspace.prepare]]
        run = "pnpm install --frozen-lockfile --prefer-offline"

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.test]
        run = "pnpm run test"
        "#);
    }

    #[test]
    fn what_an_installation_runs_decides_what_it_depends_on() {
        let inputs = |prepare: &str| {
            let package = format!(r#"{{"scripts": {{"prepare": "{prepare}", "test": "x"}}}}"#);
            let text = propose(&Files::of(&[("package.json", &package), ("package-lock.json", "")]), "main").text;
            text.lines().find(|line| line.starts_with("inputs = ")).map(str::to_owned)
        };
        let narrow = Some("inputs = [\"package.json\", \"package-lock.json\"]".to_owned());
        assert_eq!(inputs("husky || true"), narrow);
        assert_eq!(inputs("node .husky/install.mjs"), narrow);
        assert_eq!(inputs("husky && npm run build"), None);
    }

    #[test]
    fn many_packages_in_one_folder_are_one_pattern() {
        let package = r#"{"workspaces": ["p/a", "p/b", "p/c", "p/d", "site"], "scripts": {"test": "x"}}"#;
        let text = propose(&Files::of(&[("package.json", package), ("package-lock.json", "")]), "main").text;
        let inputs = r#"inputs = ["package.json", "p/*/package.json", "site/package.json", "package-lock.json"]"#;
        assert!(text.contains(inputs), "{text}");
    }

    #[test]
    fn each_manager_is_told_by_its_lock_file_or_by_name() {
        let run = |files: &[(&str, &str)], package: &'static str| {
            let text = propose(&Files::of(&[files, &[("package.json", package)]].concat()), "main").text;
            text.lines().find(|line| line.starts_with("run = ")).unwrap().to_owned()
        };
        let test = r#"{"scripts": {"test": "x"}}"#;
        for (lock, expected) in [
            ("package-lock.json", "npm ci"),
            ("yarn.lock", "yarn install --frozen-lockfile"),
            ("pnpm-lock.yaml", "pnpm install --frozen-lockfile --prefer-offline"),
            ("bun.lockb", "bun install --frozen-lockfile"),
            ("none", "npm install --no-package-lock"),
        ] {
            assert_eq!(run(&[(lock, "")], test), format!("run = \"{expected}\""));
        }
        let berry = r#"{"packageManager": "yarn@4.1.0", "scripts": {"test": "x"}}"#;
        assert_eq!(run(&[("yarn.lock", "")], berry), "run = \"yarn install --immutable\"");
        assert_eq!(run(&[("yarn.lock", ""), (".yarnrc.yml", "")], test), "run = \"yarn install --immutable\"");
    }

    #[test]
    fn a_package_with_nothing_to_check_gets_nothing() {
        let placeholder = r#"{"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}}"#;
        for package in [placeholder, "{}", r#"{"scripts": {"lint": "prettier --write ."}}"#] {
            let proposal = propose(&Files::of(&[("package.json", package)]), "main");
            assert!(!proposal.text.contains("prepare"), "{}", proposal.text);
            assert_eq!(proposal.found, <[&str; 0]>::default());
        }
        let fixer = propose(
            &Files::of(&[("package.json", r#"{"scripts": {"build": "tsc", "postbuild": "prettier --write ."}}"#)]),
            "main",
        );
        assert_eq!(fixer.notes, ["the script for build changes files or does not end: no check for it"]);
        let broken = propose(&Files::of(&[("package.json", "{")]), "main");
        assert_eq!(broken.notes, ["package.json is not JSON"]);
    }
}
