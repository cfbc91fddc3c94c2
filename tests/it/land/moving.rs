//! Everything moves while a branch is judged.

use super::{
    assert_code, assert_sound, audit, branch, checks, commit_on, fate, fates, land, moves, once, repository, rev, runs,
};
use crate::repo::TestRepo;

#[test]
fn a_target_that_moved_is_started_from_anew_and_what_is_proved_is_kept() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let ahead = commit_on(&repo, "main", "docs/other", "2\n");
    once(&repo, &moves(&repo, "refs/heads/main", &ahead));
    let (code, document) = land(&repo, &["one"]);
    assert_eq!((code, fates(&document)), (0, vec![fate("one", "landed")]), "{document:#}");
    assert_eq!(document["restarts"].as_array().unwrap().len(), 1);
    assert_eq!(document["restarts"][0]["to"], ahead);
    assert_eq!(rev(&repo, "main^1"), ahead, "nothing of the other is lost");
    assert_eq!(runs(&repo), 1, "what the other one did not touch is not run again");
    assert_sound(&repo);
}

#[test]
fn it_does_not_start_again_for_ever() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let ahead = commit_on(&repo, "main", "words/other", "2\n");
    once(&repo, &moves(&repo, "refs/heads/main", &ahead));
    let (code, document) = land(&repo, &["one", "--retries", "0"]);
    assert_eq!((code, fates(&document)), (3, vec![fate("one", "target-moved")]));
    assert_eq!(rev(&repo, "main"), ahead);
}

#[test]
fn what_breaks_on_the_target_as_it_is_now_does_not_land() {
    let repo = repository();
    branch(&repo, "one", "words/one", "b\n");
    let rules = repo.read("gate.toml").replace("! grep -rq bad words", "test $(cat words/* | grep -c b) -lt 2");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("gate.toml", rules);
    repo.commit("at most one");
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    let ahead = commit_on(&repo, "main", "words/other", "b\n");
    once(&repo, &moves(&repo, "refs/heads/main", &ahead));
    let (code, document) = land(&repo, &["one"]);
    assert_eq!((code, fates(&document)), (1, vec![fate("one", "rejected")]), "{document:#}");
    assert_eq!((rev(&repo, "main"), checks(&document).len()), (ahead, 2));
}

#[test]
fn two_at_once_both_land() {
    let repo = repository();
    let names: Vec<String> = (0..6).map(|number| format!("topic-{number}")).collect();
    for name in &names {
        branch(&repo, name, &format!("words/{name}"), "1\n");
    }
    let gate = env!("CARGO_BIN_EXE_gate");
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            let mut command = repo.command(&repo.path(), gate);
            command.args(["land", name]).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{out}\n{err}");
    }
    for name in &names {
        assert_code(&repo.run(&repo.path(), "git", &["merge-base", "--is-ancestor", name, "main"]), 0);
    }
    assert_sound(&repo);
    assert_eq!(repo.git(&["rev-list", "--first-parent", "--count", "main"]), "7");
    assert_eq!(audit(&repo, &[]).0, 0);
}

#[test]
fn a_branch_that_moves_meanwhile_is_left_out() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let two = branch(&repo, "two", "words/two", "2\n");
    let other = commit_on(&repo, "main", "words/worse", "bad\n");
    once(&repo, &moves(&repo, "refs/heads/two", &other));
    let (code, document) = land(&repo, &["one", "two"]);
    assert_eq!((code, fates(&document)), (3, vec![fate("one", "landed"), fate("two", "branch-moved")]));
    assert_eq!((&document["branches"][1]["head"], &document["branches"][1]["to"]), (&two.into(), &other.into()));
    assert_eq!(repo.git(&["ls-tree", "--name-only", "main:words"]), "first\none");
    assert_sound(&repo);
}

/// A bare repository beside it that is its remote.
fn with_remote(repo: &TestRepo) -> std::path::PathBuf {
    let remote = repo.root().join("remote.git");
    repo.git(&["clone", "--quiet", "--bare", ".", remote.to_str().unwrap()]);
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
    repo.git(&["fetch", "--quiet", "origin"]);
    remote
}

#[test]
fn a_remotes_branch_is_landed_on_and_moves_too() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let remote = with_remote(&repo);
    let there = |revision: &str| repo.run(&remote, "git", &["rev-parse", revision]).stdout.trim().to_owned();
    let ahead = commit_on(&repo, "main", "docs/other", "2\n");
    once(&repo, &format!("git -C {} push -q {} {ahead}:refs/heads/main\n", repo.path().display(), remote.display()));
    let here = rev(&repo, "main");
    let (code, document) = land(&repo, &["one", "--push", "origin"]);
    assert_eq!((code, fates(&document)), (0, vec![fate("one", "landed")]), "{document:#}");
    assert_eq!(document["restarts"].as_array().unwrap().len(), 1);
    assert_eq!((there("main^1"), there("main^2")), (ahead, rev(&repo, "one")));
    assert_eq!((there("main"), rev(&repo, "main")), (rev(&repo, "origin/main"), here), "the own branch stays");
    assert_code(&repo.run(&remote, "git", &["fsck", "--strict"]), 0);
    assert_code(&repo.run(&repo.path(), "git", &["fsck", "--strict"]), 0);
}

#[test]
fn a_remote_that_refuses_is_quoted() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let remote = with_remote(&repo);
    let hook = remote.join("hooks/pre-receive");
    fs_err::create_dir_all(hook.parent().unwrap()).unwrap();
    fs_err::write(&hook, "#!/bin/sh\necho closed for today >&2\nexit 1\n").unwrap();
    assert_code(&repo.run(&remote, "chmod", &["+x", "hooks/pre-receive"]), 0);
    let (code, document) = land(&repo, &["one", "--push", "origin"]);
    assert_eq!((code, fates(&document)), (3, vec![fate("one", "blocked")]));
    assert!(document["branches"][0]["message"].as_str().unwrap().contains("closed for today"), "{document:#}");
}
