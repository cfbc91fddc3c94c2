//! A run as events tell of it: what goes on, and what is to be said once. No I/O.

use std::time::{Duration, Instant};

use super::clean::{clean, fit};
use super::fixes;
use super::page::{LEFT, label_column};
use super::style::{Label, Style};
use super::words;
use crate::check::{CheckName, Outcome};
use crate::event::Event;

/// How long something goes on before it gets a line of its own: what is quicker would only flicker.
const SHOWN_AFTER: Duration = Duration::from_millis(200);

/// How long nothing is written before it is said what is running.
const SILENCE: Duration = Duration::from_secs(1);

/// How long the same is not said again.
const SAID_AGAIN: Duration = Duration::from_secs(30);

/// The frames of a spinner, a tick apart.
const SPINNER: [&str; 4] = ["|", "/", "-", "\\"];

/// What goes on.
#[derive(Debug)]
pub(super) struct Board {
    style: Style,
    going: Vec<Going>,
    steps: usize,
    done: usize,
    written: Instant,
    said: Option<(Vec<String>, Instant)>,
}

/// One thing that goes on.
#[derive(Debug)]
struct Going {
    name: String,
    since: Instant,
    attempt: u32,
    is_step: bool,
}

impl Board {
    pub(super) fn new(style: Style, now: Instant) -> Self {
        Self { style, going: Vec::new(), steps: 0, done: 0, written: now, said: None }
    }

    /// Takes an event; gives the line that stays on the screen, if there is one.
    pub(super) fn take(&mut self, event: &Event, now: Instant) -> Option<String> {
        let line = match event {
            Event::Planned { running, .. } => {
                self.steps = *running;
                None
            }
            Event::CheckoutStarted { cold } => {
                self.begin("checkout", now);
                let text = "a private checkout is made from nothing; later runs start warm";
                cold.then(|| self.line("cold start", Label::Warning, text))
            }
            Event::PrepareStarted { command } => {
                self.end("checkout");
                self.going.retain(|going| going.is_step);
                self.begin(&format!("prepare: {command}"), now);
                None
            }
            Event::CheckoutReady { duration, .. } => {
                self.going.retain(|going| going.is_step);
                let text = || format!("checkout  {}", words::duration(*duration));
                (*duration >= SILENCE).then(|| self.line("ready", Label::Good, &text()))
            }
            Event::StepStarted { step, attempt } => {
                self.end(step.as_str());
                self.going.push(Going { name: step.to_string(), since: now, attempt: *attempt, is_step: true });
                None
            }
            Event::StepRetried { step, attempt, outcome } => {
                let text = format!("{step}  attempt {attempt} {}", words::ended(*outcome));
                Some(self.line("retrying", Label::Warning, &text))
            }
            Event::StepFinished { step, outcome, duration, attempts, tests, .. } => {
                self.end(step.as_str());
                self.done += 1;
                let time = if *attempts == 0 { String::new() } else { format!("  {}", words::duration(*duration)) };
                let tests = tests.map(|tests| format!(", {}", words::tests(tests))).unwrap_or_default();
                Some(self.line(outcome.as_str(), label(*outcome), &format!("{step}{time}{tests}")))
            }
            Event::FixStarted { check } => {
                self.going.push(Going { name: fixer(check), since: now, attempt: 1, is_step: true });
                None
            }
            Event::FixFinished { check, .. } => {
                self.end(&fixer(check));
                None
            }
            Event::Fixed { fixes } => {
                let mut lines: Vec<String> =
                    fixes::lines(fixes).iter().map(|line| self.line(line.word, line.label, &line.text)).collect();
                lines.extend(fixes::command(fixes).map(|text| format!("{:>LEFT$} {text}", "")));
                (!lines.is_empty()).then(|| lines.join("\n"))
            }
            Event::Cancelling { cause } => Some(self.line("stopping", Label::Warning, cause)),
            Event::Notice { text } => Some(self.line("note", Label::Warning, text)),
        };
        if line.is_some() {
            self.written = now;
        }
        line
    }

