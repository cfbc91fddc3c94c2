//! What a candidate is compared with.

use super::{Base, BaseChoice, BaseSpec, Candidate, ChangeSpec, Error, NoBase, Source};
use crate::digest::ObjectId;
use crate::git::{Branch, Head, MergeBase, Repo};

/// The base of a candidate, or why there is none.
pub(super) fn choose(
    repo: &Repo,
    spec: &ChangeSpec,
    candidate: Candidate,
    guarded: &dyn Fn(&str) -> bool,
) -> Result<Base, Error> {
    match (&spec.source, &spec.base) {
        (_, BaseSpec::Nothing) => Ok(Base::None(NoBase::Asked)),
        (Source::Merge { target, into, .. }, _) => known(repo, *into, BaseChoice::Target { revision: target.clone() }),
        (Source::Received { branch, onto, .. }, _) => match onto {
            Some(onto) => known(repo, *onto, BaseChoice::Target { revision: branch.clone() }),
            None => Ok(Base::None(NoBase::Unborn)),
        },
        (Source::Range { from, .. }, _) => exactly(repo, from),
        (_, BaseSpec::Named(revision)) => named(repo, revision, candidate),
        (_, BaseSpec::Remote(remote)) => as_remote_has_it(repo, remote, candidate, guarded),
        (Source::Commit(revision), BaseSpec::Usual) => parent(repo, revision, candidate),
        (Source::Staged, BaseSpec::Usual) => head(repo, candidate),
        (Source::WorkTree, BaseSpec::Usual) => nearest(repo, guarded),
    }
}

/// The tree that a revision names, as it is.
fn exactly(repo: &Repo, revision: &str) -> Result<Base, Error> {
    let found = repo.resolve(revision)?;
    let choice = BaseChoice::Named { revision: revision.to_owned() };
    Ok(Base::Known { commit: found.commit, tree: found.tree, choice })
}

/// The merge-base of the candidate's history with a revision; the revision as it is where one of the two is no commit.
fn named(repo: &Repo, revision: &str, candidate: Candidate) -> Result<Base, Error> {
    let tip = match candidate.commit {
        Some(commit) => Some(commit),
        None => repo.head()?.commit(),
    };
    match (tip, repo.resolve(revision)?.commit) {
        (Some(tip), Some(other)) => {
            let choice = BaseChoice::Named { revision: revision.to_owned() };
            merge_base(repo, (tip, other), revision, choice)
        }
        _ => exactly(repo, revision),
    }
}

/// The commit's first parent.
fn parent(repo: &Repo, revision: &str, candidate: Candidate) -> Result<Base, Error> {
    let Some(id) = candidate.commit else { return Err(Error::Revision(revision.to_owned())) };
    match repo.commit(id)?.parents.first() {
        Some(parent) => known(repo, *parent, BaseChoice::Parent),
        None if repo.is_boundary(id)? => Ok(Base::None(NoBase::Shallow { branch: revision.to_owned() })),
        None => Ok(Base::None(NoBase::Root)),
    }
}

/// HEAD; its parent where nothing differs from it: then what is to be committed is HEAD's own change once more, as when it
/// is amended or each commit of a rebase is looked at, and no hook may have seen that.
fn head(repo: &Repo, candidate: Candidate) -> Result<Base, Error> {
    let Some(id) = repo.head()?.commit() else { return Ok(Base::None(NoBase::Unborn)) };
    if repo.commit(id)?.tree == candidate.tree {
        return parent(repo, "HEAD", Candidate { commit: Some(id), ..candidate });
    }
    known(repo, id, BaseChoice::Head)
}

/// The merge-base of HEAD with a guarded branch: with the one that HEAD's branch follows, else with the one that HEAD has
/// the fewest commits on top of. A remote's branches are newer than this repository's own of the same names, so these
/// count only where no remote has any.
fn nearest(repo: &Repo, guarded: &dyn Fn(&str) -> bool) -> Result<Base, Error> {
    let head = repo.head()?;
    let Some(tip) = head.commit() else { return Ok(Base::None(NoBase::Unborn)) };
    let branch = match followed(repo, &head, guarded)? {
        Some(branch) => Some(branch),
        None => fewest_commits(repo, tip, guarded)?,
    };
    match branch {
        Some(Branch { name, commit, .. }) => {
            let choice = BaseChoice::MergeBase { branch: name.clone() };
            merge_base(repo, (tip, commit), &name, choice)
        }
        None => Ok(Base::None(NoBase::NoGuardedBranch)),
    }
}

/// The merge-base with the guarded branch of a remote that the candidate is nearest to.
fn as_remote_has_it(
    repo: &Repo,
    remote: &str,
    candidate: Candidate,
    guarded: &dyn Fn(&str) -> bool,
) -> Result<Base, Error> {
    let Some(tip) = candidate.commit else { return Ok(Base::None(NoBase::NoGuardedBranch)) };
    let prefix = format!("refs/remotes/{remote}/");
    let branches = repo.branches(true)?.into_iter();
    let there = branches.filter(|branch| branch.name.starts_with(&prefix) && guarded(&branch.short)).collect();
    match least_ahead(repo, tip, there) {
        Some(branch) => {
            let choice = BaseChoice::MergeBase { branch: branch.name.clone() };
            merge_base(repo, (tip, branch.commit), &branch.name, choice)
        }
        None => Ok(Base::None(NoBase::NoGuardedBranch)),
    }
}

/// The guarded branch that HEAD's branch is set to follow.
fn followed(repo: &Repo, head: &Head, guarded: &dyn Fn(&str) -> bool) -> Result<Option<Branch>, Error> {
    let upstream = head.branch().map(|branch| repo.upstream(branch)).transpose()?.flatten();
    Ok(upstream.filter(|branch| guarded(&branch.short)))
}

fn fewest_commits(repo: &Repo, tip: ObjectId, guarded: &dyn Fn(&str) -> bool) -> Result<Option<Branch>, Error> {
    let mut branches = repo.branches(true)?;
    branches.retain(|branch| guarded(&branch.short));
    if branches.is_empty() {
        branches = repo.branches(false)?;
        branches.retain(|branch| guarded(&branch.short));
    }
    Ok(least_ahead(repo, tip, branches))
}

/// Of those with as few commits since, the one that the tip lacks least of. Where the clone lacks history the count fails,
/// and so will the merge-base, with a reason that is shown.
fn least_ahead(repo: &Repo, tip: ObjectId, branches: Vec<Branch>) -> Option<Branch> {
    let count = |branch: &Branch| repo.ahead_behind(tip, branch.commit).unwrap_or((usize::MAX, usize::MAX));
    branches.into_iter().min_by_key(count)
}

/// `branch` is what the two sides' second one is called, for where there is no answer.
fn merge_base(
    repo: &Repo,
    (tip, other): (ObjectId, ObjectId),
    branch: &str,
    choice: BaseChoice,
) -> Result<Base, Error> {
    match repo.merge_base(tip, other)? {
        MergeBase::Found(base) => known(repo, base, choice),
        MergeBase::Unrelated => Ok(Base::None(NoBase::Unrelated { branch: branch.to_owned() })),
        MergeBase::Uncertain => Ok(Base::None(NoBase::Shallow { branch: branch.to_owned() })),
    }
}

fn known(repo: &Repo, commit: ObjectId, choice: BaseChoice) -> Result<Base, Error> {
    Ok(Base::Known { commit: Some(commit), tree: repo.commit(commit)?.tree, choice })
}
