//! Patterns compared with what git's own pathspecs say, on names that are hard to match.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{Mode, Pattern, RepoPath, Selection};

const PATHS: &[&[u8]] = &[
    b"a",
    b"b",
    b"ab",
    b"abc",
    b"a.rs",
    b".a",
    b".c/.b",
    b"-a",
    b"a b",
    b"A",
    b"[a]",
    b"*",
    b"a*b",
    b"!a",
    b"x/a",
    b"x/a.rs",
    b"x/.rs",
    b"x/ab/b",
    b"x/b/a",
    b"x/b/ab/a.rs",
    b"x/b/b/b/a",
    b"y/a\nb",
    b"y/a\tb",
    b"y/a\"b",
    b"y/a{b,c}",
    b"y/caf\xc3\xa9",
    b"y/caf\xe9",
    b"\xff/a",
    b"\xff/b/\xfe",
];

fn git(dir: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    #[expect(clippy::disallowed_methods, reason = "the program that the module is compared with")]
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).args(args);
    for inherited in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"] {
        command.env_remove(inherited);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git {args:?}");
    output.stdout
}

/// A repository whose index holds the paths; there are no files, and git needs none to match.
fn repository() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "-q"], b"");
    let entries =
        PATHS.iter().flat_map(|path| [b"100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t", *path, b"\0"].concat());
    git(dir.path(), &["update-index", "-z", "--index-info"], &entries.collect::<Vec<_>>());
    dir
}

/// Whether stars follow a name's beginning (`a**/b`). Git takes the beginning off before it matches the rest, and then
/// takes the stars for a component, against its documentation: they are "regular asterisks" there, and here.
fn has_trailing_stars(text: &str) -> bool {
    text.match_indices("**").map(|(at, _)| &text[..at]).any(|before| {
        !(before.is_empty() || before.ends_with('/') || before.ends_with('*') && !before.ends_with("\\*"))
    })
}

/// Compares one pattern. A pathspec that spells a folder's name also matches what is below the folder; a pattern never
/// does.
fn check(dir: &Path, text: &str) {
    let Ok(pattern) = Pattern::parse(text) else { return };
    if has_trailing_stars(text) {
        return;
    }
    let below = format!("{text}/");
    let listed = git(dir, &["ls-files", "-z", "--", &format!(":(glob){text}")], b"");
    let mut expected: Vec<&[u8]> = listed.split(|byte| *byte == 0).collect();
    expected.retain(|path| !path.is_empty() && !path.starts_with(below.as_bytes()));
    let selection = Selection::new(&[pattern], &[]);
    let mut actual = PATHS.to_vec();
    actual.retain(|path| selection.matches(&RepoPath::new(*path), Mode::File));
    expected.sort_unstable();
    actual.sort_unstable();
    let shown = |paths: &[&[u8]]| paths.iter().map(|path| RepoPath::new(*path).to_string()).collect::<Vec<_>>();
    assert_eq!(shown(&actual), shown(&expected), "'{text}'");
}

#[test]
fn chosen_patterns_match_what_git_matches() {
    let dir = repository();
    let patterns = "a|*|**|***|a/**|x/**|x/***|**/a|***/a|x/**/a|x/***/a|**/*.rs|*/*.rs|x/*|.*|**/.*|-*|a?|a?b|y/a?b|\
        [ab]|[!a]|[^a]|[]a]*|[a-c]*|[[:alpha:]]|[[:alpha:]*]|\\[a\\]|[[]a]|\\*|a\\*b|\\!a|y/caf?|y/caf??|y/caf*|y/*\u{e9}|?/*|\
        **a|x/**b/a|x/**/b/**|**/b/**/*|x/**/**/a|**/**|[-a]*|[a-]*|[*]";
    for text in patterns.split('|') {
        assert!(Pattern::parse(text).is_ok(), "'{text}' is refused");
        check(dir.path(), text);
    }
}

#[test]
fn random_patterns_match_what_git_matches() {
    let dir = repository();
    let piece = prop::sample::select(vec![
        "a", "b", "x", "y", "/", "/", "/", "*", "*", "**", "**/", "/**", "?", ".rs", "[ab]", "[!a]", "[^ab]", "\\*",
        ".", "\\[", "\u{e9}", "-", " ",
    ]);
    let patterns = prop::collection::vec(piece, 1..7).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let result = runner.run(&patterns, |text| {
        check(dir.path(), &text);
        Ok(())
    });
    result.unwrap();
}