    /// A line for each thing that has gone on for a while, fit for a window of so many columns and lines.
    pub(super) fn live(&self, now: Instant, columns: usize, lines: usize) -> Vec<String> {
        let age = |going: &Going| now.saturating_duration_since(going.since);
        let shown: Vec<&Going> = self.going.iter().filter(|going| age(going) >= SHOWN_AFTER).collect();
        let room = lines.saturating_sub(2).max(1);
        let fitting = if shown.len() > room { room - 1 } else { shown.len() };
        let mut text: Vec<String> = shown[..fitting].iter().map(|going| self.live_line(going, now, columns)).collect();
        if fitting < shown.len() {
            let more = format!("{:>LEFT$} {} more running", "", shown.len() - fitting);
            text.push(fit(&more, columns.saturating_sub(1)));
        } else if !text.is_empty() && self.steps > self.going.len() && text.len() < room {
            let count = format!("{:>LEFT$} {} of {} done", "", self.done, self.steps);
            text.push(self.style.paint(Label::Faint, &fit(&count, columns.saturating_sub(1))));
        }
        text
    }

    /// What is running, where nothing was written for a while and it was not said yet.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<String> {
        let names: Vec<String> = self.going.iter().map(|going| going.name.clone()).collect();
        if names.is_empty() || now.saturating_duration_since(self.written) < SILENCE {
            return None;
        }
        let old =
            |(said, at): &(Vec<String>, Instant)| *said != names || now.saturating_duration_since(*at) >= SAID_AGAIN;
        if !self.said.as_ref().is_none_or(old) {
            return None;
        }
        let with_time = |going: &Going| match now.saturating_duration_since(going.since).as_secs() {
            0 => going.name.clone(),
            age => format!("{} ({})", going.name, words::rough(age)),
        };
        let texts: Vec<String> = self.going.iter().map(with_time).collect();
        let count = if self.steps > 0 { format!(", {} of {} done", self.done, self.steps) } else { String::new() };
        self.said = Some((names, now));
        self.written = now;
        Some(self.line("running", Label::Running, &format!("{}{count}", words::listed(&texts))))
    }

    fn live_line(&self, going: &Going, now: Instant, columns: usize) -> String {
        let age = now.saturating_duration_since(going.since);
        let frame = SPINNER[usize::try_from(age.as_millis() / 100).unwrap_or(0) % SPINNER.len()];
        let again = if going.attempt > 1 { format!(", attempt {}", going.attempt) } else { String::new() };
        let time = format!("  {}s{again}", age.as_secs());
        // The last column stays free: some terminals break the line there.
        let room = columns.saturating_sub(LEFT + 2 + time.chars().count());
        let padding = " ".repeat(LEFT - "running".len() - 2);
        let word = self.style.paint(Label::Running, "running");
        format!("{padding}{frame} {word} {}{time}", fit(&clean(&going.name), room))
    }

    fn begin(&mut self, name: &str, now: Instant) {
        self.going.push(Going { name: name.to_owned(), since: now, attempt: 1, is_step: false });
    }

    fn end(&mut self, name: &str) {
        self.going.retain(|going| going.name != name);
    }

    fn line(&self, word: &str, label: Label, text: &str) -> String {
        format!("{} {}", label_column(self.style, word, label), clean(text))
    }
}

fn fixer(check: &CheckName) -> String {
    format!("the fixer of {check}")
}

