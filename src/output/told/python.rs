//! pytest and unittest.

use std::collections::BTreeSet;

use super::tally::{Runner, Tally, number_before};
use crate::check::TestCounts;

/// <https://docs.pytest.org/en/stable/how-to/output.html>
#[derive(Default)]
pub(super) struct Pytest {
    tally: Tally,
    failed: BTreeSet<String>,
}

impl Runner for Pytest {
    fn line(&mut self, line: &str) {
        for word in ["FAILED ", "ERROR "] {
            if let Some(rest) = line.strip_prefix(word)
                && rest.contains(".py")
            {
                self.failed.insert(rest.split(" - ").next().unwrap_or(rest).to_owned());
                return;
            }
        }
        if let Some(counts) = pytest_summary(line) {
            let failed = std::mem::take(&mut self.failed);
            self.tally.close(counts, failed);
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        self.tally.unnamed |= !self.failed.is_empty();
        self.tally
    }
}

/// `== 1 failed, 2 passed, 3 deselected in 0.04s ==`, with -q without the frame.
fn pytest_summary(line: &str) -> Option<TestCounts> {
    let is_framed = line.starts_with('=');
    let (numbers, time) = line.trim_matches('=').trim().rsplit_once(" in ")?;
    let is_time = |word: &str| {
        let number = word.strip_suffix('s').filter(|number| !number.is_empty());
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
    };
    if !is_time(time.split(' ').next().unwrap_or_default()) {
        return None;
    }
    let (mut counts, mut is_about_tests) = (TestCounts::default(), is_framed);
    for item in numbers.split(", ").filter(|_| numbers != "no tests ran") {
        let (number, word) = item.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        let to = match word {
            "passed" | "xfailed" => &mut counts.passed,
            "failed" | "xpassed" | "error" | "errors" | "subtests failed" => &mut counts.failed,
            "skipped" => &mut counts.skipped,
            "deselected" => &mut counts.filtered,
            "warning" | "warnings" | "rerun" | "subtests passed" | "subtests skipped" => continue,
            _ => return None,
        };
        *to = to.saturating_add(number);
        is_about_tests = true;
    }
    (is_about_tests || numbers == "no tests ran").then_some(counts)
}

/// <https://docs.python.org/3/library/unittest.html>
#[derive(Default)]
pub(super) struct Unittest {
    tally: Tally,
    failed: BTreeSet<String>,
    /// How many tests were started, where it is not said yet how they ended.
    ran: Option<u64>,
}

impl Runner for Unittest {
    fn line(&mut self, line: &str) {
        let named = line.strip_prefix("FAIL: ").or_else(|| line.strip_prefix("ERROR: "));
        if let Some(name) = named.filter(|name| name.contains(" (") && name.ends_with(')')) {
            self.failed.insert(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("Ran ").filter(|rest| is_length(rest)) {
            if self.ran.is_some() {
                self.tally.spoil();
            }
            self.ran = number_before(rest, " test");
        } else if let Some(ran) = self.ran {
            let words = ["OK", "FAILED", "NO TESTS RAN"];
            let ends = words.iter().find_map(|word| line.strip_prefix(word));
            let ends = ends.filter(|rest| rest.is_empty() || (rest.starts_with(" (") && rest.ends_with(')')));
            if let Some(rest) = ends {
                self.ran = None;
                let failed = std::mem::take(&mut self.failed);
                self.tally.close(unittest_counts(ran, rest), failed);
            }
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        self.tally.unnamed |= !self.failed.is_empty();
        if self.ran.is_some() {
            self.tally.spoil();
        }
        self.tally
    }
}

/// `2 tests in 0.001s`.
fn is_length(rest: &str) -> bool {
    let length = rest.split_once(" tests in ").or_else(|| rest.split_once(" test in "));
    length.is_some_and(|(_, time)| time.ends_with('s'))
}

/// ` (failures=1, skipped=2, expected failures=3)`; what was skipped was started too.
fn unittest_counts(ran: u64, rest: &str) -> TestCounts {
    let mut counts = TestCounts::default();
    for item in rest.trim_start_matches(" (").trim_end_matches(')').split(", ") {
        let Some((word, number)) = item.split_once('=') else { continue };
        let to = match word {
            "failures" | "errors" | "unexpected successes" => &mut counts.failed,
            "skipped" => &mut counts.skipped,
            _ => continue,
        };
        *to = to.saturating_add(number.parse().unwrap_or_default());
    }
    counts.passed = ran.saturating_sub(counts.failed).saturating_sub(counts.skipped);
    counts
}
