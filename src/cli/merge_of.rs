//! Which merge is meant: what the command line names, else what the CI's environment does.

use super::{Context, Exit, Failure};
use crate::change::{BaseSpec, ChangeSpec, Method, Source};
use crate::ci::{self, Found, Kind, Target};
use crate::config::Queue;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{MergeBase, Repo};
use crate::judge::{self, Refusal};

/// What the command line names.
pub(super) struct Named {
    /// The target.
    pub into: Option<String>,
    /// The head.
    pub from: Option<String>,
    /// How the two are brought together.
    pub method: Method,
}

/// What is to be judged.
pub(super) struct Asked {
    /// The change.
    pub spec: ChangeSpec,
    /// Whether it is a CI that asks: what a ledger holds there somebody else may have written.
    pub by_ci: bool,
    /// What was found, and what is worth telling of it.
    pub told: Vec<Diagnostic>,
}

/// Works out which merge is meant, and brings the commits here that a shallow clone lacks for it.
///
/// # Errors
/// When neither the command line nor a CI says it, what a CI says can't be used, or a remote doesn't give what is missing.
pub(super) fn find(named: Named, repo: &Repo, context: &Context) -> Result<Asked, Failure> {
    let failed = |error: &ci::Error| Failure::new(Exit::Undecided, Diagnostic::from(error));
    let by_ci = ci::system(&context.env).map_err(|error| failed(&error))?.is_some();
    if let Some(into) = named.into {
        let from = named.from.unwrap_or_else(|| "HEAD".to_owned());
        // A job that is given a commit has not always fetched it.
        let commits: Vec<ObjectId> =
            [&into, &from].into_iter().filter(|_| by_ci).filter_map(|name| name.parse().ok()).collect();
        bring(repo, &commits)?;
        deepen(repo, &into, &from)?;
        let told = if by_ci { old_target(repo, &into).into_iter().collect() } else { Vec::new() };
        let (at, from) = (commit(repo, &into)?, commit(repo, &from)?);
        return Ok(Asked { spec: merge(into, (at, from), named.method), by_ci, told });
    }
    let event = ci::read_event(&context.env).map_err(|error| failed(&error))?;
    let found = ci::find(&context.env, event.as_deref()).map_err(|error| failed(&error))?;
    let Some(found) = found else {
        let shown = Diagnostic::error("merge/no-target", "no target is named, and this is no CI that gate knows");
        return Err(Failure::new(Exit::Usage, shown.hint("name it: gate merge-check --into origin/main")));
    };
    let mut told = vec![facts(&found)];
    let from = match named.from {
        Some(from) => from,
        None => found.from.value.to_string(),
    };
    let spec = match &found.into {
        Target::Unknown { .. } => ChangeSpec { source: Source::Commit(from), base: BaseSpec::Nothing },
        Target::Commit { commit, .. } if found.kind == Kind::Push => pushed(repo, commit.value, from, &mut told),
        Target::Commit { branch, commit } if found.kind.may_pass_over() => {
            queued(repo, (branch.value.short(), commit.value), (from, named.method), &mut told)?
        }
        Target::Commit { branch, commit } => {
            bring(repo, &[commit.value, found.from.value])?;
            merge(branch.value.short().to_owned(), (commit.value, self::commit(repo, &from)?), named.method)
        }
        Target::Tip { branch, .. } => {
            let tip = tip(repo, branch.value.short(), &mut told)?;
            bring(repo, &[tip, found.from.value])?;
            merge(branch.value.short().to_owned(), (tip, commit(repo, &from)?), named.method)
        }
    };
    if let Source::Merge { into, from, .. } = &spec.source {
        deepen(repo, &into.to_string(), &from.to_string())?;
        told.extend(assert_fresh(&found, repo, *into)?);
    }
    Ok(Asked { spec, by_ci, told })
}

fn merge(target: String, (into, from): (ObjectId, ObjectId), method: Method) -> ChangeSpec {
    ChangeSpec { source: Source::Merge { target, into, from, method }, base: BaseSpec::Usual }
}

/// The commit that a revision names.
fn commit(repo: &Repo, revision: &str) -> Result<ObjectId, Failure> {
    let found = repo.resolve(revision).map_err(refused)?.commit;
    found.ok_or_else(|| refused(crate::git::Error::Revision(revision.to_owned())))
}

/// A group of a queue that may land past what is ahead of it. Nobody has to stand for that, so it is judged against the
/// target's tip, as far as its gate.toml doesn't say that the host lands nothing past what failed.
fn queued(
    repo: &Repo,
    (branch, ahead): (&str, ObjectId),
    (from, method): (String, Method),
    told: &mut Vec<Diagnostic>,
) -> Result<ChangeSpec, Failure> {
    let tip = tip(repo, branch, told)?;
    let named: Option<ObjectId> = from.parse().ok();
    let commits: Vec<ObjectId> = [tip, ahead].into_iter().chain(named).collect();
    bring(repo, &commits)?;
    let head = commit(repo, &from)?;
    if queue_of(repo, tip)? == Queue::Ahead {
        return Ok(merge(branch.to_owned(), (ahead, head), method));
    }
    if merge_base(repo, tip, head)? == MergeBase::Found(head) {
        let shown = format!("{branch} has this group already, at {tip}: everything is run that nothing proves");
        told.push(Diagnostic::warning("merge/landed", shown));
        return Ok(ChangeSpec { source: Source::Commit(from), base: BaseSpec::Nothing });
    }
    if tip != ahead {
        let shown =
            format!("judged against {branch}, at {tip}: [policy] queue lets a group land without the one ahead");
        let hint = "where the host lands nothing past a group that failed, [policy] queue = \"ahead\" says so";
        told.push(Diagnostic::warning("merge/queue", shown).hint(hint));
    }
    Ok(merge(branch.to_owned(), (tip, head), method))
}

