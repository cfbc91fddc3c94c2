//! README.md says what is true: its reference of keys is the program's own, and its commands are those that run.

use std::fmt::Write;

use crate::scenarios::plain;
use gate::config::{Fallback, Key, Table, keys};

fn readme() -> String {
    fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// The reference of every key, as README.md has to hold it.
fn reference() -> String {
    let mut text = String::new();
    for table in Table::ALL {
        write!(text, "### `{}`\n\n{}\n\n", table.header(), table.doc()).unwrap();
        text.push_str("| key | takes | left out | meaning |\n|---|---|---|---|\n");
        keys().filter(|key| key.table == table).for_each(|key| text.push_str(&row(key)));
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn row(key: &Key) -> String {
    let fallback = match key.fallback {
        Fallback::Required => "not possible".to_owned(),
        Fallback::Nothing => String::new(),
        Fallback::Value(value) => format!("`{value}`"),
    };
    format!("| `{}` | {} | {fallback} | {} |\n", key.name, key.kind.name(), key.doc).replace("|  |", "| |")
}

#[test]
fn the_reference_of_keys_is_the_programs_own() {
    let reference = reference();
    assert!(readme().contains(&reference), "README.md has to hold this:\n\n{reference}\n");
}

/// What commands give in README.md and in the scenario that it is taken from, by command: without ids, times and breaks of
/// lines.
fn tour(text: &str, mark: usize) -> Vec<(String, String)> {
    let mut tour: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('?')) {
        match (line.strip_prefix("$ "), tour.last_mut()) {
            (Some(command), _) => tour.push((command.to_owned(), String::new())),
            (None, Some((_, given))) => {
                given.push_str(&plain(line.get(mark..).unwrap_or_default()));
                given.push(' ');
            }
            (None, None) => {}
        }
    }
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    tour.into_iter().map(|(command, given)| (command, words(given))).collect()
}

#[test]
fn the_five_minutes_are_real() {
    let readme = readme().replace("~/sample", "REPO");
    let blocks: String = readme.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios/tour.txt");
    let scenario = fs_err::read_to_string(path).unwrap();
    let (commands, files) = scenario.split_once("-- gate.toml --\n").unwrap();
    assert_eq!(tour(&blocks, 0), tour(commands, 2));
    let rules = files.split("-- ").next().unwrap().trim_end();
    assert!(readme.contains(&format!("```toml\n{rules}\n```")), "README.md has to hold this:\n\n{rules}\n");
}

#[test]
fn the_units_are_real() {
    let readme = readme();
    let (_, section) = readme.split_once("## Units\n").unwrap();
    let block = section.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios/units.txt");
    let scenario = fs_err::read_to_string(path).unwrap();
    let (commands, _) = scenario.split_once("-- gate.toml --\n").unwrap();
    assert_eq!(tour(block, 0), tour(commands, 2));
}

#[test]
fn the_variables_that_checks_get_are_the_programs_own() {
    let readme = readme();
    let (_, list) = readme.split_once("## What checks get of your environment\n").unwrap();
    let list = list.split("\n\n").nth(1).unwrap();
    let names: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    assert_eq!(names, gate::process::PASSED);
}

#[test]
fn the_tests_run_by_the_command_that_readme_names() {
    let command = "cargo test --locked";
    assert!(readme().contains(command));
    let ci = fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/run")).unwrap();
    assert!(ci.lines().any(|line| line == command));
}
