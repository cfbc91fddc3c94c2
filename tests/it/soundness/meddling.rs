//! Steps that meddle: with the checkout, its git, their siblings and the user's files.

use super::{FAILED, PASSED, judge, repository, said, verdict};
use crate::repo::{TestRepo, assert_untouched};

const MODIFIED: (&str, Option<&str>) = ("run", Some("modified"));

/// One check that meddles while a second one reads `d/data`, which is bad: the second must earn nothing.
fn meddles_while_another_reads(meddle: &str) {
    let rules = format!(
        "[check.meddles]\nfiles = [\"a\"]\nrun = '''{meddle}'''\n\
         [check.reads]\nfiles = [\"d/data\"]\nrun = \"sleep 0.5; grep -q good d/data\"\n"
    );
    let repo = repository(&rules, &[("a", "1"), ("d/data", "bad\n")]);
    let (_, document) = repo.check(&["--all", "--jobs", "2"]);
    assert_eq!(said(&document, "reads"), PASSED, "the test itself: {document:#}");
    assert_ne!(document["proof"], "proved", "{meddle}");
    let (_, document) = repo.check(&["--all", "--jobs", "1", "--only", "reads"]);
    assert_eq!(said(&document, "reads"), FAILED, "{meddle}");
}

#[test]
fn a_file_that_is_replaced_and_put_back_with_its_time_earns_nobody_a_receipt() {
    meddles_while_another_reads(
        "cp -p d/data $TMPDIR/x; echo good > d/data; sleep 1; cat $TMPDIR/x > d/data; touch -r $TMPDIR/x d/data",
    );
}

#[test]
fn a_file_that_is_moved_away_and_back_earns_nobody_a_receipt() {
    meddles_while_another_reads("mv d/data d/x; echo good > d/data; sleep 1; mv d/x d/data");
}

#[test]
fn a_folder_that_is_moved_away_and_back_earns_nobody_a_receipt() {
    meddles_while_another_reads("mv d e; mkdir d; echo good > d/data; sleep 1; rm -r d; mv e d");
}

#[test]
fn a_folder_that_stands_behind_a_link_for_a_while_earns_nobody_a_receipt() {
    meddles_while_another_reads(
        "mkdir $TMPDIR/e; echo good > $TMPDIR/e/data; mv d e; ln -s $TMPDIR/e d; sleep 1; rm d; mv e d",
    );
}

#[test]
fn what_a_step_does_to_git_hides_nothing() {
    for meddle in [
        "git update-index --assume-unchanged data; echo more >> data",
        "git update-index --skip-worktree data; echo more >> data",
        "echo more >> data; git add data; git commit --quiet -m x",
        "echo more >> data; rm -r .git",
        "echo more >> data; rm -r .git; echo 'gitdir: /nowhere' > .git",
        "git config core.fileMode false; chmod +x data",
        "rm data; ln -s other data",
        "rm data; mkfifo data",
        "ln data hard; rm data; mv hard data; echo more >> data",
        "git config core.excludesFile $PWD/other; echo x > left",
        "echo left >> .git/info/exclude; echo x > left",
        "mkfifo left",
        "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"left\")'",
        "mkdir left; echo x > left/x",
        "rm data",
        "rm -r *",
        "mv folder folder2",
        "rm -r folder; ln -s . folder",
    ] {
        let rules = format!("[check.a]\nrun = '''{meddle}'''\n");
        let repo = repository(&rules, &[("data", "1\n"), ("other", "left\n"), ("folder/x", "1\n")]);
        let before = repo.snapshot();
        let document = judge(&repo);
        assert_eq!(said(&document, "a"), MODIFIED, "{meddle}: {document:#}");
        assert_eq!(said(&judge(&repo), "a"), MODIFIED, "{meddle}");
        assert_untouched(&before, &repo.snapshot(), meddle);
    }
}

#[test]
fn what_a_step_did_to_git_is_gone_for_the_next_run() {
    let rules = |run: &str| format!("[check.a]\nrun = '''{run}'''\n");
    let judge = |repo: &TestRepo| repo.check(&["--all", "--fresh"]).1;
    let repo = repository("", &[("data", "1\n"), (".gitattributes", "data filter=evil\n")]);
    for meddle in [
        "git config filter.evil.smudge 'echo good'; git config filter.evil.clean cat",
        "mkdir -p .git/hooks; printf '#!/bin/sh\\necho good > data' > .git/hooks/post-checkout",
        "echo 'data filter=evil' > .git/info/attributes; git config filter.evil.smudge 'echo good'",
        "echo '*' > .git/info/exclude",
        "git update-index --assume-unchanged data",
        ": > .git/index",
        "rm -rf .git",
        "chmod 0 .git folder",
        "git config core.worktree /nowhere",
        "echo 'ref: refs/heads/nowhere' > .git/HEAD",
    ] {
        repo.write("gate.toml", rules(meddle));
        repo.write("folder/x", "1");
        judge(&repo);
        repo.write("data", "2\n");
        repo.write(
            "gate.toml",
            rules("grep -q 2 data && test -z \"$(git status --porcelain)\" && ! git config filter.evil.smudge"),
        );
        assert_eq!(said(&judge(&repo), "a"), PASSED, "{meddle}");
        repo.write("gate.toml", rules("grep -q good data"));
        assert_eq!(said(&judge(&repo), "a"), FAILED, "{meddle}");
        repo.write("data", "1\n");
    }
}

