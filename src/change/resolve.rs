//! From what is asked to a pair of trees.

use std::path::Path;

use super::base::choose;
use super::{Base, Candidate, Change, ChangeSpec, Conflict, Error, Method, Source};
use crate::digest::ObjectId;
use crate::git::{Merged, Repo};

/// What is to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The candidate. Where there are conflicts, files in its tree hold markers.
    pub candidate: Candidate,
    /// What does not fit together where two commits are merged.
    pub conflicts: Vec<Conflict>,
}

/// What is to be judged. Objects that are made for it go to `store`, which `repo` reads from then on.
///
/// # Errors
/// When a revision names nothing, there is no index or working tree, or it can't be read; an unmerged index has no tree.
pub fn candidate(repo: &Repo, spec: &ChangeSpec, store: &Path) -> Result<Found, Error> {
    let candidate = match &spec.source {
        Source::Merge { into, from, method, .. } => return merged(repo, (*into, *from), *method),
        Source::WorkTree => Ok(Candidate { commit: None, tree: repo.work_tree(store)? }),
        Source::Staged => Ok(Candidate { commit: None, tree: repo.index_tree(store)? }),
        Source::Received { new, .. } => Ok(Candidate { commit: Some(*new), tree: repo.commit(*new)?.tree }),
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
    }?;
    Ok(Found { candidate, conflicts: Vec::new() })
}

fn merged(repo: &Repo, (into, from): (ObjectId, ObjectId), method: Method) -> Result<Found, Error> {
    let Merged { tree, commit, conflicts } = repo.merge(method, into, from)?;
    Ok(Found { candidate: Candidate { commit, tree }, conflicts })
}

/// What the candidate is compared with, and how the two differ. `guarded` says of a branch's name, without the remote's
/// before it, whether it is one that must stay deployable.
///
/// # Errors
/// When a revision names nothing, or a commit or tree is missing or damaged. That there is no base is no error: the
/// change then says why.
pub fn against(repo: &Repo, spec: &ChangeSpec, found: Found, guarded: &dyn Fn(&str) -> bool) -> Result<Change, Error> {
    let Found { candidate, conflicts } = found;
    let base = choose(repo, spec, candidate, guarded)?;
    let deltas = match base {
        Base::Known { tree, .. } => repo.diff(Some(tree), Some(candidate.tree))?,
        Base::None(_) => Vec::new(),
    };
    Ok(Change { base, candidate, deltas, conflicts })
}
