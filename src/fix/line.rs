//! The line from a request to written files.

use std::collections::BTreeSet;

use super::bench::{Bench, interrupted};
use super::outcome::{Fixed, Left, Mended, Target};
use super::rounds::{self, Outcome};
use super::{fixers, patch, restage, write_back};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::event::Event;
use crate::git::{self, Repo};
use crate::judge::{self, Refusal, RefusalKind, Request, Setting, Site};
use crate::path::RepoPath;
use crate::record::new_id;

/// Mends what the checks of a request would find, as far as their fixers can, and writes it to the user's files.
///
/// The candidate is what the request says; `target` goes with it. Whatever was written, nothing is proved by it: the
/// candidate is another one now, and is to be judged.
///
/// # Errors
/// A refusal: nothing could be planned, or it was ended by a signal, and nothing is written; or the index could not be
/// written, which is said.
pub fn fix(request: &Request, setting: &Setting<'_>, site: &mut Site, target: Target) -> Result<Fixed, Refusal> {
    let sought = judge::seek(request, site)?;
    let possible =
        sought.rules().is_some_and(|rules| rules.checks.values().any(|check| fixers::can_fix(check, request)));
    if !possible {
        return Ok(Fixed::default());
    }
    let planned = judge::plan_sought(sought, request, setting, site)?;
    let fixers = fixers::of(&planned, request, site)?;
    if fixers.is_empty() {
        return Ok(Fixed::default());
    }
    let id = new_id(setting.now, std::process::id());
    let candidate = planned.change.candidate.tree;
    let mut bench = Bench::new(&id, request, setting, site, &planned);
    let mut outcome = rounds::run(&fixers, &mut bench, candidate)?;
    let notes = std::mem::take(&mut bench.notes);
    drop(bench);
    site.warnings.extend(notes);
    if let Some(signal) = setting.control.signal() {
        return Err(interrupted(signal));
    }
    leave_large(&site.repo, &mut outcome)?;
    let fixed = write((setting, site), &id, candidate, (outcome, target))?;
    setting.sink.emit(Event::Fixed { fixes: fixed.fixes() });
    Ok(fixed)
}

/// What a file begins with that stands for one that Git LFS keeps: <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>.
const LARGE: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Leaves files that Git LFS keeps: their new content would have to be handed to it, and not only to git.
fn leave_large(repo: &Repo, outcome: &mut Outcome) -> Result<(), Refusal> {
    let mut small = Vec::new();
    for mend in std::mem::take(&mut outcome.mended) {
        if repo.blob(mend.new.id)?.starts_with(LARGE) {
            outcome.left.push(Left::new(&mend.path, "Git LFS keeps it: it is not mended"));
        } else {
            small.push(mend);
        }
    }
    outcome.mended = small;
    Ok(())
}

/// Writes what the fixers came to: objects, then files, then the index.
fn write(
    (setting, site): (&Setting<'_>, &Site),
    id: &str,
    candidate: ObjectId,
    (outcome, target): (Outcome, Target),
) -> Result<Fixed, Refusal> {
    let Outcome { mended, mut left, unsettled, failed } = outcome;
    let mut fixed = Fixed { unsettled, failed, ..Fixed::default() };
    if mended.is_empty() {
        fixed.left = left;
        return Ok(fixed);
    }
    let repo = &site.repo;
    if target == Target::Index {
        refuse_locked(repo)?;
        repo.give_blobs(mended.iter().map(|mend| mend.new.id))?;
    }
    let fixing = site.state.join("fixing");
    fs_err::create_dir_all(&fixing).map_err(git::Error::from)?;
    // What a run that was killed has left; it may hold the last copy of something.
    patch::remove_old(&fixing);
    let beside = tempfile::tempdir_in(&fixing).map_err(git::Error::from)?;
    let written = write_back::write((setting, site), candidate, &mended, (target, beside.path()))?;
    let foreign = match target {
        Target::WorkTree => BTreeSet::new(),
        Target::Index => restage::restage(repo, candidate, &mended, beside.path())?,
    };
    let unfit: Vec<&Mended> =
        mended.iter().filter(|mend| written.left.contains_key(&mend.path) || foreign.contains(&mend.path)).collect();
    let kept = match unfit.as_slice() {
        [] => None,
        unfit => Some(patch::keep(repo, candidate, unfit, (&site.state.join("patches"), id))?),
    };
    for mend in unfit {
        let staged = "something else was staged meanwhile".to_owned();
        let why = written.left.get(&mend.path).cloned().unwrap_or(staged);
        left.push(Left { path: mend.path.clone(), why, patch: kept.as_ref().map(|(file, _)| file.clone()) });
    }
    let is_changed = |path: &RepoPath| match target {
        Target::WorkTree => written.done.contains(path),
        Target::Index => !foreign.contains(path),
    };
    fixed.changed = mended.iter().map(|mend| mend.path.clone()).filter(is_changed).collect();
    fixed.left = left;
    fixed.apply = kept.map(|(_, command)| command);
    Ok(fixed)
}

/// Refuses before anything is written, where the index can't be.
fn refuse_locked(repo: &Repo) -> Result<(), Refusal> {
    let Some(index) = repo.indexes_of_commit()?.into_iter().find(|index| git::is_locked(index)) else { return Ok(()) };
    let told = format!("another git process holds the lock of '{}': nothing was fixed", index.display());
    let hint = "wait for it and try again; where no git runs any more, remove the file index.lock beside it";
    Err(Refusal::new(RefusalKind::Undecided, Diagnostic::error("fix/index", told).hint(hint)))
}
