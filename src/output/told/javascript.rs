//! Jest and Vitest.

use std::collections::BTreeSet;

use super::tally::{Runner, Tally, number_before};
use crate::check::TestCounts;

/// <https://jestjs.io/docs/cli>
#[derive(Default)]
pub(super) struct Jest {
    tally: Tally,
    /// The test file.
    place: String,
    failed: BTreeSet<String>,
}

impl Runner for Jest {
    fn line(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("  ● ").filter(|name| *name != "Console") {
            let place = &self.place;
            self.failed.insert(if place.is_empty() { name.to_owned() } else { format!("{place} {name}") });
        } else if let Some(file) =
            line.strip_prefix("FAIL ").or_else(|| line.strip_prefix("PASS ")).filter(|file| !file.starts_with(' '))
        {
            file.clone_into(&mut self.place);
        } else if let Some(rest) = line.trim_start().strip_prefix("Tests:").filter(|rest| rest.ends_with(" total")) {
            let counts = counts(rest);
            self.tally.uncounted |= number_before(rest, " total") != Some(counts.ran() + counts.skipped);
            let failed = std::mem::take(&mut self.failed);
            self.tally.close(counts, failed);
        } else if line == "No tests found, exiting with code 0" {
            self.tally.close(TestCounts::default(), BTreeSet::new());
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        self.tally.unnamed |= !self.failed.is_empty();
        self.tally
    }
}

/// <https://vitest.dev/guide/reporters.html>
#[derive(Default)]
pub(super) struct Vitest {
    tally: Tally,
    failed: BTreeSet<String>,
}

impl Runner for Vitest {
    fn line(&mut self, line: &str) {
        let line = line.trim_start();
        if let Some(name) = line.strip_prefix("FAIL  ").filter(|name| name.contains(" > ")) {
            self.failed.insert(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("Tests  ").filter(|rest| rest.ends_with(')')) {
            let counts = counts(rest);
            self.tally.uncounted |= number_before(rest, ")") != Some(counts.ran() + counts.skipped);
            let failed = std::mem::take(&mut self.failed);
            self.tally.close(counts, failed);
        } else if line == "Tests  no tests" || line == "No test files found, exiting with code 0" {
            self.tally.close(TestCounts::default(), BTreeSet::new());
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        self.tally.unnamed |= !self.failed.is_empty();
        self.tally
    }
}

/// `1 failed, 2 skipped, 3 todo, 4 passed, 10 total`.
fn counts(text: &str) -> TestCounts {
    let count = |word: &str| number_before(text, word).unwrap_or_default();
    TestCounts {
        passed: count(" passed"),
        failed: count(" failed"),
        skipped: count(" skipped").saturating_add(count(" todo")),
        filtered: 0,
    }
}
