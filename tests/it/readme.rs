//! README.md says what is true: its reference of keys is the program's own, and its commands are those that run.

use std::fmt::Write;

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

#[test]
fn the_tests_run_by_the_command_that_readme_names() {
    let command = "cargo test --locked";
    assert!(readme().contains(command));
    let ci = fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/run")).unwrap();
    assert!(ci.lines().any(|line| line == command));
}
