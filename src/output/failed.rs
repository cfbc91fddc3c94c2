//! Which tests failed, as their runner names them.
//!
//! Names are only told where the runner tells how many failed, and as many names are there: a runner that stopped early, a
//! crash or a name that was overlooked must not make fewer tests fail than did.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use bstr::ByteSlice;

use super::plain::plain;
use super::scan::{BYTES, next_line};
use crate::check::FailedTests;

/// What is known of one runner's part of a log.
#[derive(Default)]
struct Part {
    /// Names that no summary has confirmed yet.
    open: BTreeSet<String>,
    /// Where tests of the same name are told apart: a binary's or a package's name.
    place: String,
}

/// Reads a log.
#[derive(Default)]
struct Reader {
    parts: BTreeMap<Runner, Part>,
    found: FailedTests,
    /// How many summaries were seen: without any it is not known whether all names are there.
    summaries: usize,
    /// Whether something says that not all that failed is told.
    broken: bool,
    /// Whether what nextest lists is what it has told before, after its summary.
    nextest_repeats: bool,
    tap: Tap,
}

/// What TAP says of its length.
#[derive(Default)]
struct Tap {
    planned: Option<u64>,
    ran: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Runner {
    Libtest,
    Nextest,
    Pytest,
    Unittest,
    Jest,
    Vitest,
    Tap,
}

/// The tests that failed; `None` where no runner that is known tells it completely.
///
/// # Errors
/// When the log can't be read.
pub fn failed_tests(log: impl BufRead) -> io::Result<Option<FailedTests>> {
    let mut log = log.take(BYTES + 1);
    let (mut reader, mut line) = (Reader::default(), Vec::new());
    while next_line(&mut log, &mut line)? {
        reader.line(plain(&line).to_str_lossy().trim_end());
    }
    // A log that goes on may go on with a failure.
    Ok(if log.limit() == 0 { None } else { reader.finish() })
}

impl Reader {
    fn line(&mut self, line: &str) {
        if STOPPED.iter().any(|words| line.contains(words)) {
            self.broken = true;
        }
        self.libtest(line);
        self.nextest(line);
        self.pytest(line);
        self.unittest(line);
        self.javascript(line);
        self.tap(line);
    }

    fn finish(mut self) -> Option<FailedTests> {
        if self.parts.contains_key(&Runner::Tap) {
            self.broken |= self.tap.planned != Some(self.tap.ran);
            self.close(Runner::Tap, None, self.tap.ran);
        }
        let all_closed = self.parts.values().all(|part| part.open.is_empty());
        (self.summaries > 0 && !self.broken && all_closed && !self.found.names.is_empty()).then_some(self.found)
    }

    fn part(&mut self, runner: Runner) -> &mut Part {
        self.parts.entry(runner).or_default()
    }

    fn add(&mut self, runner: Runner, name: &str) {
        let part = self.part(runner);
        let name = if part.place.is_empty() { name.to_owned() } else { format!("{} {name}", part.place) };
        part.open.insert(name);
    }

    /// Takes a summary: how many failed, and how many there were.
    fn close(&mut self, runner: Runner, failed: Option<u64>, total: u64) {
        let open = std::mem::take(&mut self.part(runner).open);
        self.broken |= failed.is_some_and(|failed| failed != open.len() as u64);
        self.found.names.extend(open);
        self.found.total += total;
        self.summaries += 1;
    }

    /// <https://doc.rust-lang.org/cargo/commands/cargo-test.html>
    fn libtest(&mut self, line: &str) {
        if let Some(place) = line.trim_start().strip_prefix("Running ").and_then(|rest| rest.split_once(" (")) {
            place.0.clone_into(&mut self.part(Runner::Libtest).place);
        } else if let Some(place) = line.trim_start().strip_prefix("Doc-tests ") {
            self.part(Runner::Libtest).place = format!("doc {place}");
        } else if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.add(Runner::Libtest, name);
        } else if let Some(rest) = line.strip_prefix("test result: ") {
            let (failed, passed) = (number_before(rest, " failed"), number_before(rest, " passed"));
            let total = failed.unwrap_or_default() + passed.unwrap_or_default();
            self.close(Runner::Libtest, failed, total);
        }
    }

    /// <https://nexte.st/docs/reporting/>
    fn nextest(&mut self, line: &str) {
        let line = line.trim_start();
        if let Some(rest) = line.strip_prefix("Summary [") {
            let failed = number_before(rest, " failed").unwrap_or_default();
            let failed = failed + number_before(rest, " timed out").unwrap_or_default();
            let total = number_before(rest, " tests run").or_else(|| number_before(rest, " test run"));
            // `3/10 tests run`: the others were not.
            let count = rest.split(" test").next().and_then(|head| head.rsplit(' ').next());
            self.broken |= count.is_some_and(|count| count.contains('/'));
            self.close(Runner::Nextest, Some(failed), total.unwrap_or_default());
            self.nextest_repeats = true;
        } else if !self.nextest_repeats
            && let Some(rest) = line.strip_prefix("FAIL [").or_else(|| line.strip_prefix("TIMEOUT ["))
            && let Some((_, name)) = rest.split_once("] ")
        {
            let name = name.trim_start().trim_start_matches(|c: char| "(/ )".contains(c) || c.is_ascii_digit());
            self.add(Runner::Nextest, name);
        }
    }

