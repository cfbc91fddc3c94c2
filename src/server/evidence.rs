//! Whose pushes to gate's own refs are taken.

use bstr::ByteSlice;

use super::{Push, Update};
use crate::config::Policy;
use crate::diagnostic::Diagnostic;
use crate::evidence;
use crate::git::Repo;
use crate::judge::{Committed, Refusal, rules_of};

/// Where gate's own refs are: what others are to believe is in them.
const OWN: &[u8] = b"refs/gate/";

/// Whether a ref is one of gate's own.
pub(super) fn is_own(name: &[u8]) -> bool {
    name.starts_with(OWN)
}

/// Whether an update of one of gate's own refs is taken: only what belongs to a key that the policy of the repository's main
/// branch trusts, and was signed by it. Whoever pushes makes no difference.
///
/// # Errors
/// When the repository can't be read.
pub(super) fn accepts_evidence(repo: &Repo, update: &Update, _push: &Push) -> Result<Result<(), Diagnostic>, Refusal> {
    let policy = policy(repo)?;
    let name = update.name.to_str_lossy();
    let found = evidence::accepts(repo, &policy, &name, (update.old, update.new))?;
    let refused = |why: String| {
        let shown = Diagnostic::error("server/own-ref", format!("'{name}' is not taken: {why}"));
        shown.hint("what is pushed there is made by: gate evidence push")
    };
    Ok(found.map_err(refused))
}

/// The policy of the repository's main branch; one that trusts nobody where it has none.
fn policy(repo: &Repo) -> Result<Policy, Refusal> {
    let rules = repo.head()?.commit().map(|tip| rules_of(repo, tip)).transpose()?;
    Ok(match rules {
        Some(Committed::Valid(rules)) => rules.policy,
        _ => Policy::default(),
    })
}
