//! What a fixer changed in a checkout: tracked files that hold something else, as git would take them in.

use std::collections::BTreeMap;
use std::path::Path;

use super::blobs::Blobs;
use crate::digest::ObjectId;
use crate::git::{self, Side};
use crate::judge::Refusal;
use crate::path::{Mode, RepoPath};
use crate::workspace::{Files, Filters, Found, Touched, TouchedKind};

/// What a fixer did.
#[derive(Default)]
pub(super) struct Collected {
    /// Files that are other ones now.
    pub(super) changed: BTreeMap<RepoPath, Side>,
    /// What is not taken, and why.
    pub(super) left: BTreeMap<RepoPath, String>,
}

/// Gathers it from what the look after the fixer found. `config_home` is the user's folder of settings.
pub(super) fn collect(
    (blobs, config_home): (&Blobs<'_>, Option<&Path>),
    dir: &Path,
    touched: &[Touched],
    tree: ObjectId,
) -> Result<Collected, Refusal> {
    let repo = blobs.repo();
    let mut found = Collected::default();
    let mut leave = |path: &RepoPath, why: &str| drop(found.left.insert(path.clone(), why.to_owned()));
    let paths: Vec<&RepoPath> =
        touched.iter().filter(|touch| touch.kind == TouchedKind::Changed).map(|touch| &touch.path).collect();
    for touch in touched.iter().filter(|touch| touch.kind == TouchedKind::Left) {
        leave(&touch.path, "a fixer made it, and new files are not taken");
    }
    if paths.is_empty() {
        return Ok(found);
    }
    let filters = Filters::read(repo, config_home, tree, paths.iter().copied())?;
    let files = Files::open(dir).map_err(git::Error::from)?;
    let (mut plain, mut odd) = (Vec::new(), Vec::new());
    let before = repo.leaves(tree, paths.iter().copied())?;
    for path in paths {
        let Some(old) = before.get(path).copied() else { continue };
        match files.look(path).map_err(git::Error::from)? {
            _ if !old.mode.is_file() => leave(path, "a fixer changed it, and it is no file"),
            Found::Nothing => leave(path, "a fixer removed it: it stays"),
            Found::Other => leave(path, "a fixer made something else than a file of it: it stays"),
            // Git would make other line endings of these, or whatever the filter does.
            Found::File(seen) if filters.may_change(path) || seen.bytes.contains(&b'\r') => odd.push((path, old)),
            Found::File(seen) => plain.push((path, old, seen)),
        }
    }
    for (path, old, seen) in plain {
        let mode = if seen.executable { Mode::Executable } else { Mode::File };
        let new = Side { mode, id: blobs.put(&seen.bytes)? };
        if new != old {
            found.changed.insert(path.clone(), new);
        }
    }
    let names: Vec<&RepoPath> = odd.iter().map(|(path, _)| *path).collect();
    let taken = repo.taken_in(dir, &names, tree)?;
    for (path, old) in odd {
        match taken.get(path).copied().flatten() {
            Some(new) if new == old => {}
            Some(new) if new.mode.is_file() => drop(found.changed.insert(path.clone(), new)),
            _ => drop(found.left.insert(path.clone(), "a fixer removed it: it stays".to_owned())),
        }
    }
    Ok(found)
}
