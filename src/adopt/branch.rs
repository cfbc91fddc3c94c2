//! Which branch must stay deployable, as far as a repository tells.

use crate::digest::ObjectId;
use crate::git::{Branch, Error, Repo};

/// Names that main branches have, likeliest first.
const USUAL: [&str; 4] = ["main", "master", "trunk", "develop"];

/// The name of the branch that must stay deployable: the one that the remote `origin` shows first, else one of a usual
/// name, the remotes' before the repository's own, else the one that HEAD is at.
///
/// # Errors
/// When refs can't be read.
pub fn main_branch(repo: &Repo) -> Result<String, Error> {
    let remotes = repo.branches(true)?;
    let own = repo.branches(false)?;
    let shown = repo.resolve("refs/remotes/origin/HEAD").ok().and_then(|shown| shown.commit);
    let found =
        shown.and_then(|commit| shown_first(&remotes, commit)).or_else(|| usual(&remotes)).or_else(|| usual(&own));
    if let Some(name) = found {
        return Ok(name);
    }
    let head = repo.head()?;
    let name = head.branch().map(|name| name.strip_prefix("refs/heads/").unwrap_or(name));
    Ok(name.unwrap_or(USUAL[0]).to_owned())
}

/// The remote's branch at the commit that `origin/HEAD` is at; of several, the one of a usual name.
fn shown_first(branches: &[Branch], commit: ObjectId) -> Option<String> {
    let there: Vec<Branch> = branches.iter().filter(|branch| branch.commit == commit).cloned().collect();
    usual(&there).or_else(|| there.first().map(|branch| branch.short.clone()))
}

fn usual(branches: &[Branch]) -> Option<String> {
    USUAL.iter().find(|name| branches.iter().any(|branch| branch.short == **name)).map(ToString::to_string)
}
