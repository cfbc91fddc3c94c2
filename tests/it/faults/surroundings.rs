//! What gate is started with and in: variables that are missing, folders that are gone, programs that are not there.

use std::path::PathBuf;

use super::{no_panic, own_tmp};
use crate::repo::{Ran, TestRepo, assert_untouched};

const RULES: &str = "[check.a]\nrun = \"true\"\n";

/// Runs a line of shell in which `$GATE` is gate.
fn shell(repo: &TestRepo, line: &str) -> Ran {
    repo.set_env("GATE", env!("CARGO_BIN_EXE_gate"));
    let ran = repo.run(&repo.path(), "sh", &["-c", line]);
    no_panic(&ran);
    ran
}

#[track_caller]
fn assert_refused(ran: &Ran, code: i32, words: &str) {
    no_panic(ran);
    assert_eq!(ran.code, code, "{ran:?}");
    assert!(ran.stderr.starts_with("error") && ran.stderr.contains(words), "{words:?}: {ran:?}");
}

#[test]
fn without_a_home_there_must_be_another_place_for_checkouts() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    assert_refused(&shell(&repo, "unset HOME XDG_CACHE_HOME; $GATE check --all"), 70, "HOME");
    assert_refused(&shell(&repo, "HOME= XDG_CACHE_HOME= $GATE check --all"), 70, "HOME");
    let ran = shell(&repo, "unset HOME; $GATE check --all");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_relative_cache_folder_is_none() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    let before = repo.snapshot();
    for line in ["XDG_CACHE_HOME=cache", "XDG_CACHE_HOME= ", "GATE_CACHE_DIR=cache"] {
        let ran = shell(&repo, &format!("{line} $GATE check --all"));
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_untouched(&before, &repo.snapshot(), line);
    }
}

#[test]
fn a_relative_home_is_none_either() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    let before = repo.snapshot();
    let ran = shell(&repo, "unset XDG_CACHE_HOME; HOME=home $GATE check --all");
    assert_untouched(&before, &repo.snapshot(), "a relative HOME");
    assert_refused(&ran, 70, "HOME");
}

#[test]
fn folders_for_temporary_files_that_are_not_there() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    repo.write("a", "untracked");
    for tmp in ["/no/such/folder", "relative", ""] {
        repo.set_env("TMPDIR", tmp);
        for source in ["--all", "--staged"] {
            let ran = shell(&repo, &format!("$GATE check --fresh {source}"));
            assert_eq!(ran.code, 0, "{tmp:?}: {ran:?}");
        }
    }
}

#[test]
fn a_folder_that_is_gone() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    let ran = shell(&repo, "mkdir gone && cd gone && rmdir ../gone && $GATE check --all");
    assert_refused(&ran, 2, "folder");
}

#[test]
fn a_folder_of_the_repository_is_as_good_as_its_top() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a/b/c", "1")]);
    let ran = repo.gate_in("a/b", &["check", "--all"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = repo.gate_in("a/b", &["check", "--commit", "HEAD"]);
    assert!(ran.stdout.contains("reused"), "{ran:?}");
    let ran = repo.gate(&["-C", "a", "check", "--all"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_refused(&repo.gate(&["-C", "nowhere", "check", "--all"]), 2, "nowhere");
}

/// A folder with the system's programs apart from some.
fn programs_without(repo: &TestRepo, missing: &[&str]) -> PathBuf {
    let tools = repo.root().join("tools");
    fs_err::create_dir_all(&tools).unwrap();
    for name in ["git", "sh", "sleep", "cat"].iter().filter(|name| !missing.contains(name)) {
        let found = repo.run(&repo.path(), "sh", &["-c", &format!("command -v {name}")]).stdout;
        std::os::unix::fs::symlink(found.trim(), tools.join(name)).unwrap();
    }
    tools
}

#[test]
fn no_path_is_no_pass() {
    for path in ["PATH=", "PATH=/nowhere", "PATH=/nowhere:relative"] {
        let repo = TestRepo::with(&[("gate.toml", RULES)]);
        let ran = shell(&repo, &format!("{path} $GATE check --commit HEAD"));
        assert!([1, 70].contains(&ran.code), "{path}: {ran:?}");
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains("'sh'"), "{path}: {ran:?}");
    }
}

#[test]
fn where_git_is_needed_and_not_there() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a", "1")]);
    let tools = programs_without(&repo, &["git"]);
    let path = format!("PATH={}", tools.display());
    let ran = shell(&repo, &format!("{path} $GATE check --commit HEAD"));
    assert_eq!(ran.code, 0, "it is not needed for a commit: {ran:?}");
    repo.write("a", "2");
    repo.git(&["add", "a"]);
    let ran = shell(&repo, &format!("{path} $GATE check --staged"));
    assert_eq!(ran.code, 0, "nor for an index: {ran:?}");
    assert_refused(&shell(&repo, &format!("{path} $GATE check")), 70, "git");
}

#[test]
fn a_git_that_is_too_old_is_refused_where_it_is_needed() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a", "1")]);
    let tools = programs_without(&repo, &["git"]);
    let real = repo.run(&repo.path(), "sh", &["-c", "command -v git"]).stdout;
    let say = |version: &str| {
        let text = format!(
            "#!/bin/sh\n[ \"$1\" = version ] && {{ echo asked >>$HOME/asked; echo 'git version {version}'; exit; }}\nexec {} \"$@\"\n",
            real.trim()
        );
        repo.write_program("../tools/git", text);
    };
    let path = format!("PATH={}", tools.display());
    let asked = || fs_err::read_to_string(repo.home().join("asked")).unwrap_or_default().lines().count();
    repo.write("a", "2");
    repo.git(&["add", "a"]);
    say("2.30.0");
    for args in ["", "--all"] {
        let ran = shell(&repo, &format!("{path} $GATE check {args}"));
        assert_refused(&ran, 70, "2.30.0");
        assert!(ran.stderr.contains("2.38"), "{ran:?}");
    }
    let ran = shell(&repo, &format!("{path} $GATE check --commit HEAD"));
    assert_eq!(ran.code, 0, "it is not needed here: {ran:?}");
    for version in ["2.38.0", "2.47.1.windows.1", "2.39.5 (Apple Git-154)", "3.0.0-rc1"] {
        say(version);
        let before = asked();
        for _ in 0..3 {
            let ran = shell(&repo, &format!("{path} $GATE check"));
            assert_eq!(ran.code, 0, "{version}: {ran:?}");
        }
        assert_eq!(asked() - before, 1, "{version}: it is asked once");
    }
    say("of my own");
    assert_refused(&shell(&repo, &format!("{path} $GATE check")), 70, "of my own");
}

