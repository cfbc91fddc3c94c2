//! What steps do with processes: however they behave, each has one outcome, and nothing of it outlives the run.

use super::{Running, is_alive, lines_of, names_in, no_panic, outcome, own_tmp};
use crate::repo::TestRepo;

/// Runs checks of these commands, each with more keys, and gives the document.
fn run(checks: &[(&str, &str, &str)]) -> (TestRepo, serde_json::Value) {
    let check = |(name, run, keys): &(&str, &str, &str)| format!("[check.{name}]\nrun = '''{run}'''\n{keys}\n");
    let rules: String = checks.iter().map(check).collect();
    let repo = TestRepo::with(&[("gate.toml", &rules)]);
    let tmp = own_tmp(&repo);
    let ran = repo.gate(&["check", "--all", "--jobs", "4", "--format", "json"]);
    no_panic(&ran);
    assert_eq!(names_in(&tmp), [""; 0]);
    let document = serde_json::from_str(&ran.stdout).unwrap();
    (repo, document)
}

#[track_caller]
fn assert_gone(repo: &TestRepo, file: &str) {
    for pid in lines_of(&repo.home().join(file)) {
        assert!(!is_alive(&pid), "{file}: {pid} is alive");
    }
}

fn log<'a>(document: &'a serde_json::Value, step: &str) -> &'a str {
    let steps = document["steps"].as_array().unwrap();
    steps.iter().find(|found| found["name"] == step).unwrap()["log"].as_str().unwrap_or_default()
}

#[test]
fn what_is_left_behind_is_ended_and_no_pass() {
    let (repo, document) = run(&[
        ("holder", "sleep 1000 & echo $! >$HOME/holder", ""),
        (
            "daemon",
            "setsid sh -c 'echo $$ >$HOME/daemon; exec sleep 1000' & while ! [ -s $HOME/daemon ]; do sleep 0.01; done",
            "",
        ),
        (
            "double",
            "(setsid sh -c 'sh -c \"echo \\$\\$ >\\$HOME/double; exec sleep 1000\" & exit' & exit) & while ! [ -s $HOME/double ]; do sleep 0.01; done",
            "",
        ),
        (
            "deaf",
            "(trap '' TERM; echo $(exec sh -c 'echo $PPID') >$HOME/deaf; while :; do sleep 1; done) & while ! [ -s $HOME/deaf ]; do sleep 0.01; done",
            "",
        ),
    ]);
    assert_eq!(document["verdict"], "rejected");
    for name in ["holder", "daemon", "double", "deaf"] {
        assert_eq!(outcome(&document, name), "leaked", "{name}: {document:#}");
        assert_gone(&repo, name);
    }
}

#[test]
fn odd_ends_are_what_they_are() {
    let (_repo, document) = run(&[
        ("stdin", "cat; read line || echo no input", ""),
        ("suicide", "kill -TERM 0; sleep 1000", ""),
        ("harakiri", "kill -KILL 0; sleep 1000", ""),
        ("zombie", "sh -c 'exit 3' & exit 0", ""),
        ("stops", "kill -STOP $$", "timeout = \"300ms\""),
        ("slow", "echo begun; sleep 1000", "timeout = \"300ms\""),
        ("silent", "echo begun; sleep 1000", "idle-timeout = \"300ms\""),
        ("deaf", "trap '' TERM; while :; do sleep 0.1; done", "timeout = \"100ms\""),
        ("quick", "true", "timeout = \"1m\"\nidle-timeout = \"30s\""),
    ]);
    let outcomes = ["stdin", "suicide", "harakiri", "zombie", "stops", "slow", "silent", "deaf", "quick"]
        .map(|name| outcome(&document, name));
    let late = "timed-out";
    assert_eq!(outcomes, ["passed", "failed", "failed", "passed", late, late, late, late, "passed"], "{document:#}");
    let text = |step: &str| fs_err::read_to_string(log(&document, step)).unwrap_or_default();
    assert_eq!((text("stdin"), text("slow")), ("no input\n".to_owned(), "begun\n".to_owned()));
}

#[test]
fn a_timeout_is_shown_as_one() {
    let rules = "[check.slow]\nrun = \"sleep 1000\"\ntimeout = \"200ms\"\n";
    let repo = TestRepo::with(&[("gate.toml", rules)]);
    let ran = repo.gate(&["check", "--all"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    assert!(shown.contains("timed-out") || shown.contains("timed out"), "{shown}");
    assert!(shown.contains("200ms"), "{shown}");
}

#[test]
fn a_step_that_kills_gate_itself_leaves_nothing_for_good() {
    let rules = "[check.a]\nrun = \"echo $$ >$HOME/pid; kill -KILL $PPID; sleep 1000\"\n";
    let repo = TestRepo::with(&[("gate.toml", rules)]);
    let tmp = own_tmp(&repo);
    let ran = repo.gate(&["check", "--all"]);
    assert_eq!(ran.code, 137, "{ran:?}");
    let left = lines_of(&repo.home().join("pid")).remove(0);
    repo.write("gate.toml", "[check.a]\nrun = \"true\"\n");
    assert_eq!(repo.gate(&["check", "--all"]).code, 0);
    assert!(!is_alive(&left));
    assert_eq!(names_in(&tmp), [""; 0]);
}

#[test]
fn a_gate_inside_a_check_is_one_of_its_own() {
    let gate = env!("CARGO_BIN_EXE_gate");
    let inner = format!(
        "git init -q -b main inner && cd inner && printf '[check.x]\\nrun = \"echo in; sleep 0.1\"\\n' >gate.toml && {gate} check --all && cd .. && rm -rf inner"
    );
    let rules = format!("[check.outer]\nrun = '''{inner}'''\n[check.other]\nrun = \"sleep 0.3\"\n");
    let repo = TestRepo::with(&[("gate.toml", &rules)]);
    let ran = repo.gate(&["check", "--all"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let running = Running::start(&repo, &["check", "--all", "--fresh"]).end();
    assert_eq!(running.code, 0, "{running:?}");
}
