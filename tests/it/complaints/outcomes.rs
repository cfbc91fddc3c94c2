//! How checks end, and that only a pass is one.

use super::{branch, merge_check, steps};
use crate::repo::{TestRepo, exit_code};

#[test]
fn what_did_not_run_since_something_before_it_failed_is_no_pass() {
    let rules = "[check.build]\nrun = \"! grep bad a\"\n[check.lint]\nrun = \"true\"\n\
                 [check.all]\nneeds = [\"build\", \"lint\"]\nrun = \"true\"\n";
    let repo = TestRepo::with(&[("gate.toml", rules), ("a", "1\n")]);
    branch(&repo, "topic", "main", &[("a", "bad\n")]);
    let (code, document) = merge_check(&repo, "main", "topic");
    assert_eq!(code, 1);
    assert_eq!(steps(&document), ["all run not-started", "build run failed", "lint run passed"]);
    // The one that failed does not block: what needs it is required all the same.
    let rules = rules.replacen("run", "required = false\non = [\"pre-commit\"]\nrun", 1);
    let repo = TestRepo::with(&[("gate.toml", &rules), ("a", "1\n")]);
    branch(&repo, "topic", "main", &[("a", "bad\n")]);
    let ran = repo.gate(&["merge-check", "--into", "main", "--from", "topic"]);
    assert_ne!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn what_was_cut_off_by_the_first_failure_is_named_and_is_no_pass() {
    let rules = "[check.a]\nrun = \"false\"\n[check.b]\nafter = [\"a\"]\nrun = \"true\"\n";
    let repo = TestRepo::with(&[("gate.toml", rules)]);
    branch(&repo, "topic", "main", &[("a", "1\n")]);
    let args = ["merge-check", "--format", "json", "--into", "main", "--from", "topic", "--fail-fast"];
    let (code, document) = repo.gate(&args).judged();
    assert_eq!(code, 1);
    assert!(["b run cancelled", "b run not-started"].contains(&&*steps(&document)[1]), "{document:#}");
    let causes = document["findings"].to_string();
    assert!(causes.contains("\"b\""), "{causes}");
}

#[test]
fn no_way_to_end_but_one_is_a_pass() {
    let ends = [
        "exit 1",
        // What some runners take for `skipped`, for `warning`, and for an error of their own.
        "exit 77",
        "exit 2",
        "exit 78",
        "exit 126",
        "exit 255",
        "kill -TERM $$",
        "kill -KILL $$",
        "no-such-program",
        "sleep 30\"\ntimeout = \"200ms",
        "sleep 30 & exit 0",
        "echo more >> a",
    ];
    for end in ends {
        let repo = TestRepo::with(&[("gate.toml", &format!("[check.a]\nrun = \"{end}\"\n")), ("a", "1\n")]);
        branch(&repo, "topic", "main", &[("b", "1\n")]);
        let (code, document) = merge_check(&repo, "main", "topic");
        assert!([1, 3].contains(&code), "{end}: {document:#}");
        assert!(["rejected", "undecided"].contains(&document["verdict"].as_str().unwrap()), "{end}: {document:#}");
        let (again, document) = merge_check(&repo, "main", "topic");
        assert_eq!((again, &document["steps"][0]["decision"]), (code, &"run".into()), "{end}: nothing stays of it");
    }
}

/// A job that its host cancels, as for a newer run, has found nothing out about the change.
#[test]
fn a_run_that_is_ended_from_outside_is_neither_a_pass_nor_a_failure() {
    let repo = TestRepo::new();
    let started = repo.root().join("started");
    let run = format!("[ -e '{0}' ] || {{ touch '{0}'; sleep 60; }}", started.display());
    repo.write("gate.toml", format!("[check.a]\nrun = \"\"\"{run}\"\"\"\n"));
    repo.commit("first");
    branch(&repo, "topic", "main", &[("a", "1\n")]);
    let mut command = repo.command(&repo.path(), env!("CARGO_BIN_EXE_gate"));
    command.args(["merge-check", "--into", "main", "--from", "topic"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    while !started.exists() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let pid = child.id().to_string();
    assert_eq!(repo.run(&repo.path(), "kill", &["-TERM", &pid]).code, 0);
    assert_eq!(exit_code(child.wait().unwrap()), 143);
    let log = repo.gate(&["log"]).stdout;
    assert!(log.contains("undecided") && !log.contains("rejected") && !log.contains("deployable"), "{log}");
    let (code, document) = merge_check(&repo, "main", "topic");
    assert_eq!((code, &document["verdict"]), (0, &"deployable".into()), "{document:#}");
    assert_eq!(document["standing"]["kind"], "unknown");
}

/// Runs for several candidates at once, from one clone: neither ends the other, nor takes its result.
#[test]
fn runs_for_two_candidates_at_once_each_come_to_their_own_verdict() {
    let repo = TestRepo::with(&[("gate.toml", "[check.a]\nrun = \"sleep 0.2; ! grep bad a\"\n"), ("a", "1\n")]);
    branch(&repo, "good", "main", &[("a", "2\n")]);
    branch(&repo, "bad", "main", &[("a", "bad\n")]);
    let runs = ["good", "bad", "good", "bad"].map(|from| {
        let mut command = repo.command(&repo.path(), env!("CARGO_BIN_EXE_gate"));
        command.args(["merge-check", "--into", "main", "--from", from, "--fresh"]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command.spawn().unwrap()
    });
    let codes = runs.map(|mut run| exit_code(run.wait().unwrap()));
    assert_eq!(codes, [0, 1, 0, 1]);
}