fn label(outcome: Outcome) -> Label {
    match outcome {
        Outcome::Passed => Label::Good,
        Outcome::Flaky | Outcome::Cancelled | Outcome::NotStarted => Label::Warning,
        Outcome::Failed | Outcome::TimedOut | Outcome::Leaked | Outcome::Modified => Label::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Stage;
    use crate::record::sample::name;

    struct Case {
        board: Board,
        zero: Instant,
    }

    impl Case {
        fn new() -> Self {
            let zero = Instant::now();
            Self { board: Board::new(Style::plain(), zero), zero }
        }

        fn at(&self, milliseconds: u64) -> Instant {
            self.zero + Duration::from_millis(milliseconds)
        }

        fn take(&mut self, milliseconds: u64, event: &Event) -> Option<String> {
            let now = self.at(milliseconds);
            self.board.take(event, now)
        }

        fn start(&mut self, milliseconds: u64, step: &str) {
            assert_eq!(self.take(milliseconds, &Event::StepStarted { step: name(step), attempt: 1 }), None);
        }

        fn live(&self, milliseconds: u64) -> String {
            self.board.live(self.at(milliseconds), 80, 24).join("\n")
        }

        fn overdue(&mut self, milliseconds: u64) -> Option<String> {
            let now = self.at(milliseconds);
            self.board.overdue(now)
        }
    }

    fn finished(step: &str, outcome: Outcome, milliseconds: u64) -> Event {
        Event::StepFinished {
            step: name(step),
            outcome,
            exit: Some(0),
            signal: None,
            duration: Duration::from_millis(milliseconds),
            attempts: u32::from(outcome != Outcome::NotStarted),
            tests: None,
            log: None,
        }
    }

    fn planned(running: usize) -> Event {
        Event::Planned { run: "0k".into(), stage: Stage::Merge, running, reused: 2, skipped: 1, slots: 2 }
    }

    #[test]
    fn lines_that_stay() {
        let mut case = Case::new();
        let duration = Duration::from_millis(4200);
        let events = [
            planned(2),
            Event::CheckoutStarted { cold: true },
            Event::PrepareStarted { command: "npm ci".into() },
            Event::CheckoutReady { written: 9, duration },
            Event::StepStarted { step: name("fmt"), attempt: 1 },
            Event::StepRetried { step: name("fmt"), attempt: 1, outcome: Outcome::TimedOut },
            finished("fmt", Outcome::Flaky, 61_000),
            finished("test", Outcome::Failed, 40),
            finished("e2e", Outcome::NotStarted, 0),
            Event::Cancelling { cause: "SIGINT".into() },
            Event::Notice { text: "two\nlines \u{1b}[2J".into() },
        ];
        let lines: Vec<String> = events.iter().filter_map(|event| case.take(0, event)).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
         cold start a private checkout is made from nothing; later runs start warm
              ready checkout  4.2s
           retrying fmt  attempt 1 timed out
              flaky fmt  1m 01s
             failed test  0.04s
        not-started e2e
           stopping SIGINT
               note two\nlines \u{1b}[2J
        ");
    }

    #[test]
    fn a_warm_start_says_nothing() {
        let mut case = Case::new();
        let duration = Duration::from_millis(999);
        for event in [planned(0), Event::CheckoutStarted { cold: false }, Event::CheckoutReady { written: 9, duration }]
        {
            assert_eq!(case.take(0, &event), None, "{event:?}");
        }
        assert_eq!(case.overdue(5000), None, "nothing goes on");
    }

    #[test]
    fn each_running_step_has_a_live_line() {
        let mut case = Case::new();
        case.start(0, "fmt");
        case.start(100, &"long-".repeat(20));
        assert_eq!(case.live(199), "", "nothing flickers");
        insta::assert_snapshot!(case.live(2250), @r"
        - running fmt  2s
        / running long-long-long-long-long-long-long-long-long-long-long-long-lo…  2s
        ");
        assert!(case.live(2250).lines().all(|line| line.chars().count() < 80));
        case.take(2300, &finished("fmt", Outcome::Passed, 2300));
        case.take(2300, &Event::StepStarted { step: name("test"), attempt: 2 });
        assert!(!case.live(3000).contains("fmt"));
        assert!(case.live(3000).contains("test  0s, attempt 2"));
    }

    #[test]
    fn live_lines_fit_the_window() {
        let mut case = Case::new();
        for number in 0..30 {
            case.start(0, &format!("step-{number}"));
        }
        let lines = case.board.live(case.at(1000), 40, 10);
        assert_eq!((lines.len(), lines[7].trim()), (8, "23 more running"));
        assert!(case.board.live(case.at(1000), 5, 1).len() == 1);
    }

    #[test]
    fn silence_is_broken_after_a_second() {
        let mut case = Case::new();
        case.take(0, &planned(3));
        case.start(0, "fmt");
        case.start(0, "test");
        assert_eq!(case.overdue(999), None);
        insta::assert_snapshot!(case.overdue(1000).unwrap(), @r"    running fmt (1 second) and test (1 second), 0 of 3 done");
        assert_eq!(case.overdue(30_999), None, "the same is not said again at once");
        insta::assert_snapshot!(case.overdue(31_000).unwrap(), @r"    running fmt (31 seconds) and test (31 seconds), 0 of 3 done");
        case.take(40_000, &finished("fmt", Outcome::Passed, 40_000));
        assert_eq!(case.overdue(40_900), None);
        insta::assert_snapshot!(case.overdue(41_000).unwrap(), @r"    running test (41 seconds), 1 of 3 done");
    }
}
