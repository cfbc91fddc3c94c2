//! The checks that gate brings with it: in process, on blobs, without a checkout.

use std::collections::BTreeSet;

use crate::check::{Builtin, MessageRules};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{self, Repo};
use crate::input::Input;
use crate::path::RepoPath;

/// A thing wrong with a path.
pub struct Problem {
    /// The path.
    pub path: RepoPath,
    /// What is wrong.
    pub diagnostic: Diagnostic,
}

/// What a built-in check found.
pub struct Findings {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Every path with a problem.
    pub failed: BTreeSet<RepoPath>,
}

/// Looks.
///
/// # Errors
/// Never.
pub fn look(
    builtin: &Builtin,
    repo: &Repo,
    tree: ObjectId,
    files: &[Input],
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Findings, git::Error> {
    let _ = (builtin, repo, tree, files, stop);
    Ok(Findings { problems: Vec::new(), failed: BTreeSet::new() })
}

/// Looks at a message.
#[must_use]
pub fn look_at_message(rules: &MessageRules, message: &[u8]) -> Vec<Diagnostic> {
    let _ = (rules, message);
    Vec::new()
}

/// Mends a file's bytes; nothing where there is nothing to mend.
#[must_use]
pub fn fix(_: &Builtin, _: &[u8]) -> Option<Vec<u8>> {
    None
}
