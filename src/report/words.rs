//! Values in words.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::clean::{clean, fit};
use crate::check::{Outcome, TestCounts};
use crate::plan::{Decision, Reason};
use crate::record::{BaseChoice, NoBase};
use crate::verdict::{Cause, Fewer, Kind};

/// How much of a commit's name is shown.
const SHORT: usize = 10;

/// How much is shown of a text that may be a whole script.
const SHOWN: usize = 120;

/// A length of time: `0.04s`, `2.3s`, `2m 05s`, `1h 02m`.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{:.2}s", duration.as_secs_f64()),
        1..60 => format!("{:.1}s", duration.as_secs_f64()),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

/// How long ago a time in seconds since 1970 was.
pub(super) fn ago(then: i64, now: SystemTime) -> String {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    match u64::try_from(i64::try_from(now).unwrap_or(i64::MAX).saturating_sub(then)) {
        Ok(0..5) => "just now".to_owned(),
        Ok(age) => format!("{} ago", rough(age)),
        Err(_) => "from the future".to_owned(),
    }
}

/// A length of time in its largest unit, rounded down.
pub(super) fn rough(seconds: u64) -> String {
    match seconds {
        0..60 => count(seconds, "second"),
        60..3600 => count(seconds / 60, "minute"),
        3600..86_400 => count(seconds / 3600, "hour"),
        _ => count(seconds / 86_400, "day"),
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// How many tests there were: `37 tests`, `37 tests, 2 failed, 1 skipped`, `no tests`.
pub(super) fn tests(counts: TestCounts) -> String {
    let TestCounts { failed, skipped, filtered, .. } = counts;
    let ran = match counts.ran() {
        0 => "no tests".to_owned(),
        ran => count(ran, "test"),
    };
    let parts = [(failed, "failed"), (skipped, "skipped"), (filtered, "filtered out")];
    let parts = parts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!(", {number} {what}"));
    parts.fold(ran, |text, part| text + &part)
}

/// `a`, `a and b`, `a, b and c`, `a, b and 4 more`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}

/// What was decided.
pub(super) fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Run => "run",
        Decision::Reuse => "reuse",
        Decision::Skip => "skip",
    }
}

/// Why a step runs, is reused or is skipped.
pub(super) fn reason(reason: &Reason, now: SystemTime) -> String {
    match reason {
        Reason::NoBase { why } => format!("there is no base: {}", no_base(why)),
        Reason::InputsChanged { path, edit, paths } => {
            let others = paths.saturating_sub(1) as u64;
            let more = if others == 0 { String::new() } else { format!(", and {}", count(others, "other path")) };
            format!("{} is {}{more}", clean(path), edited(edit))
        }
        Reason::NewMessage => "the message is new".to_owned(),
        Reason::DefinitionChanged { field } => format!("its definition differs from the base's: {}", clean(field)),
        Reason::EnvironmentChanged { field } => format!("its environment differs from the base's: {}", clean(field)),
        Reason::NewCheck => "the base has no such check".to_owned(),
        Reason::UnprovedBase => "nothing differs from the base, but the policy wants proof".to_owned(),
        Reason::BaseFailed { run } => format!("nothing differs from the base, where it failed in run {}", clean(run)),
        Reason::Fresh => "--fresh".to_owned(),
        Reason::NeverReused => "it has reuse = false".to_owned(),
        Reason::Expired { run, age_s: 0 } => format!("the pass of run {} is dated later than now", clean(run)),
        Reason::Expired { run, age_s } => format!("the pass of run {} is too old: {}", clean(run), rough(*age_s)),
        Reason::SharedReceipt { run } => {
            format!("its only pass, in run {}, used folders of your own checkout", clean(run))
        }
        Reason::NeededBy { step } => format!("{step} needs its products"),
        Reason::NeedChanged { step } => format!("it needs {step}, which runs or differs from the base"),
        Reason::Audited => "an audit looks whether its receipt holds".to_owned(),
        Reason::Here => "it runs in your own tree".to_owned(),
        Reason::Receipt { run, finished } => format!("passed in run {}, {}", clean(run), ago(*finished, now)),
        Reason::Evidence { by, finished, .. } => format!("passed as {} has signed, {}", clean(by), ago(*finished, now)),
        Reason::FileReceipts { files, oldest } => {
            format!("{} passed before, the first {}", count(*files, "file"), ago(*oldest, now))
        }
        Reason::Unchanged => "equals the base".to_owned(),
        Reason::OtherPlatform => "its platforms are other ones than this".to_owned(),
        Reason::NotSelected => "--only names other checks".to_owned(),
        Reason::OtherShard { shard } => format!("it is for shard {}", clean(shard)),
        Reason::Asked { why } => format!("on request: {}", clean(why)),
        Reason::SelectsNothing => "its patterns match nothing".to_owned(),
    }
}

