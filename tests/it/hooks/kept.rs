//! However a hook ends, index, stash, refs and working tree are what they were, and the next commit works.

use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

use super::Ground;
use crate::repo::{Snapshot, assert_untouched, exit_code};

/// Something staged, edited, untracked, intended and stashed; and a check that goes on for as long as `slow` is staged.
fn busy() -> Ground {
    let rules = "[check.slow]\non = [\"pre-commit\"]\nrun = '''\ntest -e slow || exit 0\n\
                 (sleep 30; :) & echo $PPID $$ $! >ROOT/pids; wait'''\n";
    let ground = Ground::new("");
    let rules = rules.replace("ROOT", &ground.repo.root().display().to_string());
    ground.repo.write("gate.toml", super::gate_toml(&ground.repo, &rules));
    ground.around("a", "second\n");
    ground.repo.write("d/b", "stashed\n");
    ground.repo.git(&["stash", "push", "-q"]);
    ground.stage("a", "staged\n");
    ground.repo.write("a", "staged and edited\n");
    ground.repo.write("d/b", "edited\n");
    ground.repo.write("untracked", "BAD\n");
    ground.repo.write("intended", "intended\n");
    ground.repo.git(&["add", "-N", "intended"]);
    ground.stage("slow", "");
    ground
}

/// A commit that is under way: its check has said who it is.
fn start(ground: &Ground, args: &[&str]) -> (Child, Vec<String>) {
    let mut command = ground.repo.command(&ground.repo.path(), "git");
    command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let git = command.spawn().unwrap();
    let said = ground.beside("pids");
    wait_until("the check", || fs_err::read_to_string(&said).is_ok_and(|text| text.ends_with('\n')));
    let pids = ground.take("pids").iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect();
    (git, pids)
}

#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_mins(1);
    while !holds() {
        assert!(Instant::now() < give_up, "waited for in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn pid(text: &str) -> Pid {
    Pid::from_raw(text.trim().parse().unwrap()).unwrap()
}

fn is_alive(process: &str) -> bool {
    let state = fs_err::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let dead = state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X']));
    test_kill_process(pid(process)).is_ok() && !dead
}

/// What git itself does not write before it calls the hook.
fn kept(ground: &Ground) -> (Snapshot, String) {
    let own = [".git", ".git/index", ".git/COMMIT_EDITMSG"].map(std::path::Path::new);
    let mut snapshot = ground.repo.snapshot();
    snapshot.retain(|path, _| !own.contains(&path.as_path()) && !path.starts_with(".git/objects"));
    (snapshot, ground.repo.git(&["ls-files", "--stage", "--debug"]))
}

/// The commit ended with no commit and nothing changed, and the next one works.
#[track_caller]
fn assert_kept(ground: &Ground, git: Child, before: &(Snapshot, String), head: &str) {
    let output = git.wait_with_output().unwrap();
    assert_ne!(exit_code(output.status), 0, "{output:?}");
    ground.assert_untouched();
    let after = kept(ground);
    assert_untouched(&before.0, &after.0, "the commit");
    assert_eq!(before.1, after.1);
    assert_eq!(ground.repo.git(&["rev-parse", "HEAD"]), head);
    ground.seen();
    ground.repo.git(&["rm", "-q", "--cached", "slow"]);
    ground.commits(&["commit", "-q", "-m", "next"]);
    assert_eq!(ground.repo.git(&["status", "--porcelain"]), " M a\n M d/b\n A intended\n?? slow\n?? untracked");
    assert_eq!(ground.repo.git(&["stash", "list"]).lines().count(), 1);
}

#[test]
fn a_signal_to_gate() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::KILL] {
        let ground = busy();
        let (before, head) = (kept(&ground), ground.repo.git(&["rev-parse", "HEAD"]));
        let (git, pids) = start(&ground, &["commit", "-q", "-m", "x"]);
        assert_eq!(ground.take("gate"), [&*pids[0]], "the check is gate's child");
        kill_process(pid(&pids[0]), signal).unwrap();
        if signal == Signal::KILL {
            wait_until("gate's end", || !is_alive(&pids[0]));
            assert!(is_alive(&pids[2]), "who is killed can't end what it started");
        }
        assert_kept(&ground, git, &before, &head);
        assert!(pids.iter().all(|pid| !is_alive(pid)), "{signal:?}: {pids:?}");
    }
}

/// As a terminal does it: everybody in the foreground is told. A commit of paths holds the lock of the index meanwhile.
#[test]
fn an_interrupt_to_all() {
    for args in [&["commit", "-q", "-m", "x"][..], &["commit", "-q", "-m", "x", "-i", "d/b"]] {
        let ground = busy();
        let (before, head) = (kept(&ground), ground.repo.git(&["rev-parse", "HEAD"]));
        let (git, pids) = start(&ground, args);
        kill_process_group(Pid::from_child(&git), Signal::INT).unwrap();
        wait_until("everybody's end", || pids.iter().all(|pid| !is_alive(pid)));
        assert_kept(&ground, git, &before, &head);
    }
}

/// A commit that passes and one that fails change what git changes, and the hook nothing: each hook looks at that itself.
#[test]
fn an_end_of_its_own() {
    let ground = busy();
    ground.repo.git(&["rm", "-q", "--cached", "slow"]);
    let before = kept(&ground);
    ground.stage("a", "BAD\n");
    ground.stops(&["commit", "-q", "-m", "bad"]);
    ground.stage("a", "staged\n");
    ground.repo.write("a", "staged and edited\n");
    let differs =
        |path: &str| kept(&ground).0.get(std::path::Path::new(path)) != before.0.get(std::path::Path::new(path));
    assert!(!differs("d/b") && !differs("untracked") && !differs("intended") && !differs(".git/refs/stash"));
    ground.commits(&["commit", "-q", "-m", "good"]);
    assert!(!differs("d/b") && !differs("untracked") && !differs("intended") && !differs(".git/refs/stash"));
}

/// At moments that look random and are the same every time (xorshift).
#[test]
fn killed_at_any_moment() {
    let ground = busy();
    ground.repo.git(&["rm", "-q", "--cached", "slow"]);
    let (before, head) = (ground.repo.snapshot(), ground.repo.git(&["rev-parse", "HEAD"]));
    let mut moment: u64 = 0x9e37_79b9_7f4a_7c15;
    for round in 0..10 {
        moment ^= moment << 13;
        moment ^= moment >> 7;
        moment ^= moment << 17;
        let mut command = ground.repo.command(&ground.repo.path(), "sh");
        let line = format!("exec '{}' hook pre-commit", env!("CARGO_BIN_EXE_gate"));
        let mut gate = command.args(["-c", &line]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(moment % 60_000));
        let signal = if round % 2 == 0 { Signal::KILL } else { Signal::TERM };
        let _gone_already = kill_process(Pid::from_child(&gate), signal);
        gate.wait().unwrap();
        assert_untouched(&before, &ground.repo.snapshot(), "the hook");
    }
    ground.seen();
    let ran = ground.git(&["commit", "-q", "-m", "next"]);
    assert_eq!((ran.code, ground.repo.git(&["rev-parse", "HEAD~"])), (0, head), "{ran:?}");
    assert_eq!(ground.repo.git(&["show", "HEAD:a"]), "staged");
}
