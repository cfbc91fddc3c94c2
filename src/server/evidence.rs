//! Whose pushes to gate's own refs are taken.

use bstr::ByteSlice;

use super::Update;
use super::start::{is_started, rules};
use super::update::branch;
use crate::config::Policy;
use crate::diagnostic::Diagnostic;
use crate::evidence;
use crate::git::Repo;
use crate::judge::Refusal;

/// Where gate's own refs are: what others are to believe is in them.
const OWN: &[u8] = b"refs/gate/";

/// Whether a ref is one of gate's own.
pub(super) fn is_own(name: &[u8]) -> bool {
    name.starts_with(OWN)
}

/// Whether an update of one of gate's own refs is taken: only what belongs to a key that the policy trusts, and was signed by
/// it. Whoever pushes makes no difference.
///
/// # Errors
/// When the repository can't be read.
pub(super) fn accepts_evidence(
    repo: &Repo,
    policy: &Policy,
    update: &Update,
) -> Result<Result<(), Diagnostic>, Refusal> {
    let name = update.name.to_str_lossy();
    let found = evidence::accepts(repo, policy, &name, (update.old, update.new))?;
    let refused = |why: String| {
        let shown = Diagnostic::error("server/own-ref", format!("'{name}' is not taken: {why}"));
        shown.hint("what is pushed there is made by: gate evidence push")
    };
    Ok(found.map_err(refused))
}

/// The policy that says whose evidence is taken: that of the repository's main branch; of what it becomes by the same push
/// where that may bring its first rules; and one that trusts nobody where there is none.
///
/// # Errors
/// When the repository can't be read.
pub(super) fn policy(repo: &Repo, updates: &[Update]) -> Result<Policy, Refusal> {
    let head = repo.head()?;
    if let Some(rules) = rules(repo, head.commit())? {
        return Ok(rules.policy);
    }
    let is_head = |update: &&Update| head.branch().is_some_and(|name| name.as_bytes() == update.name.as_bytes());
    let Some(update) = updates.iter().find(is_head) else { return Ok(Policy::default()) };
    let starts = match branch(update.name.as_bstr()) {
        Some(branch) => is_started(repo, branch, update.old)?,
        None => false,
    };
    Ok(rules(repo, update.new.filter(|_| starts))?.map(|rules| rules.policy).unwrap_or_default())
}
