//! What another manager ran and what the ecosystems propose, as one list without doubles.

use std::collections::BTreeSet;

use super::entry::{Entry, Work};
use super::migrate::{Old, PER_FILE, work};
use super::part::Check;
use super::render::{Project, name, prefixed};

/// What to say of the first check that is not narrowed.
const WHOLE_TREE: &str = "Without `files` or `inputs` a check depends on every file: narrow it where you know better.";

/// Programs that run what Node's packages bring.
const NODE: [&str; 6] = ["npm", "npx", "pnpm", "yarn", "bun", "bunx"];

/// Beginnings of what runs in a virtual environment.
const PYTHON: [&str; 4] = [".venv/bin/", "uv run ", "poetry run ", "pdm run "];

/// The checks of the managers found, under names of their own.
pub(super) fn carried(olds: &mut [Old]) -> Vec<Entry> {
    let mut taken = BTreeSet::new();
    let mut entries = Vec::new();
    for old in olds {
        let mut renamed = Vec::new();
        for (_, entry) in &mut old.carried {
            let before = entry.name.clone();
            entry.name = free(&before, &mut taken);
            renamed.push((before, entry.name.clone()));
        }
        for (_, entry) in &mut old.carried {
            for other in entry.needs.iter_mut().chain(&mut entry.after) {
                let name = renamed.iter().find(|(before, _)| before == other);
                *other = name.map_or_else(|| other.clone(), |(_, name)| name.clone());
            }
        }
        entries.extend(old.carried.iter().map(|(_, entry)| entry.clone()));
    }
    entries
}

/// A name that nothing has yet, as near to the one wanted as can be.
fn free(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = wanted.to_owned();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{wanted}-{number}");
        number += 1;
    }
    name
}

/// Whether what a project installs is used by any of the checks.
pub(super) fn uses((place, part): &Project<'_>, entries: &[Entry]) -> bool {
    let lines = || entries.iter().flat_map(|entry| [Some(entry.run()), entry.fix.as_deref()]).flatten();
    let is_python = part.label == "python" && lines().any(|line| PYTHON.iter().any(|start| line.starts_with(start)));
    let is_node = NODE.contains(&part.label)
        && lines().any(|line| line.split([' ', ';', '&', '|', '(', '\n']).any(|word| NODE.contains(&word)));
    place.dir.is_empty() && part.prepare.is_some() && (is_python || is_node)
}

/// The checks of both: first what was carried over, then what the projects propose beside it. Gives also what was left
/// out of the second, with the names of those that do its work.
pub(super) fn merge(mut entries: Vec<Entry>, projects: &[Project<'_>]) -> (Vec<Entry>, Vec<(String, String)>) {
    let with_checks: Vec<&Project<'_>> = projects.iter().filter(|(_, part)| !part.checks.is_empty()).collect();
    let mut taken: BTreeSet<String> = entries.iter().map(|entry| entry.name.clone()).collect();
    let (count, mut doubles) = (entries.len(), Vec::new());
    for (place, part) in &with_checks {
        // Each role, with the name of the check that does its work.
        let mut names: Vec<(&str, String)> = Vec::new();
        for check in &part.checks {
            let dir = place.dir.trim_end_matches('/');
            let here = || entries[..count].iter().filter(|entry| entry.dir.as_deref().unwrap_or("") == dir);
            let twin = here().find(|entry| command(entry.run()) == command(&check.run));
            let twin = twin.or_else(|| here().find(|entry| is_same_tool(entry, check)));
            let usual = name(place, part, check.role, &with_checks);
            match twin {
                Some(twin) => {
                    doubles.push((check.run.clone(), twin.name.clone()));
                    names.push((check.role, twin.name.clone()));
                }
                None if taken.contains(&usual) => {
                    names.push((check.role, free(&format!("{}-{}", part.label, check.role), &mut taken)));
                }
                None => names.push((check.role, free(&usual, &mut taken))),
            }
        }
        for (check, (_, own)) in part.checks.iter().zip(&names) {
            let needs = check.needs.and_then(|role| names.iter().find(|(other, _)| *other == role));
            let needs: Vec<String> =
                needs.map(|(_, name)| name.clone()).into_iter().filter(|name| name != own).collect();
            match entries[..count].iter_mut().find(|entry| entry.name == *own) {
                Some(twin) if command(twin.run()) == command(&check.run) => twin.needs = needs,
                Some(_) => {}
                None => entries.push(entry(place, check, own.clone(), needs)),
            }
        }
    }
    let is_whole = |entry: &&mut Entry| {
        let is_message = entry.run().contains("{message_file}");
        !entry.run().is_empty() && !is_message && entry.files.is_empty() && entry.inputs.is_empty()
    };
    if let Some(first) = entries.iter_mut().find(is_whole) {
        first.comments.push(WHOLE_TREE.to_owned());
    }
    // What holds for many is said of the first.
    let mut said = false;
    for entry in &mut entries {
        entry.comments.retain(|comment| comment != PER_FILE || !std::mem::replace(&mut said, true));
    }
    early(&mut entries);
    (entries, doubles)
}

/// Whether a check that was carried over runs the tool that a proposed one would.
fn is_same_tool(entry: &Entry, check: &Check) -> bool {
    let tool = work(if check.does.is_empty() { &check.run } else { &check.does });
    tool.is_some() && tool == work(entry.run())
}

/// The words of a command; `npm test` is `npm run test`.
fn command(line: &str) -> Vec<&str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        [manager @ ("npm" | "pnpm" | "yarn" | "bun"), "run", rest @ ..] => [&[*manager], rest].concat(),
        _ => words,
    }
}

fn entry(place: &super::part::Place<'_>, check: &Check, name: String, needs: Vec<String>) -> Entry {
    let patterns = |patterns: &[String]| patterns.iter().map(|pattern| prefixed(place, pattern)).collect();
    Entry {
        name,
        comments: Vec::new(),
        files: patterns(&check.files),
        inputs: patterns(&check.inputs),
        work: Work::Run(check.run.clone()),
        dir: place.dir.strip_suffix('/').map(str::to_owned),
        needs,
        on: check.on.into_iter().collect(),
        ..Entry::default()
    }
}

/// What an early stage's check needs has to run at that stage.
fn early(entries: &mut [Entry]) {
    for _ in 0..entries.len() {
        let wanted: Vec<(String, &'static str)> = entries
            .iter()
            .flat_map(|entry| entry.needs.iter().flat_map(|name| entry.on.iter().map(|stage| (name.clone(), *stage))))
            .collect();
        let mut has_changed = false;
        for (name, stage) in wanted {
            for entry in entries.iter_mut().filter(|entry| entry.name == name && !entry.on.contains(&stage)) {
                entry.on.push(stage);
                has_changed = true;
            }
        }
        if !has_changed {
            break;
        }
    }
    for entry in entries {
        entry.on.sort_unstable();
    }
}
