//! From what a repository holds to the text of a gate.toml.

use std::collections::BTreeSet;

use super::files::{Files, is_aside};
use super::merge::{carried, merge, uses};
use super::migrate::{self, Old};
use super::part::{Part, Place};
use super::python::NOT_LISTED;
use super::render::{Project, render};
use super::{cargo, go, make, node, python};
use crate::config;

/// A gate.toml for a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The text of the file.
    pub text: String,
    /// What was found, such as `a Cargo workspace`.
    pub found: Vec<String>,
    /// What other managers of git hooks ran, and what became of it.
    pub managers: Vec<Takeover>,
    /// What was seen and left alone, and why.
    pub notes: Vec<String>,
}

/// What became of another manager's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takeover {
    /// What was found, and where.
    pub found: String,
    /// What was carried over: what it was called, and the check that it became.
    pub carried: Vec<(String, String)>,
    /// What was not, and why.
    pub left: Vec<(String, String)>,
    /// How to retire the manager.
    pub retire: String,
}

/// What makes an ecosystem's part out of a folder: nothing where there is nothing to check.
type Ecosystem = (&'static [&'static str], fn(&Place<'_>) -> Part);

/// The ecosystems, each with the files that show it.
const ECOSYSTEMS: [Ecosystem; 4] = [
    (&["Cargo.toml"], cargo::part),
    (&["package.json"], node::part),
    (&["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile"], python::part),
    (&["go.mod"], go::part),
];

/// The most projects of one ecosystem that get checks where the root has none: with more, somebody has to choose.
const MOST: usize = 4;

/// Proposes a gate.toml for files; `branch` is what must stay deployable.
#[must_use]
pub fn propose(files: &Files, branch: &str) -> Proposal {
    let mut projects = Vec::new();
    let mut notes = Vec::new();
    for (manifests, part) in ECOSYSTEMS {
        let dirs = folders(files, manifests);
        if dirs.len() > MOST {
            notes.push(format!("{} folders with {}: too many to choose from", dirs.len(), manifests.join(" or ")));
            continue;
        }
        projects.extend(dirs.into_iter().map(|dir| found(Place { files, dir }, part)));
    }
    if projects.iter().all(|(_, part)| part.checks.is_empty()) {
        projects.push(found(Place { files, dir: String::new() }, make::part));
    }
    let mut olds = migrate::read(files);
    olds.iter_mut().for_each(only_valid);
    let entries = carried(&mut olds);
    // A tool that is only set up, and has its check all the same.
    let is_carried = |note: &String| {
        let tool = note.strip_suffix(NOT_LISTED).and_then(|note| note.split(' ').next());
        tool.is_some_and(|tool| {
            entries.iter().any(|entry| migrate::work(entry.run()).is_some_and(|work| work[0] == tool))
        })
    };
    notes.extend(projects.iter().flat_map(|(_, part)| part.notes.iter()).filter(|note| !is_carried(note)).cloned());
    projects.retain(|project| !project.1.checks.is_empty() || uses(project, &entries));
    let (mut entries, mut doubles) = merge(entries, &projects);
    if !is_valid(&render(&projects, &entries, branch, &[])) {
        // What others wrote may be anything, and each by itself was sound.
        olds.iter_mut().for_each(leave_all);
        (entries, doubles) = merge(Vec::new(), &projects);
    }
    notes.extend(doubles.iter().map(|(run, name)| format!("no check for `{run}`: check '{name}' does that already")));
    notes.extend(olds.iter().flat_map(|old| old.notes.iter().cloned()));
    notes.extend(olds.iter().filter_map(programs));
    let seen = projects.iter().map(|(place, part)| match place.dir.trim_end_matches('/') {
        "" => part.found.clone(),
        dir => format!("{} in {dir}", part.found),
    });
    let found = seen.collect();
    let text = render(&projects, &entries, branch, files.local());
    Proposal { text, found, managers: olds.into_iter().map(takeover).collect(), notes }
}

/// Takes out what would make the file invalid: what others wrote may be anything.
fn only_valid(old: &mut Old) {
    let (valid, invalid): (Vec<_>, Vec<_>) = old.carried.drain(..).partition(|(_, entry)| {
        let alone = super::entry::Entry { needs: Vec::new(), after: Vec::new(), ..entry.clone() };
        is_valid(&alone.lines().join("\n"))
    });
    old.carried = valid;
    old.left.extend(invalid.into_iter().map(|(name, _)| (name, "it can't be written as a check".to_owned())));
    let names: Vec<String> = old.carried.iter().map(|(_, entry)| entry.name.clone()).collect();
    for (_, entry) in &mut old.carried {
        entry.needs.retain(|name| names.contains(name));
        entry.after.retain(|name| names.contains(name));
    }
}

fn is_valid(text: &str) -> bool {
    config::load(&config::Source::new("gate.toml", text), None).is_ok()
}

fn leave_all(old: &mut Old) {
    let carried =
        old.carried.drain(..).map(|(what, _)| (what, "together with the others it makes no valid file".to_owned()));
    old.left.extend(carried);
}

/// Which programs have to be there that a manager brought.
fn programs(old: &Old) -> Option<String> {
    let names: Vec<&str> = old.wanted.iter().map(String::as_str).collect();
    let (last, first) = names.split_last()?;
    let names = if first.is_empty() { (*last).to_owned() } else { format!("{} and {last}", first.join(", ")) };
    Some(format!("{names} must be on the PATH, in the version that the project means: nothing installs them now"))
}

fn takeover(old: Old) -> Takeover {
    let carried = old.carried.into_iter().map(|(what, entry)| (what, entry.name)).collect();
    Takeover { found: old.found, carried, left: old.left, retire: old.retire }
}

/// A proposal, after a look that it is a valid gate.toml.
#[cfg(test)]
pub(super) fn valid(files: &Files, branch: &str) -> Proposal {
    let proposal = propose(files, branch);
    let loaded = crate::config::load(&crate::config::Source::new("gate.toml", proposal.text.as_str()), None);
    assert!(loaded.is_ok(), "{}\n{:?}", proposal.text, loaded.err());
    proposal
}

/// What a proposal says of other managers, and its text from the first thing on that depends on the files.
#[cfg(test)]
pub(super) fn taken(files: &Files) -> String {
    let proposal = valid(files, "main");
    let mut lines = Vec::new();
    for manager in &proposal.managers {
        lines.push(format!("found {}; {}", manager.found, manager.retire));
        lines.extend(manager.carried.iter().map(|(what, name)| format!("carried {what} as {name}")));
        lines.extend(manager.left.iter().map(|(what, why)| format!("left {what}: {why}")));
    }
    lines.extend(proposal.notes.iter().map(|note| format!("note {note}")));
    let text = proposal.text.split_once("branches = [\"main\"]\n").unwrap().1;
    format!("{}\n{text}", lines.join("\n"))
}

fn found(place: Place<'_>, part: fn(&Place<'_>) -> Part) -> Project<'_> {
    let part = part(&place);
    (place, part)
}

