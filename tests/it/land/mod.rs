//! `gate land`: what lands is what was judged, on what it was judged for; and `gate audit`, which says whether that is so.

mod one;
mod moving;
mod batches;
mod history;
mod overridden;
mod elsewhere;
mod broken;
mod checkouts;
mod killed;

use serde_json::Value;

use crate::documents::{assert_valid, schema};
use crate::repo::{Ran, TestRepo};

/// One check that sees the folder `words`, and one that sees `docs`. What lies at `$HOME/once` is run once by the first.
const RULES: &str = r#"
[main]
branches = ["main"]

[policy]
unproved-base = "run"

[check.words]
inputs = ["words/**"]
run = '''
echo ran >>$HOME/ran
if mv $HOME/once $HOME/doing 2>/dev/null; then sh $HOME/doing || exit 1; fi
! grep -rq bad words
'''

[check.docs]
inputs = ["docs/**"]
run = "! grep -rq bad docs"
"#;

/// A repository with those checks, on a branch of its own.
fn repository() -> TestRepo {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("words/first", "good\n"), ("docs/first", "good\n")]);
    repo.git(&["checkout", "--quiet", "-b", "elsewhere"]);
    repo
}

/// Makes a branch of one commit on top of main: a file with a text.
fn branch(repo: &TestRepo, name: &str, path: &str, text: &str) -> String {
    repo.git(&["checkout", "--quiet", "-b", name, "main"]);
    repo.write(path, text);
    let commit = repo.commit(name);
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    commit
}

/// Makes a commit on top of a revision that no branch has: a file with a text.
fn commit_on(repo: &TestRepo, revision: &str, path: &str, text: &str) -> String {
    repo.git(&["checkout", "--quiet", "--detach", revision]);
    repo.write(path, text);
    let commit = repo.commit(path);
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    commit
}

/// Lands, and gives the document.
#[track_caller]
fn land(repo: &TestRepo, args: &[&str]) -> (i32, Value) {
    let ran = repo.gate(&[&["land", "--format", "json"], args].concat());
    assert!(ran.stdout.starts_with('{'), "{}\n{}", ran.stdout, ran.stderr);
    (ran.code, assert_valid(&schema("gate.landing-1"), &ran.stdout))
}

/// What became of each branch.
fn fates(document: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("nothing").to_owned();
    let branches = document["branches"].as_array().unwrap().iter();
    branches
        .map(|branch| {
            let why = if branch["fate"] == "held" { &branch["why"] } else { &branch["fate"] };
            (text(&branch["name"]), text(why))
        })
        .collect()
}

fn fate(name: &str, fate: &str) -> (String, String) {
    (name.to_owned(), fate.to_owned())
}

/// The sets that were judged, in order.
fn checks(document: &Value) -> Vec<String> {
    let names = |check: &Value| {
        let names = check["branches"].as_array().unwrap().iter();
        names.map(|name| name.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    document["checks"].as_array().unwrap().iter().map(names).collect()
}

fn rev(repo: &TestRepo, revision: &str) -> String {
    repo.git(&["rev-parse", revision])
}

fn tree(repo: &TestRepo, revision: &str) -> String {
    rev(repo, &format!("{revision}^{{tree}}"))
}

/// Has the check run a script once.
fn once(repo: &TestRepo, script: &str) {
    fs_err::write(repo.home().join("once"), script).unwrap();
}

/// A script that moves a ref of the repository.
fn moves(repo: &TestRepo, name: &str, to: &str) -> String {
    format!("git -C {} update-ref {name} {to}\n", repo.path().display())
}

/// How often the check on words ran.
fn runs(repo: &TestRepo) -> usize {
    fs_err::read_to_string(repo.home().join("ran")).unwrap_or_default().lines().count()
}

/// What an audit says.
#[track_caller]
fn audit(repo: &TestRepo, args: &[&str]) -> (i32, Value) {
    let ran = repo.gate(&[&["audit", "--format", "json"], args].concat());
    assert!(ran.stdout.starts_with('{'), "{}\n{}", ran.stdout, ran.stderr);
    (ran.code, assert_valid(&schema("gate.audit-1"), &ran.stdout))
}

#[track_caller]
fn assert_sound(repo: &TestRepo) {
    assert_code(&repo.run(&repo.path(), "git", &["fsck", "--strict", "--connectivity-only"]), 0);
    let line = repo.git(&["rev-list", "--first-parent", "main"]);
    for commit in line.lines() {
        let found = repo.run(&repo.path(), "git", &["grep", "-q", "bad", commit, "--", "words", "docs"]);
        assert_eq!(found.code, 1, "{commit} is not deployable");
    }
}

#[track_caller]
fn assert_code(ran: &Ran, code: i32) {
    assert_eq!(ran.code, code, "{}\n{}", ran.stdout, ran.stderr);
}
