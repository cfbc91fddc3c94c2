//! What one runner has told.

use std::collections::BTreeSet;

use crate::check::TestCounts;

/// A runner whose output is known.
pub(super) trait Runner {
    /// Takes a line, without its end and without escape sequences.
    fn line(&mut self, line: &str);

    /// What it has told.
    fn end(self: Box<Self>) -> Tally;
}

/// What one runner has told.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many tests there were.
    pub(super) counts: TestCounts,
    /// Those that failed.
    pub(super) names: BTreeSet<String>,
    /// How many summaries were seen: without any, nothing is known.
    pub(super) summaries: usize,
    /// Whether the counts may lack something.
    pub(super) uncounted: bool,
    /// Whether the names may lack something.
    pub(super) unnamed: bool,
}

impl Tally {
    /// Takes a summary, and the names of what failed since the last one.
    pub(super) fn close(&mut self, counts: TestCounts, names: BTreeSet<String>) {
        self.unnamed |= counts.failed != names.len() as u64;
        self.counts = self.counts.and(counts);
        self.names.extend(names);
        self.summaries += 1;
    }

    /// Takes what can't be told completely.
    pub(super) fn spoil(&mut self) {
        (self.uncounted, self.unnamed) = (true, true);
    }
}

/// The number right before a noun.
pub(super) fn number_before(text: &str, noun: &str) -> Option<u64> {
    let head = &text[..text.find(noun)?];
    let start = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    head.get(start..)?.parse().ok()
}

/// The number right after a word.
pub(super) fn number_after(text: &str, word: &str) -> Option<u64> {
    let rest = &text[text.find(word)? + word.len()..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
