//! The text of a gate.toml.

use super::entry::Entry;
use super::part::{Part, Place, Prepare};
use super::toml_text::{list, quote};

const HEAD: &str = "\
# What keeps the main branch of this repository deployable.
# `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

[main]";

/// What stands where nothing was recognised.
const NO_CHECKS: &str = r#"
# A check is a command that passes if it exits with 0.
#
# [check.test]
# run = "./test.sh""#;

/// A project and what it adds.
pub(super) type Project<'a> = (Place<'a>, Part);

type Lines = Vec<String>;

/// Writes the text.
pub(super) fn render(projects: &[Project<'_>], entries: &[Entry], branch: &str, share: &[String]) -> String {
    let mut lines = vec![HEAD.to_owned(), list("branches", &[branch.to_owned()])];
    lines.extend(workspace(projects, share));
    lines.extend(projects.iter().flat_map(prepare));
    let checks: Lines = entries.iter().flat_map(Entry::lines).collect();
    lines.extend(if checks.is_empty() { vec![NO_CHECKS.to_owned()] } else { checks });
    lines.join("\n") + "\n"
}

/// `[workspace]`; nothing where nothing has to be said.
fn workspace(projects: &[Project<'_>], share: &[String]) -> Lines {
    let mut lines = Lines::new();
    if !share.is_empty() {
        lines.push("# Copied from your checkout, because git ignores it and programs read it.".to_owned());
        lines.push(list("share", share));
    }
    let kept = |(place, part): &Project<'_>| part.keep.iter().map(|name| prefixed(place, name)).collect::<Lines>();
    let keep: Lines = projects.iter().flat_map(kept).collect();
    if !keep.is_empty() {
        lines.push("# Stays in the private checkout: its tools check for themselves what is still good.".to_owned());
        lines.push(list("keep", &keep));
    }
    if !lines.is_empty() {
        lines.insert(0, "\n[workspace]".to_owned());
    }
    lines
}

fn prepare((place, part): &Project<'_>) -> Lines {
    let Some(Prepare { comment, run, inputs }) = &part.prepare else { return Lines::new() };
    let inputs: Lines = inputs.iter().map(|input| prefixed(place, input)).collect();
    let mut lines = vec![format!("\n# {comment}\n[[workspace.prepare]]"), format!("run = {}", quote(run))];
    lines.extend(dir(place));
    lines.extend((!inputs.is_empty()).then(|| list("inputs", &inputs)));
    lines
}

/// The role alone where one project is all there is; otherwise with what tells the project from the others.
pub(super) fn name(place: &Place<'_>, part: &Part, role: &str, all: &[&Project<'_>]) -> String {
    if all.len() == 1 {
        return role.to_owned();
    }
    let folder = place.dir.trim_end_matches('/').replace('/', "-");
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_name = folder.starts_with(|c: char| c.is_ascii_alphanumeric()) && folder.chars().all(is_word);
    let is_alone = all.iter().filter(|(other, _)| other.dir == place.dir).count() == 1;
    match (is_name, is_alone) {
        (true, true) => format!("{folder}-{role}"),
        (true, false) => format!("{folder}-{}-{role}", part.label),
        (false, _) => format!("{}-{role}", part.label),
    }
}

/// A pattern of a project, from the repository's root.
pub(super) fn prefixed(place: &Place<'_>, pattern: &str) -> String {
    format!("{}{pattern}", place.dir)
}

fn dir(place: &Place<'_>) -> Option<String> {
    let dir = place.dir.strip_suffix('/')?;
    Some(format!("dir = {}", quote(dir)))
}
