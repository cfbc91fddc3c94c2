//! From what a repository holds to the text of a gate.toml.

use std::collections::BTreeSet;

use super::files::{Files, is_aside};
use super::part::{Part, Place};
use super::render::{Project, render};
use super::{cargo, go, make, node, python};

/// A gate.toml for a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The text of the file.
    pub text: String,
    /// What was found, such as `a Cargo workspace`.
    pub found: Vec<String>,
    /// What was seen and left alone, and why.
    pub notes: Vec<String>,
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

/// What to say of the first check that is not narrowed.
const WHOLE_TREE: &str = "Without `files` or `inputs` a check depends on every file: narrow it where you know better.";

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
    notes.extend(projects.iter().flat_map(|(_, part)| part.notes.iter().cloned()));
    projects.retain(|(_, part)| !part.checks.is_empty());
    let mut checks = projects.iter_mut().flat_map(|(_, part)| &mut part.checks);
    if let Some(check) = checks.find(|check| check.files.is_empty() && check.inputs.is_empty()) {
        check.comment = WHOLE_TREE;
    }
    let seen = projects.iter().map(|(place, part)| match place.dir.trim_end_matches('/') {
        "" => part.found.clone(),
        dir => format!("{} in {dir}", part.found),
    });
    Proposal { found: seen.collect(), notes, text: render(&projects, branch, files.local()) }
}

/// A proposal, after a look that it is a valid gate.toml.
#[cfg(test)]
pub(super) fn valid(files: &Files, branch: &str) -> Proposal {
    let proposal = propose(files, branch);
    let loaded = crate::config::load(&crate::config::Source::new("gate.toml", proposal.text.as_str()), None);
    assert!(loaded.is_ok(), "{}\n{:?}", proposal.text, loaded.err());
    proposal
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
