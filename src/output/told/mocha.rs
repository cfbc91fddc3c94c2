//! Mocha, and what is made of it.

use std::collections::BTreeSet;

use super::tally::{Runner, Tally, number_before};
use crate::check::TestCounts;

/// <https://mochajs.org/>; every reporter for people ends alike: how many passed, are pending and failed, and what failed,
/// numbered, the names of suites each on a line of its own and each deeper than the one before.
#[derive(Default)]
pub(super) struct Mocha {
    tally: Tally,
    /// The summary that is being read.
    open: Option<Summary>,
}

#[derive(Default)]
struct Summary {
    counts: TestCounts,
    names: BTreeSet<String>,
    /// How many failures were begun.
    begun: u64,
    /// The names of the suites, and of the test at last, of the failure that is being read.
    title: Vec<String>,
    /// Whether the names are not to be relied on.
    doubtful: bool,
}

impl Runner for Mocha {
    fn line(&mut self, line: &str) {
        if let Some(passed) = passing(line) {
            self.close();
            self.open = Some(Summary { counts: TestCounts { passed, ..TestCounts::default() }, ..Summary::default() });
        } else if let Some(summary) = &mut self.open {
            summary.line(line);
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        self.close();
        self.tally
    }
}

impl Mocha {
    fn close(&mut self) {
        let Some(mut summary) = self.open.take() else { return };
        summary.end_title();
        self.tally.unnamed |= summary.doubtful;
        self.tally.close(summary.counts, summary.names);
    }
}

/// `  3 passing (5ms)`.
fn passing(line: &str) -> Option<u64> {
    let (number, time) = line.trim_start().split_once(" passing (")?;
    let is_time = time.ends_with(')') && time.starts_with(|c: char| c.is_ascii_digit());
    number.parse().ok().filter(|_| is_time && line.starts_with(' '))
}

impl Summary {
    fn line(&mut self, line: &str) {
        let text = line.trim_start();
        if self.begun == 0 && self.counts.failed == 0 && text.ends_with(" pending") {
            self.counts.skipped = number_before(text, " pending").unwrap_or_default();
        } else if self.begun == 0 && self.counts.failed == 0 && text.ends_with(" failing") {
            self.counts.failed = number_before(text, " failing").unwrap_or_default();
        } else if let Some((number, name)) = numbered(line) {
            self.end_title();
            self.begun += 1;
            self.doubtful |= number != self.begun;
            self.title.push(name.to_owned());
        } else if !self.title.is_empty() {
            if line.len() - text.len() == 5 + 2 * self.title.len() {
                self.title.push(text.to_owned());
            } else {
                self.end_title();
            }
        }
    }

    /// Takes the title that is there. Where a hook failed, the tests after it did not run.
    fn end_title(&mut self) {
        let title = std::mem::take(&mut self.title);
        let Some(last) = title.last() else { return };
        self.doubtful |= !last.ends_with(':') || last.contains("\" hook");
        self.names.insert(title.join(" > ").trim_end_matches(':').to_owned());
    }
}

/// `  1) name`.
fn numbered(line: &str) -> Option<(u64, &str)> {
    let (number, name) = line.strip_prefix("  ")?.split_once(") ")?;
    number.parse().ok().map(|number| (number, name))
}
