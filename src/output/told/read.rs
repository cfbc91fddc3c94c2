//! A log, read for what runners tell of tests.

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use bstr::ByteSlice;

use super::cargo::Cargo;
use super::go::Go;
use super::javascript::{Jest, Vitest};
use super::jvm::{Gradle, Surefire};
use super::mocha::Mocha;
use super::python::{Pytest, Unittest};
use super::tally::{Runner, Tally};
use super::tap::Tap;
use crate::check::{FailedTests, TestCounts};
use crate::output::plain::plain;
use crate::output::scan::{BYTES, next_line};

/// What is told of tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many there were, where that is told of all of them.
    pub counts: Option<TestCounts>,
    /// Those that failed, where all of them are told.
    pub failed: Option<FailedTests>,
    /// Whether something says that not all of them ran, or that not all that was said is there.
    pub is_partial: bool,
}

impl Told {
    /// What a log and the files of the same run tell together: the files say how many tests there were, and which failed
    /// where the log does not say otherwise.
    #[must_use]
    pub fn with_files(self, files: Self) -> Self {
        let agrees = |failed: &FailedTests| {
            let said = self.counts.map(|counts| counts.failed);
            !self.is_partial && said.is_none_or(|said| said == failed.names.len() as u64)
        };
        Self { failed: files.failed.filter(agrees), ..files }
    }
}

/// What is said where not all tests were run.
pub(super) const STOPPED: &[&str] = &[
    "tests were not run due to",
    "stopping after",
    "Interrupted: ",
    "Test suite failed to run",
    "Bail out!",
    "error: could not compile",
    "Failed Suites",
    "Unhandled Errors",
];

/// What gate says where something of a log is not there.
const CUT: &[&str] = &[" bytes left out]", "[gate: some output may be missing here]"];

/// What the runners that are known tell of tests in a log.
///
/// # Errors
/// When the log can't be read.
pub fn told_tests(log: impl BufRead) -> io::Result<Told> {
    let mut log = log.take(BYTES + 1);
    let (mut reader, mut line) = (Reader::new(), Vec::new());
    while next_line(&mut log, &mut line)? {
        reader.line(&plain(&line));
    }
    // A log that goes on may go on with a failure.
    let is_cut = log.limit() == 0 || reader.is_cut;
    Ok(if is_cut { Told { is_partial: true, ..Told::default() } } else { reader.finish() })
}

/// A log that is being read.
struct Reader {
    runners: Vec<Box<dyn Runner>>,
    /// Whether something says that not all tests were run.
    stopped: bool,
    is_cut: bool,
}

impl Reader {
    fn new() -> Self {
        let runners: Vec<Box<dyn Runner>> = vec![
            Box::<Cargo>::default(),
            Box::<Pytest>::default(),
            Box::<Unittest>::default(),
            Box::<Jest>::default(),
            Box::<Vitest>::default(),
            Box::<Mocha>::default(),
            Box::<Tap>::default(),
            Box::<Go>::default(),
            Box::<Surefire>::default(),
            Box::<Gradle>::default(),
        ];
        Self { runners, stopped: false, is_cut: false }
    }

    fn line(&mut self, line: &[u8]) {
        let says = |words: &&str| line.find(words).is_some();
        self.stopped |= STOPPED.iter().any(&says);
        self.is_cut |= line.starts_with(b"[gate: ") && CUT.iter().any(says);
        let line = line.to_str_lossy();
        let line = line.trim_end();
        self.runners.iter_mut().for_each(|runner| runner.line(line));
    }

    fn finish(self) -> Told {
        let (mut counts, mut names) = (TestCounts::default(), BTreeSet::new());
        let tallies: Vec<Tally> = self.runners.into_iter().map(super::tally::Runner::end).collect();
        let is_told = tallies.iter().any(|tally| tally.summaries > 0);
        let is_counted = is_told && !tallies.iter().any(|tally| tally.uncounted);
        let is_named = is_told && !self.stopped && !tallies.iter().any(|tally| tally.unnamed);
        for tally in tallies {
            counts = counts.and(tally.counts);
            names.extend(tally.names);
        }
        let total = counts.ran();
        Told {
            counts: is_counted.then_some(counts),
            failed: (is_named && !names.is_empty()).then_some(FailedTests { names, total }),
            is_partial: self.stopped,
        }
    }
}
