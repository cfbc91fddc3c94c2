//! The target moved after a merge was judged: what runs again, what doesn't, and that this is told.

use super::branch;
use crate::repo::TestRepo;

const RULES: &str = r#"
[main]
branches = ["main"]

[check.words]
inputs = ["words"]
run = "! grep bad words"

[check.docs]
inputs = ["docs"]
run = "! grep bad docs"
"#;

/// Commits a file on main.
fn advance(repo: &TestRepo, path: &str) {
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write(path, "main's\n");
    repo.commit(path);
}

/// What a merge check of the topic writes, and the id of its run.
fn merge_check(repo: &TestRepo) -> (String, String) {
    let ran = repo.gate(&["merge-check", "--into", "main", "--from", "topic"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let log = repo.gate(&["log"]).stdout;
    (ran.stdout, log.split(' ').next().unwrap().to_owned())
}

#[test]
fn what_runs_again_and_by_what_the_others_hold_is_told() {
    let repo = TestRepo::new();
    repo.write("gate.toml", RULES);
    repo.write("words", "good\n");
    repo.write("docs", "good\n");
    repo.commit("first");
    branch(&repo, "topic", "main");
    repo.write("words", "better\n");
    repo.write("docs", "better\n");
    repo.write("new", "1\n");
    repo.commit("topic");
    let (told, first) = merge_check(&repo);
    assert!(!told.contains("ran ") && !told.contains("reused "), "there is nothing to hold: {told}");
    advance(&repo, "README");
    let (told, _) = merge_check(&repo);
    assert!(told.contains(&format!("reused docs and words: passed in run {first}, ")), "{told}");
    assert!(!told.contains("ran "), "main moved by what no check sees: {told}");
    // Above what the topic has changed.
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("gate.toml", RULES.replace("\"words\"]", "\"words\", \"more\"]"));
    repo.commit("more");
    let (told, second) = merge_check(&repo);
    assert!(told.contains("ran words: words is modified"), "{told}");
    assert!(told.contains(&format!("reused docs: passed in run {first}, ")), "{told}");
    let shown = repo.gate(&["show", &second]).stdout;
    assert!(shown.contains("ran words: words is modified"), "{shown}");
    assert_eq!(shown.matches("reused docs").count(), 1, "{shown}");
}