/// The folders that hold one of the files: the root, or else the ones nearest to it.
fn folders(files: &Files, manifests: &[&str]) -> Vec<String> {
    for depth in 0..3 {
        let found: BTreeSet<&str> = files
            .paths()
            .map(|path| path.split_at(path.rfind('/').map_or(0, |slash| slash + 1)))
            .filter(|(folder, name)| manifests.contains(name) && folder.matches('/').count() == depth)
            .map(|(folder, _)| folder)
            .filter(|folder| !is_aside(folder))
            .filter(|folder| !folder.contains(['*', '?', '[', ']', '{', '}', '\\']))
            .collect();
        if !found.is_empty() {
            return found.into_iter().map(str::to_owned).collect();
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::valid as propose;
    use crate::adopt::Files;

    #[test]
    fn nothing_recognised_is_a_file_to_start_from() {
        let proposal = propose(&Files::of(&[("README.md", "")]), "main");
        assert_eq!(proposal.found, <[&str; 0]>::default());
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        # A check is a command that passes if it exits with 0.
        #
        # [check.test]
        # run = "./test.sh"
        "#);
    }

    #[test]
    fn several_projects_are_told_apart() {
        let package = r#"{"scripts": {"test": "jest"}}"#;
        let proposal = propose(
            &Files::of(&[
                ("Cargo.toml", "[package]\n"),
                ("Cargo.lock", ""),
                ("web/package.json", package),
                ("web/package-lock.json", ""),
                ("web/node_modules/a/package.json", package),
                ("examples/package.json", package),
                ("web/go.mod", ""),
            ]),
            "main",
        );
        assert_eq!(proposal.found, ["a Cargo package", "npm package in web", "a Go module in web"]);
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        [workspace]
        # Stays in the private checkout: its tools check for themselves what is still good.
        keep = ["target"]

        # A private checkout has no packages installed.
        [[workspace.prepare]]
        run = "npm ci"
        dir = "web"
        inputs = ["web/package.json", "web/package-lock.json"]

        [check.cargo-fmt]
        files = ["**/*.rs"]
        inputs = ["**/Cargo.toml", "**/*rustfmt.toml", "rust-toolchain*"]
        run = "cargo fmt --check"
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.cargo-test]
        run = "cargo test --locked"

        [check.web-npm-test]
        run = "npm test"
        dir = "web"

        [check.web-go-vet]
        run = "go vet ./..."
        dir = "web"
        on = ["pre-push"]

        [check.web-go-test]
        run = "go test ./..."
        dir = "web"
        "#);
    }

    #[test]
    fn too_many_projects_are_left_to_somebody_who_knows() {
        let paths: Vec<String> = (0..5).map(|number| format!("{number}/go.mod")).collect();
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
        assert_eq!(propose(&Files::of(&files), "main").notes, ["5 folders with go.mod: too many to choose from"]);
    }
}