/// An edit as a participle.
fn edited(edit: &str) -> String {
    match edit {
        "mode-changed" => "of another mode".to_owned(),
        other => clean(other),
    }
}

/// Why there is no base.
pub(super) fn no_base(why: &NoBase) -> String {
    match why {
        NoBase::Asked => "everything was asked for".to_owned(),
        NoBase::Unborn => "HEAD has no commit yet".to_owned(),
        NoBase::Root => "the commit has no parent".to_owned(),
        NoBase::NoGuardedBranch => "no branch that [main] branches names was found".to_owned(),
        NoBase::Unrelated { branch } => format!("it shares no history with {}", self::branch(branch)),
        NoBase::Shallow { branch } => {
            format!("the clone is shallow, and the merge-base with {} may be wrong", self::branch(branch))
        }
    }
}

/// What the candidate was compared with.
pub(super) fn base(choice: &BaseChoice) -> String {
    match choice {
        BaseChoice::Named { revision } => clean(revision),
        BaseChoice::Target { revision } if is_commit(revision) => revision[..SHORT].to_owned(),
        BaseChoice::Target { revision } => branch(revision),
        BaseChoice::Head => "HEAD".to_owned(),
        BaseChoice::Parent => "its parent".to_owned(),
        BaseChoice::MergeBase { branch } => self::branch(branch),
    }
}

/// Whether a revision is a commit's whole name.
fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A ref as people write it.
fn branch(name: &str) -> String {
    let short = ["refs/heads/", "refs/remotes/"].iter().find_map(|prefix| name.strip_prefix(prefix));
    clean(short.unwrap_or(name))
}

/// How a step ended, as a clause after its name.
pub(super) fn ended(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Flaky => "passed only on a retry",
        Outcome::TimedOut => "timed out",
        Outcome::Cancelled => "was cancelled",
        Outcome::NotStarted => "was not started",
        Outcome::Leaked => "left a process behind",
        Outcome::Modified => "changed what it was to check",
    }
}

/// How several steps ended, as a clause after their names.
pub(super) fn all_ended(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Cancelled => "were cancelled",
        Outcome::NotStarted => "were not started",
        Outcome::Leaked => "left processes behind",
        Outcome::Modified => "changed what they were to check",
        other => ended(other),
    }
}

/// What was found, as short as it can be.
pub(super) fn short_cause(cause: &Cause) -> String {
    match cause {
        Cause::Weakened { check, .. } => format!("{} is weakened", clean(check)),
        Cause::Loosened { key, .. } => format!("{} is loosened", clean(key)),
        other => self::cause(other),
    }
}

