//! Back into the working tree: each file only if it is as it was, or the fix can be merged into what it is now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::blobs::Blobs;
use super::outcome::{Mended, Target};
use crate::digest::ObjectId;
use crate::git::{self, Side, merge_file};
use crate::judge::Refusal;
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

/// From how many files on it pays to write with a further thread.
const MANY: usize = 100;

/// With what files are written.
pub(super) struct To<'a> {
    pub(super) blobs: &'a Blobs<'a>,
    /// The user's folder of settings.
    pub(super) config_home: Option<&'a Path>,
    /// Where files lie that are made on the way.
    pub(super) beside: &'a Path,
}

/// Writes the fixes into the working tree.
pub(super) fn write(to: &To<'_>, candidate: ObjectId, mended: &[Mended], target: Target) -> Result<Written, Refusal> {
    let repo = to.blobs.repo();
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
        match merged(to.blobs, mend, taken.get(&mend.path).copied().flatten(), target)? {
            Merged::To(blob) => wanted.push(want(mend, seen, blob)),
            Merged::Same => drop(written.done.insert(mend.path.clone())),
            Merged::Not(why) => drop(written.left.insert(mend.path.clone(), why.to_owned())),
        }
    }
    let contents = contents(to, candidate, &wanted)?;
    let work: Vec<(Wanted<'_>, Arc<[u8]>)> = wanted.into_iter().zip(contents).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(work.len() / MANY + 1);
    let parts = work.chunks(work.len().div_ceil(threads).max(1));
    let ended: Vec<Vec<Ended>> = std::thread::scope(|scope| {
        let running: Vec<_> = parts.map(|part| scope.spawn(|| replace(top, to.beside, part))).collect();
        running.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    for ((want, _), ended) in work.iter().zip(ended.into_iter().flatten()) {
        match ended {
            Ok(true) => drop(written.done.insert(want.path.clone())),
            Ok(false) => drop(written.left.insert(want.path.clone(), EDITED.to_owned())),
            // One file that can't be written is no reason to leave the others.
            Err(error) => drop(written.left.insert(want.path.clone(), format!("it can't be written: {error}"))),
        }
    }
    Ok(written)
}

/// Whether a file was replaced.
type Ended = std::io::Result<bool>;

fn replace(top: &Path, beside: &Path, work: &[(Wanted<'_>, Arc<[u8]>)]) -> Vec<Ended> {
    // Threads that make files in the same folder wait for each other.
    let opened = Files::open(top).and_then(|files| Ok((files, tempfile::tempdir_in(beside)?)));
    let one = |(want, bytes): &(Wanted<'_>, Arc<[u8]>)| match &opened {
        Ok((files, own)) => files.replace(want.path, &want.seen, (bytes, want.executable), own.path()),
        Err(error) => Err(std::io::Error::new(error.kind(), error.to_string())),
    };
    work.iter().map(one).collect()
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

fn merged(blobs: &Blobs<'_>, mend: &Mended, now: Option<Side>, target: Target) -> Result<Merged, Refusal> {
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
    let (base, ours, theirs) = (blobs.get(mend.old.id)?, blobs.get(now.id)?, blobs.get(mend.new.id)?);
    match merge_file(&base, &ours, &theirs)? {
        Some(bytes) if *bytes == *ours => Ok(Merged::Same),
        Some(bytes) => Ok(Merged::To(blobs.put(&bytes)?)),
        None => Ok(Merged::Not("an edit that is not staged is in the way: only the index has the fix")),
    }
}

/// The bytes of files as git writes them.
fn contents(to: &To<'_>, candidate: ObjectId, wanted: &[Wanted<'_>]) -> Result<Vec<Arc<[u8]>>, Refusal> {
    let repo = to.blobs.repo();
    let filters = Filters::read(repo, to.config_home, candidate, wanted.iter().map(|want| want.path))?;
    let filtered = wanted.iter().filter(|want| filters.may_change(want.path));
    let sides: BTreeMap<RepoPath, Side> =
        filtered.map(|want| (want.path.clone(), Side { mode: Mode::File, id: want.blob })).collect();
    let folder = tempfile::tempdir_in(to.beside).map_err(git::Error::from)?;
    if !sides.is_empty() {
        to.blobs.store()?;
        let tree = repo.tree_with(candidate, &sides)?;
        repo.write_tree_files(tree, sides.keys(), folder.path())?;
    }
    let content = |want: &Wanted<'_>| {
        if !sides.contains_key(want.path) {
            return Ok(to.blobs.get(want.blob)?);
        }
        let bytes = fs_err::read(folder.path().join(want.path.as_path())).map_err(git::Error::from)?;
        Ok(bytes.into())
    };
    wanted.iter().map(content).collect()
}