/// What a commit's gate.toml says of queues. One that can't be read says nothing.
fn queue_of(repo: &Repo, commit: ObjectId) -> Result<Queue, Failure> {
    let rules = judge::rules_of(repo, commit).map_err(Failure::from)?;
    Ok(rules.map_or(Queue::Tip, |rules| rules.policy.queue))
}

/// A push, compared with what the branch was before. A branch that was forced may have left a commit that no remote gives
/// any more: then it is compared with nothing, and everything runs.
fn pushed(repo: &Repo, before: ObjectId, from: String, told: &mut Vec<Diagnostic>) -> ChangeSpec {
    if bring(repo, &[before]).is_ok() && repo.contains(before) {
        let source = Source::Range { from: before.to_string(), to: from };
        return ChangeSpec { source, base: BaseSpec::Usual };
    }
    let shown = format!("what was pushed over, {before}, is not to be had: everything is run that nothing proves");
    told.push(Diagnostic::warning("merge/no-before", shown));
    ChangeSpec { source: Source::Commit(from), base: BaseSpec::Nothing }
}

/// What was found, and where, on one line.
fn facts(found: &Found) -> Diagnostic {
    let facts = found.facts();
    let facts: Vec<String> =
        facts.iter().map(|fact| format!("{} {} ({})", fact.name, fact.value, fact.origin)).collect();
    Diagnostic::warning("ci/found", format!("{}, {}: {}", found.system, found.kind, facts.join(", ")))
}

/// Where the target's branch is now, as the remote says; as this clone last saw it, where no remote answers.
fn tip(repo: &Repo, branch: &str, told: &mut Vec<Diagnostic>) -> Result<ObjectId, Failure> {
    let remote = repo.origin().map_err(refused)?;
    let asked = remote.as_ref().map(|remote| repo.remote_tip(remote, branch));
    if let Some(Ok(Some(tip))) = asked {
        return Ok(tip);
    }
    let known = remote.map(|remote| repo.resolve(&format!("refs/remotes/{remote}/{branch}")));
    if let Some(Some(tip)) = known.and_then(Result::ok).map(|known| known.commit) {
        let shown = format!("no remote says where {branch} is now: it is taken to be where this clone last saw it");
        told.push(Diagnostic::warning("merge/old-target", shown));
        return Ok(tip);
    }
    let shown = Diagnostic::error("merge/no-tip", format!("nothing says where the target '{branch}' is"));
    Err(Failure::new(Exit::Undecided, shown.hint("fetch it, or name it: gate merge-check --into REVISION")))
}

/// That a remote's branch is elsewhere by now than this clone has it, as in one that a CI uses again.
fn old_target(repo: &Repo, into: &str) -> Option<Diagnostic> {
    let here = repo.resolve(&format!("refs/remotes/{into}")).ok()?.commit?;
    let (remote, branch) = into.split_once('/')?;
    let there = repo.remote_tip(remote, branch).ok()?.filter(|tip| *tip != here)?;
    let shown =
        format!("{into} is at {here} here and at {there} on the remote: what is judged is the merge into the first");
    Some(Diagnostic::warning("merge/old-target", shown).hint(format!("git fetch {remote} {branch}")))
}

/// Brings commits here that are missing.
fn bring(repo: &Repo, commits: &[ObjectId]) -> Result<(), Failure> {
    match repo.origin().map_err(refused)? {
        Some(remote) => repo.fetch(&remote, commits).map_err(refused),
        None => Ok(()),
    }
}

/// Makes a shallow clone as deep as the merge needs it. Without a remote it stays as it is, and the merge says so.
fn deepen(repo: &Repo, into: &str, from: &str) -> Result<(), Failure> {
    if !repo.is_shallow().map_err(refused)? {
        return Ok(());
    }
    let commit = |revision: &str| repo.resolve(revision).map(|found| found.commit);
    let (Some(into), Some(from)) = (commit(into).map_err(refused)?, commit(from).map_err(refused)?) else {
        return Ok(());
    };
    match repo.origin().map_err(refused)? {
        Some(remote) => repo.merge_base_from(&remote, into, from).map(drop).map_err(refused),
        None => Ok(()),
    }
}

/// The merge-base of two commits, for which a shallow clone is made as deep as it takes.
fn merge_base(repo: &Repo, one: ObjectId, other: ObjectId) -> Result<MergeBase, Failure> {
    let found = match repo.origin().map_err(refused)? {
        Some(remote) => repo.merge_base_from(&remote, one, other),
        None => repo.merge_base(one, other),
    };
    found.map_err(refused)
}

/// Holds the commit that the host made of both against the head and the target.
fn assert_fresh(found: &Found, repo: &Repo, tip: ObjectId) -> Result<Option<Diagnostic>, Failure> {
    let Some(merged) = found.merged.as_ref().filter(|_| found.kind.merges_as_is()) else { return Ok(None) };
    if !repo.contains(merged.value) {
        return Ok(None);
    }
    let parents = repo.named_parents(merged.value).map_err(refused)?;
    let merge = ci::Merge { commit: merged.value, parents: &parents };
    match ci::check_merge(&merge, found.from.value, tip) {
        Ok(freshness) => Ok(freshness.diagnostic()),
        Err(error) => Err(Failure::new(Exit::Undecided, Diagnostic::from(&error))),
    }
}

fn refused(error: crate::git::Error) -> Failure {
    Failure::from(Refusal::from(error))
}
