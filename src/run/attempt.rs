//! What the end of a process says about its step.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use crate::check::Outcome;
use crate::plan::{Check, CommandLine};
use crate::process::{Cause, Ending, StartError, find};

/// How a part of a step ended at an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartEnd {
    /// `Passed`, `Failed`, `TimedOut`, `Leaked` or `Cancelled`.
    pub(crate) outcome: Outcome,
    /// Its exit code, if it exited.
    pub(crate) exit: Option<i32>,
    /// The signal that ended it, if one did.
    pub(crate) signal: Option<i32>,
    /// What to know beside that.
    pub(crate) note: Option<String>,
    /// Whether trying again may help.
    pub(crate) worth_retrying: bool,
}

impl PartEnd {
    /// What never became a process.
    pub(crate) fn failed(note: impl Into<String>) -> Self {
        let note = Some(note.into());
        Self { outcome: Outcome::Failed, exit: None, signal: None, note, worth_retrying: false }
    }

    /// What did not run, or ran and is not known, through no fault of its own: a full disk, a folder that can't be written.
    pub(crate) fn unknown(note: impl Into<String>) -> Self {
        Self { outcome: Outcome::Cancelled, ..Self::failed(note) }
    }

    /// What the end of a process comes to. `path` is the PATH that it had.
    pub(crate) fn new(ended: Result<Ending, StartError>, check: &Check, path: &OsStr, dir: &Path) -> Self {
        let ending = match ended {
            Ok(ending) => ending,
            Err(error @ StartError::Log { .. }) => return Self::unknown(error.to_string()),
            Err(error) => return Self::failed(error.to_string()),
        };
        if let Some(unkept) = ending.unkept {
            return Self::unknown(unkept);
        }
        let (exit, signal) = (ending.status.code(), ending.status.signal());
        let (outcome, note) = match (ending.cause, exit) {
            _ if ending.trouble.is_some() => (Outcome::Failed, ending.trouble.clone()),
            (Cause::TimedOut, _) => (Outcome::TimedOut, Some(format!("it took longer than {}", shown(check.timeout)))),
            (Cause::Idle, _) => {
                let limit = check.idle_timeout.map_or_else(String::new, |limit| format!(" for {}", shown(limit)));
                (Outcome::TimedOut, Some(format!("it wrote nothing{limit}")))
            }
            (Cause::Stopped, _) => (Outcome::Cancelled, None),
            (Cause::Exited, Some(0)) if !ending.outlived.is_empty() => (Outcome::Leaked, Some(outlived(&ending))),
            (Cause::Exited, Some(0)) => (Outcome::Passed, None),
            (Cause::Exited, Some(code @ (126 | 127))) => {
                (Outcome::Failed, check.command().map(|run| not_started(run, code, path, dir)))
            }
            (Cause::Exited, _) => (Outcome::Failed, None),
        };
        let worth_retrying = outcome.is_failure() && ending.trouble.is_none();
        Self { outcome, exit, signal, note, worth_retrying }
    }
}

/// The worst of several ends, which stands for all of them; the first of those that are equally bad.
pub(crate) fn worst<'a>(ends: impl Iterator<Item = &'a PartEnd>) -> Option<&'a PartEnd> {
    let badness = |end: &PartEnd| match end.outcome {
        Outcome::Failed => 5,
        Outcome::TimedOut => 4,
        Outcome::Leaked | Outcome::Modified => 3,
        Outcome::Cancelled | Outcome::NotStarted => 2,
        Outcome::Flaky => 1,
        Outcome::Passed => 0,
    };
    ends.reduce(|worst, end| if badness(end) > badness(worst) { end } else { worst })
}

/// A duration as gate.toml would have it.
fn shown(limit: Duration) -> String {
    let (seconds, millis) = (limit.as_secs(), limit.subsec_millis());
    match (seconds, millis) {
        (0, _) => format!("{millis}ms"),
        (_, 0) if seconds % 60 == 0 => format!("{}m", seconds / 60),
        _ => format!("{}s", limit.as_secs_f64()),
    }
}

