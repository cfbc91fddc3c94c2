//! What users of merge gates and merge queues complain of, each as a repository in which gate does the right thing.

mod bases;
mod landing;
mod outcomes;
mod selection;
mod together;
mod surroundings;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::repo::{Ran, TestRepo};

/// Makes a branch at a revision, goes there, writes these files and commits them. Gives the commit's id.
fn branch(repo: &TestRepo, name: &str, at: &str, files: &[(&str, &str)]) -> String {
    repo.git(&["checkout", "--quiet", "-B", name, at]);
    for (path, text) in files {
        repo.write(path, text);
    }
    repo.commit(name)
}

/// Adds a commit with these files to a branch. Gives its id.
fn advance(repo: &TestRepo, name: &str, files: &[(&str, &str)]) -> String {
    branch(repo, name, name, files)
}

/// The commit that a merge of a revision into another makes, as a host makes it; HEAD is there then.
fn merged(repo: &TestRepo, into: &str, from: &str) -> String {
    repo.git(&["checkout", "--quiet", "--detach", into]);
    repo.git(&["merge", "--quiet", "--no-ff", from, "--message", "by the host"]);
    repo.git(&["rev-parse", "HEAD"])
}

/// Judges the merge of a revision into another.
#[track_caller]
fn merge_check(repo: &TestRepo, into: &str, from: &str) -> (i32, Value) {
    repo.gate(&["merge-check", "--format", "json", "--into", into, "--from", from]).judged()
}

/// The steps, each with what was decided of it and how it ended, as in `unit run passed` and `docs skip`.
fn steps(document: &Value) -> Vec<String> {
    let steps = document["steps"].as_array().unwrap().iter();
    let mut steps: Vec<String> = steps
        .map(|step| {
            let texts = [&step["name"], &step["decision"], &step["outcome"]];
            texts.iter().filter_map(|text| text.as_str()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    steps.sort();
    steps
}

/// A clone of one commit, as CIs make it.
fn job_clone(repo: &TestRepo, commit: &str, name: &str) -> PathBuf {
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = repo.root().join(name);
    fs_err::create_dir(&clone).unwrap();
    let url = format!("file://{}", repo.path().display());
    git_in(repo, &clone, &["init", "--quiet"]);
    git_in(repo, &clone, &["remote", "add", "origin", &url]);
    git_in(repo, &clone, &["fetch", "--quiet", "--depth", "1", "origin", commit]);
    git_in(repo, &clone, &["checkout", "--quiet", "--detach", commit]);
    clone
}

/// Runs git in a folder, which must succeed. Gives what it wrote, without the last newline.
#[track_caller]
fn git_in(repo: &TestRepo, folder: &Path, args: &[&str]) -> String {
    let ran = repo.run(folder, "git", args);
    assert_eq!(ran.code, 0, "git {args:?}: {}", ran.stderr);
    ran.stdout.trim_end().to_owned()
}

/// Runs `gate merge-check` as a job of GitHub Actions for an event.
fn github(repo: &TestRepo, clone: &Path, (name, git_ref, sha): (&str, &str, &str), event: &Value) -> (i32, Value) {
    let file = clone.join(".git/event.json");
    fs_err::write(&file, event.to_string()).unwrap();
    let mut command = repo.command(clone, env!("CARGO_BIN_EXE_gate"));
    command.args(["merge-check", "--format", "json"]).envs([("CI", "true"), ("GITHUB_ACTIONS", "true")]);
    command.env("GITHUB_EVENT_PATH", &file);
    command.envs([("GITHUB_EVENT_NAME", name), ("GITHUB_REF", git_ref), ("GITHUB_SHA", sha)]);
    if name == "pull_request" {
        command.env("GITHUB_BASE_REF", event["pull_request"]["base"]["ref"].as_str().unwrap());
    }
    Ran::of(&mut command).judged()
}

/// The job of a pull request: `seen` is where the target was when the event was made.
fn pull_request(repo: &TestRepo, clone: &Path, target: (&str, &str), head: &str, merged: &str) -> (i32, Value) {
    let event = serde_json::json!({
        "action": "synchronize", "number": 1,
        "pull_request": {
            "state": "open", "draft": false,
            "base": {"ref": target.0, "sha": target.1, "repo": {"full_name": "o/r"}},
            "head": {"ref": "topic", "sha": head, "repo": {"full_name": "o/r"}},
        },
    });
    github(repo, clone, ("pull_request", "refs/pull/1/merge", merged), &event)
}

/// The job of a merge queue for a group that lies on `base`.
fn merge_group(repo: &TestRepo, clone: &Path, base: &str, head: &str) -> (i32, Value) {
    let name = format!("refs/heads/gh-readonly-queue/main/pr-1-{base}");
    let event = serde_json::json!({
        "action": "checks_requested",
        "merge_group": {"head_sha": head, "head_ref": name, "base_sha": base, "base_ref": "refs/heads/main"},
    });
    github(repo, clone, ("merge_group", &name, head), &event)
}

/// The job of a push to main.
fn push(repo: &TestRepo, clone: &Path, before: &str, after: &str) -> (i32, Value) {
    let event = serde_json::json!({
        "ref": "refs/heads/main", "before": before, "after": after, "deleted": false, "created": false,
    });
    github(repo, clone, ("push", "refs/heads/main", after), &event)
}
