//! A run is told to end: it says so, with a document that can be read, and nothing of it goes on.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{Running, is_alive, lines_of, names_in, outcome, own_tmp, wait_until};
use crate::repo::{Ran, TestRepo};

/// One step that has passed, one that runs and is told to end, one that waits for it.
fn ground(slow: &str) -> (TestRepo, std::path::PathBuf) {
    let rules = format!(
        "[check.quick]\nrun = \"true\"\n[check.slow]\nrun = '''{slow}'''\nneeds = [\"quick\"]\n\
         cleanup = \"echo tidy >>$HOME/cleaned\"\n[check.later]\nrun = \"true\"\nneeds = [\"slow\"]\n"
    );
    let repo = TestRepo::with(&[("gate.toml", &rules)]);
    let tmp = own_tmp(&repo);
    (repo, tmp)
}

fn start(repo: &TestRepo) -> (Running, Vec<String>) {
    let gate = Running::start(repo, &["check", "--all", "--format", "json"]);
    (gate, lines_of(&repo.home().join("pids")))
}

/// The end of a run that was told to end by a signal of this number.
fn assert_cancelled(repo: &TestRepo, ran: &Ran, signal: i32) {
    assert_eq!(ran.code, 128 + signal, "{ran:?}");
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
    assert_eq!((&document["verdict"], &document["proof"]), (&"undecided".into(), &serde_json::Value::Null));
    let outcomes = ["quick", "slow", "later"].map(|step| outcome(&document, step));
    assert_eq!(outcomes, ["passed", "cancelled", "not-started"], "{document:#}");
    assert_eq!(fs_err::read_to_string(repo.home().join("cleaned")).unwrap(), "tidy\n");
    let shown = repo.gate(&["show", document["id"].as_str().unwrap(), "--format", "json"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown.stdout).unwrap(), document, "it is recorded");
}

const HEEDS: &str = "(sleep 1000 & echo $! >$HOME/child; wait) & echo $$ $! $(cat $HOME/child) >$HOME/pids; wait";

#[test]
fn each_signal_ends_it_and_is_told_by_the_exit_code() {
    for (signal, number) in [(Signal::INT, 2), (Signal::TERM, 15), (Signal::HUP, 1)] {
        let (repo, tmp) = ground(HEEDS);
        let (gate, pids) = start(&repo);
        gate.signal(signal);
        let ran = gate.end();
        assert!(pids[0].split_whitespace().all(|pid| !is_alive(pid)), "{pids:?}");
        assert_cancelled(&repo, &ran, number);
        assert_eq!(names_in(&tmp), [""; 0]);
        let (code, document) = repo.check(&["--all", "--only", "quick"]);
        let steps = document["steps"].as_array().unwrap();
        let quick = steps.iter().find(|step| step["name"] == "quick").unwrap();
        assert_eq!((code, &quick["decision"]), (0, &"reuse".into()), "what passed stays proved");
    }
}

#[test]
fn what_ignores_term_is_ended_after_its_grace_and_at_once_when_told_twice() {
    const IGNORES: &str =
        "trap '' TERM INT HUP; (sleep 1000; sleep 1000) & echo $$ $! >$HOME/pids; while :; do sleep 1; done";
    let mut took = Vec::new();
    for times in [1, 2] {
        let (repo, _) = ground(IGNORES);
        let (gate, pids) = start(&repo);
        let began = Instant::now();
        for _ in 0..times {
            gate.signal(Signal::INT);
            // Two of a kind that come at once are one to the system.
            std::thread::sleep(Duration::from_millis(50));
        }
        let ran = gate.end();
        took.push(began.elapsed());
        assert!(pids[0].split_whitespace().all(|pid| !is_alive(pid)), "{pids:?}");
        assert_cancelled(&repo, &ran, 2);
    }
    assert!(took[0] >= Duration::from_secs(2) && took[1] < took[0], "{took:?}");
}

#[test]
fn a_run_that_is_being_prepared_ends_too() {
    let (repo, _) = ground("true");
    let rules = repo.read("gate.toml");
    let prepare = "[[workspace.prepare]]\nrun = \"echo $$ >$HOME/pids; sleep 1000 & wait\"\n";
    repo.write("gate.toml", format!("{rules}{prepare}"));
    let (gate, pids) = start(&repo);
    gate.signal(Signal::TERM);
    let ran = gate.end();
    assert_eq!(ran.code, 143, "{ran:?}");
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(["quick", "slow", "later"].map(|step| outcome(&document, step)), ["not-started"; 3]);
    assert!(!is_alive(&pids[0]));
}

#[test]
fn the_stream_of_events_ends_with_the_document() {
    let (repo, _) = ground(HEEDS);
    let gate = Running::start(&repo, &["check", "--all", "--format", "jsonl"]);
    lines_of(&repo.home().join("pids"));
    gate.signal(Signal::TERM);
    let ran = gate.end();
    assert_eq!(ran.code, 143, "{ran:?}");
    let lines: Vec<serde_json::Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!(last["schema"], "gate.verdict/1", "{last:#}");
    let is_cancelling = |line: &serde_json::Value| line.to_string().contains("cancelling");
    assert!(lines.iter().any(is_cancelling), "{lines:#?}");
}

#[test]
fn a_signal_is_told_also_where_nobody_reads_any_more() {
    let (repo, _) = ground(HEEDS);
    let (mut gate, pids) = start(&repo);
    drop((gate.0.stdout.take(), gate.0.stderr.take()));
    gate.signal(Signal::HUP);
    assert_eq!(gate.end().code, 129);
    assert!(pids[0].split_whitespace().all(|pid| !is_alive(pid)), "{pids:?}");
}

#[test]
fn a_reader_that_goes_away_ends_nothing() {
    let (repo, _) = ground("echo $$ >$HOME/pids; sleep 0.3; echo done >$HOME/done");
    for format in ["text", "json", "jsonl"] {
        let mut gate = Running::start(&repo, &["check", "--all", "--fresh", "--format", format]);
        drop((gate.0.stdout.take(), gate.0.stderr.take()));
        let status = gate.0.wait().unwrap();
        assert!(![Some(0), Some(101), None].contains(&status.code()) || format == "text", "{format}: {status:?}");
        wait_until("the step's end", || repo.home().join("done").exists());
        fs_err::remove_file(repo.home().join("done")).unwrap();
    }
}
