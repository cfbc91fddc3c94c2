//! Whether every commit of a branch is what a verdict said may land.

use std::collections::{BTreeSet, VecDeque};

use bstr::ByteSlice;

use super::guarded::guarded;
use super::history::{AUDIT_SCHEMA, Bypass, CommitEntry, Counts, Cover, History, ProofSource};
use super::members::Member;
use crate::change::Method;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{Commit, Error, Repo};
use crate::judge::{Refusal, RefusalKind, Site};
use crate::record::Judgement;
use crate::verdict::{Kind, Proof};

/// How many commits are looked at where no range is named.
const LAST: usize = 100;

/// Looks at the first-parent line of a branch: `A..B` or `B`, else the guarded branch. Without an `A` that is the last
/// hundred commits, or as many as there are since gate.toml is there.
///
/// # Errors
/// When there is no such range, or ledger or history can't be read.
pub fn audit(site: &mut Site, range: Option<&str>) -> Result<History, Refusal> {
    let named = match range {
        Some(range) => range.to_owned(),
        None => {
            guarded(site, "HEAD", None)
                .or_else(|_| {
                    let remote = site.repo.origin()?;
                    guarded(site, "HEAD", remote.as_deref())
                })?
                .name
        }
    };
    let line = line(site, &named)?;
    let mut commits = Vec::new();
    let mut parts = Parts { line: line.iter().copied().collect(), open: None };
    if let Some(oldest) = line.last() {
        parts.line.extend(site.repo.commit(*oldest)?.parents.first());
    }
    let mut since = since(site, &line)?.into_iter();
    let mut rest: VecDeque<ObjectId> = line.into();
    while let Some(id) = rest.pop_front() {
        let commit = site.repo.commit(id)?;
        let place = Place { id, commit: &commit, since: since.next().flatten() };
        let (cover, base) = cover(site, place)?;
        let cover = parts.of(id, cover, base);
        let cover = match cover {
            Cover::Bypass { .. } if rest.is_empty() && begins(site, &commit)? => Cover::Start,
            cover => cover,
        };
        commits.push(CommitEntry { commit: id, tree: commit.tree, subject: Member::subject(&site.repo, id)?, cover });
    }
    Ok(History { schema: AUDIT_SCHEMA, range: named, counts: Counts::of(&commits), commits })
}

/// What says that a tree may land. This is the one place that knows where such is written.
struct ProofOf {
    run: String,
    verdict: Kind,
    proof: Option<Proof>,
    source: ProofSource,
    /// The target's commit that it was judged on, where it was judged on one.
    base: Option<ObjectId>,
}

/// A commit of the line.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// Its name.
    id: ObjectId,
    commit: &'a Commit,
    /// What the branch was at when the last one before it landed: whatever was judged on an earlier one did not land here.
    since: Option<ObjectId>,
}

impl Place<'_> {
    /// Whether a verdict lets it land where it is.
    fn fits(&self, repo: &Repo, judgement: &Judgement) -> Result<bool, Error> {
        let Judgement { verdict, proof, target, .. } = judgement;
        match target {
            None => Ok(*verdict == Kind::Deployable),
            // That nothing differs from the commit itself is only a proof if everything passed.
            Some(target) if *target == self.id => Ok(*proof == Some(Proof::Proved)),
            Some(target) if Some(target) == self.commit.parents.first() => Ok(true),
            Some(target) if !repo.contains(*target) || !repo.descends_from(self.id, *target)? => Ok(false),
            Some(target) => match self.since {
                Some(since) => Ok(since == *target || !repo.descends_from(since, *target)?),
                None => Ok(true),
            },
        }
    }
}

/// For each commit of a line, what the branch was at when the last one before it landed.
fn since(site: &Site, line: &[ObjectId]) -> Result<Vec<Option<ObjectId>>, Refusal> {
    let (mut found, mut last) = (Vec::new(), None);
    for id in line.iter().rev() {
        found.push(last);
        let commit = site.repo.commit(*id)?;
        let parent = commit.parents.first().copied();
        if judgements(site, commit.tree)?.iter().any(|judgement| lands(judgement) && judgement.target == parent) {
            last = parent.or(last);
        }
    }
    found.reverse();
    Ok(found)
}

fn lands(judgement: &Judgement) -> bool {
    matches!(judgement.verdict, Kind::Deployable | Kind::Mends)
}

/// What says that a commit may land where it is: the first that said so of a landing, since that is what it landed by.
fn proof_of(site: &Site, place: Place<'_>) -> Result<Option<ProofOf>, Refusal> {
    let mut fitting = Vec::new();
    for judgement in judgements(site, place.commit.tree)?.into_iter().filter(lands) {
        if place.fits(&site.repo, &judgement)? {
            fitting.push(judgement);
        }
    }
    let first = fitting.iter().position(|judgement| judgement.target.is_some()).unwrap_or_default();
    let first = (!fitting.is_empty()).then(|| fitting.swap_remove(first));
    Ok(first.map(|Judgement { run, verdict, proof, target }| ProofOf {
        run,
        verdict,
        proof,
        source: ProofSource::Ledger,
        base: target,
    }))
}