#[test]
fn a_clock_that_went_backwards() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a", "1")]);
    own_tmp(&repo);
    assert_eq!(repo.gate(&["check", "--commit", "HEAD"]).code, 0);
    // What the last run left is of the future now.
    let line = "find .git/gate $XDG_CACHE_HOME -exec touch -d '2040-01-01' {} +";
    assert_eq!(shell(&repo, line).code, 0);
    let ledger = rusqlite::Connection::open(repo.path().join(".git/gate/ledger.db")).unwrap();
    for set in
        ["UPDATE runs SET started = 2208988800000", "UPDATE receipts SET finished = 2208988800, used = 2208988800"]
    {
        assert!(ledger.execute(set, []).unwrap() > 0);
    }
    drop(ledger);
    for args in [&["check", "--commit", "HEAD"][..], &["check", "--fresh", "--all"], &["log"], &["check"], &["clean"]] {
        let ran = repo.gate(args);
        no_panic(&ran);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
    }
    repo.write("gate.toml", "[check.a]\nrun = \"false\"\nreuse = \"1h\"\n");
    let ran = repo.gate(&["check"]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn results_of_the_future_do_not_age_into_the_past() {
    let rules = "[check.a]\nrun = \"true\"\nreuse = \"1h\"\n";
    let repo = TestRepo::with(&[("gate.toml", rules)]);
    assert_eq!(repo.gate(&["check", "--commit", "HEAD"]).code, 0);
    let ledger = rusqlite::Connection::open(repo.path().join(".git/gate/ledger.db")).unwrap();
    ledger.execute("UPDATE receipts SET finished = 2208988800", []).unwrap();
    drop(ledger);
    let (code, document) = repo.check(&["--commit", "HEAD"]);
    assert_eq!((code, &document["steps"][0]["decision"]), (0, &"run".into()), "its age is not known: {document:#}");
}

#[test]
fn a_cache_folder_inside_the_working_tree_is_no_part_of_the_candidate() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    for (variable, place) in [("XDG_CACHE_HOME", ".cache"), ("GATE_CACHE_DIR", "own")] {
        repo.set_env(variable, repo.path().join(place));
        // One that was there before is not gate's to hide, only what gate makes in it.
        fs_err::create_dir_all(repo.path().join("own")).unwrap();
        assert_eq!(repo.git(&["status", "--porcelain"]), "");
        let (code, first) = repo.check(&["--all"]);
        let (again, second) = repo.check(&["--all"]);
        assert_eq!((code, again), (0, 0));
        assert_eq!(first["candidate"]["tree"].as_str(), Some(&*repo.git(&["rev-parse", "HEAD^{tree}"])));
        assert_eq!(second["steps"][0]["decision"], "reuse");
        assert_eq!(repo.git(&["status", "--porcelain"]), "", "{variable}");
    }
}

#[test]
fn a_merge_that_an_older_git_would_make_otherwise_is_refused() {
    let rules = "[main]\nbranches = [\"main\"]\n[check.a]\nrun = \"test -f a\"\ninputs = [\"a\"]\n";
    let repo = TestRepo::with(&[("gate.toml", rules), ("a", "1"), ("list", "1\n2\n3\n4\n5\n")]);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("list", "one\n2\n3\n4\n5\n");
    repo.commit("topic");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("list", "1\n2\n3\n4\nfive\n");
    repo.commit("main");
    let tools = programs_without(&repo, &["git"]);
    let real = repo.run(&repo.path(), "sh", &["-c", "command -v git"]).stdout;
    let text = "#!/bin/sh\n[ \"$1\" = version ] && { echo 'git version 2.39.5'; exit; }\nexec REAL \"$@\"\n";
    repo.write_program("../tools/git", text.replace("REAL", real.trim()));
    let line = format!("PATH={} $GATE merge-check --into main --from topic", tools.display());
    for method in ["merge", "squash"] {
        let ran = shell(&repo, &format!("{line} --method {method}"));
        assert_eq!(ran.code, 0, "{method}: {ran:?}");
    }
    assert_refused(&shell(&repo, &format!("{line} --method rebase")), 3, "git before 2.45 can't replay commits");
    repo.write(".gitattributes", "list merge=union\n");
    repo.commit("attributes");
    assert_refused(&shell(&repo, &line), 3, "'.gitattributes' has merge attributes, which git before 2.43");
}