#[test]
fn a_step_that_removes_the_checkout_does_not_pass_and_the_next_run_is_well() {
    let repo = repository("[check.a]\nfiles = [\"x\"]\nrun = 'rm -rf \"$PWD\"; true'\n", &[("x", "1")]);
    assert_ne!(repo.gate(&["check", "--all"]).code, 0);
    repo.write("gate.toml", "[check.a]\nfiles = [\"x\"]\nrun = \"test -e x\"\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
}

#[test]
fn a_process_that_outlives_its_step_is_a_leak() {
    for leave in [
        "(sleep 3; echo more >> data) & true",
        "setsid sh -c 'sleep 3; echo more >> data' > /dev/null 2>&1 & true",
        "nohup setsid sh -c '(sleep 3; echo more >> data) &' > /dev/null 2>&1 & sleep 0.3",
    ] {
        let repo = repository(&format!("[check.a]\nrun = '''{leave}'''\n"), &[("data", "1\n")]);
        let document = judge(&repo);
        assert_eq!(said(&document, "a"), ("run", Some("leaked")), "{leave}");
        assert_eq!(verdict(&document), "rejected");
    }
}

#[test]
fn what_is_written_to_a_shared_folder_does_not_reach_the_users() {
    let rules = "[workspace]\nshare = [\"deps\"]\n[check.a]\nrun = \"echo more >> deps/x; chmod +x deps/x\"\n";
    let repo = repository(rules, &[(".gitignore", "deps/\n")]);
    repo.write("deps/x", "1\n");
    let before = repo.snapshot();
    judge(&repo);
    assert_untouched(&before, &repo.snapshot(), "a shared folder");
}

#[test]
fn what_is_written_to_a_shared_file_does_not_reach_the_users_or_the_next_run() {
    let rules = "[workspace]\nshare = [\".env\"]\n[check.a]\nreuse = false\nrun = \"grep -q more .env; was=$?; echo more >> .env; exit $was\"\n";
    let repo = repository(rules, &[(".gitignore", ".env\n")]);
    repo.write(".env", "1\n");
    let before = repo.snapshot();
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    assert_untouched(&before, &repo.snapshot(), "a shared file");
}

#[test]
fn a_disturbed_need_is_not_taken_for_its_products() {
    let rules = "[workspace]\nkeep = [\"out\"]\n\
                 [check.gen]\nfiles = [\"word\"]\nrun = \"mkdir -p out; sleep 0.5; cp word out/word\"\n\
                 [check.meddles]\nfiles = [\"m\"]\nrun = \"echo good > word; sleep 1; echo bad > word\"\n\
                 [check.uses]\nneeds = [\"gen\"]\nfiles = [\"word\"]\nreuse = false\nrun = \"grep -q good out/word\"\n";
    let repo = repository(rules, &[("m", "1"), ("word", "bad\n"), (".gitignore", "out/\n")]);
    repo.check(&["--jobs", "2"]);
    let (_, document) = repo.check(&["--jobs", "1", "--only", "uses"]);
    assert_eq!(said(&document, "uses"), FAILED, "{document:#}");
}

#[test]
fn two_runs_at_once_do_not_meet() {
    let rules = "[check.a]\nreuse = false\nrun = \"mkdir out; cat data > out/x; sleep 0.3; cmp data out/x\"\n";
    let repo = repository(rules, &[("data", "1\n"), (".gitignore", "out/\n")]);
    let first = repo.commit("one");
    repo.write("data", "2\n");
    let second = repo.commit("two");
    std::thread::scope(|scope| {
        let runs: Vec<_> = [&first, &second, &first, &second]
            .map(|commit| {
                let mut command = repo.command(&repo.path(), env!("CARGO_BIN_EXE_gate"));
                command.args(["check", "--commit", commit, "--format", "json"]);
                scope.spawn(move || command.output().unwrap())
            })
            .into_iter()
            .collect();
        for run in runs {
            let output = run.join().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
        }
    });
    assert_eq!(said(&judge(&repo), "a"), PASSED);
}

#[test]
fn who_ran_while_a_file_changed_is_not_said_to_have_changed_it() {
    // Each waits until the other one runs.
    let meets =
        |mine: &str, other: &str| format!("touch $HOME/{mine}; until test -e $HOME/{other}; do sleep 0.01; done");
    let (one, two) = (meets("one", "two"), meets("two", "one"));
    let rules = format!(
        "[check.one]\nrun = \"{one}; until test -e $HOME/done; do sleep 0.01; done\"\n\
         [check.two]\nrun = \"{two}; echo more >> data; sleep 0.1; touch $HOME/done\"\n"
    );
    let repo = repository(&rules, &[("data", "x\n")]);
    let notes = |args: &[&str]| {
        let (_, document) = repo.check(args);
        let steps = document["steps"].as_array().unwrap().clone();
        steps.into_iter().map(|step| step["note"].as_str().unwrap_or("none").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(notes(&["--all", "--jobs", "2"]), ["it or two changed 'data'", "it or one changed 'data'"]);
    assert_eq!(notes(&["--all", "--jobs", "2", "--only", "two"]), ["none", "it changed 'data'"]);
}
