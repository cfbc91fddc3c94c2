//! What a merge is made of and judged against: neither an old commit nor one that nobody stands for.

use super::{advance, branch, git_in, job_clone, merge_check, merge_group, merged, pull_request, push, steps};
use crate::repo::{Ran, TestRepo};

/// Each file with a check of its own, which passes unless the file says `bad`.
fn rules(policy: &str) -> String {
    let check = |name: &str| format!("[check.{name}]\ninputs = [\"{name}\"]\nrun = \"! grep bad {name}\"\n");
    format!("[policy]\n{policy}\n{}{}", check("a"), check("b"))
}

fn repository(policy: &str) -> TestRepo {
    TestRepo::with(&[("gate.toml", &rules(policy)), ("a", "1\n"), ("b", "1\n")])
}

#[test]
fn a_request_whose_target_is_changed_is_judged_against_its_new_target() {
    let rules = "[check.sum]\nrun = \"[ $(cat a b | wc -l) -le 5 ]\"\n";
    let repo = TestRepo::with(&[("gate.toml", rules), ("a", "1\n2\n"), ("b", "1\n2\n")]);
    let release = branch(&repo, "release", "main", &[("b", "1\n2\n3\n")]);
    let head = branch(&repo, "topic", "main", &[("a", "1\n2\n3\n")]);
    // The host's merge stays the one with main.
    let old = merged(&repo, "main", "topic");
    let main = repo.git(&["rev-parse", "main"]);
    let clone = job_clone(&repo, &old, "before");
    let (code, document) = pull_request(&repo, &clone, ("main", &main), &head, &old);
    assert_eq!((code, &document["base"]["commit"]), (0, &main.into()), "{document:#}");
    let clone = job_clone(&repo, &old, "after");
    let (code, document) = pull_request(&repo, &clone, ("release", &release), &head, &old);
    assert_eq!((code, &document["verdict"]), (1, &"rejected".into()), "{document:#}");
    assert_eq!(document["base"]["commit"], release.as_str());
}

