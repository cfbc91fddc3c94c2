//! From what is asked to a pair of trees.

use std::path::Path;

use super::base::choose;
use super::{Base, Candidate, Change, ChangeSpec, Error, Source};
use crate::git::Repo;

/// What is to be judged. Objects that are made for it go to `store`, which `repo` reads from then on.
///
/// # Errors
/// When a revision names nothing, there is no index or working tree, or it can't be read; an unmerged index has no tree.
pub fn candidate(repo: &Repo, spec: &ChangeSpec, store: &Path) -> Result<Candidate, Error> {
    match &spec.source {
        Source::WorkTree => Ok(Candidate { commit: None, tree: repo.work_tree(store)? }),
        Source::Staged => Ok(Candidate { commit: None, tree: repo.index_tree(store)? }),
        Source::Range { to, .. } => {
            let found = repo.resolve(to)?;
            Ok(Candidate { commit: found.commit, tree: found.tree })
        }
        Source::Commit(revision) => {
            let found = repo.resolve(revision)?;
            match found.commit {
                Some(_) => Ok(Candidate { commit: found.commit, tree: found.tree }),
                None => Err(Error::Revision(revision.clone())),
            }
        }
    }
}

/// What the candidate is compared with, and how the two differ. `guarded` says of a branch's name, without the remote's
/// before it, whether it is one that must stay deployable.
///
/// # Errors
/// When a revision names nothing, or a commit or tree is missing or damaged. That there is no base is no error: the
/// change then says why.
pub fn against(
    repo: &Repo,
    spec: &ChangeSpec,
    candidate: Candidate,
    guarded: &dyn Fn(&str) -> bool,
) -> Result<Change, Error> {
    let base = choose(repo, spec, candidate, guarded)?;
    let deltas = match base {
        Base::Known { tree, .. } => repo.diff(Some(tree), Some(candidate.tree))?,
        Base::None(_) => Vec::new(),
    };
    Ok(Change { base, candidate, deltas })
}
