//! A target that is broken already: nobody is blamed for it, and only what mends it lands.

use super::{branch, merge_check, step};
use crate::repo::TestRepo;

fn rules(unproved: &str) -> String {
    format!(
        r#"
[main]
branches = ["main"]

[policy]
unproved-base = "{unproved}"

[check.a]
inputs = ["a"]
run = "! grep bad a"

[check.b]
inputs = ["b"]
run = "! grep bad b"
"#
    )
}

/// A main that fails `b`, which no record knows.
fn broken(unproved: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write("gate.toml", rules(unproved));
    repo.write("a", "good\n");
    repo.write("b", "bad\n");
    repo.commit("broken");
    branch(&repo, "topic", "main");
    repo
}

fn standing(document: &serde_json::Value) -> (&str, Vec<&str>) {
    let steps = document["standing"]["steps"].as_array();
    let steps = steps.into_iter().flatten().map(|step| step.as_str().unwrap()).collect();
    (document["standing"]["kind"].as_str().unwrap(), steps)
}

#[test]
fn what_fails_without_the_change_too_is_seen_on_the_target() {
    let repo = broken("run");
    repo.write("c", "new\n");
    repo.commit("harmless");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, standing(&document)), (1, ("broken", vec!["b"])), "it mends nothing");
}

#[test]
fn what_mends_one_failure_of_two_lands() {
    let repo = broken("run");
    branch(&repo, "main", "main");
    repo.write("a", "bad\n");
    repo.commit("more broken");
    branch(&repo, "topic", "main");
    repo.write("a", "good again\n");
    repo.commit("mends a");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, &document["verdict"]), (0, &"mends".into()), "{document}");
    assert_eq!(standing(&document), ("broken", vec!["a", "b"]));
}

/// A script that tells what a runner of tests would, of the words in `tests` that are bad.
const RUNNER: &str = "#!/bin/sh\nbad=$(grep -c bad tests)\nall=$(grep -c . tests)\n\
    sed -n 's/^\\(.*\\) bad$/FAILED test_a.py::\\1 - assert/p' tests\n\
    echo \"= $bad failed, $((all - bad)) passed in 0.01s =\"\ntest $bad = 0\n";

/// What becomes of a change to a main of which `before` tells how its tests end.
fn of_tests(before: &str, after: &str) -> (i32, serde_json::Value) {
    let repo = TestRepo::new();
    repo.write(
        "gate.toml",
        "[main]\nbranches = [\"main\"]\n[check.tests]\nrun = \"./run\"\ninputs = [\"run\", \"tests\"]\n",
    );
    repo.write_program("run", RUNNER);
    repo.write("tests", before);
    repo.commit("broken");
    branch(&repo, "topic", "main");
    repo.write("tests", after);
    repo.commit("change");
    merge_check(&repo, &["--into", "main"])
}

#[test]
fn a_step_in_which_fewer_tests_fail_lands() {
    let (code, document) = of_tests("one bad\ntwo bad\nthree good\n", "one good\ntwo bad\nthree good\n");
    assert_eq!((code, &document["verdict"]), (0, &"mends".into()), "{document}");
    let tests = &document["steps"][0]["failed_tests"];
    assert_eq!(tests, &serde_json::json!({"names": ["test_a.py::two"], "total": 3}));
}

#[test]
fn a_step_in_which_another_test_fails_or_one_is_gone_does_not_land() {
    for (before, after) in [
        ("one bad\ntwo bad\nthree good\n", "one good\ntwo bad\nthree bad\n"),
        ("one bad\ntwo bad\nthree good\n", "two bad\nthree good\n"),
        ("one bad\ntwo good\n", "one bad\ntwo good\nthree good\n"),
        ("one good\ntwo good\n", "one bad\ntwo good\n"),
    ] {
        let (code, document) = of_tests(before, after);
        assert_eq!((code, &document["verdict"]), (1, &"rejected".into()), "{before:?} {after:?}: {document}");
    }
}

#[test]
fn what_breaks_another_one_does_not_land() {
    let repo = broken("run");
    repo.write("a", "bad\n");
    repo.write("b", "good\n");
    repo.commit("one for the other");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, &document["verdict"]), (1, &"rejected".into()));
}

#[test]
fn what_mends_all_is_deployable() {
    let repo = broken("run");
    repo.write("b", "good\n");
    repo.commit("mends b");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, &document["verdict"], &document["proof"]), (0, &"deployable".into(), &"proved".into()));
}

#[test]
fn a_target_that_moved_elsewhere_runs_nothing_again() {
    let repo = broken("run");
    branch(&repo, "main", "main");
    repo.write("b", "good\n");
    repo.commit("whole");
    branch(&repo, "topic", "main");
    repo.write("a", "better\n");
    repo.commit("topic");
    assert_eq!(merge_check(&repo, &["--into", "main"]).1["proof"], "proved");
    branch(&repo, "main", "main");
    repo.write("README", "inert\n");
    repo.commit("main moves");
    let (code, document) = merge_check(&repo, &["--into", "main", "--from", "topic"]);
    assert_eq!((code, &document["proof"]), (0, &"proved".into()));
    for name in ["a", "b"] {
        assert_eq!(step(&document, name), Some(("reuse".into(), "nothing".into())), "{name}");
    }
}

#[test]
fn a_check_that_fails_as_the_target_defines_it_is_a_rejection() {
    let rules = |dir: &str| {
        let check = format!("[check.words]\ninputs = [\"*/word\"]\ndir = \"{dir}\"\nrun = \"! grep bad word\"\n");
        format!("[policy]\nunproved-base = \"run\"\n\n{check}")
    };
    let repo = TestRepo::with(&[("gate.toml", &rules("x")), ("x/word", "bad\n"), ("y/word", "good\n")]);
    branch(&repo, "topic", "main");
    repo.write("gate.toml", rules("y"));
    repo.commit("looks elsewhere");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, &document["verdict"]), (1, &"rejected".into()), "{document}");
    assert_eq!(step(&document, "words"), Some(("run".into(), "passed".into())));
    assert_eq!(step(&document, "words.before"), Some(("run".into(), "failed".into())));
}
