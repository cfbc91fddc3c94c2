//! A fix run is ended at any moment: nothing is lost, and the next one does the rest.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{LINES, MENDED, commit, install, repo};
use crate::repo::{TestRepo, assert_untouched, exit_code};

/// How many files there are.
const FILES: usize = 30;

#[test]
fn a_signal_ends_it_and_nothing_is_written() {
    let repo = repo(
        "[check.slow]\nfiles = [\"*.txt\"]\nrun = \"true {files}\"\nafter = [\"bad\"]\n\
         fix = \"touch $HOME/begun; sleep 1000; true {files}\"\non = [\"pre-commit\"]\n",
    );
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    let before = repo.snapshot();
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        drop(fs_err::remove_file(repo.home().join("begun")));
        let mut gate = repo.command(&repo.path(), env!("CARGO_BIN_EXE_gate"));
        gate.args(["check", "--staged", "--stage", "pre-commit", "--fix"]).stderr(Stdio::piped());
        crate::faults::heed_hangups();
        let child = gate.spawn().unwrap();
        let give_up = Instant::now() + Duration::from_mins(1);
        while !repo.home().join("begun").exists() {
            assert!(Instant::now() < give_up);
            std::thread::sleep(Duration::from_millis(2));
        }
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(exit_code(output.status), code);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("nothing was written"), "{said}");
        assert_untouched(&before, &repo.snapshot(), "a signal");
    }
}

/// Files that are partly staged: what is staged can be mended, and each has an edit beside it.
fn stage(repo: &TestRepo) {
    for n in 0..FILES {
        repo.write(format!("{n}.txt"), LINES);
    }
    repo.git(&["add", "--all"]);
    for n in 0..FILES {
        repo.write(format!("{n}.txt"), LINES.replace("8\n", &format!("edit {n}\n")));
    }
}

/// Every file holds its edit, mended or not.
#[track_caller]
fn assert_whole(repo: &TestRepo, what: &str) {
    for n in 0..FILES {
        let text = repo.read(format!("{n}.txt"));
        let edit = format!("edit {n}\n");
        let whole = [LINES, MENDED].map(|lines| lines.replace("8\n", &edit));
        assert!(whole.contains(&text), "{what}: {n}.txt holds {text:?}");
    }
    let ids = [LINES, MENDED].map(|text| id(repo, text));
    let staged = repo.git(&["ls-files", "--stage", "[0-9]*.txt"]);
    assert_eq!(staged.lines().count(), FILES, "{what}");
    assert!(staged.lines().all(|line| ids.iter().any(|id| line.contains(id.as_str()))), "{what}: {staged}");
}

/// The name that git has for a text.
fn id(repo: &TestRepo, text: &str) -> String {
    fs_err::write(repo.home().join("text"), text).unwrap();
    repo.git(&["hash-object", repo.home().join("text").to_str().unwrap()])
}

#[test]
fn killed_at_any_moment_nothing_is_lost_and_the_next_commit_works() {
    let repo = repo("");
    install(&repo);
    let pid = repo.home().join("pid");
    let line = format!(
        "#!/bin/sh\necho $$ >$HOME/pid\nexec '{}' check --staged --stage pre-commit --fix\n",
        env!("CARGO_BIN_EXE_gate")
    );
    repo.write_program(".git/hooks/pre-commit", line);
    stage(&repo);
    let start = Instant::now();
    assert_eq!(commit(&repo, &[]).code, 0);
    let whole = start.elapsed();
    for n in 0..40_u32 {
        repo.git(&["reset", "--quiet", "--soft", "HEAD~1"]);
        stage(&repo);
        drop(fs_err::remove_file(&pid));
        let mut git = repo.command(&repo.path(), "git");
        let mut child = git
            .args(["commit", "--quiet", "--message", "x"])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let read = || fs_err::read_to_string(&pid).ok()?.trim().parse().ok().and_then(Pid::from_raw);
        let gate = loop {
            if let Some(found) = read() {
                break found;
            }
            std::thread::yield_now();
        };
        std::thread::sleep(whole * n / 40);
        // It may have ended by now.
        let _gone = kill_process(gate, Signal::KILL);
        child.wait().unwrap();
        assert_whole(&repo, &format!("killed after {n} of 40 parts"));
        let ran = commit(&repo, &["--allow-empty"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_whole(&repo, "after the next commit");
        let committed = repo.git(&["ls-tree", "HEAD"]);
        assert_eq!(committed.matches(&id(&repo, MENDED)).count(), FILES, "{committed}");
        let count: u32 = repo.git(&["rev-list", "--count", "HEAD"]).parse().unwrap();
        repo.git(&["reset", "--quiet", "--soft", &format!("HEAD~{}", count - 2)]);
    }
}
