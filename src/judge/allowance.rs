//! What a change may do to the gate because somebody whom the target's policy lists has signed for it.

use std::collections::BTreeMap;

use bstr::ByteSlice;

use super::{Refusal, Site};
use crate::change::{Change, Source};
use crate::config::Rules;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::Kind;
use crate::path::Mode;
use crate::verdict::Cause;

/// The file at the root of the target that holds keys: an allowed signers file, see ssh-keygen(1).
const KEYS: &str = "trusted-keys";
/// The trailer of a commit's message that allows something: a check's name or a guarded path, and why.
const TRAILER: &str = "Gate-Allow:";

/// What somebody allows.
pub(super) struct Allowances {
    /// Who.
    by: String,
    /// Why, for each check and path.
    reasons: BTreeMap<String, String>,
}

/// What the commit that is merged allows: what its message names, if a key of the target's signed it that belongs to
/// somebody whom the target's `[policy] override` lists.
///
/// # Errors
/// When the commit or the keys can't be read, or what checks signatures can't be run.
pub(super) fn find(
    site: &mut Site,
    source: &Source,
    change: &Change,
    base: &Rules,
) -> Result<Option<Allowances>, Refusal> {
    let Some(head) = landing_commit(source) else { return Ok(None) };
    let reasons = reasons(&site.repo.message(head)?);
    if reasons.is_empty() {
        return Ok(None);
    }
    if let Some(by) = signer(site, source, change, &base.policy.override_by)? {
        return Ok(Some(Allowances { by, reasons }));
    }
    let told = "the commit allows what the target's policy does not let its author allow";
    let hint = "it has to be signed by somebody whom [policy] override lists there, with a key in its trusted-keys";
    site.warnings.push(Diagnostic::warning("merge/not-allowed", told).hint(hint));
    Ok(None)
}

/// The commit that is to land; none where nothing is.
pub(super) fn landing_commit(source: &Source) -> Option<ObjectId> {
    match source {
        Source::Merge { from: commit, .. } | Source::Received { new: commit, .. } => Some(*commit),
        _ => None,
    }
}

/// Which of these names signed the commit that is to land, by a key in the base's `trusted-keys`.
pub(super) fn signer(
    site: &Site,
    source: &Source,
    change: &Change,
    names: &[String],
) -> Result<Option<String>, Refusal> {
    let Some(head) = landing_commit(source).filter(|_| !names.is_empty()) else { return Ok(None) };
    let keys = match change.base_tree() {
        Some(tree) => site
            .repo
            .tree(tree)?
            .get(KEYS.as_bytes().as_bstr())
            .filter(|entry| entry.kind == Kind::Leaf(Mode::File))
            .map(|entry| entry.id),
        None => None,
    };
    let keys = keys.map(|id| site.repo.blob(id)).transpose()?.unwrap_or_default();
    Ok(site.repo.signer(head, &keys, names)?)
}

/// Whether a commit's message allows anything, whoever signed it.
pub(super) fn asks(message: &[u8]) -> bool {
    !reasons(message).is_empty()
}

fn reasons(message: &[u8]) -> BTreeMap<String, String> {
    let told = trailers(message, TRAILER).filter_map(|text| {
        let (what, why) = text.trim().split_once(char::is_whitespace)?;
        Some((what.to_owned(), why.trim().to_owned()))
    });
    told.collect()
}

/// What the lines of a commit's message say that begin with a trailer's name.
pub(super) fn trailers<'a>(message: &'a [u8], name: &'a str) -> impl Iterator<Item = &'a str> {
    message.lines().filter_map(move |line| line.to_str().ok()?.strip_prefix(name))
}

impl Allowances {
    /// Turns what is allowed into words about that.
    pub(super) fn apply(&self, causes: Vec<Cause>) -> Vec<Cause> {
        let apply = |cause: Cause| {
            let what = match &cause {
                Cause::Weakened { check, .. } => check,
                Cause::GuardedFile { path } => path,
                Cause::Loosened { key, .. } => key,
                _ => return cause,
            };
            match self.reasons.get(what) {
                Some(reason) => Cause::Allowed { what: what.clone(), by: self.by.clone(), reason: reason.clone() },
                None => cause,
            }
        };
        let mut applied: Vec<Cause> = causes.into_iter().map(apply).collect();
        applied.dedup();
        applied
    }

    /// Whether a check may be made easier.
    pub(super) fn allows(&self, check: &str) -> bool {
        self.reasons.contains_key(check)
    }
}
