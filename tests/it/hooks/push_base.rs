//! What a push is compared with: the guarded branch as the remote has it, or what a guarded branch is there now.

use serde_json::Value;

use super::{Ground, step};

/// A check that notes each file that it is given.
const FILES: &str =
    "[check.files]\nfiles = [\"**\"]\nrun = '''printf '%s\\n' {files} >>ROOT/files'''\non = [\"pre-push\"]\n";

fn pushed(rules: &str) -> Ground {
    let ground = Ground::pushed("");
    let rules = rules.replace("ROOT", &ground.repo.root().display().to_string());
    ground.repo.write("gate.toml", super::gate_toml(&ground.repo, &rules));
    ground.around("a", "rules\n");
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "main"]);
    ground
}

/// The files that were passed on.
fn files(ground: &Ground) -> Vec<String> {
    let mut files = ground.take("files");
    files.sort();
    files
}

fn branch(document: &Value) -> &str {
    document["base"]["choice"]["branch"].as_str().unwrap_or("none")
}

#[test]
fn a_force_push_after_a_rebase_is_about_its_own_files() {
    let ground = pushed(FILES);
    ground.repo.git(&["checkout", "-q", "-b", "topic"]);
    ground.around("mine", "1\n");
    ground.goes(&["push", "-q", "-u", "origin", "topic"], &["topic"]);
    assert_eq!(files(&ground), ["mine"]);
    ground.repo.git(&["checkout", "-q", "main"]);
    (0..3).for_each(|n| drop(ground.around(&format!("main's {n}"), "x\n")));
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "main"]);
    ground.repo.git(&["checkout", "-q", "topic"]);
    ground.repo.git(&["rebase", "-q", "main"]);
    ground.around("mine too", "2\n");
    ground.goes(&["push", "-q", "--force", "origin", "topic"], &["topic"]);
    assert_eq!(files(&ground), ["mine too"], "the other one is proved by now");
    assert_eq!(branch(&ground.last("pre-push")), "refs/remotes/origin/main");
}

#[test]
fn a_guarded_branch_is_compared_with_what_it_is_there() {
    let ground = pushed(FILES);
    ground.around("one", "1\n");
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "main"]);
    // What is known here of the remote is older than what git is told there.
    ground.repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD~2"]);
    ground.around("two", "2\n");
    ground.goes(&["push", "-q", "origin", "main"], &["main"]);
    assert_eq!(files(&ground), ["two"]);
    ground.around("three", "BAD\n");
    ground.git(&["push", "-q", "origin", "HEAD:main"]).fails("grep");
}

#[test]
fn a_guarded_branch_whose_old_tip_is_not_here() {
    let ground = pushed(FILES);
    let other = ground.beside("other");
    ground.repo.git(&["clone", "-q", "../remote.git", "../other"]);
    fs_err::write(other.join("theirs"), "x\n").unwrap();
    for args in [
        &["checkout", "-q", "-B", "main", "origin/main"][..],
        &["add", "."],
        &["commit", "-q", "-m", "theirs"],
        &["push", "-q", "origin", "main"],
    ] {
        let ran = ground.repo.run(&other, "git", args);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    ground.around("mine", "BAD\n");
    ground.git(&["push", "-q", "--force", "origin", "main"]).fails("grep");
    assert_eq!(files(&ground), ["mine"]);
    ground.seen();
    ground.around("mine", "mended\n");
    ground.goes(&["push", "-q", "--force", "origin", "main"], &["main"]);
    assert_eq!(branch(&ground.last("pre-push")), "refs/remotes/origin/main");
}

/// The check is about `a` alone, and the second push does not touch it.
#[test]
fn after_a_broken_push_that_went_around_the_hook() {
    let ground = pushed("[check.a]\ninputs = [\"a\"]\nrun = '! grep BAD a'\non = [\"pre-push\"]\n");
    ground.repo.git(&["checkout", "-q", "-b", "topic"]);
    ground.around("a", "BAD\n");
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "topic"]);
    ground.around("d/b", "unrelated\n");
    let ran = ground.git(&["push", "-q", "origin", "topic"]);
    ran.fails("a");
    // What is known to fail is not taken for unchanged at the guarded branch either.
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "topic:main"]);
    ground.around("d/b", "unrelated again\n");
    ground.git(&["push", "-q", "origin", "topic:main"]).fails("a");
}