/// A; a side branch on A; B; the topic on B; C; D; the side branch is merged. With three commits of main and all of the
/// topic, git takes A for the merge-base.
#[test]
fn a_merge_in_a_clone_of_three_commits_is_the_one_that_the_whole_history_makes() {
    let repo = repository("");
    branch(&repo, "side", "main", &[("side", "S\n")]);
    // Merged from A, what the topic took back would come again.
    advance(&repo, "main", &[("a", "bad\n")]);
    let topic = branch(&repo, "topic", "main", &[("a", "1\n")]);
    advance(&repo, "main", &[("c", "C\n")]);
    advance(&repo, "main", &[("c", "D\n")]);
    repo.git(&["merge", "--quiet", "--no-edit", "side"]);
    let (code, whole) = merge_check(&repo, "main", "topic");
    assert_eq!(code, 0, "{whole:#}");
    let clone = || {
        let url = format!("file://{}", repo.path().display());
        drop(fs_err::remove_dir_all(repo.root().join("shallow")));
        git_in(&repo, &repo.root(), &["clone", "--quiet", "--depth", "3", &url, "shallow"]);
        let clone = repo.root().join("shallow");
        git_in(&repo, &clone, &["fetch", "--quiet", "origin", "topic:refs/heads/topic"]);
        let base = git_in(&repo, &clone, &["merge-base", "topic", "origin/main"]);
        assert_ne!(base, repo.git(&["rev-parse", &format!("{topic}~")]), "git itself is wrong here");
        clone
    };
    let args = ["merge-check", "--format", "json", "--into", "origin/main", "--from", "topic"];
    let (code, document) = repo.run(&clone(), env!("CARGO_BIN_EXE_gate"), &args).judged();
    assert_eq!((code, &document["candidate"]["tree"]), (0, &whole["candidate"]["tree"]), "{document:#}");
    let alone = clone();
    git_in(&repo, &alone, &["config", "remote.origin.url", "file:///nowhere"]);
    let ran = repo.run(&alone, env!("CARGO_BIN_EXE_gate"), &args);
    assert_eq!((ran.code, &*ran.stdout), (70, ""), "what nobody can deepen is not merged: {}", ran.stderr);
    git_in(&repo, &alone, &["remote", "remove", "origin"]);
    git_in(&repo, &alone, &["update-ref", "refs/remotes/origin/main", "main"]);
    let ran = repo.run(&alone, env!("CARGO_BIN_EXE_gate"), &args);
    assert_eq!((ran.code, &*ran.stdout), (3, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("shallow"), "{}", ran.stderr);
}

#[test]
fn a_clone_that_is_used_again_does_not_judge_against_where_main_was_when_it_was_made() {
    let repo = repository("");
    let old = repo.git(&["rev-parse", "main"]);
    let clone = job_clone(&repo, &old, "runner");
    git_in(&repo, &clone, &["fetch", "--quiet", "origin", "main:refs/remotes/origin/main"]);
    let head = branch(&repo, "topic", "main", &[("b", "2\n")]);
    let main = advance(&repo, "main", &[("a", "main's\n"), ("c", "main's\n")]);
    let host = merged(&repo, "main", "topic");
    git_in(&repo, &clone, &["fetch", "--quiet", "--depth", "1", "origin", &host]);
    git_in(&repo, &clone, &["checkout", "--quiet", "--detach", &host]);
    assert_eq!(git_in(&repo, &clone, &["rev-parse", "origin/main"]), old);
    let (code, document) = pull_request(&repo, &clone, ("main", &old), &head, &host);
    assert_eq!((code, &document["base"]["commit"]), (0, &main.as_str().into()), "{document:#}");
    assert_eq!(steps(&document), ["a skip", "b run passed"], "nothing of main's is the request's");
    // Where that is asked for by name, it is said.
    let told = |name: &str| {
        let mut command = repo.command(&clone, env!("CARGO_BIN_EXE_gate"));
        let args = ["merge-check", "--into", "origin/main", "--from", &head, "--format", "json"];
        let (_, document) = Ran::of(command.args(args).env(name, "true")).judged();
        document["notes"].to_string()
    };
    assert_eq!(told("CI"), "[]", "no CI that is known");
    let said = told("GITHUB_ACTIONS");
    assert!(said.contains(&format!("{old} here")) && said.contains(&format!("{main} on the remote")), "{said}");
}

/// As after a branch was forced: nobody gives the commit that it was at.
#[test]
fn a_push_over_a_commit_that_is_gone_has_everything_run_and_says_so() {
    let repo = repository("");
    let head = advance(&repo, "main", &[("b", "2\n")]);
    let clone = job_clone(&repo, &head, "job");
    let (code, document) = push(&repo, &clone, &"1".repeat(40), &head);
    assert_eq!((code, &document["proof"]), (0, &"proved".into()), "{document:#}");
    assert_eq!(steps(&document), ["a run passed", "b run passed"]);
    assert!(document["notes"].to_string().contains("is not to be had"), "{document:#}");
    assert!(document["base"].is_null(), "{document:#}");
}

/// A queue with two groups, the second one on the first. Gives the commits of both.
fn queue(repo: &TestRepo, first: &str) -> [String; 2] {
    branch(repo, "first", "main", &[("a", first)]);
    branch(repo, "second", "main", &[("b", "2\n")]);
    let ahead = merged(repo, "main", "first");
    let group = merged(repo, &ahead, "second");
    [ahead, group]
}

#[test]
fn a_group_is_compared_with_the_one_ahead_where_nothing_lands_past_it() {
    let repo = repository("queue = \"ahead\"");
    let [ahead, group] = queue(&repo, "2\n");
    let clone = job_clone(&repo, &group, "job");
    let (code, document) = merge_group(&repo, &clone, &ahead, &group);
    assert_eq!((code, &document["base"]["commit"]), (0, &ahead.into()), "{document:#}");
    assert_eq!(steps(&document), ["a skip", "b run passed"]);
}

/// Where a queue merges up to the newest group that passes, nobody has to have passed the one ahead.
#[test]
fn a_group_on_one_that_failed_does_not_let_through_what_that_broke() {
    let repo = repository("");
    let main = repo.git(&["rev-parse", "main"]);
    let [ahead, group] = queue(&repo, "bad\n");
    let clone = job_clone(&repo, &group, "job");
    let (code, document) = merge_group(&repo, &clone, &ahead, &group);
    assert_eq!((code, &document["base"]["commit"]), (1, &main.as_str().into()), "{document:#}");
    assert_eq!(steps(&document), ["a run failed", "b run passed"]);
    let notes = document["notes"].to_string();
    assert!(notes.contains(&format!("judged against main, at {main}")), "{notes}");
    assert!(notes.contains(&format!("ahead {ahead} (GITHUB_EVENT_PATH merge_group.base_sha)")), "{notes}");
}

/// What a group says of queues counts for none that lands before it does, its own least of all.
#[test]
fn no_group_says_itself_that_the_one_ahead_has_passed() {
    let repo = repository("");
    branch(&repo, "first", "main", &[("gate.toml", &rules("queue = \"ahead\"")), ("a", "bad\n")]);
    let ahead = merged(&repo, "main", "first");
    branch(&repo, "second", "main", &[("b", "2\n")]);
    let group = merged(&repo, &ahead, "second");
    let clone = job_clone(&repo, &group, "job");
    let (code, document) = merge_group(&repo, &clone, &ahead, &group);
    assert_eq!((code, steps(&document)), (1, vec!["a run failed".to_owned(), "b run passed".to_owned()]));
    let loosened = serde_json::json!({
        "cause": {"kind": "loosened", "key": "policy.queue", "how": "takes what the queue holds ahead to pass"},
        "leads_to": "rejected",
    });
    assert!(document["findings"].as_array().unwrap().contains(&loosened), "{document:#}");
}

#[test]
fn a_group_that_has_landed_is_compared_with_nothing() {
    let repo = repository("");
    let [ahead, group] = queue(&repo, "bad\n");
    repo.git(&["update-ref", "refs/heads/main", &merged(&repo, &group, "main~0")]);
    let clone = job_clone(&repo, &group, "job");
    let (code, document) = merge_group(&repo, &clone, &ahead, &group);
    assert_eq!((code, &document["base"]), (1, &serde_json::Value::Null), "{document:#}");
    assert_eq!(steps(&document), ["a run failed", "b run passed"]);
}

/// GitLab takes a request off a train when it fails, and begins again with what is behind it.
#[test]
fn a_request_on_a_train_is_compared_with_the_train_ahead() {
    let repo = repository("");
    let [ahead, train] = queue(&repo, "bad\n");
    let clone = job_clone(&repo, &train, "job");
    let mut command = repo.command(&clone, env!("CARGO_BIN_EXE_gate"));
    let second = repo.git(&["rev-parse", "second"]);
    command.args(["merge-check", "--format", "json"]).envs([
        ("GITLAB_CI", "true"),
        ("CI_PROJECT_ID", "1"),
        ("CI_MERGE_REQUEST_IID", "1"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1"),
        ("CI_MERGE_REQUEST_EVENT_TYPE", "merge_train"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", &ahead),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", &second),
        ("CI_COMMIT_SHA", &train),
    ]);
    let (code, document) = Ran::of(&mut command).judged();
    let found = (code, &document["base"]["commit"], &document["proof"]);
    assert_eq!(found, (0, &ahead.into(), &"relative".into()), "{document:#}");
    assert_eq!(steps(&document), ["a skip", "b run passed"]);
}
