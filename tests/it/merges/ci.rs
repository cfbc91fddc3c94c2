//! The merge that a CI's job is for, in the clone that the CI made for it.

use std::path::{Path, PathBuf};

use super::branch;
use crate::repo::{Ran, TestRepo};

const RULES: &str = "[main]\nbranches = [\"main\"]\n\n[check.sum]\nrun = \"[ $(cat a b | wc -l) -le 5 ]\"\n";

/// A host's repository, and what a job is told.
struct Host {
    repo: TestRepo,
    base: String,
    main: String,
    head: String,
    merged: String,
}

/// A request whose merge with main fails, though both pass alone; a merge of an older main and it passes.
fn host() -> Host {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a", "1\n2\n"), ("b", "1\n2\n")]);
    let base = repo.git(&["rev-parse", "HEAD"]);
    branch(&repo, "topic", "main");
    repo.write("a", "1\n2\n3\n");
    let head = repo.commit("topic");
    repo.git(&["checkout", "--quiet", "--detach", "main"]);
    repo.git(&["merge", "--quiet", "--no-ff", "topic", "--message", "by the host"]);
    let merged = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-ref", "refs/pull/1/merge", &merged]);
    branch(&repo, "main", "main");
    repo.write("b", "1\n2\n3\n");
    let main = repo.commit("main");
    // As hosts let it be done.
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    Host { repo, base, main, head, merged }
}

impl Host {
    /// A clone of one commit, as CIs make it.
    fn clone_of(&self, commit: &str, name: &str) -> PathBuf {
        let clone = self.repo.root().join(name);
        fs_err::create_dir(&clone).unwrap();
        let url = format!("file://{}", self.repo.path().display());
        for args in [
            &["init", "--quiet"][..],
            &["remote", "add", "origin", &url],
            &["fetch", "--quiet", "--depth", "1", "origin", commit],
            &["checkout", "--quiet", "--detach", commit],
        ] {
            let ran = self.repo.run(&clone, "git", args);
            assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        }
        clone
    }

    fn judge(&self, clone: &Path, variables: &[(&str, &str)]) -> Ran {
        let mut command = self.repo.command(clone, env!("CARGO_BIN_EXE_gate"));
        Ran::of(command.args(["merge-check", "--format", "json"]).envs(variables.iter().copied()))
    }

    /// A pull request on GitHub, whose event is of the time when main was at `base`.
    fn pull_request(&self, clone: &Path, merged: &str) -> Ran {
        let event = serde_json::json!({
            "action": "synchronize", "number": 1,
            "pull_request": {
                "state": "open", "draft": false,
                "base": {"ref": "main", "sha": self.base, "repo": {"full_name": "o/r"}},
                "head": {"ref": "topic", "sha": self.head, "repo": {"full_name": "o/r"}},
            },
        });
        let file = self.repo.root().join("event.json");
        fs_err::write(&file, event.to_string()).unwrap();
        self.judge(
            clone,
            &[
                ("CI", "true"),
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "pull_request"),
                ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
                ("GITHUB_BASE_REF", "main"),
                ("GITHUB_HEAD_REF", "topic"),
                ("GITHUB_REF", "refs/pull/1/merge"),
                ("GITHUB_SHA", merged),
            ],
        )
    }
}

#[test]
fn a_request_is_judged_against_main_as_it_is_now_from_a_clone_of_one_commit() {
    let host = host();
    let clone = host.clone_of(&host.merged, "job");
    let ran = host.pull_request(&clone, &host.merged);
    let said = ran.document();
    assert_eq!((ran.code, &said["verdict"]), (1, &"rejected".into()), "{}", ran.stderr);
    assert_eq!(said["base"]["commit"], host.main.as_str());
    let told = said["notes"].to_string() + &ran.stderr;
    assert!(told.contains(&format!("from {} (GITHUB_EVENT_PATH pull_request.head.sha)", host.head)), "{told}");
    assert!(told.contains(&host.base), "the host's merge is with an older main: {told}");
}

#[test]
fn a_run_for_another_head_is_no_pass() {
    let host = host();
    branch(&host.repo, "topic", "topic");
    let other = host.repo.commit("pushed since");
    host.repo.git(&["checkout", "--quiet", "--detach", &host.base]);
    host.repo.git(&["merge", "--quiet", "--no-ff", &other]);
    let merged = host.repo.git(&["rev-parse", "HEAD"]);
    let clone = host.clone_of(&merged, "job");
    let ran = host.pull_request(&clone, &merged);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(ran.stderr.contains("the run is for another head"), "{}", ran.stderr);
}

#[test]
fn a_ledger_that_another_job_may_have_written_counts_for_nothing() {
    let host = host();
    let clone = host.clone_of(&host.head, "job");
    let variables = [
        ("BUILDKITE", "true"),
        ("BUILDKITE_PULL_REQUEST", "1"),
        ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "other"),
        ("BUILDKITE_BRANCH", "topic"),
        ("BUILDKITE_COMMIT", &host.head),
    ];
    host.repo.git(&["branch", "other", &host.base]);
    for time in ["first", "second"] {
        let ran = host.judge(&clone, &variables);
        assert_eq!(ran.code, 0, "{time}: {}", ran.stderr);
        assert_eq!(ran.document()["steps"][0]["outcome"], "passed", "{time}");
    }
    let trusted = host.repo.command(&clone, env!("CARGO_BIN_EXE_gate"));
    let ran = { trusted }.args(["merge-check", "--format", "json", "--trust-ledger"]).envs(variables).output().unwrap();
    assert!(String::from_utf8(ran.stdout).unwrap().contains("\"decision\": \"reuse\""));
}

#[test]
fn a_push_is_judged_as_it_is_against_what_was_before() {
    let host = host();
    let clone = host.clone_of(&host.main, "job");
    let event = serde_json::json!({
        "ref": "refs/heads/main", "before": host.base, "after": host.main, "deleted": false, "created": false,
    });
    let file = host.repo.root().join("event.json");
    fs_err::write(&file, event.to_string()).unwrap();
    let ran = host.judge(
        &clone,
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_SHA", &host.main),
        ],
    );
    let said = ran.document();
    assert_eq!((ran.code, &said["candidate"]["commit"]), (0, &host.main.as_str().into()), "{}", ran.stderr);
    assert_eq!(said["base"]["commit"], host.base.as_str());
}

#[test]
fn outside_a_ci_the_target_has_to_be_named() {
    let host = host();
    let ran = host.repo.gate(&["merge-check"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--into origin/main"), "{}", ran.stderr);
}
