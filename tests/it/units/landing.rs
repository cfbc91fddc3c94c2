//! What a change can't do to the rules about units, on its way to main.

use super::{ran, repository, said};
use crate::repo::TestRepo;

const TEST: &str = "[check.test]\nunits = \"declared\"\nrun = \"grep -q good {unit.root}/x\"\n";

fn topic() -> TestRepo {
    let repo = repository(&format!("[main]\nbranches = [\"main\"]\n{TEST}"));
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo
}

fn merge_check(repo: &TestRepo) -> (i32, serde_json::Value) {
    repo.gate(&["merge-check", "--into", "main", "--format", "json"]).judged()
}

/// What was found, by kind.
fn found(document: &serde_json::Value) -> Vec<String> {
    let findings = document["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["cause"]["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn only_what_a_merge_touches_runs() {
    let repo = topic();
    repo.gate(&["check", "--commit", "main", "--base", "main", "--all"]);
    repo.write("a/x", "good 2");
    repo.commit("a");
    let (code, document) = merge_check(&repo);
    assert_eq!(code, 0, "{document:#}");
    assert_eq!(ran(&said(&document)), "test:a passed, test:b passed");
}

#[test]
fn rules_about_units_are_not_loosened_by_the_change_they_would_let_in() {
    let cases = [
        ("[[units.rule]]\npaths = [\"**\"]\naffects = [\"nothing\"]\n", "depends = [\"a\"]", "depends = [\"a\"]"),
        ("", "depends = [\"a\"]\n", ""),
        ("[unit.d]\nroot = \"d\"\n", "depends = [\"a\"]", "depends = [\"a\"]"),
    ];
    for (added, from, to) in cases {
        let repo = topic();
        let rules = repo.read("gate.toml").replace(from, to) + added;
        repo.write("gate.toml", rules);
        repo.commit("looser");
        let (code, document) = merge_check(&repo);
        let found = found(&document);
        assert_eq!((code, found.first().map(String::as_str)), (1, Some("loosened")), "{added}{to}: {document:#}");
    }
}

#[test]
fn a_check_that_turns_to_fewer_units_is_weakened_and_runs_as_it_was_too() {
    let repo = topic();
    let rules = repo.read("gate.toml").replace("units = \"declared\"", "units = [\"a\"]");
    repo.write("gate.toml", rules);
    repo.write("c/x", "bad");
    repo.commit("weaker");
    let (code, document) = merge_check(&repo);
    assert_eq!(code, 1);
    assert!(found(&document).contains(&"weakened".to_owned()), "{document:#}");
    let told = said(&document);
    assert_eq!(told["test.before:c"], "failed", "{told:?}");
}

#[test]
fn what_fails_on_main_too_is_blamed_on_main() {
    let repo = repository(&format!("[main]\nbranches = [\"main\"]\n{TEST}"));
    repo.write("c/x", "bad");
    repo.write("b/x", "bad");
    repo.commit("broken");
    assert_eq!(repo.gate(&["check", "--all"]).code, 1);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("c/x", "good");
    repo.commit("mends c");
    let (code, document) = merge_check(&repo);
    assert_eq!((code, document["verdict"].as_str()), (0, Some("mends")), "{document:#}");
}
