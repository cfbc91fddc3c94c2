//! One branch lands.

use super::{assert_code, assert_sound, audit, branch, checks, commit_on, fate, fates, land, repository, rev, tree};
use crate::repo::assert_untouched;

#[test]
fn what_lands_has_the_tree_that_was_judged() {
    for method in ["merge", "squash", "rebase"] {
        let repo = repository();
        branch(&repo, "one", "words/one", "1\n");
        repo.git(&["checkout", "--quiet", "one"]);
        repo.write("words/two", "2\n");
        repo.commit("more");
        repo.git(&["checkout", "--quiet", "elsewhere"]);
        let ahead = commit_on(&repo, "main", "docs/other", "2\n");
        repo.git(&["update-ref", "refs/heads/main", &ahead]);
        let (code, document) = land(&repo, &["one", "--method", method]);
        assert_eq!((code, fates(&document)), (0, vec![fate("one", "landed")]), "{method}: {document:#}");
        assert_eq!(document["checks"][0]["tree"], tree(&repo, "main"), "{method}");
        assert_eq!(document["branches"][0]["commit"], rev(&repo, "main"), "{method}");
        assert_eq!(document["target"]["before"], ahead);
        repo.git(&["checkout", "--quiet", "-b", "by-git", &ahead]);
        repo.git(&["merge", "--quiet", "-m", "x", "one"]);
        assert_eq!(tree(&repo, "by-git"), tree(&repo, "main"), "{method}: git merges to the same");
        let shape = repo.git(&["log", "--first-parent", "--format=%s|%an|%cn", &format!("{ahead}..main")]);
        let expected = match method {
            "merge" => "Merge branch 'one' into main|A U Thor|C O Mitter",
            "squash" => "Squash branch 'one'|A U Thor|C O Mitter",
            _ => "more|A U Thor|C O Mitter\none|A U Thor|C O Mitter",
        };
        assert_eq!(shape, expected, "{method}");
        assert_sound(&repo);
        let reflog = repo.git(&["log", "-1", "--walk-reflogs", "--format=%gs", "main"]);
        assert_eq!(reflog, "gate land: one");
        let (_, history) = audit(&repo, &[&format!("{ahead}..main")]);
        assert_eq!(history["counts"]["bypassed"], 0, "{method}: {history:#}");
    }
}

#[test]
fn what_is_rejected_leaves_the_target_alone() {
    let repo = repository();
    branch(&repo, "worse", "words/worse", "bad\n");
    let before = rev(&repo, "main");
    let (code, document) = land(&repo, &["worse"]);
    assert_eq!((code, fates(&document)), (1, vec![fate("worse", "rejected")]));
    assert_eq!(document["branches"][0]["causes"][0]["step"], "words");
    assert_eq!(rev(&repo, "main"), before);
    let shown = repo.gate(&["show", document["branches"][0]["run"].as_str().unwrap()]);
    assert_code(&shown, 0);
}

#[test]
fn a_conflict_is_told_with_its_paths() {
    let repo = repository();
    branch(&repo, "one", "words/first", "one\n");
    branch(&repo, "two", "words/first", "two\n");
    assert_eq!(land(&repo, &["one"]).0, 0);
    let (code, document) = land(&repo, &["two"]);
    assert_eq!((code, fates(&document)), (1, vec![fate("two", "conflict")]));
    assert_eq!(document["branches"][0]["causes"][0]["path"], "words/first");
    assert_eq!(checks(&document), Vec::<String>::new());
}

#[test]
fn what_is_there_already_lands_as_nothing() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    land(&repo, &["one"]);
    for method in ["merge", "squash", "rebase"] {
        let (code, document) = land(&repo, &["one", "--method", method]);
        assert_eq!((code, fates(&document)), (0, vec![fate("one", "contained")]), "{method}");
    }
}

#[test]
fn a_dry_run_writes_nothing_of_the_users() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    branch(&repo, "worse", "words/worse", "bad\n");
    branch(&repo, "two", "words/two", "2\n");
    let before = repo.snapshot();
    let (code, document) = land(&repo, &["one", "worse", "two", "--dry-run"]);
    let expected = vec![fate("one", "ready"), fate("worse", "rejected"), fate("two", "ready")];
    assert_eq!((code, fates(&document)), (1, expected));
    assert_untouched(&before, &repo.snapshot(), "dry run");
}

#[test]
fn nobody_commits_without_a_name() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let without =
        ["-u", "GIT_AUTHOR_NAME", "-u", "GIT_AUTHOR_EMAIL", "-u", "GIT_COMMITTER_NAME", "-u", "GIT_COMMITTER_EMAIL"];
    let args = [&without[..], &[env!("CARGO_BIN_EXE_gate"), "land", "one"]].concat();
    let ran = repo.run(&repo.path(), "env", &args);
    assert_code(&ran, 2);
    assert!(ran.stderr.contains("user.email"), "{}", ran.stderr);
}

#[test]
fn only_a_branch_that_is_there_is_landed_on() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    for args in [&["land", "one", "--into", "nowhere"][..], &["land", "nothing"]] {
        assert_code(&repo.gate(args), 2);
    }
}

#[test]
fn a_rebase_keeps_authors_and_dates() {
    let repo = repository();
    repo.set_env("GIT_AUTHOR_NAME", "Somebody Else");
    let topic = branch(&repo, "one", "words/one", "1\n");
    repo.set_env("GIT_AUTHOR_NAME", "Who Lands");
    let ahead = commit_on(&repo, "main", "docs/other", "2\n");
    repo.git(&["update-ref", "refs/heads/main", &ahead]);
    assert_eq!(land(&repo, &["one", "--method", "rebase"]).0, 0);
    let author = |revision: &str| repo.git(&["log", "-1", "--format=%an <%ae> %ad %s", revision]);
    assert_eq!(author("main"), author(&topic));
    assert_ne!(rev(&repo, "main"), topic);
}
