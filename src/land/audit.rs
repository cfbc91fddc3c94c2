//! Whether every commit of a branch is what a verdict said may land.

use std::collections::BTreeSet;

use bstr::ByteSlice;

use super::guarded::guarded;
use super::history::{AUDIT_SCHEMA, Bypass, CommitEntry, Counts, Cover, History, RefusedEntry};
use super::members::Member;
use super::witness::{Witness, Word};
use crate::change::Method;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{Commit, Error, Repo};
use crate::judge::{Refusal, RefusalKind, Site};
use crate::verdict::{Kind, Proof};

/// How many commits are looked at where no range is named, and how many refused pushes are told.
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
    let commits = entries(site, &line(site, &named)?)?;
    let refused = site.ledger.refusals(LAST);
    let refused = refused.map_err(|error| Refusal::new(RefusalKind::Internal, Diagnostic::from(&error)))?;
    let refused = refused.into_iter().map(RefusedEntry::from).collect();
    Ok(History { schema: AUDIT_SCHEMA, range: named, counts: Counts::of(&commits), commits, refused })
}

/// What speaks for each commit of a line. Commits come the newest first.
fn entries(site: &Site, line: &[ObjectId]) -> Result<Vec<CommitEntry>, Refusal> {
    let (Some(newest), Some(oldest)) = (line.first(), line.last()) else { return Ok(Vec::new()) };
    let witness = Witness::new(site, *newest)?;
    let places = places(site, &witness, line)?;
    let before = places.last().and_then(|place| place.commit.parents.first());
    let mut parts = Parts { line: line.iter().chain(before).copied().collect(), open: None };
    let entry = |place: &Place| {
        let (cover, base) = cover(site, &witness, place)?;
        let cover = match parts.of(place.id, cover, base) {
            Cover::Bypass { .. } if place.id == *oldest && begins(site, &place.commit)? => Cover::Start,
            cover => cover,
        };
        let subject = Member::subject(&site.repo, place.id)?;
        Ok(CommitEntry { commit: place.id, tree: place.commit.tree, subject, cover })
    };
    places.iter().map(entry).collect()
}

/// A commit of the line.
struct Place {
    /// Its name.
    id: ObjectId,
    commit: Commit,
    /// What was said of it.
    words: Vec<Word>,
    /// What the branch was at when the last one before it landed: whatever was judged on an earlier one did not land here.
    since: Option<ObjectId>,
}

impl Place {
    /// Whether a verdict lets it land where it is.
    fn fits(&self, repo: &Repo, word: &Word) -> Result<bool, Error> {
        let Word { verdict, proof, target, .. } = word;
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

/// The commits of a line, with what was said of each.
fn places(site: &Site, witness: &Witness<'_>, line: &[ObjectId]) -> Result<Vec<Place>, Refusal> {
    let (mut places, mut since) = (Vec::new(), None);
    for id in line.iter().rev() {
        let commit = site.repo.commit(*id)?;
        let words = witness.of(*id, &commit)?;
        let parent = commit.parents.first().copied();
        let landed = words.iter().any(|word| lands(word) && word.target == parent);
        places.push(Place { id: *id, commit, words, since });
        since = parent.filter(|_| landed).or(since);
    }
    places.reverse();
    Ok(places)
}

fn lands(word: &Word) -> bool {
    matches!(word.verdict, Kind::Deployable | Kind::Mends)
}

/// What speaks for a commit by itself, and the commit that it was judged on.
fn cover(site: &Site, witness: &Witness<'_>, place: &Place) -> Result<(Cover, Option<ObjectId>), Refusal> {
    let (mut fitting, mut others) = (Vec::new(), Vec::new());
    for word in place.words.clone() {
        let speaks = (lands(&word) && place.fits(&site.repo, &word)?) || word.overridden.is_some();
        if speaks { &mut fitting } else { &mut others }.push(word);
    }
    // The first that said so of a landing, since that is what it landed by.
    let first = fitting.iter().find(|word| lands(word) && word.target.is_some());
    if let Some(word) = first.or_else(|| fitting.iter().find(|word| lands(word))).cloned() {
        let Word { run, verdict, proof, source, signed_by, target, .. } = word;
        return Ok((Cover::Verdict { run, verdict, proof, source, signed_by }, target));
    }
    if let Some(Word { run, verdict, target, overridden: Some(overridden), .. }) = fitting.into_iter().next() {
        return Ok((Cover::Bypass { why: Bypass::Overridden { run, verdict, overridden } }, target));
    }
    if let Some(why) = other_tree(site, witness, &place.commit)? {
        return Ok((Cover::Bypass { why }, None));
    }
    let why = match others.pop() {
        None => match witness.own_key(place.id, &place.commit)? {
            Some(signed_by) => Bypass::OwnKey { signed_by },
            None => Bypass::NoRecord,
        },
        Some(Word { run, target: Some(base), verdict: Kind::Deployable | Kind::Mends, .. }) => {
            Bypass::Elsewhere { run, base }
        }
        Some(Word { run, verdict, .. }) => Bypass::Against { run, verdict },
    };
    Ok((Cover::Bypass { why }, None))
}

/// Whether a merge holds something else than what merging its parents gives.
fn other_tree(site: &Site, witness: &Witness<'_>, commit: &Commit) -> Result<Option<Bypass>, Refusal> {
    let [into, from] = commit.parents[..] else { return Ok(None) };
    let merged = match site.repo.merge(Method::Merge, into, from) {
        Ok(merged) => merged,
        Err(Error::Unmergeable(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !merged.conflicts.is_empty() || merged.tree == commit.tree {
        return Ok(None);
    }
    let run = witness.of_tree(merged.tree)?.into_iter().find(lands).map(|word| word.run);
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
            (Cover::Verdict { run, .. } | Cover::Bypass { why: Bypass::Overridden { run, .. } }, Some(base), _)
                if self.line.contains(&base) && base != id =>
            {
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
