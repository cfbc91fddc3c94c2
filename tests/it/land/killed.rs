//! gate ends while it lands.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{assert_sound, branch, fate, fates, land, once, repository, rev};
use crate::repo::{TestRepo, assert_untouched};

fn start(repo: &TestRepo, args: &[&str]) -> Child {
    let mut command = repo.command(&repo.path(), env!("CARGO_BIN_EXE_gate"));
    command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Starts landing, and waits until the check is at work.
fn at_work(repo: &TestRepo) -> Child {
    once(repo, "touch $HOME/at-work\nsleep 1000\n");
    let child = start(repo, &["land", "--format", "json", "one"]);
    let (seen, give_up) = (repo.home().join("at-work"), Instant::now() + Duration::from_mins(1));
    while !seen.exists() {
        assert!(Instant::now() < give_up, "the check never began");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

#[test]
fn a_kill_leaves_nothing_half_landed() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let before = repo.snapshot();
    let mut child = at_work(&repo);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_untouched(&before, &repo.snapshot(), "killed");
    assert_eq!(land(&repo, &["one"]).0, 0);
    assert_sound(&repo);
}

#[test]
fn at_whatever_moment_it_comes() {
    let repo = repository();
    for at in 0..12 {
        let name = format!("topic-{at}");
        branch(&repo, &name, &format!("words/{name}"), "1\n");
        let before = rev(&repo, "main");
        let mut child = start(&repo, &["land", &name]);
        std::thread::sleep(Duration::from_millis(10 * at));
        child.kill().unwrap();
        child.wait().unwrap();
        let after = rev(&repo, "main");
        assert!(after == before || rev(&repo, "main^1") == before, "main is at neither of both");
        let (code, document) = land(&repo, &[&name]);
        assert_eq!(code, 0, "{document:#}");
        assert_sound(&repo);
    }
}

#[test]
fn a_signal_lands_nothing() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let before = repo.snapshot();
    let child = at_work(&repo);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let document = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(fates(&document), [fate("one", "interrupted")]);
    assert_untouched(&before, &repo.snapshot(), "interrupted");
}
