//! What tests of single checks have in common.

use super::file::{File, Found};
use crate::diagnostic::Diagnostic;
use crate::path::{Mode, RepoPath};

/// A check of one file's content.
pub(super) type Look = fn(&File<'_>, &mut Found<'_>);

/// What a check says of a file.
pub(super) fn found(look: Look, name: &str, mode: Mode, bytes: &[u8]) -> Vec<Diagnostic> {
    let path = RepoPath::from(name);
    let mut found = Found::new(name, bytes);
    look(&File { path: &path, mode, bytes }, &mut found);
    found.finish()
}

/// Where a check finds something: lines and columns.
pub(super) fn at(look: Look, name: &str, bytes: &[u8]) -> Vec<(usize, usize)> {
    let all = found(look, name, Mode::File, bytes);
    all.iter().map(|found| found.place.as_ref().unwrap().line_and_column()).collect()
}

/// What a person sees of it.
pub(super) fn rendered(look: Look, name: &str, bytes: &[u8]) -> String {
    let all = found(look, name, Mode::File, bytes);
    all.iter().map(|found| found.render(false)).collect::<Vec<_>>().join("\n\n")
}
