//! Back into the working tree: each file only if it is as it was, or the fix can be merged into what it is now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::outcome::{Mended, Target};
use crate::digest::ObjectId;
use crate::git::{self, Repo, Side, merge_file};
use crate::judge::{Refusal, Setting, Site, config_home};
use crate::path::{Mode, RepoPath};
use crate::workspace::{Files, Filters, Found, Seen};

/// What was there that is not to be written over.
const EDITED: &str = "it was edited meanwhile";

/// What became of the files.
#[derive(Default)]
pub(super) struct Written {
    /// Those that hold the fix now.
    pub(super) done: BTreeSet<RepoPath>,
    /// Those that are as they were, and why.
    pub(super) left: BTreeMap<RepoPath, String>,
}

/// What a file is to hold, as git has it.
struct Wanted<'a> {
    path: &'a RepoPath,
    seen: Seen,
    blob: ObjectId,
    executable: bool,
}

/// Writes the fixes into the working tree. Files that are made on the way lie in `beside`.
pub(super) fn write(
    (setting, site): (&Setting<'_>, &Site),
    candidate: ObjectId,
    mended: &[Mended],
    (target, beside): (Target, &Path),
) -> Result<Written, Refusal> {
    let repo = &site.repo;
    let top = repo.work_dir().ok_or_else(|| git::Error::Bare(repo.git_dir().to_owned()))?;
    let io = git::Error::from;
    let files = Files::open(top).map_err(io)?;
    let mut written = Written::default();
    let (mut wanted, mut odd) = (Vec::new(), Vec::new());
    for mend in mended {
        match files.look(&mend.path).map_err(io)? {
            Found::File(seen) if git::blob_id(&seen.bytes)? == mend.old.id => {
                wanted.push(want(mend, seen, mend.new.id));
            }
            Found::File(seen) => odd.push((mend, seen)),
            // Whoever has removed it from the working tree does not want it there.
            Found::Nothing if target == Target::Index => drop(written.done.insert(mend.path.clone())),
            Found::Nothing => drop(written.left.insert(mend.path.clone(), "it is not there any more".to_owned())),
            Found::Other => drop(written.left.insert(mend.path.clone(), "it is no file there".to_owned())),
        }
    }
    let names: Vec<&RepoPath> = odd.iter().map(|(mend, _)| &mend.path).collect();
    let taken = repo.taken_in(top, &names, candidate)?;
    for (mend, seen) in odd {
        match merged(repo, mend, taken.get(&mend.path).copied().flatten(), target)? {
            Merged::To(blob) => wanted.push(want(mend, seen, blob)),
            Merged::Same => drop(written.done.insert(mend.path.clone())),
            Merged::Not(why) => drop(written.left.insert(mend.path.clone(), why.to_owned())),
        }
    }
    let home = config_home(setting.env);
    let filters = Filters::read(repo, home.as_deref(), candidate, wanted.iter().map(|want| want.path))?;
    let smudged = smudged(repo, candidate, &wanted, (&filters, beside))?;
    for want in wanted {
        let bytes = match smudged.get(want.path) {
            Some(bytes) => bytes.clone(),
            None => repo.blob(want.blob)?,
        };
        // One file that can't be written is no reason to leave the others.
        match files.replace(want.path, &want.seen, (&bytes, want.executable), beside) {
            Ok(true) => drop(written.done.insert(want.path.clone())),
            Ok(false) => drop(written.left.insert(want.path.clone(), EDITED.to_owned())),
            Err(error) => drop(written.left.insert(want.path.clone(), format!("it can't be written: {error}"))),
        }
    }
    Ok(written)
}

/// Its mode follows the fix unless it had been changed before.
fn want(mend: &Mended, seen: Seen, blob: ObjectId) -> Wanted<'_> {
    let is_executable = |side: Side| side.mode == Mode::Executable;
    let same = seen.executable == is_executable(mend.old);
    let executable = if same { is_executable(mend.new) } else { seen.executable };
    Wanted { path: &mend.path, seen, blob, executable }
}

/// What a fix and a file that is not as the candidate has it come to.
enum Merged {
    To(ObjectId),
    /// The file holds the fix already.
    Same,
    Not(&'static str),
}

fn merged(repo: &Repo, mend: &Mended, now: Option<Side>, target: Target) -> Result<Merged, Refusal> {
    let Some(now) = now.filter(|now| now.mode.is_file()) else { return Ok(Merged::Not(EDITED)) };
    if now.id == mend.old.id {
        return Ok(Merged::To(mend.new.id));
    }
    if now.id == mend.new.id {
        return Ok(Merged::Same);
    }
    if target == Target::WorkTree {
        return Ok(Merged::Not(EDITED));
    }
    let (base, ours, theirs) = (repo.blob(mend.old.id)?, repo.blob(now.id)?, repo.blob(mend.new.id)?);
    match merge_file(&base, &ours, &theirs)? {
        Some(bytes) if bytes == ours => Ok(Merged::Same),
        Some(bytes) => Ok(Merged::To(repo.make_blob(&bytes)?)),
        None => Ok(Merged::Not("an edit that is not staged is in the way: only the index has the fix")),
    }
}

/// What git writes of those files that it writes in other words than their objects have.
fn smudged(
    repo: &Repo,
    candidate: ObjectId,
    wanted: &[Wanted<'_>],
    (filters, beside): (&Filters, &Path),
) -> Result<BTreeMap<RepoPath, Vec<u8>>, Refusal> {
    let filtered = wanted.iter().filter(|want| filters.may_change(want.path));
    let sides: BTreeMap<RepoPath, Side> =
        filtered.map(|want| (want.path.clone(), Side { mode: Mode::File, id: want.blob })).collect();
    if sides.is_empty() {
        return Ok(BTreeMap::new());
    }
    let folder = tempfile::tempdir_in(beside).map_err(git::Error::from)?;
    let tree = repo.tree_with(candidate, &sides)?;
    repo.write_tree_files(tree, sides.keys(), folder.path())?;
    let mut smudged = BTreeMap::new();
    for path in sides.into_keys() {
        let bytes = fs_err::read(folder.path().join(path.as_path())).map_err(git::Error::from)?;
        smudged.insert(path, bytes);
    }
    Ok(smudged)
}
