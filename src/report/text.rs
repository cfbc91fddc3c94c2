//! A finished run as text: failures first, then the rest, one closing sentence at the end.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::clean::{clean, fit, output_line};
use super::page::{LEFT, Page};
use super::style::{Label, Style};
use super::{closing, fixes, held, push, tail, words};
use crate::check::Outcome;
use crate::plan::{Decision, Reason};
use crate::record::{Entry, NoBase, StepEntry};
use crate::verdict::Cause;

/// How much is shown of the name of a test.
const NAME: usize = 80;

/// How a text is to look.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The colours of the stream it goes to.
    pub style: Style,
    /// How many columns there are.
    pub width: usize,
    /// The time that ages are reckoned from.
    pub now: SystemTime,
    /// The folder that holds a folder of logs for each run; without it, logs are where the entry says.
    pub logs: Option<&'a Path>,
    /// Which steps are listed.
    pub detail: Detail,
    /// Whether the run stands in the ledger, so that it can be shown again.
    pub recorded: bool,
}

/// Which steps of a run are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Those that need attention and were not shown on the same terminal while the run went on.
    Unseen,
    /// Those that need attention.
    Notable,
    /// Every step.
    Every,
}

/// The text of an entry, with a newline at the end.
#[must_use]
pub fn render(entry: &Entry, view: &View<'_>) -> String {
    let mut text = Text { page: Page::new(view.style, view.width), view, told: None };
    let (bad, rest): (Vec<_>, Vec<_>) = entry.steps.iter().partition(|step| step.outcome.is_some_and(is_failure));
    if view.detail == Detail::Unseen && entry.steps.iter().any(|step| step.outcome.is_some()) {
        text.page.push("");
    }
    // On the same terminal they were told when it was done.
    if let Some(fixes) = entry.fixes.as_ref().filter(|_| view.detail != Detail::Unseen) {
        for line in fixes::lines(fixes) {
            text.page.line(line.word, line.label, &line.text);
        }
        // Not wrapped: a command is to be copied.
        if let Some(command) = fixes::command(fixes) {
            text.page.push(&format!("{:>LEFT$} {command}", ""));
        }
    }
    for step in bad {
        text.failure(entry, step);
    }
    for step in rest {
        text.step(step);
    }
    let is_listed = |line: &held::Line| view.detail == Detail::Every && line.word == "reused";
    for line in held::lines(entry, view.now).iter().filter(|line| !is_listed(line)) {
        text.page.line(line.word, Label::Faint, &line.text);
    }
    for finding in &entry.findings {
        text.finding(&finding.cause, finding.leads_to.is_some());
    }
    for note in &entry.notes {
        text.page.line("note", Label::Warning, note);
    }
    if let Some(why) = entry.no_base.as_ref().filter(|why| **why != NoBase::Asked) {
        text.page.line("note", Label::Warning, &format!("there is no base to compare with: {}", words::no_base(why)));
    }
    if let Some(overridden) = &entry.overridden {
        text.page.line("override", Label::Warning, &push::overridden(overridden));
    }
    let label = if words::is_good(entry.verdict) { Label::Good } else { Label::Bad };
    text.page.sentence(entry.verdict.as_str(), label, &closing::sentence(entry, view.now, view.recorded));
    text.page.finish()
}

/// Outcomes that come with the end of the output.
fn is_failure(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed | Outcome::TimedOut | Outcome::Leaked | Outcome::Modified)
}

/// A text in the making.
struct Text<'a> {
    page: Page,
    view: &'a View<'a>,
    /// The note that was told last.
    told: Option<String>,
}

