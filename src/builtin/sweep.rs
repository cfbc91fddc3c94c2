//! Looking at many files in parallel.
//!
//! A repository can't be shared between threads and takes about a millisecond to open again, so that every worker has
//! one of its own, and few files have only the caller's. Files are handed out in small portions; what is found is put
//! together in the order of the paths, a round after the other, so that no more texts are held than of one round.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::file::{File, Found};
use super::findings::Gathering;
use super::known::{self, Known, Traits};
use super::{Error, Findings};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{self, Repo};
use crate::input::Input;
use crate::path::Mode;

/// How many files are worth a worker of their own.
const WORTH_A_WORKER: usize = 128;

/// How many files a worker takes at a time.
const PORTION: usize = 16;

/// How many files a round has.
const ROUND: usize = 4096;

/// What is said of one file.
pub(super) type Look<'a> = &'a (dyn Fn(&Repo, &Input) -> Result<Vec<Diagnostic>, git::Error> + Sync);

/// What a check makes of a file's content.
pub(super) type Reading<'a> = &'a (dyn Fn(&File<'_>, &mut Found<'_>) + Sync);

/// Whether to end early.
pub(super) type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// Looks at every file.
pub(super) fn sweep(repo: &Repo, mut files: Vec<&Input>, look: Look<'_>, stop: Stop<'_>) -> Result<Findings, Error> {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let more = (files.len() / WORTH_A_WORKER).min(rayon::current_num_threads()).saturating_sub(1);
    let mut others = (0..more).map(|_| repo.reopen()).collect::<Result<Vec<_>, _>>()?;
    let mut findings = Gathering::default();
    for files in files.chunks(ROUND) {
        let round = Round { files, look, stop, next: AtomicUsize::new(0), ended: AtomicBool::new(false) };
        for (file, found) in round.run(repo, &mut others)? {
            findings.add(&files[file].path, found);
        }
    }
    Ok(findings.finish())
}

/// Reads files and has them looked at. `objected` is what the check could object to: contents that are known to have
/// nothing of it are not read again. A content that a check understands by itself, such as a format, is always read.
pub(super) fn contents(
    repo: &Repo,
    files: Vec<&Input>,
    objected: Option<Traits>,
    reading: Reading<'_>,
    stop: Stop<'_>,
) -> Result<Findings, Error> {
    let is_clean = |known: Option<Known>, input: &Input| match (known, objected) {
        // What a program begins with is no trait.
        (Some(known), Some(objected)) => !(known.traits.has_any(objected) || is_program(input, objected)),
        _ => false,
    };
    let known = known::recall(files.iter().map(|input| input.id));
    let unclean = files.into_iter().zip(known).filter(|(input, known)| !is_clean(*known, input));
    let files: Vec<&Input> = unclean.map(|(input, _)| input).collect();
    if repo.is_partial() {
        let ids: Vec<ObjectId> = files.iter().map(|input| input.id).collect();
        repo.fetch_missing(&ids)?;
    }
    let look = |repo: &Repo, input: &Input| {
        // Another check may be reading the same files at this moment.
        if is_clean(known::recall_one(input.id), input) {
            return Ok(Vec::new());
        }
        let bytes = repo.blob(input.id)?;
        let known = Known::of(&bytes);
        known::keep(input.id, known);
        if is_clean(Some(known), input) {
            return Ok(Vec::new());
        }
        let mut found = Found::new(input.path.to_string(), &bytes);
        reading(&File { path: &input.path, mode: input.mode, bytes: &bytes }, &mut found);
        Ok(found.finish())
    };
    sweep(repo, files, &look, stop)
}

/// Whether it can be executed and the check is the one of that.
fn is_program(input: &Input, objected: Traits) -> bool {
    input.mode == Mode::Executable && objected.has_any(Traits::SCRIPT)
}

/// Files that have a content.
pub(super) fn regular(files: &[Input]) -> Vec<&Input> {
    files.iter().filter(|input| input.mode.is_file()).collect()
}

struct Round<'a> {
    files: &'a [&'a Input],
    look: Look<'a>,
    stop: Stop<'a>,
    next: AtomicUsize,
    ended: AtomicBool,
}

/// What was found, with the position of its file.
type Part = Vec<(usize, Vec<Diagnostic>)>;

impl Round<'_> {
    /// What was found, in the order of the files.
    fn run(&self, repo: &Repo, others: &mut [Repo]) -> Result<Part, Error> {
        let parts = Mutex::new(Vec::new());
        let keep = &|part| parts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(part);
        // The caller's own repository stays on the caller's thread.
        rayon::in_place_scope(|scope| {
            for other in others {
                scope.spawn(move |_| keep(self.work(other)));
            }
            keep(self.work(repo));
        });
        let parts = parts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut all = parts.into_iter().collect::<Result<Vec<Part>, Error>>()?.concat();
        all.sort_by_key(|(file, _)| *file);
        Ok(all)
    }

    fn work(&self, repo: &Repo) -> Result<Part, Error> {
        let mut part = Vec::new();
        loop {
            let start = self.next.fetch_add(PORTION, Ordering::Relaxed);
            if start >= self.files.len() || self.ended.load(Ordering::Relaxed) {
                return Ok(part);
            }
            let end = (start + PORTION).min(self.files.len());
            if let Err(error) = self.portion(repo, start..end, &mut part) {
                self.ended.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
    }

    fn portion(&self, repo: &Repo, files: std::ops::Range<usize>, part: &mut Part) -> Result<(), Error> {
        if (self.stop)() {
            return Err(Error::Stopped);
        }
        for file in files {
            let found = (self.look)(repo, self.files[file])?;
            if !found.is_empty() {
                part.push((file, found));
            }
        }
        Ok(())
    }
}
