//! What a change is compared with, and what is done where there is nothing that can be trusted.

use serde_json::Value;

use super::Watched;
use crate::repo::TestRepo;

const RULES: &str = "[main]\nbranches = [\"main\", \"release/*\"]\n\
                     [check.a]\ninputs = [\"a\"]\nrun = \"true\"\n[check.b]\ninputs = [\"b\"]\nrun = \"true\"\n";

fn repository() -> TestRepo {
    TestRepo::with(&[("gate.toml", RULES), ("a", "1"), ("b", "1")])
}

/// Which checks ran.
fn ran(document: &Value) -> Vec<&str> {
    let steps = document["steps"].as_array().unwrap().iter().filter(|step| step["decision"] == "run");
    steps.filter_map(|step| step["name"].as_str()).collect()
}

fn base(document: &Value) -> &str {
    document["base"]["commit"].as_str().unwrap_or("none")
}

fn no_base(document: &Value) -> &str {
    document["no_base"]["kind"].as_str().unwrap_or_default()
}

/// Clones a repository, and gives the clone as one to test in.
fn clone(of: &TestRepo, args: &[&str]) -> TestRepo {
    let clone = TestRepo::new();
    fs_err::remove_dir_all(clone.path()).unwrap();
    let url = format!("file://{}", of.path().display());
    let ran = clone.run(&clone.root(), "git", &[&["clone", "-q"], args, &[&url, "repo"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    clone
}

/// Everything runs, and both the document and the text say why.
#[track_caller]
fn everything_runs(repo: &TestRepo, args: &[&str], kind: &str, words: &str) {
    let (code, document) = repo.check(&[&["--fresh"], args].concat());
    assert_eq!((code, no_base(&document), base(&document)), (0, kind, "none"), "{document:#}");
    assert_eq!(ran(&document), ["a", "b"]);
    let text = repo.gate(&[&["check"], args].concat());
    assert!((text.stdout.clone() + &text.stderr).contains(words), "{words:?} is not in {text:?}");
}

#[test]
fn the_merge_base_with_the_guarded_branch() {
    let repo = repository();
    let first = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.write("b", "2");
    repo.commit("topic");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a", "2");
    repo.commit("main goes on");
    repo.git(&["checkout", "-q", "topic"]);
    let (_, document) = repo.check(&[]);
    assert_eq!((base(&document), ran(&document)), (&*first, vec!["b"]), "{document:#}");
    assert_eq!(document["proof"], "relative");
}

#[test]
fn a_remotes_guarded_branch_goes_before_the_local_one() {
    let origin = repository();
    let repo = clone(&origin, &[]);
    origin.write("a", "2");
    let theirs = origin.commit("theirs");
    repo.git(&["fetch", "-q"]);
    // Behind the remote's: what is new there is no part of this change.
    repo.write("b", "2");
    let (_, document) = repo.check(&[]);
    let first = repo.git(&["rev-parse", "main"]);
    assert_eq!((base(&document), ran(&document)), (&*first, vec!["b"]), "{document:#}");
    repo.git(&["pull", "-q"]);
    repo.write("b", "3");
    let (_, document) = repo.check(&[]);
    assert_eq!((base(&document), ran(&document)), (&*theirs, vec!["b"]), "{document:#}");
}

/// Commits on main itself that were not pushed are what is judged.
#[test]
fn on_the_guarded_branch_ahead_of_its_upstream() {
    let origin = repository();
    let repo = clone(&origin, &[]);
    let pushed = repo.git(&["rev-parse", "HEAD"]);
    repo.write("b", "2");
    repo.commit("not pushed");
    let (_, document) = repo.check(&[]);
    assert_eq!((base(&document), ran(&document)), (&*pushed, vec!["b"]), "{document:#}");
}

#[test]
fn an_upstream_that_is_guarded_and_one_that_is_not() {
    let origin = repository();
    origin.git(&["checkout", "-q", "-b", "release/1"]);
    origin.write("a", "of the release");
    let release = origin.commit("release");
    origin.git(&["branch", "wild"]);
    origin.git(&["checkout", "-q", "main"]);
    let repo = clone(&origin, &[]);
    repo.git(&["checkout", "-q", "-b", "fix", "--track", "origin/release/1"]);
    repo.write("b", "2");
    repo.commit("fix");
    let (_, document) = repo.check(&[]);
    assert_eq!((base(&document), ran(&document)), (&*release, vec!["b"]), "{document:#}");
    let choice = document["base"].to_string();
    repo.git(&["branch", "-q", "--set-upstream-to=origin/wild"]);
    let (_, document) = repo.check(&["--fresh"]);
    assert_eq!(base(&document), release, "the nearest guarded one: {document:#} {choice}");
    // Forked from main, following nothing guarded.
    repo.git(&["checkout", "-q", "-b", "other", "--no-track", "origin/main"]);
    repo.write("a", "2");
    let (_, document) = repo.check(&["--fresh"]);
    assert_eq!(base(&document), repo.git(&["rev-parse", "origin/main"]));
}

#[test]
fn several_remotes() {
    let (old, new) = (repository(), repository());
    new.write("a", "newer");
    let newer = new.commit("newer");
    let repo = clone(&old, &["-o", "fork"]);
    repo.git(&["remote", "add", "team/upstream", new.path().to_str().unwrap()]);
    repo.git(&["fetch", "-q", "--all"]);
    repo.git(&["checkout", "-q", "-b", "topic", "--no-track", "team/upstream/main"]);
    repo.write("b", "2");
    repo.commit("topic");
    let (_, document) = repo.check(&[]);
    assert_eq!((base(&document), ran(&document)), (&*newer, vec!["b"]), "{document:#}");
}

#[test]
fn a_named_base() {
    let repo = repository();
    let first = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.write("b", "2");
    let second = repo.commit("topic");
    repo.write("a", "2");
    for (named, expected, steps) in [
        ("HEAD", &second, vec!["a"]),
        ("main", &first, vec!["a", "b"]),
        ("HEAD~", &first, vec!["a", "b"]),
        (&first[..9], &first, vec!["a", "b"]),
    ] {
        let (_, document) = repo.check(&["--base", named]);
        let kinds = document["steps"].as_array().unwrap().iter().filter(|step| step["decision"] != "skip");
        assert_eq!(base(&document), *expected, "{named} {document:#}");
        assert_eq!(kinds.count(), steps.len(), "{named} {document:#}");
    }
    let (_, document) = repo.check(&["--base", "main^{tree}"]);
    assert_eq!(document["base"]["commit"], Value::Null);
    assert_eq!(document["base"]["tree"], repo.git(&["rev-parse", "main^{tree}"]));
    assert_eq!(repo.gate(&["check", "--base", "nowhere"]).code, 2);
    // Of what is staged, too.
    repo.git(&["add", "a"]);
    let (_, document) = repo.check(&["--staged", "--base", "main"]);
    assert_eq!(base(&document), first);
}

#[test]
fn nothing_to_compare_with() {
    let repo = repository();
    everything_runs(&repo, &["--all"], "asked", "");
    everything_runs(&repo, &["--commit", "HEAD"], "root", "no parent");
    repo.git(&["branch", "-m", "main", "unguarded"]);
    everything_runs(&repo, &[], "no-guarded-branch", "branch");
    repo.git(&["checkout", "-q", "--orphan", "main"]);
    everything_runs(&repo, &[], "unborn", "commit");
    everything_runs(&repo, &["--staged"], "unborn", "commit");
}

#[test]
fn unrelated_histories() {
    let repo = repository();
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    repo.write("b", "of another history");
    repo.commit("other root");
    everything_runs(&repo, &[], "unrelated", "main");
    everything_runs(&repo, &["--base", "main"], "unrelated", "main");
    let (_, document) = repo.check(&["--from", "main", "--to", "HEAD", "--fresh"]);
    assert_eq!(base(&document), repo.git(&["rev-parse", "main"]), "a range is two trees as they are");
}

/// The trap in which git names an older merge-base without a word, and one where it names none.
#[test]
fn a_shallow_clone_is_not_trusted() {
    let origin = repository();
    let commit = |name: &str| {
        origin.write("a", name);
        origin.commit(name)
    };
    origin.git(&["branch", "side"]);
    let b = commit("B");
    origin.git(&["checkout", "-q", "side"]);
    origin.write("side", "S");
    origin.commit("S");
    origin.git(&["checkout", "-q", "-b", "topic", &b]);
    origin.write("b", "T");
    origin.commit("T");
    origin.git(&["checkout", "-q", "main"]);
    commit("C");
    commit("D");
    origin.git(&["merge", "-q", "--no-edit", "side"]);

    let repo = clone(&origin, &["--depth=3"]);
    repo.git(&["fetch", "-q", "origin", "topic:refs/heads/topic"]);
    repo.git(&["checkout", "-q", "topic"]);
    let older = repo.git(&["merge-base", "topic", "origin/main"]);
    assert_ne!(older, b, "git itself is wrong here");
    everything_runs(&repo, &[], "shallow", "shallow");
    repo.git(&["fetch", "-q", "--unshallow"]);
    repo.write("b", "3");
    let (_, document) = repo.check(&[]);
    assert_eq!((base(&document), ran(&document)), (&*b, vec!["b"]), "{document:#}");

    let repo = clone(&origin, &["--depth=1", "--no-single-branch"]);
    repo.git(&["checkout", "-q", "topic"]);
    everything_runs(&repo, &[], "shallow", "shallow");
    everything_runs(&repo, &["--commit", "HEAD"], "shallow", "shallow");
    everything_runs(&repo, &["--base", "origin/main"], "shallow", "shallow");
    // Where the clone is deep enough, it is trusted.
    repo.git(&["checkout", "-q", "--detach", "origin/main"]);
    repo.write("b", "4");
    let (_, document) = repo.check(&[]);
    assert_eq!((base(&document), ran(&document)), (&*repo.git(&["rev-parse", "HEAD"]), vec!["b"]), "{document:#}");
    // In a linked worktree of a shallow clone as well.
    repo.git(&["worktree", "add", "-q", "../linked", "topic"]);
    let args = ["check", "--format", "json", "--fresh"];
    let linked = repo.run(&repo.root().join("linked"), env!("CARGO_BIN_EXE_gate"), &args);
    let document: Value = serde_json::from_str(&linked.stdout).unwrap();
    assert_eq!(no_base(&document), "shallow", "{document:#}");
}

/// A pair of trees is judged as a pair of trees: both names of a rename, and deletions, are seen.
#[test]
fn whatever_differs_is_seen() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write(
        "gate.toml",
        "[check.old]\ninputs = [\"old/**\", \"a\"]\nrun = \"true\"\n\
         [check.new]\ninputs = [\"new/**\", \"a\"]\nrun = \"true\"\n\
         [check.gone]\ninputs = [\"gone\", \"a\"]\nrun = \"true\"\n\
         [check.mode]\ninputs = [\"mode\"]\nrun = \"true\"\n[check.other]\ninputs = [\"a\"]\nrun = \"true\"\n",
    );
    for path in ["old/file", "gone", "mode"] {
        repo.write(path, "the same content\n");
    }
    repo.commit("before");
    fs_err::create_dir_all(repo.path().join("new")).unwrap();
    repo.git(&["mv", "old/file", "new/file"]);
    repo.git(&["rm", "-q", "gone"]);
    repo.git(&["update-index", "--chmod=+x", "mode"]);
    let (_, document) = repo.check(&["--staged"]);
    assert_eq!(ran(&document), ["gone", "mode", "new", "old"], "{document:#}");
}
