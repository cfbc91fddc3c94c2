//! What installs the packages of a Node project.

use serde_json::Value;

use super::files::is_aside;
use super::part::{Place, Prepare};

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    /// npm.
    Npm,
    /// pnpm.
    Pnpm,
    /// Yarn 1.
    Yarn,
    /// Yarn 2 and newer.
    YarnBerry,
    /// Bun.
    Bun,
}

/// Scripts of a package that run when it is installed.
const LIFECYCLE: [&str; 4] = ["preinstall", "install", "postinstall", "prepare"];

/// What such a script may start without depending on anything but the packages: programs that set up git hooks or patch
/// packages, and those that do nothing.
const HARMLESS: [&str; 9] =
    ["husky", "simple-git-hooks", "lefthook", "pre-commit", "gate install", "is-ci", "patch-package", "true", "exit 0"];

/// How many packages beside each other are named one by one.
const SIBLINGS: usize = 3;

impl Manager {
    /// The manager that a project uses: the one it names, or the one whose lock file it has.
    pub(super) fn of(place: &Place<'_>, package: &Value) -> Self {
        let named = package["packageManager"].as_str().unwrap_or("");
        let yarn = match named.strip_prefix("yarn@") {
            Some(version) if version.starts_with("1.") => Self::Yarn,
            Some(_) => Self::YarnBerry,
            None if place.has(".yarnrc.yml") => Self::YarnBerry,
            None => Self::Yarn,
        };
        let by_name = [("npm@", Self::Npm), ("pnpm@", Self::Pnpm), ("yarn@", yarn), ("bun@", Self::Bun)];
        let by_lock = [
            ("pnpm-lock.yaml", Self::Pnpm),
            ("yarn.lock", yarn),
            ("bun.lock", Self::Bun),
            ("bun.lockb", Self::Bun),
            ("package-lock.json", Self::Npm),
            ("npm-shrinkwrap.json", Self::Npm),
        ];
        let named = by_name.into_iter().find(|(name, _)| named.starts_with(name));
        named
            .or_else(|| by_lock.into_iter().find(|(lock, _)| place.has(lock)))
            .map_or(Self::Npm, |(_, manager)| manager)
    }

    /// The program.
    pub(super) fn program(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::Yarn | Self::YarnBerry => "yarn",
            Self::Bun => "bun",
        }
    }

    fn locks(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &["package-lock.json", "npm-shrinkwrap.json"],
            Self::Pnpm => &["pnpm-lock.yaml"],
            Self::Yarn | Self::YarnBerry => &["yarn.lock"],
            Self::Bun => &["bun.lock", "bun.lockb"],
        }
    }

    fn install(self, is_locked: bool) -> &'static str {
        match (self, is_locked) {
            (Self::Npm, true) => "npm ci",
            (Self::Npm, false) => "npm install --no-package-lock",
            (Self::Pnpm, true) => "pnpm install --frozen-lockfile --prefer-offline",
            (Self::Pnpm, false) => "pnpm install --no-lockfile --prefer-offline",
            (Self::Yarn, true) => "yarn install --frozen-lockfile",
            (Self::Yarn, false) => "yarn install --no-lockfile",
            (Self::YarnBerry, true) => "yarn install --immutable",
            (Self::YarnBerry, false) => "yarn install",
            (Self::Bun, true) => "bun install --frozen-lockfile",
            (Self::Bun, false) => "bun install --no-save",
        }
    }
}

/// What installs the project's packages, and what that depends on.
pub(super) fn prepare(place: &Place<'_>, package: &Value, manager: Manager) -> Prepare {
    let locks = place.present(manager.locks());
    let run = manager.install(!locks.is_empty()).to_owned();
    if runs_own_code(place) {
        return Prepare {
            comment: "A package runs a script of its own when it is installed, so this depends on every file.",
            run,
            inputs: Vec::new(),
        };
    }
    let settings = place.present(&["pnpm-workspace.yaml", ".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml"]);
    let folders = ["patches", ".yarn/patches", ".yarn/releases", ".yarn/plugins"].into_iter();
    let folders = folders.filter(|folder| place.paths().any(|path| path.starts_with(&format!("{folder}/"))));
    let inputs = [vec!["package.json".to_owned()], members(place, package), locks, settings];
    let inputs = inputs.concat().into_iter().chain(folders.map(|folder| format!("{folder}/**"))).collect();
    Prepare { comment: "A private checkout has no packages installed.", run, inputs }
}

/// The manifests of the packages in a workspace, as patterns. Many in one folder become one pattern.
pub(super) fn members(place: &Place<'_>, package: &Value) -> Vec<String> {
    let listed = package["workspaces"].as_array().or_else(|| package["workspaces"]["packages"].as_array());
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    let members: Vec<String> =
        listed.chain(pnpm_members(place.text("pnpm-workspace.yaml"))).filter_map(member).collect();
    siblings_as_one(&members)
}

/// Folders that are listed one by one, as one pattern where there are many beside each other: it takes in no less, and
/// stays true when another one comes.
fn siblings_as_one(members: &[String]) -> Vec<String> {
    let pattern = |member: &str| {
        let (parent, _) = member.strip_suffix("/package.json")?.rsplit_once('/')?;
        let pattern = format!("{parent}/*/package.json");
        (members.iter().filter(|other| other.starts_with(&format!("{parent}/"))).count() > SIBLINGS).then_some(pattern)
    };
    let mut patterns: Vec<String> = Vec::new();
    for member in members {
        let pattern = pattern(member).filter(|_| !member.contains('*')).unwrap_or_else(|| member.clone());
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    patterns
}

fn member(folder: &str) -> Option<String> {
    let folder = folder.trim_start_matches("./").trim_end_matches('/');
    (!folder.is_empty() && folder != "." && !folder.starts_with('!')).then(|| format!("{folder}/package.json"))
}

/// The list below `packages:`, one line each.
fn pnpm_members(text: &str) -> impl Iterator<Item = &str> {
    let below = text.lines().skip_while(|line| line.trim_end() != "packages:").skip(1);
    let listed = below.filter(|line| !line.trim().is_empty()).map_while(|line| line.trim_start().strip_prefix("- "));
    listed.map(|value| value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']))
}

/// Whether a package of the project runs anything of its own when it is installed.
fn runs_own_code(place: &Place<'_>) -> bool {
    let is_package = |path: &str| path == "package.json" || (path.ends_with("/package.json") && !is_aside(path));
    let packages = place.texts().filter(|(path, _)| is_package(path)).filter_map(|(_, text)| {
        // One that is no JSON is not installed, or fails to be.
        serde_json::from_str::<Value>(text).ok()
    });
    let mut scripts =
        packages.flat_map(|package| LIFECYCLE.map(|name| package["scripts"][name].as_str().map(str::to_owned)));
    scripts.any(|script| script.is_some_and(|script| !is_harmless(&script)))
}

fn is_harmless(script: &str) -> bool {
    let mut commands = script.split([';', '&', '|']).map(str::trim).filter(|command| !command.is_empty());
    commands.all(|command| HARMLESS.iter().any(|known| command.contains(known)))
}
