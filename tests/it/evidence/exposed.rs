//! No step can read the key: gate refuses to sign where one could have.

use std::process::Child;

use super::{Project, RULES, merge_check};
use crate::repo::{Ran, TestRepo};

/// A project, and a clone in which a step has run.
fn judged() -> (Project, TestRepo) {
    let project = Project::new(RULES);
    let clone = project.clone();
    merge_check(&clone, &[]);
    (project, clone)
}

fn push(clone: &TestRepo, key: &std::path::Path) -> Ran {
    clone.gate(&["evidence", "push", "--key", key.to_str().unwrap()])
}

#[track_caller]
fn assert_exposed(ran: &Ran, why: &str) {
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("a step could have read the key") && ran.stderr.contains(why), "{}", ran.stderr);
}

#[test]
fn a_key_that_lies_open_where_steps_ran_does_not_sign() {
    let (project, clone) = judged();
    assert_exposed(&push(&clone, &project.key("ci")), "its file is readable");
    assert_eq!(project.origin.git(&["for-each-ref", "refs/gate"]), "");
}

#[test]
fn a_verdict_from_elsewhere_is_not_signed_there_either() {
    let (project, clone) = judged();
    let verdict = project.verdict();
    let key = project.key("ci");
    let args = ["evidence", "push", "--key", key.to_str().unwrap(), "--from", verdict.to_str().unwrap()];
    assert_exposed(&clone.gate(&args), "its file is readable");
}

#[test]
fn where_another_clone_of_the_user_has_run_steps_nothing_is_signed() {
    let (project, clone) = judged();
    let verdict = project.verdict();
    let another = project.clone();
    another.set_env("XDG_CACHE_HOME", clone.cache());
    let key = project.key("ci");
    let args = ["evidence", "push", "--key", key.to_str().unwrap(), "--from", verdict.to_str().unwrap()];
    assert_exposed(&another.gate(&args), "its file is readable");
}

#[test]
fn nothing_is_signed_in_a_step() {
    let project = Project::new(RULES);
    let verdict = project.verdict();
    let clone = project.clone();
    clone.set_env("GATE_STEP", "words");
    let key = project.key("ci");
    let args = ["evidence", "push", "--key", key.to_str().unwrap(), "--from", verdict.to_str().unwrap()];
    assert_exposed(&clone.gate(&args), "this runs in a step");
}

/// A key with a passphrase, and a program that says it.
fn with_passphrase(project: &Project, clone: &TestRepo) -> std::path::PathBuf {
    let key = project.key("secret");
    let args = ["-q", "-t", "ed25519", "-N", "sesame", "-C", "secret", "-f", key.to_str().unwrap()];
    assert_eq!(clone.run(&clone.home(), "ssh-keygen", &args).code, 0);
    clone.write_program("../askpass", "#!/bin/sh\necho sesame\n");
    clone.set_env("SSH_ASKPASS", clone.root().join("askpass"));
    clone.set_env("SSH_ASKPASS_REQUIRE", "force");
    key
}

#[test]
fn a_key_with_a_passphrase_signs_where_steps_ran() {
    let (project, clone) = judged();
    let key = with_passphrase(&project, &clone);
    let ran = push(&clone, &key);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("1 step with a result, by SHA256:"), "{}", ran.stdout);
    project.push_rules("main", &RULES.replace("@KEY@", &project.public("secret")));
    project.origin.git(&["checkout", "--quiet", "topic"]);
    project.origin.git(&["rebase", "--quiet", "main"]);
    super::assert_reused(&project.judged(&[]).1, "words");
}

#[test]
fn a_wrong_passphrase_signs_nothing() {
    let (project, clone) = judged();
    let key = with_passphrase(&project, &clone);
    clone.write_program("../askpass", "#!/bin/sh\necho open\n");
    let ran = push(&clone, &key);
    assert_eq!(ran.code, 70, "{}", ran.stdout);
    assert!(ran.stderr.contains("ssh-keygen did not sign"), "{}", ran.stderr);
}

/// An agent that ends with the test.
struct Agent(Child);

impl Agent {
    fn with(clone: &TestRepo, key: &std::path::Path) -> Self {
        let socket = clone.root().join("agent");
        let mut command = clone.command(&clone.root(), "ssh-agent");
        command.args(["-D", "-a", socket.to_str().unwrap()]).stdout(std::process::Stdio::null());
        let agent = Self(command.spawn().unwrap());
        clone.set_env("SSH_AUTH_SOCK", &socket);
        let added = || clone.run(&clone.root(), "ssh-add", &["-q", key.to_str().unwrap()]).code == 0;
        assert!((0..100).any(|_| added() || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            false
        }));
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn a_key_in_an_agent_signs_only_where_no_step_ran() {
    let (project, judged) = judged();
    let verdict = project.verdict();
    let public = project.key("ci.pub");
    let args = ["evidence", "push", "--key", public.to_str().unwrap(), "--from", verdict.to_str().unwrap()];
    for (clone, signs) in [(&judged, false), (&project.clone(), true)] {
        let _agent = Agent::with(clone, &project.key("ci"));
        let ran = clone.gate(&args);
        if signs {
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        } else {
            assert_exposed(&ran, "reach the same agent");
        }
    }
    super::assert_reused(&project.judged(&[]).1, "words");
}

#[test]
fn a_passphrase_is_no_guard_for_a_key_that_an_agent_has() {
    let (project, clone) = judged();
    let key = with_passphrase(&project, &clone);
    let _agent = Agent::with(&clone, &key);
    assert_exposed(&push(&clone, &key), "reach the same agent");
}

#[test]
fn a_run_in_the_users_own_tree_exposes_a_key_too() {
    let project = Project::new(RULES);
    let clone = project.clone();
    clone.write("words", "whatever\n");
    clone.gate(&["check", "--here"]);
    assert_eq!(project.ran(), ["words"]);
    let verdict = project.verdict();
    let key = project.key("ci");
    let args = ["evidence", "push", "--key", key.to_str().unwrap(), "--from", verdict.to_str().unwrap()];
    assert_exposed(&clone.gate(&args), "its file is readable");
}

#[test]
fn the_setting_of_git_names_the_key() {
    let project = Project::new(RULES);
    let verdict = project.verdict();
    let clone = project.clone();
    clone.git(&["config", "gate.signingKey", project.key("ci").to_str().unwrap()]);
    let ran = clone.gate(&["evidence", "push", "--from", verdict.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}