fn judgements(site: &Site, tree: ObjectId) -> Result<Vec<Judgement>, Refusal> {
    site.ledger.judgements(tree).map_err(|error| Refusal::new(RefusalKind::Internal, Diagnostic::from(&error)))
}

/// What speaks for a commit by itself, and the commit that it was judged on.
fn cover(site: &Site, place: Place<'_>) -> Result<(Cover, Option<ObjectId>), Refusal> {
    let commit = place.commit;
    if let Some(ProofOf { run, verdict, proof, source, base }) = proof_of(site, place)? {
        return Ok((Cover::Verdict { run, verdict, proof, source }, base));
    }
    if let Some(why) = other_tree(site, commit)? {
        return Ok((Cover::Bypass { why }, None));
    }
    let against = judgements(site, commit.tree)?.pop();
    let why = match against {
        None => Bypass::NoRecord,
        Some(Judgement { run, target: Some(base), verdict: Kind::Deployable | Kind::Mends, .. }) => {
            Bypass::Elsewhere { run, base }
        }
        Some(Judgement { run, verdict, .. }) => Bypass::Against { run, verdict },
    };
    Ok((Cover::Bypass { why }, None))
}

/// Whether a merge holds something else than what merging its parents gives.
fn other_tree(site: &Site, commit: &Commit) -> Result<Option<Bypass>, Refusal> {
    let [into, from] = commit.parents[..] else { return Ok(None) };
    let merged = match site.repo.merge(Method::Merge, into, from) {
        Ok(merged) => merged,
        Err(Error::Unmergeable(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !merged.conflicts.is_empty() || merged.tree == commit.tree {
        return Ok(None);
    }
    let run = judgements(site, merged.tree)?.into_iter().find(lands).map(|judgement| judgement.run);
    Ok(Some(Bypass::OtherTree { merged: merged.tree, run }))
}

/// Commits that came together.
struct Parts {
    /// The commits of the line, and the one before the oldest.
    line: BTreeSet<ObjectId>,
    /// The newest of those that came together, its run, and the commit that all of them were judged on.
    open: Option<(ObjectId, String, ObjectId)>,
}

impl Parts {
    /// What speaks for a commit, if it may be part of what came with a later one. Commits come the newest first.
    fn of(&mut self, id: ObjectId, cover: Cover, base: Option<ObjectId>) -> Cover {
        if self.open.as_ref().is_some_and(|(_, _, end)| *end == id) {
            self.open = None;
        }
        match (&cover, base, &self.open) {
            (Cover::Verdict { run, .. }, Some(base), _) if self.line.contains(&base) && base != id => {
                self.open = Some((id, run.clone(), base));
                cover
            }
            (Cover::Bypass { why: Bypass::NoRecord }, _, Some((of, run, _))) => {
                Cover::Part { of: *of, run: run.clone() }
            }
            _ => cover,
        }
    }
}

/// The commits of a range's first-parent line, the newest first.
fn line(site: &Site, range: &str) -> Result<Vec<ObjectId>, Refusal> {
    let commit = |revision: &str| -> Result<ObjectId, Refusal> {
        let revision = if revision.is_empty() { "HEAD" } else { revision };
        Ok(site.repo.resolve(revision)?.commit.ok_or_else(|| Error::Revision(revision.to_owned()))?)
    };
    let Some((from, to)) = range.split_once("..") else {
        let mut line = site.repo.first_parents(commit(range)?, LAST)?;
        let mut has_rules = Vec::new();
        for id in &line {
            has_rules.push(holds_rules(site, site.repo.commit(*id)?.tree)?);
        }
        line.truncate(has_rules.iter().rposition(|has| *has).map_or(0, |oldest| oldest + 1));
        return Ok(line);
    };
    let (from, to) = (commit(from)?, commit(to)?);
    let since: BTreeSet<ObjectId> = site.repo.commits_since(to, &[from])?.into_iter().collect();
    let mut line = site.repo.first_parents(to, since.len())?;
    line.retain(|id| since.contains(id));
    Ok(line)
}

/// Whether gate.toml begins at a commit.
fn begins(site: &Site, commit: &Commit) -> Result<bool, Refusal> {
    if !holds_rules(site, commit.tree)? {
        return Ok(false);
    }
    let Some(parent) = commit.parents.first() else { return Ok(true) };
    Ok(!holds_rules(site, site.repo.commit(*parent)?.tree)?)
}

fn holds_rules(site: &Site, tree: ObjectId) -> Result<bool, Refusal> {
    Ok(site.repo.tree(tree)?.get(b"gate.toml".as_bstr()).is_some())
}
