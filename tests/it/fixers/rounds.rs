//! Several fixers, and those that come to no end.

use super::{LINES, fix, left, repo, texts};
use crate::repo::{TestRepo, assert_untouched};

fn check(name: &str, fix: &str) -> String {
    format!("[check.{name}]\nfiles = [\"*.txt\"]\nrun = \"true {{files}}\"\nfix = {fix:?}\non = [\"pre-commit\"]\n")
}

#[test]
fn both_effects_survive_on_one_file() {
    let more = check("first", "sed -i s/2/two/ {files}") + &check("second", "sed -i s/3/three/ {files}");
    let repo = repo(&more);
    repo.write("a.txt", LINES);
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, texts(&fixes["changed"])), (0, vec!["a.txt"]));
    assert_eq!(repo.read("a.txt"), "good\ntwo\nthree\n4\n5\n6\n7\n8\n9\n10\n");
}

#[test]
fn a_fixer_comes_after_those_that_its_check_comes_after() {
    let told = |name: &str| check(name, &format!("echo {name} >>$HOME/order; true {{files}}"));
    let repo = repo(&(told("b-first") + &told("a-second") + "after = [\"b-first\"]\n"));
    repo.write("a.txt", "2\n");
    fix(&repo, &[]);
    assert_eq!(fs_err::read_to_string(repo.home().join("order")).unwrap(), "b-first\na-second\n");
}

#[test]
fn a_fixer_runs_again_on_what_a_later_one_made() {
    let repo = repo(&(check("a", "sed -i s/two/2/ {files}") + &check("b", "sed -i s/zwei/two/ {files}")));
    repo.write("a.txt", "zwei\n");
    let (_, fixes) = fix(&repo, &[]);
    assert_eq!((repo.read("a.txt").as_str(), texts(&fixes["unsettled"]).len()), ("2\n", 0));
}

#[test]
fn what_does_not_settle_is_said_and_not_written() {
    let cases: [(String, &[&str]); 2] = [
        (check("grows", "for f in {files}; do echo x >>\"$f\"; done"), &["grows"]),
        (check("up", "sed -i s/low/HIGH/ {files}") + &check("down", "sed -i s/HIGH/low/ {files}"), &["down", "up"]),
    ];
    for (more, names) in cases {
        let repo = TestRepo::with(&[("gate.toml", &more), ("a.txt", "a\n")]);
        repo.write("a.txt", "low\n");
        let before = repo.snapshot();
        let (_, fixes) = fix(&repo, &[]);
        let unsettled = texts(&fixes["unsettled"]);
        assert!(!unsettled.is_empty() && unsettled.iter().all(|name| names.contains(name)), "{fixes:#}");
        assert_eq!((left(&fixes), texts(&fixes["changed"]).len()), (vec!["a.txt"], 0));
        assert_untouched(&before, &repo.snapshot(), "fixers did not settle");
    }
}

#[test]
fn what_settled_beside_it_is_written() {
    let repo = repo(&check("grows", "for f in {files}; do case $f in g.txt) echo x >>$f;; esac; done"));
    repo.write("a.txt", LINES);
    repo.write("g.txt", "bad\n");
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, texts(&fixes["changed"]), left(&fixes)), (1, vec!["a.txt"], vec!["g.txt"]));
    assert_eq!(texts(&fixes["unsettled"]), ["grows"]);
    assert_eq!(repo.read("g.txt"), "bad\n");
}

#[test]
fn many_files_of_its_own_are_not_all_given_again() {
    let counted = check("counted", "for f in {files}; do echo >>$HOME/seen; sed -i s/old/new/ $f; done");
    let repo = TestRepo::with(&[("gate.toml", &counted)]);
    for n in 0..100 {
        repo.write(format!("{n}.txt"), "old\n");
    }
    let (code, fixes) = fix(&repo, &["--jobs", "2"]);
    assert_eq!((code, texts(&fixes["changed"]).len()), (0, 100));
    let seen = fs_err::read_to_string(repo.home().join("seen")).unwrap();
    assert_eq!(seen.lines().count(), 116, "a few of them show whether it leaves what it made");
}

#[test]
fn many_files_are_all_given_again_where_the_first_are_not_left() {
    // It needs two goes at each file.
    let twice = check("twice", "sed -i -e s/one/ONE/ -e t -e s/ONE/two/ {files}");
    let repo = TestRepo::with(&[("gate.toml", &twice)]);
    for n in 0..100 {
        repo.write(format!("{n}.txt"), "one\n");
    }
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, texts(&fixes["changed"]).len(), texts(&fixes["unsettled"]).len()), (0, 100, 0));
    assert!((0..100).all(|n| repo.read(format!("{n}.txt")) == "two\n"));
}

#[test]
fn a_fixer_without_files_mends_what_it_finds() {
    let whole = "[check.whole]\nfiles = [\"*.txt\"]\nrun = \"true\"\nfix = \"sed -i s/old/new/ *.txt\"\non = [\"pre-commit\"]\n";
    let repo = TestRepo::with(&[("gate.toml", whole), ("a.txt", "old\n"), ("b.txt", "old\n")]);
    repo.write("a.txt", "old one\n");
    let (_, fixes) = fix(&repo, &[]);
    assert_eq!(texts(&fixes["changed"]), ["a.txt", "b.txt"]);
}