    /// <https://docs.pytest.org/en/stable/how-to/output.html>
    fn pytest(&mut self, line: &str) {
        for word in ["FAILED ", "ERROR "] {
            if let Some(rest) = line.strip_prefix(word)
                && rest.contains(".py")
            {
                let name = rest.split(" - ").next().unwrap_or(rest);
                self.add(Runner::Pytest, name);
                return;
            }
        }
        let summary = line.trim_matches('=').trim();
        let is_summary = summary.contains(" in ") && summary.ends_with(['s', ')']);
        if is_summary && summary.starts_with(|c: char| c.is_ascii_digit()) {
            let count = |noun: &str| number_before(summary, noun).unwrap_or_default();
            let failed = count(" failed") + count(" error");
            if failed > 0 || count(" passed") > 0 {
                self.close(Runner::Pytest, Some(failed), failed + count(" passed"));
            }
        }
    }

    /// <https://docs.python.org/3/library/unittest.html>
    fn unittest(&mut self, line: &str) {
        let named = line.strip_prefix("FAIL: ").or_else(|| line.strip_prefix("ERROR: "));
        if let Some(name) = named.filter(|name| name.contains(" (") && name.ends_with(')')) {
            self.add(Runner::Unittest, name);
        } else if let Some(rest) = line.strip_prefix("Ran ") {
            self.found.total += number_before(rest, " test").unwrap_or_default();
        } else if let Some(rest) = line.strip_prefix("FAILED (") {
            let count = |noun: &str| number_after(rest, noun).unwrap_or_default();
            self.close(Runner::Unittest, Some(count("failures=") + count("errors=")), 0);
        }
    }

    /// <https://jestjs.io/docs/cli>, <https://vitest.dev/guide/reporters.html>
    fn javascript(&mut self, line: &str) {
        let trimmed = line.trim_start();
        if let Some(name) = line.strip_prefix("  ● ").filter(|name| *name != "Console") {
            self.add(Runner::Jest, name);
        } else if let Some(file) =
            line.strip_prefix("FAIL ").or_else(|| line.strip_prefix("PASS ")).filter(|file| !file.starts_with(' '))
        {
            file.clone_into(&mut self.part(Runner::Jest).place);
        } else if let Some(name) = trimmed.strip_prefix("FAIL  ").filter(|name| name.contains(" > ")) {
            self.add(Runner::Vitest, name);
        } else if let Some(rest) = trimmed.strip_prefix("Tests:").filter(|rest| rest.contains(" total")) {
            let total = number_before(rest, " total").unwrap_or_default();
            self.close(Runner::Jest, number_before(rest, " failed"), total);
        } else if let Some(rest) = trimmed.strip_prefix("Tests  ") {
            let count = |noun: &str| number_before(rest, noun).unwrap_or_default();
            self.close(Runner::Vitest, Some(count(" failed")), count(" failed") + count(" passed"));
        }
    }

    /// <https://testanything.org/tap-version-13-specification.html>: what is indented is part of the test after it.
    fn tap(&mut self, line: &str) {
        if line.starts_with("TAP version ") {
            self.part(Runner::Tap);
        }
        if !self.parts.contains_key(&Runner::Tap) {
            return;
        }
        if let Some(number) = line.strip_prefix("1..").and_then(|rest| rest.split(' ').next()?.parse().ok()) {
            self.tap.planned = Some(number);
        } else if line.starts_with("ok ") {
            self.tap.ran += 1;
        } else if let Some(rest) = line.strip_prefix("not ok ") {
            self.tap.ran += 1;
            let name = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches([' ', '-']);
            if !name.to_ascii_lowercase().contains("# todo") {
                self.add(Runner::Tap, name);
            }
        }
    }
}

/// What is said where not all tests were run.
const STOPPED: &[&str] = &[
    "error: test failed, to rerun pass",
    "tests were not run due to",
    "stopping after",
    "Interrupted: ",
    "Test suite failed to run",
    "Bail out!",
    "error: could not compile",
    "Failed Suites",
    "Unhandled Errors",
];

/// The number right before a noun.
fn number_before(text: &str, noun: &str) -> Option<u64> {
    let head = &text[..text.find(noun)?];
    let start = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    head.get(start..)?.parse().ok()
}

