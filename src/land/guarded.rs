//! Which branch is meant where none is named.

use crate::change::{BaseSpec, ChangeSpec, Source};
use crate::check::Stage;
use crate::diagnostic::Diagnostic;
use crate::git::Branch;
use crate::judge::{self, Refusal, RefusalKind, Request, Site};

/// The guarded branch, of a remote or of this repository, by the rules of a commit: of several the one that the commit has
/// the fewest commits on top of.
///
/// # Errors
/// When there is none, or the commit's rules can't be read.
pub(super) fn guarded(site: &mut Site, head: &str, remote: Option<&str>) -> Result<Branch, Refusal> {
    let spec = ChangeSpec { source: Source::Commit(head.to_owned()), base: BaseSpec::Usual };
    let sought = judge::seek(&Request::new(spec, Stage::Merge), site)?;
    let prefix = remote.map_or_else(|| "refs/heads/".to_owned(), |remote| format!("refs/remotes/{remote}/"));
    let mut branches = site.repo.branches(remote.is_some())?;
    branches.retain(|branch| branch.name.starts_with(&prefix) && sought.guards(&branch.short));
    let tip = site.repo.resolve(head)?.commit;
    let ahead = |branch: &Branch| {
        tip.and_then(|tip| site.repo.ahead_behind(tip, branch.commit).ok()).unwrap_or((usize::MAX, usize::MAX))
    };
    branches.into_iter().min_by_key(ahead).ok_or_else(|| {
        let shown = Diagnostic::error("land/no-target", "no branch that [main] branches names was found");
        Refusal::new(RefusalKind::Usage, shown.hint("name the branch: gate land --into BRANCH, gate audit BRANCH"))
    })
}