#[test]
fn a_remote_that_nothing_is_known_of() {
    let ground = pushed(FILES);
    ground.repo.git(&["init", "-q", "--bare", "../second.git"]);
    ground.repo.git(&["remote", "add", "second", "../second.git"]);
    ground.repo.git(&["checkout", "-q", "-b", "topic"]);
    ground.around("mine", "1\n");
    let all = ["a", "d/b", "gate.toml", "mine"];
    let ran = ground.goes(&["push", "-q", "second", "topic"], &["topic"]);
    assert_eq!(files(&ground), all);
    assert!(ran.both().contains("no base"), "it says why: {ran:?}");
    assert_eq!(ground.last("pre-push")["no_base"]["kind"], "no-guarded-branch");
    // A remote by its URL is the remote; one that is none is nothing to compare with.
    ground.around("mine", "2\n");
    ground.goes(&["push", "-q", "../remote.git", "topic"], &["topic"]);
    assert_eq!(files(&ground), ["mine"]);
    ground.repo.git(&["init", "-q", "--bare", "../third.git"]);
    ground.around("mine", "3\n");
    let ran = ground.goes(&["push", "-q", "../third.git", "topic"], &["topic"]);
    assert!(ran.both().contains("no base"), "it says why: {ran:?}");
    assert_eq!(ground.last("pre-push")["no_base"]["kind"], "no-guarded-branch");
    ground.around("mine", "BAD\n");
    ground.git(&["push", "-q", "../third.git", "topic"]).fails("grep");
}

/// Two remotes that are not at the same commit.
#[test]
fn another_remotes_branch_is_not_what_this_one_has() {
    let ground = pushed(FILES);
    ground.repo.git(&["init", "-q", "--bare", "../fork.git"]);
    ground.repo.git(&["remote", "add", "fork", "../fork.git"]);
    ground.repo.git(&["push", "-q", "--no-verify", "fork", "main"]);
    ground.around("upstream's", "1\n");
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "main"]);
    ground.repo.git(&["checkout", "-q", "-b", "topic"]);
    ground.around("mine", "1\n");
    ground.goes(&["push", "-q", "fork", "topic"], &["topic"]);
    assert_eq!(files(&ground), ["mine", "upstream's"]);
    assert_eq!(branch(&ground.last("pre-push")), "refs/remotes/fork/main");
}

#[test]
fn from_a_shallow_clone() {
    let ground = pushed(FILES);
    ground.repo.git(&["checkout", "-q", "-b", "topic"]);
    ground.around("topic's", "1\n");
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "topic"]);
    let url = format!("file://{}", ground.beside("remote.git").display());
    ground.repo.git(&["clone", "-q", "--depth", "1", "--no-single-branch", &url, "../shallow"]);
    let clone = ground.beside("shallow");
    ground.install(&clone.join(".git"));
    let run = |args: &[&str]| {
        let ran = ground.repo.run(&clone, "git", args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
    };
    let commit = |name: &str, content: &str| {
        fs_err::write(clone.join(name), content).unwrap();
        run(&["add", "."]);
        run(&["commit", "-q", "--no-verify", "-m", name]);
    };
    run(&["checkout", "-q", "main"]);
    commit("new", "1\n");
    ground.goes_in(&clone, &["push", "-q", "origin", "HEAD:refs/heads/new"], &["HEAD"]);
    assert_eq!(files(&ground), ["new"], "what is here is enough");
    commit("new", "BAD\n");
    ground.git_in(&clone, &["push", "-q", "origin", "HEAD:refs/heads/new"]).fails("grep");
    files(&ground);
    ground.seen();
    // Of this one the clone doesn't know where it left main.
    run(&["checkout", "-q", "topic"]);
    commit("more", "1\n");
    let ran = ground.goes_in(&clone, &["push", "-q", "origin", "topic"], &["HEAD"]);
    assert_eq!(files(&ground), ["a", "d/b", "gate.toml", "more", "topic's"]);
    assert!(ran.both().contains("shallow"), "it says why: {ran:?}");
}

#[test]
fn what_a_commit_has_proved_a_push_does_not_run_again() {
    let ground = pushed("");
    ground.repo.git(&["checkout", "-q", "-b", "topic"]);
    for content in ["one\n", "two\n"] {
        ground.stage("a", content);
        ground.commits(&["commit", "-q", "-m", "checked"]);
    }
    let ran = ground.goes(&["push", "-q", "origin", "topic"], &[]);
    assert!(ran.both().contains("clear"), "{ran:?}");
    let document = ground.last("pre-push");
    for name in ["look", "grep"] {
        assert_eq!(step(&document, name)["decision"], "reuse", "{document:#}");
    }
    // Nor does the merge stage.
    let (code, document) = ground.repo.check(&[]);
    assert_eq!((code, ground.seen().len()), (0, 0), "{document:#}");
}