impl Text<'_> {
    /// A failed step with the end of its output.
    fn failure(&mut self, entry: &Entry, step: &StepEntry) {
        let outcome = step.outcome.unwrap_or(Outcome::Failed);
        let optional = if step.required { "" } else { " (not required)" };
        let label = if step.required { Label::Bad } else { Label::Warning };
        self.page.line(outcome.as_str(), label, &format!("{}{optional}{}", step.name, how(step)));
        if let Some(note) = &step.note {
            self.page.below(note);
        }
        if let Some(failed) = &step.failed_tests {
            let names: Vec<String> = failed.names.iter().map(|name| fit(&clean(name), NAME)).collect();
            self.page.below(&format!("what failed: {}", words::listed(&names)));
        }
        let reasons: Vec<String> = step.reasons.iter().map(|reason| words::reason(reason, self.view.now)).collect();
        self.page.below(&format!("ran because {}", reasons.join("; ")));
        let Some(path) = tail::path(entry, step, self.view.logs) else { return };
        match tail::read(&path, self.view.style.has_colour()) {
            Ok(lines) => {
                for line in lines {
                    self.output(&line);
                }
            }
            Err(error) => self.page.below(&format!("its output can't be read: {error}")),
        }
        // Not wrapped: a path is to be copied.
        let log = self.view.style.paint(Label::Faint, &format!("log: {}", path.display()));
        self.page.push(&format!("{:>LEFT$} {log}", ""));
        self.page.push("");
    }

    /// Any other step; most are worth a line only where every step is asked for.
    fn step(&mut self, step: &StepEntry) {
        let reasons = || {
            let reasons: Vec<String> = step.reasons.iter().map(|reason| words::reason(reason, self.view.now)).collect();
            format!("{}: {}", step.name, reasons.join("; "))
        };
        match (step.decision, step.outcome) {
            (_, Some(outcome)) if step.note.is_none() && self.view.detail == Detail::Unseen && is_seen(outcome) => {}
            (_, Some(outcome @ (Outcome::Flaky | Outcome::Cancelled | Outcome::NotStarted))) => {
                self.unfinished(step, outcome);
            }
            (_, Some(outcome)) if self.view.detail == Detail::Every => {
                self.page.line(outcome.as_str(), Label::Good, &format!("{}{}", step.name, how(step)));
            }
            (Decision::Reuse, _) if self.view.detail == Detail::Every => {
                self.page.line("reused", Label::Good, &reasons());
            }
            (Decision::Skip, _) if self.view.detail == Detail::Every || is_notable(step) => {
                self.page.line("skipped", Label::Warning, &reasons());
            }
            _ => {}
        }
    }

    /// A step that a note says something about; what several have in common is said once.
    fn unfinished(&mut self, step: &StepEntry, outcome: Outcome) {
        let mut lines = step.note.as_deref().unwrap_or_default().lines();
        let note = match lines.next() {
            Some(_) if self.told == step.note => ": for the same reason".to_owned(),
            Some(first) => format!(": {first}"),
            None => String::new(),
        };
        self.page.line(outcome.as_str(), Label::Warning, &format!("{}{}{note}", step.name, how(step)));
        if self.told != step.note {
            for line in lines {
                self.output(&output_line(line, false));
            }
        }
        self.told.clone_from(&step.note);
    }

    /// A line of what a program wrote, fit for a terminal.
    fn output(&mut self, line: &str) {
        let bar = self.view.style.paint(Label::Faint, "|");
        self.page.push(&format!("{:>LEFT$} {bar} {line}", ""));
    }

    fn finding(&mut self, cause: &Cause, decides: bool) {
        // What became of a step is said where the step is, and what decides in the closing sentence.
        let is_told = decides && words::cause(cause) == words::short_cause(cause);
        if !is_told && !matches!(cause, Cause::Step { .. }) {
            let (word, label) = if decides { ("against it", Label::Bad) } else { ("warning", Label::Warning) };
            self.page.line(word, label, &words::cause(cause));
        }
    }
}

/// Outcomes that a line told of while the run went on, with nothing to add.
fn is_seen(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Passed | Outcome::Flaky | Outcome::Cancelled | Outcome::NotStarted)
}

/// Skips that the reader may not have expected.
fn is_notable(step: &StepEntry) -> bool {
    step.reasons.iter().any(|reason| matches!(reason, Reason::Asked { .. } | Reason::SelectsNothing))
}

