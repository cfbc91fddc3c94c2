//! Three runners say together what one says alone.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Host, SHARDS, read};
use crate::documents::{assert_valid, schema};

/// What a verdict comes to, without times, ids and where it ran.
fn gist(document: &Value) -> Value {
    let step = |step: &Value| {
        let name = step["name"].as_str().unwrap().to_owned();
        (name, json!([step["decision"], step["outcome"], step["fingerprint"]]))
    };
    let steps: BTreeMap<String, Value> = document["steps"].as_array().unwrap().iter().map(step).collect();
    let mut findings: Vec<String> = document["findings"].as_array().unwrap().iter().map(ToString::to_string).collect();
    findings.sort();
    // A run that has to be rejected anyway looks no further at the base; a shard of it may have.
    let mut standing = document["standing"].clone();
    standing.as_object_mut().unwrap().remove("run");
    let standing = Some(standing).filter(|_| document["verdict"] != "rejected");
    json!({
        "verdict": document["verdict"],
        "proof": document["proof"],
        "candidate": document["candidate"],
        "base": document["base"]["tree"],
        "narrowed": document["narrowed"],
        "shard": document["shard"],
        "standing": standing,
        "findings": findings,
        "steps": steps,
    })
}

/// Asserts that the shards' joined verdict is the one of a single run, and gives it.
#[track_caller]
fn assert_alike(host: &Host, code: i32, verdict: &str) -> Value {
    let (alone, file) = host.check("alone", &[]);
    let whole = read(&file);
    let (together, joined) = host.joined(&host.shards());
    assert_eq!(gist(&joined), gist(&whole));
    assert_eq!((together, alone, joined["verdict"].as_str()), (code, code, Some(verdict)));
    assert_valid(&schema("gate.verdict-1"), &joined.to_string());
    joined
}

#[test]
fn what_passes_alone_passes_together() {
    let host = Host::new(&[], &[("f0", "better\n"), ("f7", "better\n"), ("f9", "better\n")]);
    let joined = assert_alike(&host, 0, "deployable");
    assert_eq!(joined["proof"], "proved");
}

#[test]
fn every_runner_takes_some_and_nothing_runs_twice() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let mut ran: Vec<String> = Vec::new();
    for file in host.shards() {
        let document = read(&file);
        assert_eq!((&document["verdict"], &document["narrowed"]), (&json!("clear"), &json!(true)));
        let steps = document["steps"].as_array().unwrap();
        let own: Vec<String> =
            steps.iter().filter(|step| step["outcome"] == "passed").map(|step| step["name"].to_string()).collect();
        assert!(own.len() >= 2, "{own:?}");
        ran.extend(own);
    }
    ran.sort();
    let mut all: Vec<String> = (0..12).map(|number| format!("\"c{number}\"")).collect();
    all.sort();
    assert_eq!(ran, all);
}

#[test]
fn what_fails_alone_fails_together() {
    let host = Host::new(&[], &[("f1", "bad\n"), ("f10", "bad\n")]);
    let joined = assert_alike(&host, 1, "rejected");
    assert_eq!(joined["findings"].as_array().unwrap().len(), 2);
}

#[test]
fn what_a_base_is_taken_to_pass_is_relative_together_too() {
    let assume = super::rules().replace("unproved-base = \"run\"", "unproved-base = \"assume\"");
    let host = Host::new(&[("gate.toml", &assume)], &[("f3", "better\n")]);
    let joined = assert_alike(&host, 0, "deployable");
    assert_eq!(joined["proof"], "relative");
}

#[test]
fn what_weakens_the_gate_is_said_once() {
    let host = Host::new(
        &[],
        &[("gate.toml", &super::rules().replace("[check.c4]", "[check.c4]\nrequired = false\non = [\"pre-commit\"]"))],
    );
    assert_alike(&host, 1, "rejected");
}

#[test]
fn a_conflict_is_one_in_every_shard() {
    let host = Host::new(&[], &[("f5", "one\n")]);
    host.repo.git(&["checkout", "--quiet", "main"]);
    host.repo.write("f5", "other\n");
    host.repo.commit("meanwhile");
    assert_alike(&host, 1, "rejected");
}

#[test]
fn what_mends_one_failure_of_two_mends_though_two_runners_saw_them() {
    let host = Host::new(&[("f3", "bad\n"), ("f4", "bad\n")], &[("f3", "good again\n")]);
    let joined = assert_alike(&host, 0, "mends");
    assert_eq!(joined["standing"]["steps"], json!(["c3", "c4"]));
    let home = |name: &str| {
        let is_own = |index: usize| {
            let file = host.repo.root().join(format!("shard-{index}.json"));
            read(&file)["steps"]
                .as_array()
                .unwrap()
                .iter()
                .any(|step| step["name"] == name && step["decision"] == "run")
        };
        (1..=SHARDS).find(|index| is_own(*index))
    };
    assert_ne!(home("c3"), home("c4"), "or the test shows nothing");
}

/// A script that tells what a runner of tests would, of the words in a file that are bad.
const RUNNER: &str = "bad=$(grep -c bad $1)\nall=$(grep -c . $1)\n\
    sed -n 's/^\\(.*\\) bad$/FAILED test_a.py::\\1 - assert/p' $1\n\
    echo \"= $bad failed, $((all - bad)) passed in 0.01s =\"\ntest $bad = 0\n";

