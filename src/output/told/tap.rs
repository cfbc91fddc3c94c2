//! The Test Anything Protocol, and node:test, which writes it too.

use std::collections::BTreeSet;

use super::tally::{Runner, Tally};
use crate::check::TestCounts;

/// <https://testanything.org/tap-version-13-specification.html>: what is indented is part of the test after it.
/// <https://nodejs.org/api/test.html#test-reporters>
#[derive(Default)]
pub(super) struct Tap {
    tally: Tally,
    stream: Option<Stream>,
    block: Option<Block>,
    /// Whether a block has told how many tests there were, those inside of others included.
    has_blocks: bool,
    listed: Listed,
}

/// A stream of results.
#[derive(Default)]
struct Stream {
    planned: Option<u64>,
    counts: TestCounts,
    names: BTreeSet<String>,
}

/// Lines that follow one another: `# tests 3`, `# pass 2`, `# fail 1`, …
struct Block {
    tests: u64,
    counts: TestCounts,
    /// Whether it says more than one number.
    is_whole: bool,
}

/// What node's reporter for people lists at the end.
#[derive(Default)]
struct Listed {
    /// Whether the list has begun.
    begun: bool,
    /// The file of the test that is named next.
    file: Option<String>,
    names: BTreeSet<String>,
    /// How many failed as the last block has it.
    failed: u64,
}

impl Runner for Tap {
    fn line(&mut self, line: &str) {
        if line.starts_with("TAP version ") {
            self.end_stream();
            self.stream = Some(Stream::default());
        } else if let Some(stream) = &mut self.stream {
            stream.line(line);
        }
        self.summary(line);
        self.listed(line);
    }

    fn end(mut self: Box<Self>) -> Tally {
        self.end_block();
        self.end_stream();
        self.end_list();
        self.tally
    }
}

impl Tap {
    fn end_stream(&mut self) {
        let Some(stream) = self.stream.take() else { return };
        let ran = stream.counts.ran().saturating_add(stream.counts.skipped);
        self.tally.unnamed |= stream.planned != Some(ran) || stream.counts.failed != stream.names.len() as u64;
        self.tally.names.extend(stream.names);
        self.tally.summaries += 1;
        if !self.has_blocks {
            self.tally.uncounted |= stream.planned != Some(ran);
            self.tally.counts = self.tally.counts.and(stream.counts);
        }
    }

    fn summary(&mut self, line: &str) {
        let said = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "));
        let said = said.and_then(|said| said.split_once(' '));
        let Some((word, number)) = said.and_then(|(word, number)| Some((word, number.trim().parse::<u64>().ok()?)))
        else {
            return self.end_block();
        };
        if word == "tests" {
            self.end_block();
            self.block = Some(Block { tests: number, counts: TestCounts::default(), is_whole: false });
        } else if let Some(block) = &mut self.block {
            let to = match word {
                "pass" => &mut block.counts.passed,
                "fail" | "cancelled" => &mut block.counts.failed,
                "skipped" | "todo" => &mut block.counts.skipped,
                _ => return,
            };
            *to = to.saturating_add(number);
            block.is_whole |= word == "pass";
        }
    }

    fn end_block(&mut self) {
        let Some(block) = self.block.take().filter(|block| block.is_whole) else { return };
        if !std::mem::replace(&mut self.has_blocks, true) {
            // What streams say of tests, without those inside of others, is said again.
            self.tally.counts = TestCounts::default();
        }
        self.tally.uncounted |= block.counts.ran().saturating_add(block.counts.skipped) != block.tests;
        self.tally.counts = self.tally.counts.and(block.counts);
        self.tally.summaries += 1;
        if self.stream.is_none() {
            self.end_list();
            self.listed = Listed { failed: block.counts.failed, ..Listed::default() };
        }
    }

    /// `✖ failing tests:`, and each as `test at FILE:LINE:COLUMN` and `✖ NAME (1.5ms)`.
    fn listed(&mut self, line: &str) {
        if line == "✖ failing tests:" {
            self.listed.begun = true;
        } else if let Some(place) = line.strip_prefix("test at ").filter(|_| self.listed.begun) {
            self.listed.file = place.rsplitn(3, ':').nth(2).map(str::to_owned);
        } else if let Some(file) = self.listed.file.take()
            && let Some((name, _)) = line.strip_prefix("✖ ").and_then(|rest| rest.rsplit_once(" ("))
        {
            self.listed.names.insert(format!("{file} {name}"));
        }
    }

    fn end_list(&mut self) {
        let Listed { names, failed, .. } = std::mem::take(&mut self.listed);
        self.tally.unnamed |= names.len() as u64 != failed;
        self.tally.names.extend(names);
    }
}

impl Stream {
    fn line(&mut self, line: &str) {
        let directive = |rest: &str| {
            let rest = rest.to_ascii_lowercase();
            rest.contains("# skip") || rest.contains("# todo")
        };
        if let Some(number) = line.strip_prefix("1..").and_then(|rest| rest.split(' ').next()?.parse().ok()) {
            self.planned = Some(number);
        } else if let Some(rest) = line.strip_prefix("ok ") {
            if directive(rest) { self.counts.skipped += 1 } else { self.counts.passed += 1 }
        } else if let Some(rest) = line.strip_prefix("not ok ") {
            if directive(rest) {
                self.counts.skipped += 1;
                return;
            }
            self.counts.failed += 1;
            let name = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches([' ', '-']);
            self.names.insert(name.to_owned());
        }
    }
}
