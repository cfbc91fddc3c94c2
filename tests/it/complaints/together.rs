//! Changes that are each well by themselves, and what they come to together.

use super::{advance, branch, job_clone, merge_check, push, steps};
use crate::repo::TestRepo;

/// Each number once, over all migrations.
const MIGRATIONS: &str = r#"
[check.migrations]
inputs = ["migrations/**"]
run = "! ls migrations | cut -c 1-4 | sort | uniq -d | grep ."
"#;

#[test]
fn a_second_migration_of_the_same_number_does_not_land() {
    let repo = TestRepo::with(&[("gate.toml", MIGRATIONS), ("migrations/0037_first.sql", "1\n")]);
    branch(&repo, "one", "main", &[("migrations/0038_one.sql", "1\n")]);
    branch(&repo, "other", "main", &[("migrations/0038_other.sql", "2\n")]);
    for name in ["one", "other"] {
        assert_eq!(merge_check(&repo, "main", name).0, 0, "{name} alone");
    }
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--ff-only", "one"]);
    repo.git(&["merge-tree", "--write-tree", "main", "other"]);
    let (code, document) = merge_check(&repo, "main", "other");
    assert_eq!((code, steps(&document)), (1, vec!["migrations run failed".to_owned()]), "{document:#}");
    branch(&repo, "other", "other", &[]);
    repo.git(&["mv", "migrations/0038_other.sql", "migrations/0039_other.sql"]);
    repo.commit("renumbered");
    assert_eq!(merge_check(&repo, "main", "other").0, 0);
}

const CALLS: &str = r#"
[check.calls]
inputs = ["src/**"]
run = "cat src/*.sh | sh -eu"
"#;

#[test]
fn a_rebase_without_a_changed_line_is_checked_again_where_what_it_lies_on_differs() {
    let repo =
        TestRepo::with(&[("gate.toml", CALLS), ("src/a.sh", "greet() { echo hello; }\n"), ("src/b.sh", "true\n")]);
    let patch = |revision: &str| {
        let run = format!("git show {revision} | git patch-id --stable | cut -d ' ' -f 1");
        repo.run(&repo.path(), "sh", &["-c", &run]).stdout
    };
    branch(&repo, "topic", "main", &[("src/b.sh", "greet\n")]);
    let before = patch("topic");
    assert_eq!(steps(&merge_check(&repo, "main", "topic").1), ["calls run passed"]);
    advance(&repo, "main", &[("src/a.sh", "welcome() { echo hello; }\n")]);
    repo.git(&["checkout", "--quiet", "topic"]);
    repo.git(&["rebase", "--quiet", "main"]);
    assert_eq!(patch("topic"), before, "the same patch");
    let (code, document) = merge_check(&repo, "main", "topic");
    assert_eq!((code, steps(&document)), (1, vec!["calls run failed".to_owned()]), "{document:#}");
}

#[test]
fn a_rebase_onto_what_a_check_does_not_depend_on_is_not_checked_again() {
    let repo = TestRepo::with(&[("gate.toml", CALLS), ("src/a.sh", "true\n")]);
    branch(&repo, "topic", "main", &[("src/b.sh", "true\n")]);
    merge_check(&repo, "main", "topic");
    advance(&repo, "main", &[("README", "1\n")]);
    repo.git(&["checkout", "--quiet", "topic"]);
    repo.git(&["rebase", "--quiet", "main"]);
    let (code, document) = merge_check(&repo, "main", "topic");
    assert_eq!((code, &document["proof"], steps(&document)), (0, &"proved".into(), vec!["calls reuse".to_owned()]));
}

const TWO: &str = r#"
[policy]
unproved-base = "UNPROVED"

[check.one]
inputs = ["one"]
run = "! grep bad one"

[check.two]
inputs = ["two"]
run = "! grep bad two"
"#;

/// A is well, B breaks `one` and is on main anyhow, C touches something else.
fn broken(unproved: &str) -> (TestRepo, String, String) {
    let rules = TWO.replace("UNPROVED", unproved);
    let repo = TestRepo::with(&[("gate.toml", &rules), ("one", "1\n"), ("two", "1\n")]);
    let broken = advance(&repo, "main", &[("one", "bad\n")]);
    let next = branch(&repo, "next", "main", &[("two", "2\n")]);
    (repo, broken, next)
}

#[test]
fn what_an_earlier_change_broke_stays_among_what_runs_until_it_passes() {
    let (repo, broken, next) = broken("assume");
    assert_eq!(repo.check(&["--commit", &broken]).0, 1);
    for commit in [next.clone(), advance(&repo, "next", &[("two", "3\n")])] {
        let (code, document) = merge_check(&repo, "main", &commit);
        assert_eq!((code, steps(&document)), (1, vec!["one run failed".to_owned(), "two run passed".to_owned()]));
        assert_eq!(document["standing"]["kind"], "broken");
    }
    let mended = advance(&repo, "next", &[("one", "well\n")]);
    let (code, document) = merge_check(&repo, "main", &mended);
    assert_eq!((code, &document["verdict"], &document["proof"]), (0, &"deployable".into(), &"proved".into()));
}

#[test]
fn a_job_that_knows_nothing_of_the_commit_before_does_not_call_the_next_one_proved() {
    for (unproved, code, proof) in [("assume", 0, "relative"), ("run", 1, "")] {
        let (repo, before, after) = broken(unproved);
        let clone = job_clone(&repo, &after, "job");
        let (found, document) = push(&repo, &clone, &before, &after);
        assert_eq!((found, document["proof"].as_str().unwrap_or_default()), (code, proof), "{document:#}");
    }
}
