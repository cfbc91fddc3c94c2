//! What has to be done to bring the checkout from what it holds to what it has to hold.

use std::collections::BTreeMap;

use bstr::ByteSlice;

use super::Error;
use super::index::Stat;
use super::manifest::{Manifest, Tracked};
use super::root::Root;
use super::sweep::Belongings;
use crate::digest::ObjectId;
use crate::git::{Repo, Side};
use crate::path::{Mode, RepoPath};

/// Paths with what they have to hold; `None` where nothing of the tree's has to be.
pub(super) type Changes = BTreeMap<RepoPath, Option<Side>>;

/// What differs between the tree that the checkout is known to be at and another one.
pub(super) fn between(repo: &Repo, old: ObjectId, new: ObjectId) -> Result<Changes, Error> {
    let deltas = repo.diff(Some(old), Some(new))?;
    // A file that becomes a folder, or a folder that becomes a file, shows as two deltas of two paths.
    Ok(deltas.into_iter().map(|delta| (delta.path, delta.new)).collect())
}

/// Sides by path, as changes.
pub(super) fn as_changes(wanted: &BTreeMap<RepoPath, Side>) -> Changes {
    wanted.iter().map(|(path, side)| (path.clone(), Some(*side))).collect()
}

/// Everything that a tree holds.
pub(super) fn whole(repo: &Repo, tree: ObjectId) -> Result<BTreeMap<RepoPath, Side>, Error> {
    let deltas = repo.diff(None, Some(tree))?;
    Ok(deltas.into_iter().filter_map(|delta| Some((delta.path, delta.new?))).collect())
}

/// What differs between what lies on disk and what has to: for a checkout of which nothing is known for certain.
pub(super) fn compared(root: &Root, manifest: &Manifest, wanted: &BTreeMap<RepoPath, Side>) -> Changes {
    let gone = manifest.items().map(|item| RepoPath::new(item.path)).filter(|path| !wanted.contains_key(path));
    let mut changes: Changes = gone.map(|path| (path, None)).collect();
    for (path, side) in wanted {
        if !is_as_written(root, manifest, path, *side) {
            changes.insert(path.clone(), Some(*side));
        }
    }
    changes
}

fn is_as_written(root: &Root, manifest: &Manifest, path: &RepoPath, side: Side) -> bool {
    let Some(item) = manifest.find(path.as_bstr()).filter(|item| item.side == side) else { return false };
    if side.mode == Mode::Submodule {
        return root.folder(path.as_bstr()).is_ok();
    }
    root.stat(path.as_bstr()).is_ok_and(|stat| Stat::from(&stat) == item.stat)
}

/// Removes what the candidate does not hold any more, deepest first. A folder that holds nothing of the candidate's any
/// more is removed with all that is in it: leftovers of tools in it (`__pycache__`, `target`) make it look alive.
pub(super) fn remove(root: &Root, held: &Belongings<'_>, changes: &Changes) -> Result<usize, Error> {
    let mut doomed: Vec<RepoPath> = Vec::new();
    for (path, _) in changes.iter().filter(|(_, side)| side.is_none()) {
        let top = topmost(held, path);
        if doomed.last().is_none_or(|last| !top.is_within(last)) {
            doomed.push(top);
        }
    }
    for path in doomed.iter().rev() {
        root.remove(path.as_bstr()).map_err(|source| Error::io("remove", &root.path().join(path.as_path()), source))?;
    }
    Ok(doomed.len())
}

/// The outermost folder of a path that the candidate has no folder for; the path itself if it has all of them.
fn topmost(held: &Belongings<'_>, path: &RepoPath) -> RepoPath {
    let bytes = path.as_bstr();
    let folders = bytes.find_iter("/").map(|slash| bytes[..slash].as_bstr());
    let mut gone = folders.filter(|folder| held.tracked(folder) != Some(Tracked::Folder));
    gone.next().map_or_else(|| path.clone(), RepoPath::new)
}
