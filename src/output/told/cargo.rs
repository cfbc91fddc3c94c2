//! Rust's own test harness, as `cargo test` shows it, and nextest.

use std::collections::BTreeSet;

use super::tally::{Runner, Tally, number_after, number_before};
use crate::check::TestCounts;

/// Both, since nextest shows what the harness says of tests that fail.
#[derive(Default)]
pub(super) struct Cargo {
    tally: Tally,
    /// The test binary: tests of the same name are told apart by it.
    place: String,
    /// How many tests a binary is running.
    running: Option<u64>,
    /// Tests of it that failed.
    failed: BTreeSet<String>,
    /// Tests that failed under nextest.
    failed_next: BTreeSet<String>,
    next: Next,
    /// How many binaries are said to have failed without it being said that the others ran.
    stops: u64,
}

/// How far nextest has come.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Absent,
    /// It runs: what looks like the harness is what a test wrote.
    Running,
    /// It has ended, and tells again what tests that failed wrote.
    Repeating,
}

impl Runner for Cargo {
    fn line(&mut self, line: &str) {
        self.nextest(line.trim_start());
        let is_header = self.header(line.trim_start());
        if is_header && self.next == Next::Repeating {
            self.next = Next::Absent;
        }
        if self.next == Next::Absent && !is_header {
            self.libtest(line);
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        self.tally.unnamed |= self.stops > 0 || !self.failed.is_empty() || !self.failed_next.is_empty();
        if self.running.is_some() || self.next == Next::Running {
            self.tally.spoil();
        }
        self.tally
    }
}

impl Cargo {
    /// <https://doc.rust-lang.org/cargo/commands/cargo-test.html>
    fn header(&mut self, line: &str) -> bool {
        if let Some(place) = line.strip_prefix("Running ").and_then(|rest| rest.split_once(" (")) {
            place.0.clone_into(&mut self.place);
        } else if let Some(place) = line.strip_prefix("Doc-tests ") {
            self.place = format!("doc {place}");
        } else {
            return false;
        }
        true
    }

    fn libtest(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("running ").filter(|rest| rest.ends_with(" tests") || *rest == "1 test") {
            // A binary that says nothing more has crashed.
            if self.running.is_some() {
                self.tally.spoil();
            }
            self.running = number_before(rest, " test");
        } else if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            let place = &self.place;
            self.failed.insert(if place.is_empty() { name.to_owned() } else { format!("{place} {name}") });
        } else if let Some(rest) = line.strip_prefix("test result: ") {
            self.result(rest);
        } else if line.starts_with("error: test failed, to rerun pass") {
            self.stops += 1;
        } else if line.starts_with("error: ")
            && (line.ends_with(" target failed:") || line.ends_with(" targets failed:"))
        {
            // With --no-fail-fast it says at the end how many failed in all.
            self.stops = self.stops.saturating_sub(number_after(line, "error: ").unwrap_or_default());
        }
    }

    /// The last line of a binary; what is not of the tests that it runs, one of them has written.
    fn result(&mut self, rest: &str) {
        let count = |noun| number_before(rest, noun).unwrap_or_default();
        let counts = TestCounts {
            passed: count(" passed").saturating_add(count(" measured")),
            failed: count(" failed"),
            skipped: count(" ignored"),
            filtered: count(" filtered out"),
        };
        let Some(running) = self.running else { return self.tally.spoil() };
        if counts.ran().saturating_add(counts.skipped) == running {
            self.running = None;
            let failed = std::mem::take(&mut self.failed);
            self.tally.close(counts, failed);
        }
    }

    /// <https://nexte.st/docs/reporting/>
    fn nextest(&mut self, line: &str) {
        if line.starts_with("Nextest run ID ") || (line.starts_with("Starting ") && line.contains(" across ")) {
            self.next = Next::Running;
        } else if let Some(rest) = line.strip_prefix("Summary [") {
            self.summary(rest);
        } else if self.next != Next::Repeating
            && let Some(rest) = line.strip_prefix("FAIL [").or_else(|| line.strip_prefix("TIMEOUT ["))
            && let Some((_, name)) = rest.split_once("] ")
        {
            self.next = Next::Running;
            let name = name.trim_start().trim_start_matches(|c: char| "(/ )".contains(c) || c.is_ascii_digit());
            self.failed_next.insert(name.to_owned());
        }
    }

    fn summary(&mut self, rest: &str) {
        let count = |noun| number_before(rest, noun).unwrap_or_default();
        let Some(ran) = number_before(rest, " tests run").or_else(|| number_before(rest, " test run")) else { return };
        let failed = count(" failed") + count(" exec failed") + count(" timed out");
        // `3/10 tests run`: the others were not.
        let number = rest.split(" test").next().and_then(|head| head.rsplit(' ').next());
        self.tally.unnamed |= number.is_some_and(|number| number.contains('/'));
        let counts = TestCounts { passed: ran.saturating_sub(failed), failed, skipped: count(" skipped"), filtered: 0 };
        let names = std::mem::take(&mut self.failed_next);
        self.tally.close(counts, names);
        self.next = if failed > 0 { Next::Repeating } else { Next::Absent };
    }
}
