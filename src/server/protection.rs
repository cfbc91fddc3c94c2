//! Which branches are protected, and by what rules: those of the time before the push.

use bstr::{BStr, ByteSlice};

use super::start::{is_started, rules};
use crate::config::{Main, ServerRules};
use crate::digest::ObjectId;
use crate::git::{Head, Repo};
use crate::judge::Refusal;
use crate::path::{Mode, RepoPath, Selection};

/// What protects a branch.
pub(super) struct Protection {
    /// What a change to it is compared with: its tip, or where it is new, that of the repository's main branch.
    pub(super) onto: Option<ObjectId>,
    /// What holds for pushes to it.
    pub(super) server: ServerRules,
    /// Whether what it is compared with has rules.
    pub(super) has_rules: bool,
    /// Whether a push may bring the first ones.
    pub(super) starts: bool,
}

/// What protects a branch that is at `old`; `None` if nothing does.
///
/// The branch itself says that it is protected. Where it has no valid rules, or is new, the repository's main branch says
/// so, that is the one that HEAD is at; and where that has none either, it is itself protected, and so are branches by the
/// usual names.
///
/// # Errors
/// When the repository can't be read.
pub(super) fn of(repo: &Repo, branch: &BStr, old: Option<ObjectId>) -> Result<Option<Protection>, Refusal> {
    if let Some(own) = rules(repo, old)? {
        let protection = Protection { onto: old, server: own.server, has_rules: true, starts: false };
        return Ok(is_named(&own.main, branch).then_some(protection));
    }
    let head = repo.head()?;
    let mains = rules(repo, head.commit())?;
    let protected = match &mains {
        Some(rules) => is_named(&rules.main, branch),
        None => is_head(&head, branch) || is_named(&Main::default(), branch),
    };
    if !protected {
        return Ok(None);
    }
    let (valid, onto) = if old.is_some() { (None, old) } else { (mains, head.commit()) };
    let has_rules = valid.is_some();
    let starts = !has_rules && is_started(repo, branch, old)?;
    // A branch that has no rules yet is one from which nothing is to be lost.
    let server = valid.map(|rules| rules.server).unwrap_or_default();
    Ok(Some(Protection { onto, server, has_rules, starts }))
}

fn is_named(main: &Main, branch: &BStr) -> bool {
    Selection::new(&main.branches, &[]).matches(&RepoPath::new(branch.as_bytes()), Mode::File)
}

fn is_head(head: &Head, branch: &BStr) -> bool {
    let name = head.branch().and_then(|name| name.strip_prefix("refs/heads/"));
    name.is_some_and(|name| name.as_bytes() == branch.as_bytes())
}
