//! The source held to its own rules: layers, lengths, documentation, names.
//!
//! Each rule is shown to fire on a small bad sample, and each test prints every violation with its place.

mod circles;
mod layers;
mod samples;
mod sizes;
mod source;
mod texts;

use layers::Tables;
use sizes::Limits;
use source::{Source, rust_files, without_tests};

fn none(violations: &[String]) {
    assert!(violations.is_empty(), "{} violations:\n{}\n", violations.len(), violations.join("\n"));
}

fn all_rust_files() -> Vec<Source> {
    rust_files("src").into_iter().chain(rust_files("tests")).collect()
}

#[test]
fn modules_import_only_what_the_table_grants() {
    let files = rust_files("src");
    let lib = files.iter().find(|file| file.path == "src/lib.rs").unwrap();
    let tables = Tables::read(&lib.text);
    assert!(tables.layers.len() > 15, "the table of layers was not found");
    assert!(tables.crates.len() > 10, "the table of crates was not found");
    let mut violations = tables.faults(lib);
    violations.extend(files.iter().filter(|file| file.path != "src/main.rs").flat_map(|file| tables.violations(file)));
    none(&violations);
}

#[test]
fn the_program_knows_only_its_command_line() {
    let main = rust_files("src").into_iter().find(|file| file.path == "src/main.rs").unwrap();
    none(&layers::beside_the_command_line(&main));
}

#[test]
fn files_of_a_module_do_not_import_each_other_in_circles() {
    none(&circles::circles(&without_tests(rust_files("src"))));
}

#[test]
fn files_are_short() {
    let files = without_tests(rust_files("src"));
    let limits = Limits { median: 150, ninth_decile: 300, max: 450 };
    none(&limits.violations(files.iter().map(sizes::file).collect()));
}

#[test]
fn functions_are_short() {
    let files = without_tests(rust_files("src"));
    let limits = Limits { median: 8, ninth_decile: 25, max: 60 };
    none(&limits.violations(files.iter().flat_map(sizes::functions).collect()));
}

#[test]
fn every_file_says_what_it_is_for() {
    none(&all_rust_files().iter().filter_map(texts::undocumented).collect::<Vec<_>>());
}

#[test]
fn no_module_has_an_empty_name() {
    none(&all_rust_files().iter().flat_map(texts::empty_names).collect::<Vec<_>>());
}

#[test]
fn no_file_holds_what_none_may() {
    none(&source::texts().iter().flat_map(texts::banned).collect::<Vec<_>>());
}

#[test]
fn no_file_is_forgotten() {
    none(&[texts::forgotten(&rust_files("src")), texts::forgotten(&rust_files("tests/it"))].concat());
}
