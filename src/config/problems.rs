//! The mistakes of one file, gathered so that all of them are reported at once.

use std::ops::Range;
use std::sync::Arc;

use super::Source;
use crate::diagnostic::{Diagnostic, Place, Severity};

/// The mistakes found in one file so far.
pub(super) struct Problems<'s> {
    source: &'s Source,
    found: Vec<Diagnostic>,
}

/// More mistakes than this in one file are only counted.
const SHOWN: usize = 100;

impl<'s> Problems<'s> {
    /// None so far.
    pub(super) fn new(source: &'s Source) -> Self {
        Self { source, found: Vec::new() }
    }

    /// Adds one that is about the bytes `span` of the file; `label` goes beside the caret.
    pub(super) fn add(&mut self, problem: Diagnostic, span: Range<usize>, label: impl Into<String>) {
        let place =
            Place { file: self.source.name.clone(), text: Arc::clone(&self.source.text), span, label: label.into() };
        let problem =
            Diagnostic { message: one_line(&problem.message), hint: problem.hint.as_deref().map(one_line), ..problem };
        self.found.push(problem.at(place));
    }

    /// Whether one of them is an error.
    pub(super) fn any_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Keeps those that `keep` says yes to.
    pub(super) fn retain(&mut self, keep: impl Fn(&Diagnostic) -> bool) {
        self.found.retain(keep);
    }

    /// The mistakes in the order of the file.
    pub(super) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by_key(|problem| problem.place.as_ref().map_or((0, 0), |place| (place.span.start, place.span.end)));
        self.found.dedup();
        if self.found.len() > SHOWN {
            let hidden = self.found.split_off(SHOWN);
            let message = format!("{} more problems in '{}'", hidden.len(), self.source.name);
            let severity = hidden.iter().map(|problem| problem.severity).max().unwrap_or(Severity::Error);
            self.found.push(Diagnostic { severity, ..Diagnostic::error("config/more", message) });
        }
        self.found
    }
}

/// The text with control characters written out: a file's words must not steer the terminal that they are shown on.
fn one_line(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, c| {
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
        line
    })
}
