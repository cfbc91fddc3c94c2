//! Small bad samples: each rule has to fire on its own.

use super::layers::{Tables, beside_the_command_line};
use super::sizes::{self, Length, Limits};
use super::source::{self, Source, Text};
use super::{circles, texts};

const LIB: &str = "\
//! | module | responsibility | may import |
//! |---|---|---|
//! | `path` | paths | – |
//! | `git` | the repository | `path` |
//! | `plan` | what to run | `path` |
//! | `cli` | arguments | all above |
//!
//! | crate | imported by |
//! |---|---|
//! | `git2` | `git` |
pub mod path;
pub mod git;
pub mod plan;
pub mod cli;
";

/// What the layers of `LIB` say of a file.
fn layers(path: &str, text: &str) -> Vec<String> {
    Tables::read(LIB).violations(&Source::new(path, text))
}

#[test]
fn an_import_outside_the_row_is_found_however_it_is_written() {
    let expected = |line: usize| vec![format!("src/plan/order.rs:{line}: 'plan' may not import 'git'")];
    for text in [
        "use crate::git::Repo;",
        "use crate::{path::RepoPath, git};",
        "use super::super::git::*;",
        "fn f() { crate::git::open(); }",
        "fn f() -> super::super::git::Repo { g() }",
        "fn f() { g(format!(\"{}\", crate::git::open())) }",
        "mod inner { use super::super::super::git; }",
        "#[cfg(test)] mod tests { use crate::git::Repo; }",
        "#[derive(crate::git::Open)] struct S;",
        "struct S { #[serde(with = \"crate::git::text\")] f: u8 }",
    ] {
        assert_eq!(layers("src/plan/order.rs", text), expected(1), "{text}");
    }
    assert_eq!(layers("src/plan/order.rs", "use std::io;\n\nuse crate::git::Repo;\n"), expected(3));
}

