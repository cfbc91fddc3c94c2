//! A judged push, in a few plain lines for whoever pushed: a server's hook has no terminal, and git puts its own words
//! before each.

use std::path::Path;
use std::time::SystemTime;

use super::clean::{clean, output_line};
use super::{closing, tail, words};
use crate::check::Outcome;
use crate::record::{Entry, StepEntry};
use crate::verdict::{Cause, Overridden};

/// How many lines of each failed step's output are shown.
const LINES: usize = 12;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The text.
    pub text: String,
    /// Whether it says what was decided, or what to do: some hosts show nothing else.
    pub decides: bool,
}

impl Line {
    /// A line that says what was decided, or what to do.
    #[must_use]
    pub fn deciding(text: String) -> Self {
        Self { text, decides: true }
    }

    /// Any other line.
    #[must_use]
    pub fn telling(text: String) -> Self {
        Self { text, decides: false }
    }
}

/// A text of others' that is shown within a line.
#[must_use]
pub fn plain(text: &str) -> String {
    clean(text)
}

/// What is said of a ref that was judged.
#[must_use]
pub fn lines(name: &str, entry: &Entry, now: SystemTime, logs: &Path) -> Vec<Line> {
    let name = clean(name);
    if entry.passes() && entry.overridden.is_none() {
        return vec![Line::telling(format!("{name}: {}", closing::sentence(entry, now, false)))];
    }
    let mut lines = Vec::new();
    for step in &entry.steps {
        lines.extend(output(entry, step, logs));
    }
    for finding in entry.findings.iter().filter(|finding| finding.leads_to.is_none()) {
        if !matches!(finding.cause, Cause::Step { .. }) {
            lines.push(Line::telling(format!("  {}", words::cause(&finding.cause))));
        }
    }
    lines.push(Line::deciding(format!("{name}: {}: {}", entry.verdict, closing::causes(entry, entry.verdict))));
    match &entry.overridden {
        Some(overridden) => lines.push(Line::deciding(format!("{name}: {}", self::overridden(overridden)))),
        None => lines.extend(cures(entry)),
    }
    lines
}

/// That somebody lets a change land all the same, as a clause.
pub(super) fn overridden(overridden: &Overridden) -> String {
    let Overridden { by, how, reason, checks, until } = overridden;
    let until = until.as_ref().map(|until| format!(", until {}", clean(until))).unwrap_or_default();
    let owed = clean(&checks.join(", "));
    format!("overridden by {} ({}){until}: {}; still owed: {owed}", clean(by), clean(how), clean(reason))
}

fn is_missing(step: &StepEntry) -> bool {
    step.required && matches!(step.outcome, Some(Outcome::NotStarted | Outcome::Cancelled))
}

/// The end of what a failed step wrote.
fn output(entry: &Entry, step: &StepEntry, logs: &Path) -> Vec<Line> {
    let failed = [Outcome::Failed, Outcome::TimedOut, Outcome::Leaked, Outcome::Modified];
    let Some(outcome) = step.outcome.filter(|outcome| failed.contains(outcome)) else { return Vec::new() };
    let path = tail::path(entry, step, Some(logs));
    let read = path.and_then(|path| tail::read(&path, false).ok()).unwrap_or_default();
    let shown = read.iter().skip(read.len().saturating_sub(LINES));
    // Whoever ran it elsewhere has its output.
    let note = step.note.as_ref().filter(|_| read.is_empty()).and_then(|note| note.lines().next());
    let note = note.map(|note| format!(": {}", clean(note))).unwrap_or_default();
    let mut lines = vec![Line::telling(format!("  {} {}{note}", step.name, words::ended(outcome)))];
    lines.extend(shown.map(|line| Line::telling(format!("  | {}", output_line(line, false)))));
    lines
}

/// What whoever pushed can do.
fn cures(entry: &Entry) -> Vec<Line> {
    let mut lines = Vec::new();
    for step in entry.steps.iter().filter(|step| is_missing(step)) {
        let note = step.note.as_deref().and_then(|note| note.lines().next()).unwrap_or_default();
        lines.push(Line::deciding(format!("  {}: {}", step.name, clean(note))));
    }
    let deciding = || entry.findings.iter().filter(|finding| finding.leads_to == Some(entry.verdict));
    let is_guard =
        |cause: &Cause| matches!(cause, Cause::Weakened { .. } | Cause::Loosened { .. } | Cause::GuardedFile { .. });
    if deciding().any(|finding| is_guard(&finding.cause)) {
        lines.push(Line::deciding(
            "  leave the gate as strict as it is, or have it allowed: gate merge-check --help".into(),
        ));
    } else if entry.steps.iter().any(is_missing) {
        let commit = entry.candidate.commit.map(|commit| commit.short()).unwrap_or_default();
        lines.push(Line::deciding(format!(
            "  wait until the CI has proved {commit} and push again; the CI supplies it with: gate evidence push"
        )));
    } else if deciding().any(|finding| matches!(finding.cause, Cause::Step { .. })) {
        let base = entry.base.as_ref().map(|base| words::base(&base.choice));
        let base = base.map(|base| format!(" --base origin/{base}")).unwrap_or_default();
        lines.push(Line::deciding(format!("  fix it in another commit; to see it where you work: gate check{base}")));
    }
    lines
}
