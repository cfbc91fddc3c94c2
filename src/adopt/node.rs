//! Node: the scripts of a package.json.

use serde_json::Value;

use super::npm::{Manager, prepare};
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
    let is_workspace = !package["workspaces"].is_null() || place.has("pnpm-workspace.yaml");
    let mut checks: Vec<Check> = ROLES.iter().filter_map(|role| check(*role, &package, manager)).collect();
    if checks.iter().any(|check| check.role == "build") {
        // What a build makes is ignored by git, so a private checkout doesn't have it. Packages of a workspace see each
        // other through it, and tests often look at nothing else.
        let uses =
            |check: &&mut Check| check.role == "test" || (is_workspace && ["lint", "types"].contains(&check.role));
        checks.iter_mut().filter(uses).for_each(|check| check.needs = Some("build"));
    }
    let prepare = (!checks.is_empty()).then(|| prepare(place, &package, manager));
    Part {
        found: format!("{} {}", manager.program(), if is_workspace { "workspaces" } else { "package" }),
        label: manager.program(),
        prepare,
        checks,
        ..Part::default()
    }
}

fn check((role, names, stage): Role, package: &Value, manager: Manager) -> Option<Check> {
    let script = |name: &str| package["scripts"][name].as_str().is_some_and(only_looks);
    let name = names.iter().find(|name| script(name))?;
    let run = match (manager, *name) {
        (Manager::Npm, "test") => "npm test".to_owned(),
        _ => format!("{} run {name}", manager.program()),
    };
    let check = Check::new(role, run);
    Some(match stage {
        Some(stage) => check.on(stage),
        None => check,
    })
}

/// Whether a script ends, and changes no file that is not its product: not a watcher, not a fixer, not npm's placeholder.
fn only_looks(script: &str) -> bool {
    let words: Vec<&str> = script.split_whitespace().collect();
    let is_any = |others: &[&str]| words.iter().any(|word| others.contains(word));
    !is_any(&["--watch", "--watchAll", "--fix", "--write", "watch"]) && !script.contains("no test specified")
}