#[test]
fn fewer_failing_tests_mend_though_each_runner_knows_only_its_own() {
    let check = |name: &str| format!("[check.{name}]\ninputs = [\"run\", \"{name}\"]\nrun = \"sh run {name}\"\n\n");
    let rules = format!("{}{}{}", super::rules(), check("t1"), check("t2"));
    let two = "one bad\ntwo bad\nthree good\n";
    for ([before1, before2], [after1, after2], code, verdict) in [
        ([two, "one good\n"], ["one good\ntwo bad\nthree good\n", "one good\n"], 0, "mends"),
        ([two, "one bad\n"], ["one good\ntwo bad\nthree good\n", "one bad\ntwo good\n"], 0, "mends"),
        ([two, "one bad\n"], [two, "one bad\ntwo good\n"], 1, "rejected"),
        ([two, "one bad\n"], ["one good\ntwo bad\nthree good\n", "one bad\ntwo bad\n"], 1, "rejected"),
        ([two, "one bad\n"], ["two bad\nthree good\n", "one bad\n"], 1, "rejected"),
    ] {
        let main = [("gate.toml", rules.as_str()), ("run", RUNNER), ("t1", before1), ("t2", before2)];
        let host = Host::new(&main, &[("t1", after1), ("t2", after2), ("f1", "better\n")]);
        assert_alike(&host, code, verdict);
    }
}

#[test]
fn what_breaks_another_step_of_a_broken_base_is_rejected() {
    let host = Host::new(&[("f3", "bad\n"), ("f4", "bad\n")], &[("f3", "good again\n"), ("f8", "bad\n")]);
    assert_alike(&host, 1, "rejected");
}

#[test]
fn what_leaves_a_broken_base_as_it_is_is_rejected() {
    let host = Host::new(&[("f4", "bad\n")], &[("f9", "better\n")]);
    assert_alike(&host, 1, "rejected");
}

#[test]
fn a_missing_shard_is_named_and_no_pass() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let mut files = host.shards();
    files.remove(1);
    let (code, joined) = host.joined(&files);
    assert_eq!((code, &joined["verdict"], &joined["proof"]), (3, &json!("undecided"), &Value::Null));
    assert_eq!(joined["findings"][0]["cause"], json!({ "kind": "shard-missing", "shard": "2/3" }));
    let ran = host.join_with(&files, &[]);
    assert!(ran.stdout.contains("undecided: nothing says what came of shard 2/3"), "{}", ran.stdout);
    // What one of the others rejects stays rejected.
    let host = Host::new(
        &[],
        &(0..12).map(|n| format!("f{n}")).collect::<Vec<_>>().iter().map(|f| (f.as_str(), "bad\n")).collect::<Vec<_>>(),
    );
    assert_eq!(host.joined(&host.shards()[..1]).1["verdict"], "rejected");
}

#[test]
fn a_shard_of_another_commit_is_no_shard_of_this_one() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let mut files = host.shards();
    host.repo.write("f5", "better\n");
    host.repo.commit("one more");
    files[2] = host.shard("later", "3/3").1;
    let (code, joined) = host.joined(&files);
    assert_eq!((code, &joined["verdict"]), (3, &json!("undecided")));
    let causes = joined["findings"].to_string();
    assert!(causes.contains("it is of another candidate than the other shards"), "{causes}");
    assert!(causes.contains("{\"kind\":\"shard-missing\",\"shard\":\"3/3\"}"), "{causes}");
}

#[test]
fn shards_that_were_spread_in_another_way_do_not_fit() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let mut files = host.shards();
    files[0] = host.check("untimed", &["--shard", "1/3"]).1;
    let (code, joined) = host.joined(&files);
    let causes = joined["findings"].to_string();
    assert!(code == 3 && causes.contains("every shard needs the same --durations"), "{code} {causes}");
    files[0] = host.shard("of-four", "1/4").1;
    let (code, joined) = host.joined(&files);
    let causes = joined["findings"].to_string();
    assert!(code == 3 && causes.contains("another number of shards"), "{code} {causes}");
}

#[test]
fn a_runner_that_has_passed_steps_before_takes_none_from_the_others() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    // One runner keeps its clone, with everything proved; the others are new.
    let warm = host.clone("warm");
    let gate = |args: &[&str]| host.repo.run(&warm, env!("CARGO_BIN_EXE_gate"), args).code;
    let merge = ["merge-check", "--into", "origin/main", "--from", "origin/topic"];
    assert_eq!(gate(&merge), 0);
    let mut files = host.shards();
    let file = host.repo.root().join("warm.json");
    let report = format!("json={}", file.display());
    let shard = ["--shard", "2/3", "--durations", "times.json", "--report", &report];
    assert_eq!(gate(&[&merge[..], &shard].concat()), 0);
    assert!(read(&file)["steps"].as_array().unwrap().iter().all(|step| step["decision"] != "run"));
    files[1] = file;
    let (code, joined) = host.joined(&files);
    assert_eq!((code, &joined["verdict"], &joined["proof"]), (0, &json!("deployable"), &json!("proved")));
}
