//! What fixers did, in lines.

use super::clean::clean;
use super::style::Label;
use crate::event::Fixes;

/// How many files are named.
const NAMED: usize = 20;

/// A line of it.
pub(super) struct Line {
    /// The word on its left.
    pub(super) word: &'static str,
    /// What colour the word has.
    pub(super) label: Label,
    /// What it says.
    pub(super) text: String,
}

/// Everything that is to be said: what was changed, and all that did not go well.
pub(super) fn lines(fixes: &Fixes) -> Vec<Line> {
    let line = |word, label, text| Line { word, label, text };
    let mut lines: Vec<Line> = named(&fixes.changed).into_iter().map(|text| line("fixed", Label::Good, text)).collect();
    let left: Vec<String> = fixes.left.iter().map(|left| format!("{}: {}", clean(&left.path), left.why)).collect();
    lines.extend(named(&left).into_iter().map(|text| line("not fixed", Label::Warning, text)));
    for check in &fixes.unsettled {
        let text = format!("the fixer of {check} does not come to an end: what it changed was not written");
        lines.push(line("unsettled", Label::Bad, text));
    }
    for failed in &fixes.failed {
        lines.push(line("failed", Label::Bad, format!("the fixer of {}: {}", failed.check, failed.why)));
    }
    lines
}

/// The first of many, and how many more there are.
fn named(all: &[String]) -> Vec<String> {
    let shown = if all.len() > NAMED { NAMED - 1 } else { all.len() };
    let mut lines: Vec<String> = all[..shown].iter().map(|text| clean(text)).collect();
    if shown < all.len() {
        lines.push(format!("and {} more", all.len() - shown));
    }
    lines
}

/// The command that applies what was left, in a sentence that is not to be wrapped.
pub(super) fn command(fixes: &Fixes) -> Option<String> {
    fixes
        .apply
        .as_ref()
        .map(|command| format!("what was not fixed is kept; to apply what fits of it: {}", clean(command)))
}