/// The number right after a word.
fn number_after(text: &str, word: &str) -> Option<u64> {
    let rest = &text[text.find(word)? + word.len()..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(log: &str) -> Option<(Vec<String>, u64)> {
        let told = failed_tests(log.as_bytes()).unwrap();
        told.map(|told| (told.names.into_iter().collect(), told.total))
    }

    #[track_caller]
    fn check(log: &str, names: &[&str], total: u64) {
        assert_eq!(told(log), Some((names.iter().map(|name| (*name).to_owned()).collect(), total)), "{log}");
        // Whatever says that not all were run, or that a name is missing, tells nothing.
        for stop in STOPPED {
            assert_eq!(told(&format!("{log}{stop} x\n")), None, "{stop}");
        }
        for name in names {
            let last = name.rsplit(' ').next().unwrap();
            let without: String =
                log.lines().filter(|line| !line.contains(last)).flat_map(|line| [line, "\n"]).collect();
            assert_eq!(told(&without), None, "without {name}");
        }
    }

    const LIBTEST: &str = "     Running unittests src/lib.rs (target/debug/deps/a-1)\n\nrunning 3 tests\ntest tests::good ... ok\n\
        test tests::bad ... FAILED\ntest tests::late ... FAILED\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 \
        filtered out; finished in 0.00s\n\n     Running tests/it.rs (target/debug/deps/it-1)\n\nrunning 1 test\ntest good ... ok\n\n\
        test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n\
        error: 1 target failed:\n    `--lib`\n";

    #[test]
    fn cargo_test_tells_which_when_it_goes_on() {
        check(LIBTEST, &["unittests src/lib.rs tests::bad", "unittests src/lib.rs tests::late"], 4);
    }

    #[test]
    fn nextest_tells_which_when_it_goes_on() {
        let log = "        PASS [   0.010s] (1/3) a tests::good\n        FAIL [   0.005s] (2/3) a tests::bad\n  stderr ---\n\n\
            ────────────\n     Summary [   0.018s] 3 tests run: 2 passed, 1 failed, 0 skipped\n        FAIL [   0.005s] (2/3) a tests::bad\n\
            error: test run failed\n";
        check(log, &["a tests::bad"], 3);
        assert_eq!(told(&log.replace("3 tests run", "3/9 tests run")), None, "the others were not run");
    }

    #[test]
    fn pytest_and_unittest_tell_which() {
        let log = "FAILED test_a.py::test_bad - assert 0\nFAILED test_a.py::test_p[2] - assert 2 == 1\n\
            ERROR test_a.py::test_err - RuntimeError\n=========== 2 failed, 3 passed, 1 error in 0.04s ===========\n";
        check(log, &["test_a.py::test_bad", "test_a.py::test_err", "test_a.py::test_p[2]"], 6);
        check(&log.replace('=', ""), &["test_a.py::test_bad", "test_a.py::test_err", "test_a.py::test_p[2]"], 6);
        let log = "F.\n=====\nFAIL: test_u (test_a.T.test_u)\n-----\nRan 2 tests in 0.000s\n\nFAILED (failures=1)\n";
        check(log, &["test_u (test_a.T.test_u)"], 2);
    }

    #[test]
    fn jest_and_vitest_tell_which() {
        let log = "FAIL j/a.test.js\n  ● s › bad\n\n    expect(received)\n\n  ● top-bad\n\n    x\n\nTest Suites: 1 failed, 1 total\n\
            Tests:       2 failed, 1 passed, 3 total\n";
        check(log, &["j/a.test.js s › bad", "j/a.test.js top-bad"], 3);
        let log = "\u{1b}[41m\u{1b}[1m FAIL \u{1b}[22m\u{1b}[49m v/b.spec.mjs\u{1b}[2m > \u{1b}[22ms\u{1b}[2m > \u{1b}[22mbad\n\
            \u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | 2 passed (3)\n";
        assert_eq!(told(log), Some((vec!["v/b.spec.mjs > s > bad".to_owned()], 3)));
    }

    #[test]
    fn tap_tells_which() {
        let log = "TAP version 13\n# Subtest: good\nok 1 - good\nnot ok 2 - bad\n  ---\n  ...\n    not ok 1 - inner\n    1..1\n\
            not ok 3 - suite\nnot ok 4 - later # todo\n1..4\n";
        check(log, &["bad", "suite"], 4);
        assert_eq!(told(&log.replace("\n1..4", "")), None, "nobody knows how many there were to be");
    }

    #[test]
    fn what_no_runner_says_is_not_known() {
        assert_eq!(told(""), None);
        assert_eq!(told("error: it is wrong\n"), None);
        assert_eq!(told("test a ... FAILED\n"), None, "no summary bears it out");
        assert_eq!(told("test result: FAILED. 1 passed; 1 failed; 0 ignored\n"), None, "a name is missing");
    }
}
