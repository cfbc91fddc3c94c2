//! What a built-in check found.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::path::RepoPath;

/// How many bytes of text the problems of one check hold at most. Those beyond say their line and column in words.
const MOST_TEXT: usize = 64 << 20;

/// Something that is wrong with a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path.
    pub path: RepoPath,
    /// What is wrong; with a place, where it is a matter of text.
    pub diagnostic: Diagnostic,
}

/// What a built-in check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What is wrong, in the order of paths, and within one from its start to its end; at most twenty of a file.
    pub problems: Vec<Problem>,
    /// Every path that something is wrong with.
    pub failed: BTreeSet<RepoPath>,
}

/// Findings that come together.
#[derive(Default)]
pub(super) struct Gathering {
    findings: Findings,
    text: usize,
}

impl Gathering {
    /// Adds what is wrong with a path; nothing may be.
    pub(super) fn add(&mut self, path: &RepoPath, found: Vec<Diagnostic>) {
        let Some(first) = found.first() else { return };
        self.text += first.place.as_ref().map_or(0, |place| place.text.len());
        let keep = self.text <= MOST_TEXT;
        let told = found.into_iter().map(|diagnostic| if keep { diagnostic } else { in_words(diagnostic) });
        self.findings.problems.extend(told.map(|diagnostic| Problem { path: path.clone(), diagnostic }));
        self.fail(path);
    }

    /// Adds a path that something is wrong with which is told elsewhere.
    pub(super) fn fail(&mut self, path: &RepoPath) {
        self.findings.failed.insert(path.clone());
    }

    /// What was found, in the order of the paths.
    pub(super) fn finish(self) -> Findings {
        let mut findings = self.findings;
        findings.problems.sort_by(|a, b| a.path.cmp(&b.path));
        findings
    }
}

/// The problem without the text that it is in.
pub(super) fn in_words(mut diagnostic: Diagnostic) -> Diagnostic {
    if let Some(place) = diagnostic.place.take() {
        let (line, column) = place.line_and_column();
        diagnostic.message = format!("{} at {}:{line}:{column}", diagnostic.message, place.file);
    }
    diagnostic
}
