//! A message without what git drops from it: <https://git-scm.com/docs/git-commit#Documentation/git-commit.txt---cleanupmode>.

use std::ops::Range;

/// What git writes above what it drops altogether.
const SCISSORS: &str = "# ------------------------ >8 ------------------------";

/// The lines of a message that stay.
pub(super) struct Cleaned<'a> {
    /// From the subject on.
    pub(super) lines: Vec<Line<'a>>,
}

/// A line, without blanks at its end.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// Where it begins in what git handed over.
    pub(super) start: usize,
    /// What it says.
    pub(super) text: &'a str,
}

impl Line<'_> {
    /// Where it is.
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

impl<'a> Cleaned<'a> {
    /// What stays of a message.
    ///
    /// `git commit -m '#1 …'` drops no such line, and a hook is not told how the message came. So a message that has
    /// nothing else and begins with one is taken as it is: where git would have dropped it, git refuses an empty one.
    pub(super) fn of(message: &'a str) -> Self {
        let mut all = Vec::new();
        let mut start = 0;
        for line in message.split_inclusive('\n') {
            let text = line.trim_end();
            if text == SCISSORS {
                break;
            }
            all.push(Line { start, text });
            start += line.len();
        }
        let is_comment = |line: &Line<'_>| line.text.starts_with('#');
        let kept: Vec<Line<'a>> = trimmed(all.iter().filter(|line| !is_comment(line)).copied().collect());
        if kept.is_empty() && all.first().is_some_and(is_comment) {
            return Self { lines: trimmed(all) };
        }
        Self { lines: kept }
    }

    /// The last paragraph; the subject's own is none.
    pub(super) fn last_paragraph(&self) -> &[Line<'a>] {
        match self.lines.iter().rposition(|line| line.text.is_empty()) {
            Some(blank) => &self.lines[blank + 1..],
            None => &[],
        }
    }
}

/// Without empty lines around.
fn trimmed(mut lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let is_text = |line: &Line<'_>| !line.text.is_empty();
    lines.truncate(lines.iter().rposition(is_text).map_or(0, |last| last + 1));
    let first = lines.iter().position(is_text).unwrap_or_default();
    lines.drain(..first);
    lines
}
