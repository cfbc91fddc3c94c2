//! Into the index that git names, and for a commit of some paths into the one that lasts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::blobs::Blobs;
use super::outcome::Mended;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{IndexEdit, Repo, Restaged, Side, merge_file};
use crate::judge::{Refusal, RefusalKind};
use crate::path::RepoPath;

/// How often it is begun anew where somebody else writes the index at the same time.
const TRIES: usize = 3;

/// Changes the indexes of what is about to be committed. Gives the files that were not changed in the one that git names,
/// because something else was staged of them meanwhile. Copies are made in `beside`.
pub(super) fn restage(
    blobs: &Blobs<'_>,
    candidate: ObjectId,
    mended: &[Mended],
    beside: &Path,
) -> Result<BTreeSet<RepoPath>, Refusal> {
    let repo = blobs.repo();
    let mut foreign = BTreeSet::new();
    // The one that lasts is made right first: then whatever git commits, it holds as well.
    for (number, index) in repo.indexes_of_commit()?.iter().enumerate().rev() {
        let named = number == 0;
        let mut done = Restaged::Changed;
        for _ in 0..TRIES {
            let edit = repo.edit_index(index, beside)?;
            let sides = sides(blobs, &edit, (candidate, named), mended)?;
            if named {
                foreign =
                    mended.iter().map(|mend| &mend.path).filter(|path| !sides.contains_key(*path)).cloned().collect();
            }
            done = if sides.is_empty() { Restaged::Done } else { put(repo, edit, &sides)? };
            if done != Restaged::Changed {
                break;
            }
        }
        if done != Restaged::Done {
            return Err(refused(index, done));
        }
    }
    Ok(foreign)
}

fn put(repo: &Repo, edit: IndexEdit, sides: &BTreeMap<RepoPath, Side>) -> Result<Restaged, Refusal> {
    edit.set(repo, sides)?;
    edit.refresh(repo)?;
    Ok(edit.put()?)
}

/// What an index is to have of the mended files. The one that git names has what the candidate has of them, or something
/// was staged since; the one that lasts may hold more, and the fix is merged into that.
fn sides(
    blobs: &Blobs<'_>,
    edit: &IndexEdit,
    (candidate, named): (ObjectId, bool),
    mended: &[Mended],
) -> Result<BTreeMap<RepoPath, Side>, Refusal> {
    let repo = blobs.repo();
    let tree = edit.tree(repo)?;
    let mut sides = BTreeMap::new();
    let there = if tree == candidate { None } else { Some(repo.leaves(tree, mended.iter().map(|mend| &mend.path))?) };
    for mend in mended {
        let now = there.as_ref().map_or(Some(mend.old), |there| there.get(&mend.path).copied());
        let side = match now {
            Some(now) if now == mend.old => Some(mend.new),
            Some(now) if !named && now.mode == mend.old.mode => merged(blobs, mend, now)?,
            _ => None,
        };
        sides.extend(side.map(|side| (mend.path.clone(), side)));
    }
    // The named index's are there already.
    if !named {
        blobs.give(sides.values().map(|side| side.id))?;
    }
    Ok(sides)
}

fn merged(blobs: &Blobs<'_>, mend: &Mended, now: Side) -> Result<Option<Side>, Refusal> {
    let (base, ours, theirs) = (blobs.get(mend.old.id)?, blobs.get(now.id)?, blobs.get(mend.new.id)?);
    let Some(bytes) = merge_file(&base, &ours, &theirs)? else { return Ok(None) };
    let side = Side { mode: mend.new.mode, id: blobs.put(&bytes)? };
    Ok((side != now).then_some(side))
}

fn refused(index: &Path, why: Restaged) -> Refusal {
    let told = match why {
        Restaged::Locked => format!("another git process holds the lock of '{}'", index.display()),
        Restaged::Changed | Restaged::Done => format!("another process keeps writing '{}'", index.display()),
    };
    let hint = "the fixes are in the working tree, and not in the index: git add what you want, and commit again; \
                where no git runs any more, remove the file index.lock beside it";
    Refusal::new(RefusalKind::Undecided, Diagnostic::error("fix/index", told).hint(hint))
}
