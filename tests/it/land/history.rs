//! `gate audit` of a branch.

use serde_json::Value;

use super::{assert_code, audit, branch, commit_on, land, repository, rev};
use crate::repo::TestRepo;

/// What speaks for each commit, the oldest first.
fn covers(document: &Value) -> Vec<String> {
    let commits = document["commits"].as_array().unwrap().iter().rev();
    let text = |commit: &Value| match commit["cover"].as_str().unwrap() {
        "bypass" => format!("bypass {}", commit["why"].as_str().unwrap()),
        cover => cover.to_owned(),
    };
    commits.map(text).collect()
}

fn commit_to_main(repo: &TestRepo, path: &str, text: &str) {
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write(path, text);
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--no-verify", "--message", path]);
    repo.git(&["checkout", "--quiet", "elsewhere"]);
}

#[test]
fn what_landed_is_covered_and_what_went_past_is_named() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    land(&repo, &["one"]);
    let (code, document) = audit(&repo, &[]);
    assert_eq!((code, covers(&document)), (0, vec!["start".into(), "verdict".to_owned()]), "{document:#}");
    commit_to_main(&repo, "words/past", "2\n");
    branch(&repo, "two", "words/two", "2\n");
    assert_eq!(land(&repo, &["two"]).0, 0);
    let (code, document) = audit(&repo, &[]);
    assert_eq!(
        (code, covers(&document)),
        (1, ["start", "verdict", "bypass no-record", "verdict"].map(str::to_owned).into())
    );
    let ran = repo.gate(&["audit"]);
    assert_code(&ran, 1);
    let named: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("bypass")).collect();
    assert_eq!(named.len(), 1, "{}", ran.stdout);
    assert!(named[0].contains(&rev(&repo, "main~1")[..10]) && named[0].contains("words/past"), "{}", ran.stdout);
    assert_eq!(audit(&repo, &["main~1..main"]).0, 0, "a range is what it says");
}

#[test]
fn what_a_verdict_on_an_earlier_commit_lets_land_is_a_bypass_later() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    land(&repo, &["one"]);
    branch(&repo, "two", "words/two", "2\n");
    land(&repo, &["two"]);
    // What landed first, once more: whatever came since is gone, and so may be a check.
    let again = repo.git(&["commit-tree", "-m", "again", "-p", "main", "main~1^{tree}"]);
    repo.git(&["update-ref", "refs/heads/main", &again]);
    let (code, document) = audit(&repo, &[]);
    let covers_of = ["start", "verdict", "verdict", "bypass elsewhere"].map(str::to_owned);
    assert_eq!((code, covers(&document)), (1, covers_of.to_vec()), "{document:#}");
    assert_eq!(document["commits"][0]["base"], rev(&repo, "main~3"));
    let told = repo.gate(&["audit"]).stdout;
    assert!(told.contains(&format!("on {}", &rev(&repo, "main~3")[..10])), "{told}");
}

#[test]
fn what_a_verdict_rejects_is_a_bypass_with_its_run() {
    let repo = repository();
    branch(&repo, "worse", "words/worse", "bad\n");
    land(&repo, &["worse"]);
    repo.git(&["update-ref", "refs/heads/main", "worse"]);
    let (code, document) = audit(&repo, &["main~1..main"]);
    assert_eq!((code, covers(&document)), (1, vec!["bypass against".to_owned()]), "{document:#}");
    assert_eq!(document["commits"][0]["verdict"], "rejected");
}

#[test]
fn squashed_and_rebased_changes_are_known_by_their_trees() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    branch(&repo, "two", "words/two", "2\n");
    for method in ["squash", "rebase"] {
        // As a host would do it after the check.
        let name = if method == "squash" { "one" } else { "two" };
        let ran = repo.gate(&["merge-check", "--into", "main", "--from", name, "--method", method]);
        assert_code(&ran, 0);
        repo.git(&["checkout", "--quiet", "main"]);
        if method == "squash" {
            repo.git(&["merge", "--quiet", "--squash", name]);
            repo.commit("squashed");
        } else {
            repo.git(&["cherry-pick", name]);
        }
        repo.git(&["checkout", "--quiet", "elsewhere"]);
    }
    let (code, document) = audit(&repo, &[]);
    assert_eq!(
        (code, covers(&document)),
        (0, ["start", "verdict", "verdict"].map(str::to_owned).into()),
        "{document:#}"
    );
}

#[test]
fn commits_that_came_together_were_judged_together() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    repo.git(&["checkout", "--quiet", "one"]);
    repo.write("words/two", "2\n");
    repo.commit("two");
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    let ahead = commit_on(&repo, "main", "docs/1", "1\n");
    repo.git(&["update-ref", "refs/heads/main", &ahead]);
    land(&repo, &["one", "--method", "rebase"]);
    let (code, document) = audit(&repo, &[]);
    assert_eq!(covers(&document), ["start", "bypass no-record", "part", "verdict"], "{document:#}");
    assert_eq!(code, 1);
}

#[test]
fn a_merge_with_another_tree_than_was_judged_is_found() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    branch(&repo, "two", "words/two", "2\n");
    land(&repo, &["one"]);
    assert_code(&repo.gate(&["merge-check", "--into", "main", "--from", "two"]), 0);
    // A merge that takes back what landed before: the tree of the second branch alone.
    let reverts = repo.git(&["commit-tree", "two^{tree}", "-p", "main", "-p", "two", "-m", "Merge two"]);
    repo.git(&["update-ref", "refs/heads/main", &reverts]);
    let (code, document) = audit(&repo, &["main~1..main"]);
    assert_eq!((code, covers(&document)), (1, vec!["bypass other-tree".to_owned()]), "{document:#}");
    assert!(document["commits"][0]["run"].is_string(), "{document:#}");
}

#[test]
fn taking_gate_toml_away_hides_nothing() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    land(&repo, &["one"]);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.remove("gate.toml");
    repo.commit("free");
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    let (code, document) = audit(&repo, &["main"]);
    assert_eq!((code, covers(&document)), (1, ["start", "verdict", "bypass no-record"].map(str::to_owned).into()));
}

#[test]
fn the_two_audits_are_told_apart() {
    let repo = repository();
    let ran = repo.gate(&["audit", "--only", "words"]);
    assert_code(&ran, 2);
    assert!(ran.stderr.contains("--recheck"), "{}", ran.stderr);
    assert_code(&repo.gate(&["audit", "main", "--recheck", "5%"]), 2);
    let ran = repo.gate(&["audit", "--recheck", "100%", "--all"]);
    assert_code(&ran, 0);
    assert!(ran.stdout.contains("nothing is reused"), "{}", ran.stdout);
}