/// How a step ended, beside the outcome.
fn how(step: &StepEntry) -> String {
    let mut parts = Vec::new();
    match (step.exit, step.signal) {
        // That gate itself ended it, the outcome says.
        (_, Some(_)) if matches!(step.outcome, Some(Outcome::TimedOut | Outcome::Cancelled)) => {}
        (_, Some(signal)) => parts.push(words::signal(signal)),
        (Some(code), None) if code != 0 => parts.push(format!("exit {code}")),
        _ => {}
    }
    if step.attempts > 0 {
        parts.push(words::duration(Duration::from_millis(step.duration_ms)));
    }
    if step.attempts > 1 {
        parts.push(format!("{} attempts", step.attempts));
    }
    parts.extend(step.tests.map(words::tests));
    if parts.is_empty() { String::new() } else { format!("  {}", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::check::Ended;
    use crate::plan::{Plan, Step};
    use crate::record::sample::{NOW, at, ended, entry, name, plan, step, verdict};
    use crate::verdict::{Finding, Kind, Proof, Standing, Verdict};

    fn view() -> View<'static> {
        View { style: Style::plain(), width: 80, now: at(300), logs: None, detail: Detail::Notable, recorded: true }
    }

    fn reused(text: &str, seconds_ago: i64) -> Step {
        let mut step = step(text, "old", "new");
        step.decision = Decision::Reuse;
        let finished = i64::try_from(NOW).unwrap() + 300 - seconds_ago;
        step.reasons = vec![Reason::Receipt { run: "0k0".into(), finished }];
        step
    }

    fn failed(text: &str, outcome: Outcome) -> Finding {
        Finding { cause: Cause::Step { step: name(text), outcome }, leads_to: Some(Kind::Rejected) }
    }

    #[track_caller]
    fn shown(plan: &Plan, ended: &[Ended], verdict: &Verdict) -> String {
        let text = render(&entry("0k1aaa", 0, plan, ended, verdict), &view());
        for line in text.lines().filter(|line| !line.contains("log: ") && !line.contains(" | ")) {
            assert!(line.chars().count() <= 80 && line == line.trim_end(), "{line:?}");
        }
        text
    }

    #[test]
    fn nothing_to_do_is_one_sentence() {
        let plan = plan(vec![reused("fmt", 300), reused("test", 7200)]);
        insta::assert_snapshot!(shown(&plan, &[], &verdict(Kind::Deployable, Vec::new())), @r"deployable: 2 reused, newest from 5 minutes ago, against origin/main.");
    }

    #[test]
    fn failures_come_first_with_the_end_of_their_output() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("test.log");
        fs_err::write(&log, "compiling\n\u{1b}[31merror\u{1b}[0m: it broke\u{1b}[2J\n").unwrap();
        let plan = plan(vec![step("fmt", "a", "b"), step("test", "a", "b"), step("e2e", "a", "a")]);
        let done = [
            ended("fmt", Outcome::Passed),
            Ended { log: Some(log), exit: Some(101), attempts: 2, ..ended("test", Outcome::Failed) },
        ];
        let text = shown(&plan, &done, &verdict(Kind::Rejected, vec![failed("test", Outcome::Failed)]));
        let text = text.replace(folder.path().to_str().unwrap(), "LOGS");
        insta::assert_snapshot!(text, @r"
             failed test  exit 101, 1.5s, 2 attempts
                    ran because src/a.rs is modified
                    | compiling
                    | error: it broke
                    log: LOGS/test.log

        rejected: test failed (1 failed, 1 passed, 1 unchanged, against origin/main).
          Fix it and run `gate check` again; `gate show 0k1aaa` shows this again.
        ");
    }

    #[test]
    fn logs_are_found_where_the_path_is_not_utf8() {
        use std::os::unix::ffi::OsStringExt;
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join(PathBuf::from(std::ffi::OsString::from_vec(b"caf\xe9".to_vec())));
        let log = logs.join("0k1aaa/test.log");
        fs_err::create_dir_all(log.parent().unwrap()).unwrap();
        fs_err::write(&log, "it broke\n").unwrap();
        let plan = plan(vec![step("test", "a", "b")]);
        let done = Ended { log: Some(log), ..ended("test", Outcome::Failed) };
        let entry = entry("0k1aaa", 0, &plan, &[done], &verdict(Kind::Rejected, Vec::new()));
        assert!(render(&entry, &View { logs: Some(&logs), ..view() }).contains("| it broke\n"));
        assert!(render(&entry, &view()).contains("its output can't be read"));
    }

    #[test]
    fn every_outcome_is_told() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let plan = plan(names.map(|name| step(name, "old", "new")).to_vec());
        let ends = names.iter().zip(Outcome::ALL);
        let done = ends.map(|(name, outcome)| {
            let signal = (outcome == Outcome::TimedOut).then_some(9);
            let note = (outcome == Outcome::Leaked).then(|| "'sleep' outlived it".to_owned());
            let attempts = u32::from(outcome != Outcome::NotStarted) + u32::from(outcome == Outcome::Flaky);
            Ended { log: None, signal, note, attempts, ..ended(name, outcome) }
        });
        let done: Vec<_> = done.collect();
        let causes =
            [("b", Outcome::Failed), ("d", Outcome::TimedOut), ("g", Outcome::Leaked), ("h", Outcome::Modified)];
        let findings = causes.map(|(name, outcome)| failed(name, outcome)).to_vec();
        insta::assert_snapshot!(shown(&plan, &done, &verdict(Kind::Rejected, findings)), @r"
             failed b  exit 1, 1.5s
                    ran because src/a.rs is modified
          timed-out d  1.5s
                    ran because src/a.rs is modified
             leaked g  exit 1, 1.5s
                    'sleep' outlived it
                    ran because src/a.rs is modified
           modified h  exit 1, 1.5s
                    ran because src/a.rs is modified
              flaky c  exit 1, 1.5s, 2 attempts
          cancelled e  exit 1, 1.5s
        not-started f  exit 1
        rejected: b failed, d timed out and 2 more (1 failed, 1 timed-out, 1 leaked, 1
          modified, 1 cancelled, 1 not-started, 1 flaky, 1 passed, against origin/main).
          Fix them and run `gate check` again; `gate show 0k1aaa` shows this again.
        ");
    }

    #[test]
    fn every_step_is_listed_where_asked_for() {
        let mut skipped = step("slow", "a", "a");
        skipped.reasons = vec![Reason::Asked { why: "flaky today\u{1b}[2J".into() }];
        let mut left_out = step("other", "a", "a");
        left_out.reasons = vec![Reason::NotSelected];
        let plan = plan(vec![
            reused("fmt", 60),
            step("lint", "a", "a"),
            skipped,
            left_out,
            step("a-check-with-a-rather-long-name", "a", "b"),
        ]);
        let plan = Plan { narrowed: true, ..plan };
        let done = [ended("a-check-with-a-rather-long-name", Outcome::Passed)];
        let entry = entry("0k1aaa", 0, &plan, &done, &verdict(Kind::Clear, Vec::new()));
        insta::assert_snapshot!(render(&entry, &view()), @r"
            skipped slow: on request: flaky today\u{1b}[2J
        clear: nothing found against it by the steps that were asked for (1 passed, 1
          reused from 1 minute ago, 1 unchanged, 1 skipped on request, 1 left out by
          --only, against origin/main).
        ");
        insta::assert_snapshot!(render(&entry, &View { detail: Detail::Every, ..view() }), @r"
             reused fmt: passed in run 0k0, 1 minute ago
            skipped lint: equals the base
            skipped slow: on request: flaky today\u{1b}[2J
            skipped other: --only names other checks
             passed a-check-with-a-rather-long-name  1.5s
        clear: nothing found against it by the steps that were asked for (1 passed, 1
          reused from 1 minute ago, 1 unchanged, 1 skipped on request, 1 left out by
          --only, against origin/main).
        ");
    }

    #[test]
    fn each_verdict_has_its_sentence() {
        let both = || plan(vec![step("a", "old", "new"), step("b", "same", "same")]);
        let passed = [ended("a", Outcome::Passed)];
        let standing =
            |steps: &[&str]| Standing::Broken { run: "0k0".into(), steps: steps.iter().map(|s| name(s)).collect() };
        let weakened = Cause::Weakened { check: "a".into(), how: "its timeout is longer".into() };
        let sentences = [
            Verdict { proof: Some(Proof::Relative), ..verdict(Kind::Deployable, Vec::new()) },
            Verdict { standing: standing(&["a", "b"]), ..verdict(Kind::Mends, Vec::new()) },
            Verdict { standing: standing(&["a"]), ..verdict(Kind::Mends, Vec::new()) },
            verdict(Kind::Clear, vec![Finding { cause: weakened.clone(), leads_to: None }]),
            verdict(Kind::Rejected, vec![Finding { cause: weakened, leads_to: Some(Kind::Rejected) }]),
            verdict(Kind::Rejected, vec![Finding { cause: Cause::RulesRemoved, leads_to: Some(Kind::Rejected) }]),
            verdict(Kind::Undecided, Vec::new()),
        ]
        .map(|verdict| shown(&both(), &passed, &verdict));
        insta::assert_snapshot!(sentences.join("\n"), @r"
        deployable if origin/main is: 1 passed, 1 unchanged. Run `gate check --all` to
          prove it.

        mends: a failed on the base and passed here, b still not; it may land, but not
          be deployed (1 passed, 1 unchanged, against origin/main).

        mends: a failed on the base and passed here; it may land, but not be deployed (1
          passed, 1 unchanged, against origin/main).

            warning the check a is weakened: its timeout is longer
        clear: nothing found against it (1 passed, 1 unchanged, against origin/main).

         against it the check a is weakened: its timeout is longer
        rejected: a is weakened (1 passed, 1 unchanged, against origin/main). Leave the
          gate as strict as it is, or have it allowed: `gate merge-check --help` says
          how; `gate show 0k1aaa` shows this again.

        rejected: gate.toml is taken away (1 passed, 1 unchanged, against origin/main).
          Put gate.toml back; `gate show 0k1aaa` shows this again.

        undecided: nothing failed in your own tree, which proves nothing (1 passed, 1
          unchanged, against origin/main). Run `gate check` without --here for a
          verdict.
        ");
        let mut here = both();
        here.steps[0].reasons = vec![Reason::Here];
        insta::assert_snapshot!(shown(&here, &passed, &verdict(Kind::Undecided, Vec::new())), @r"
        undecided: nothing failed in your own tree, which proves nothing (1 passed, 1
          unchanged, against origin/main). Run `gate check` without --here for a
          verdict.
        ");
        insta::assert_snapshot!(shown(&plan(Vec::new()), &[], &verdict(Kind::Deployable, Vec::new())), @r"deployable: there is nothing to check, against origin/main.");
    }

    #[test]
    fn a_missing_base_and_notes_are_told() {
        let plan = plan(vec![step("a", "old", "new")]);
        let mut entry = entry("0k1aaa", 0, &plan, &[ended("a", Outcome::Passed)], &verdict(Kind::Clear, Vec::new()));
        entry.base = None;
        entry.no_base = Some(NoBase::Shallow { branch: "refs/heads/main".into() });
        entry.notes = vec!["the variable TOKEN is passed and does not count\u{7}".into()];
        insta::assert_snapshot!(render(&entry, &view()), @r"
               note the variable TOKEN is passed and does not count\u{7}
               note there is no base to compare with: the clone is shallow, and the
                    merge-base with main may be wrong
        clear: nothing found against it (1 passed).
        ");
    }

    #[test]
    fn colours_mark_the_words_only() {
        let plan = plan(vec![reused("fmt", 300)]);
        let style = Style::new(crate::report::Choice::Always, &crate::report::Hints::default(), false);
        let entry = entry("0k1aaa", 0, &plan, &[], &verdict(Kind::Deployable, Vec::new()));
        let text = render(&entry, &View { style, ..view() });
        assert!(text.starts_with("\u{1b}[32mdeployable\u{1b}[0m: 1 reused"), "{text:?}");
    }
}