fn outlived(ending: &Ending) -> String {
    let names: Vec<String> = ending.outlived.iter().take(3).map(|name| format!("'{name}'")).collect();
    let more = ending.outlived.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more} outlived it", names.join(", "))
}

/// Why a shell, or a program like `env`, says that it could not start another program.
fn not_started(command: &CommandLine, code: i32, path: &OsStr, dir: &Path) -> String {
    let program = match command {
        CommandLine::Words(words) => words.first().cloned(),
        CommandLine::Shell(line) => {
            shlex::split(line).and_then(|words| words.into_iter().find(|word| !word.contains('=')))
        }
    };
    let missing = program.filter(|program| find(OsStr::new(program), path, dir).is_none_or(|found| !found.exists()));
    match missing {
        Some(program) => format!("can't start '{program}': no such program"),
        None if code == 127 => "a program of its command was not found; its output says which".to_owned(),
        None => "a program of its command can't be started; its output says which".to_owned(),
    }
}

/// The PATH in an environment.
pub(crate) fn path_of(env: &[(OsString, OsString)]) -> &OsStr {
    env.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_os_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::process::ExitStatus;

    use super::*;
    use crate::run::testing::check;

    fn ending(raw: i32, cause: Cause) -> Ending {
        Ending { status: ExitStatus::from_raw(raw), cause, outlived: Vec::new(), trouble: None, unkept: None }
    }

    fn outcome(run: &str, ending: Ending) -> (Outcome, Option<String>) {
        let check = Check { work: CommandLine::Shell(run.into()).into(), ..check("a") };
        let end = PartEnd::new(Ok(ending), &check, OsStr::new("/bin"), Path::new("/"));
        (end.outcome, end.note)
    }

    #[test]
    fn an_end_is_what_it_is() {
        assert_eq!(outcome("x", ending(0, Cause::Exited)), (Outcome::Passed, None));
        assert_eq!(outcome("x", ending(1 << 8, Cause::Exited)), (Outcome::Failed, None));
        assert_eq!(outcome("x", ending(9, Cause::Exited)), (Outcome::Failed, None), "a signal of its own");
        assert_eq!(outcome("x", ending(0, Cause::Stopped)), (Outcome::Cancelled, None), "whatever it says then");
        assert_eq!(outcome("x", ending(0, Cause::TimedOut)).0, Outcome::TimedOut);
        assert_eq!(outcome("x", ending(0, Cause::Idle)).0, Outcome::TimedOut);
        let leaked = Ending { outlived: vec!["sleep 9".into()], ..ending(0, Cause::Exited) };
        assert_eq!(outcome("x", leaked), (Outcome::Leaked, Some("'sleep 9' outlived it".into())));
        let failed = Ending { outlived: vec!["sleep 9".into()], ..ending(256, Cause::Exited) };
        assert_eq!(outcome("x", failed).0, Outcome::Failed);
        let trouble = Ending { trouble: Some("asked".into()), ..ending(0, Cause::Exited) };
        assert_eq!(outcome("x", trouble), (Outcome::Failed, Some("asked".into())));
        for code in [0, 1 << 8] {
            let unkept = Ending { unkept: Some("disk full".into()), ..ending(code, Cause::Exited) };
            let found = outcome("x", unkept);
            assert_eq!(found, (Outcome::Cancelled, Some("disk full".into())), "it is neither a pass nor its failure");
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let note = |run: &str| outcome(run, ending(127 << 8, Cause::Exited)).1.unwrap();
        assert_eq!(note("A=1 no-such-thing -x"), "can't start 'no-such-thing': no such program");
        assert_eq!(note("sh -c no-such-thing"), "a program of its command was not found; its output says which");
    }

    #[test]
    fn the_worst_stands_for_all() {
        let end = |outcome| PartEnd { outcome, ..PartEnd::failed("") };
        let ends = [Outcome::Passed, Outcome::Leaked, Outcome::TimedOut, Outcome::Cancelled].map(end);
        assert_eq!(worst(ends.iter()).unwrap().outcome, Outcome::TimedOut);
        assert_eq!(worst([].iter()), None);
    }
}