/// What was found, as a clause.
#[must_use]
pub fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Step { step, outcome } => format!("{step} {}", ended(*outcome)),
        Cause::SelectsNothing { step } => format!("the patterns of {step} match nothing"),
        Cause::Weakened { check, how } => {
            format!("the check {} is weakened: {}", clean(check), fit(&clean(how), SHOWN))
        }
        Cause::Disturbed { step } => format!("{step} passed while a step wrote to what others read"),
        Cause::PlatformUnproved { step, platform } => format!("{step} is not proved on {}", clean(platform)),
        Cause::Owed { step } => format!("{step} is owed to the merge stage"),
        Cause::FewerTests { step, fewer } => format!("{step} {}", fewer_tests(fewer)),
        Cause::NothingRequired => "no required check says that the result can be deployed".to_owned(),
        Cause::Interrupted => "the run was ended before it was done".to_owned(),
        Cause::Loosened { key, how } => format!("{} is loosened: {}", clean(key), fit(&clean(how), SHOWN)),
        Cause::GuardedFile { path } => format!("the guarded file {} changes", clean(path)),
        Cause::Allowed { what, by, reason } => {
            format!("what changes about {} is allowed by {}: {}", clean(what), clean(by), fit(&clean(reason), SHOWN))
        }
        Cause::RulesRemoved => "gate.toml is taken away".to_owned(),
        Cause::ShardMissing { shard } => format!("nothing says what came of shard {}", clean(shard)),
        Cause::ShardUnusable { document, why } => format!("{} can't be used: {}", clean(document), clean(why)),
        Cause::Conflict { path, conflict } => format!("{} conflicts: {}", clean(path), clean(conflict)),
    }
}

/// That fewer tests ran than before.
fn fewer_tests(fewer: &Fewer) -> String {
    let Fewer { ran, before, run: _, tree, same_inputs } = fewer;
    let ran = if *ran == 0 { "no tests".to_owned() } else { count(*ran, "test") };
    let tree = tree.short();
    if *same_inputs {
        format!("ran {ran}, and the same inputs had {before} (on tree {tree})")
    } else {
        format!("ran {ran}, and {before} the last time (on tree {tree})")
    }
}

/// Whether a verdict lets the change pass.
pub(super) fn is_good(kind: Kind) -> bool {
    matches!(kind, Kind::Deployable | Kind::Mends | Kind::Clear)
}

/// The name of a signal, where it is a common one.
pub(super) fn signal(number: i32) -> String {
    let name = match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return format!("signal {number}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample::{NOW, at};

    #[test]
    fn times_are_short() {
        for (milliseconds, expected) in
            [(4, "0.00s"), (40, "0.04s"), (2340, "2.3s"), (59_940, "59.9s"), (125_000, "2m 05s"), (3_720_000, "1h 02m")]
        {
            assert_eq!(duration(Duration::from_millis(milliseconds)), expected);
        }
    }

    #[test]
    fn ages_are_rough() {
        let then = |age: i64| i64::try_from(NOW).unwrap() - age;
        for (age, expected) in [
            (0, "just now"),
            (5, "5 seconds ago"),
            (60, "1 minute ago"),
            (7199, "1 hour ago"),
            (90_000, "1 day ago"),
            (-1, "from the future"),
        ] {
            assert_eq!(ago(then(age), at(0)), expected, "{age}");
        }
    }

    #[test]
    fn lists_stay_short() {
        let names =
            |count: usize| ["a", "b", "c", "d", "e"][..count].iter().map(ToString::to_string).collect::<Vec<_>>();
        let shown: Vec<String> = (0..6).map(|count| listed(&names(count))).collect();
        assert_eq!(shown, ["", "a", "a and b", "a, b and c", "a, b and 2 more", "a, b and 3 more"]);
    }

    #[test]
    fn hostile_texts_stay_on_their_line() {
        let text = || "a\n\u{1b}[2Jb".to_owned();
        for hostile in [
            Reason::InputsChanged { path: text(), edit: text(), paths: 2 },
            Reason::DefinitionChanged { field: text() },
            Reason::EnvironmentChanged { field: text() },
            Reason::BaseFailed { run: text() },
            Reason::Expired { run: text(), age_s: 1 },
            Reason::SharedReceipt { run: text() },
            Reason::Receipt { run: text(), finished: 1 },
            Reason::Asked { why: text() },
            Reason::OtherShard { shard: text() },
            Reason::NoBase { why: NoBase::Shallow { branch: text() } },
        ] {
            let shown = reason(&hostile, at(0));
            assert!(shown.contains(r"a\n\u{1b}[2Jb") && !shown.contains(char::is_control), "{shown:?}");
        }
    }
}
