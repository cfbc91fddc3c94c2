//! Several changes that land together: each as it is, and none for another's sake.

use serde_json::Value;

use super::{advance, branch};
use crate::repo::TestRepo;

const RULES: &str = r#"
[check.migrations]
inputs = ["migrations/**"]
run = "! ls migrations | cut -c 1-4 | sort | uniq -d | grep ."

[check.words]
inputs = ["words/**"]
run = "! grep -r bad words"
"#;

fn repository() -> TestRepo {
    let files = [("gate.toml", RULES), ("migrations/0037_first.sql", "1\n"), ("words/first", "1\n2\n3\n")];
    let repo = TestRepo::with(&files);
    repo.git(&["branch", "elsewhere"]);
    repo
}

/// Lands, with nothing of it checked out. Gives the exit code and each branch with what became of it.
fn land(repo: &TestRepo, args: &[&str]) -> (i32, Vec<String>) {
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    let (code, document) = repo.gate(&[&["land", "--format", "json"], args].concat()).judged();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let branches = document["branches"].as_array().unwrap().iter();
    (code, branches.map(|branch| format!("{} {}", text(&branch["name"]), text(&branch["fate"]))).collect())
}

/// What a commit changes, or two revisions differ in, whatever lines it stands at.
fn patch(repo: &TestRepo, diff: &str) -> String {
    let run = format!("git {diff} | git patch-id --stable | cut -d ' ' -f 1");
    let id = repo.run(&repo.path(), "sh", &["-c", &run]).stdout;
    assert!(!id.is_empty(), "{diff} is empty");
    id
}

/// A queue once made each squashed commit from a wrong merge-base, and so took back what the one before it had brought.
#[test]
fn squashed_changes_of_different_ages_take_nothing_of_each_other_back() {
    let repo = repository();
    branch(&repo, "oldest", "main", &[("words/oldest", "1\n"), ("words/first", "one\n2\n3\n")]);
    advance(&repo, "main", &[("words/main", "1\n")]);
    branch(&repo, "older", "main", &[("words/older", "1\n")]);
    advance(&repo, "older", &[("words/main", "1\n2\n")]);
    advance(&repo, "main", &[("words/first", "1\n2\nthree\n")]);
    branch(&repo, "newest", "main", &[("words/newest", "1\n")]);
    let names = ["oldest", "older", "newest"];
    let brought = names.map(|name| patch(&repo, &format!("diff -U0 main...{name}")));
    let all: Vec<&str> = ["--method", "squash"].into_iter().chain(names).collect();
    let (code, fates) = land(&repo, &all);
    assert_eq!((code, fates), (0, ["oldest landed", "older landed", "newest landed"].map(str::to_owned).to_vec()));
    let landed = ["main~2", "main~1", "main"].map(|commit| patch(&repo, &format!("show -U0 {commit}")));
    assert_eq!(landed, brought);
    assert_eq!(repo.git(&["cat-file", "blob", "main:words/first"]), "one\n2\nthree");
    assert_eq!(repo.gate(&["audit", "main~3..main"]).code, 0);
}

#[test]
fn a_good_change_behind_a_bad_one_lands_without_it() {
    let repo = repository();
    branch(&repo, "a", "main", &[("words/a", "1\n")]);
    branch(&repo, "b", "main", &[("words/b", "bad\n")]);
    branch(&repo, "c", "main", &[("words/c", "1\n")]);
    let (code, fates) = land(&repo, &["a", "b", "c"]);
    assert_eq!((code, fates), (1, ["a landed", "b rejected", "c landed"].map(str::to_owned).to_vec()));
    assert_eq!(repo.git(&["ls-tree", "--name-only", "main", "words/"]), "words/a\nwords/c\nwords/first");
}

#[test]
fn of_two_migrations_of_one_number_that_come_together_the_first_lands() {
    let repo = repository();
    branch(&repo, "one", "main", &[("migrations/0038_one.sql", "1\n")]);
    branch(&repo, "between", "main", &[("words/between", "1\n")]);
    branch(&repo, "other", "main", &[("migrations/0038_other.sql", "2\n")]);
    let (code, fates) = land(&repo, &["one", "between", "other"]);
    assert_eq!((code, fates), (1, ["one landed", "between landed", "other rejected"].map(str::to_owned).to_vec()));
}

/// Whatever is asked how often: each attempt comes to the same end, and what passed is not run again.
#[test]
fn landing_again_what_was_rejected_moves_nothing() {
    let repo = repository();
    branch(&repo, "good", "main", &[("words/good", "1\n")]);
    branch(&repo, "bad", "main", &[("words/bad", "bad\n")]);
    land(&repo, &["good", "bad"]);
    let main = repo.git(&["rev-parse", "main"]);
    for _ in 0..2 {
        let (code, fates) = land(&repo, &["good", "bad"]);
        assert_eq!((code, &fates[1]), (1, &"bad rejected".to_owned()));
        assert_eq!(repo.git(&["rev-parse", "main"]), main, "{fates:?}");
    }
}