#[test]
fn an_import_within_the_row_is_not() {
    for (path, text) in [
        ("src/plan/order.rs", "use super::Step; use crate::path::RepoPath; use crate::plan::Plan;"),
        ("src/plan/mod.rs", "mod order; pub use order::Order; use self::order::Other;"),
        ("src/git/repo.rs", "use git2::Repository; #[cfg(test)] mod tests { use super::*; use super::super::Error; }"),
        ("src/cli/main.rs", "fn f(git2: u8) { crate::plan::plan(crate::git::open(git2)) }"),
    ] {
        assert_eq!(layers(path, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_heavy_crate_has_its_own_importers() {
    let fault = "src/plan/order.rs:1: 'plan' may not import the crate 'git2'";
    for text in ["use git2::Oid;", "use git2;", "fn f(id: git2::Oid) {}", "fn f() { g!(git2::Oid::zero()) }"] {
        assert_eq!(layers("src/plan/order.rs", text), [fault], "{text}");
    }
}

#[test]
fn the_whole_crate_and_unknown_modules_are_found() {
    assert_eq!(layers("src/cli/mod.rs", "use super::*;"), ["src/cli/mod.rs:1: the crate's root is imported whole"]);
    assert_eq!(
        layers("src/cli/mod.rs", "use crate::other::X;"),
        ["src/cli/mod.rs:1: 'crate::other' is no module of the table"]
    );
}

#[test]
fn a_table_that_is_not_true_is_found() {
    let faults = |lib: &str| Tables::read(lib).faults(&Source::new("src/lib.rs", lib));
    assert_eq!(faults(LIB), Vec::<String>::new());
    assert_eq!(
        faults(&LIB.replace("| `git` | the repository | `path` |", "| `git` | the repository | `plan` |")),
        ["the row of 'git' names 'plan', which is not in a row above it"]
    );
    assert_eq!(faults(&LIB.replace("pub mod git;\npub mod plan;", "pub mod plan;\npub mod git;")).len(), 1);
    assert_eq!(
        faults(&LIB.replace("| `git2` | `git` |", "| `git2` | `got` |")),
        ["'git2' is granted to 'got', which is no module"]
    );
}

#[test]
fn a_program_that_knows_more_than_its_command_line_is_found() {
    let found = |text: &str| beside_the_command_line(&Source::new("src/main.rs", text));
    assert_eq!(found("fn main() -> std::process::ExitCode { gate::cli::main() }"), Vec::<String>::new());
    assert_eq!(found("use gate::plan::Plan;"), ["src/main.rs:1: takes 'gate::plan::Plan'"]);
}

#[test]
fn a_circle_of_files_is_found() {
    let files = |b: &str| {
        [
            Source::new("src/git/mod.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
            Source::new("src/git/a.rs", "use super::B; pub struct A(B);"),
            Source::new("src/git/b.rs", b),
        ]
    };
    assert_eq!(circles::circles(&files("pub struct B;")), Vec::<String>::new());
    assert_eq!(
        circles::circles(&files("pub struct B; #[cfg(test)] mod tests { use super::super::A; }")),
        Vec::<String>::new()
    );
    assert_eq!(circles::circles(&files("pub struct B(super::A);")), ["these files import each other: git::a, git::b"]);
}

#[test]
fn long_things_are_found() {
    let limits = Limits { median: 2, ninth_decile: 4, max: 8 };
    let violations = |lines: &[usize]| {
        let all = lines.iter().map(|lines| Length { place: format!("f{lines}"), lines: *lines });
        limits.violations(all.collect()).into_iter().filter(|line| !line.starts_with("  ")).collect::<Vec<_>>()
    };
    assert_eq!(violations(&[]), Vec::<String>::new());
    assert_eq!(violations(&[1, 2, 2, 2, 2, 2, 2, 2, 4, 8]), Vec::<String>::new());
    assert_eq!(violations(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 9]), ["f9: 9 lines, above 8"]);
    assert_eq!(violations(&[1, 1, 1, 1, 1, 1, 1, 1, 5, 5]), ["the ninth decile is 5, above 4; the longest:"]);
    assert_eq!(violations(&[1, 1, 1, 3, 3, 3, 3]), ["the median is 3, above 2; the longest:"]);
}

#[test]
fn files_of_tests_do_not_count_as_length() {
    let files = vec![
        Source::new("src/git/mod.rs", "mod repo; #[cfg(test)] mod tests; #[cfg(test)] pub(crate) mod testing;"),
        Source::new("src/git/repo.rs", ""),
        Source::new("src/git/tests/mod.rs", "mod index;"),
        Source::new("src/git/tests/index.rs", ""),
        Source::new("src/git/testing.rs", ""),
    ];
    let kept: Vec<String> = source::without_tests(files).into_iter().map(|file| file.path).collect();
    assert_eq!(kept, ["src/git/mod.rs", "src/git/repo.rs"]);
}

#[test]
fn tests_do_not_count_as_length() {
    let source = Source::new(
        "src/a.rs",
        "//! A.\n\nfn f() {\n    g();\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {\n        f();\n    }\n}\n",
    );
    assert_eq!(sizes::file(&source).lines, 6);
    let functions: Vec<_> = sizes::functions(&source).into_iter().map(|f| (f.place, f.lines)).collect();
    assert_eq!(functions, [("src/a.rs:3: f".to_owned(), 3)]);
}

#[test]
fn every_kind_of_function_has_a_length() {
    let source = Source::new(
        "src/a.rs",
        "impl A {\n    fn a(&self) {\n    }\n}\ntrait T {\n    fn b(&self) {\n    }\n    fn none(&self);\n}\nfn c() {\n    fn d() {}\n}\n",
    );
    let functions: Vec<_> = sizes::functions(&source).into_iter().map(|f| (f.place, f.lines)).collect();
    let expected = [("src/a.rs:2: a", 2), ("src/a.rs:6: b", 2), ("src/a.rs:10: c", 3), ("src/a.rs:11: d", 1)];
    assert_eq!(functions, expected.map(|(place, lines)| (place.to_owned(), lines)));
}

#[test]
fn banned_texts_are_found() {
    for bad in [
        concat!("// TO", "DO: later"),
        concat!("// FIX", "ME"),
        concat!("#[al", "low(dead_code)]"),
        concat!("#[ig", "nore]"),
        concat!("/wo", "rk/somewhere"),
        concat!("see issue", " #7"),
        concat!("an Assis", "tant wrote this"),
    ] {
        let file = Text { path: "src/a.rs".into(), text: format!("fn f() {{}}\n{bad}\n") };
        let found = texts::banned(&file);
        assert_eq!(found.len(), 1, "{bad}: {found:?}");
        assert!(found[0].starts_with("src/a.rs:2: "), "{found:?}");
    }
    assert!(texts::banned(&Text { path: "a".into(), text: "to do: nothing".into() }).is_empty());
}

#[test]
fn undocumented_files_and_empty_names_are_found() {
    assert_eq!(texts::undocumented(&Source::new("src/a.rs", "//! A.\n")), None);
    for bad in ["", "use a::b;\n//! A.\n", "//!\n"] {
        let bad = Source { path: "src/a.rs".into(), text: bad.into(), file: syn::parse_str("").unwrap() };
        assert!(texts::undocumented(&bad).is_some());
    }
    assert_eq!(texts::empty_names(&Source::new("src/utils.rs", "mod inner {}")).len(), 1);
    assert_eq!(
        texts::empty_names(&Source::new("src/a.rs", "\nmod helpers {}"))[0],
        "src/a.rs:2: 'helpers' says nothing of what is inside"
    );
    assert!(texts::empty_names(&Source::new("src/a.rs", "mod output {}")).is_empty());
}

#[test]
fn forgotten_files_are_found() {
    let files = [
        Source::new("tests/it/main.rs", "mod a; mod b;"),
        Source::new("tests/it/a.rs", ""),
        Source::new("tests/it/b/mod.rs", "mod c;"),
        Source::new("tests/it/b/c.rs", ""),
        Source::new("tests/it/b/d.rs", ""),
        Source::new("tests/it/e/mod.rs", ""),
    ];
    assert_eq!(
        texts::forgotten(&files),
        ["tests/it/b/d.rs:1: no `mod d;` brings this file in", "tests/it/e/mod.rs:1: no `mod e;` brings this file in"]
    );
}
