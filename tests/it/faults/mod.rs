//! Faults: whatever goes wrong while gate works, there is never a pass that isn't one, never a panic, and nothing is left.

mod crowd;
mod disk;
mod killed;
mod locks;
mod names;
mod output;
mod processes;
mod secrets;
mod signals;
mod surroundings;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::repo::{Ran, TestRepo, exit_code};

/// The longest that anything here is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A gate that is running.
struct Running(Child);

impl Running {
    /// Starts gate in the repository, with its output taken.
    fn start(repo: &TestRepo, args: &[&str]) -> Self {
        let mut command = repo.command(&repo.path(), env!("CARGO_BIN_EXE_gate"));
        Self::spawn(command.args(args))
    }

    fn spawn(command: &mut Command) -> Self {
        heed_hangups();
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// Its end, and what it wrote.
    fn end(self) -> Ran {
        let output = self.0.wait_with_output().unwrap();
        Ran {
            code: exit_code(output.status),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Sees to it that programs started from here are ended by HUP and INT, also where these tests run under `nohup` or in the
/// background of a script: that a signal is ignored is inherited, a handler is not.
pub(crate) fn heed_hangups() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let status = fs_err::read_to_string("/proc/self/status").unwrap();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
        let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
        for signal in [Signal::HUP, Signal::INT].map(Signal::as_raw) {
            if ignored & (1 << (signal - 1)) != 0 {
                signal_hook::flag::register(signal, Arc::default()).unwrap();
            }
        }
    });
}

/// Waits until something holds.
#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let give_up = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < give_up, "waited for in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until a file is there and ends in a newline; gives its lines.
#[track_caller]
fn lines_of(path: &Path) -> Vec<String> {
    let text = || fs_err::read_to_string(path).unwrap_or_default();
    wait_until(&path.display().to_string(), || text().ends_with('\n'));
    text().lines().map(str::to_owned).collect()
}

/// Whether a process is there. One that nobody has reaped yet is not.
fn is_alive(pid: &str) -> bool {
    let Some(number) = pid.trim().parse().ok().and_then(Pid::from_raw) else { return false };
    let state = fs_err::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
    let dead = state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X']));
    test_kill_process(number).is_ok() && !dead
}

/// The names in a folder, in order; none if it isn't there.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The checkouts in the pool of the repository.
fn checkouts(repo: &TestRepo) -> usize {
    let pools = repo.cache().join("gate");
    let numbered = |pool: String| {
        let names = names_in(&pools.join(pool));
        names.into_iter().filter(|name| name.parse::<u32>().is_ok()).count()
    };
    names_in(&pools).into_iter().map(numbered).sum()
}

/// A folder for temporary files of the repository's runs alone, which must be empty in the end.
fn own_tmp(repo: &TestRepo) -> std::path::PathBuf {
    let tmp = repo.root().join("t");
    fs_err::create_dir_all(&tmp).unwrap();
    repo.set_env("TMPDIR", &tmp);
    tmp
}

/// What one step of a document came to.
fn outcome<'a>(document: &'a serde_json::Value, step: &str) -> &'a str {
    let steps = document["steps"].as_array().unwrap();
    let found = steps.iter().find(|found| found["name"] == step).unwrap_or_else(|| panic!("no {step}: {document:#}"));
    found["outcome"].as_str().unwrap_or("none")
}

/// Asserts that a program ended without a panic.
#[track_caller]
fn no_panic(ran: &Ran) {
    assert!(!ran.stderr.contains("panicked") && ![101, 134].contains(&ran.code), "{ran:?}");
}
