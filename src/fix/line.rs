//! The line from a request to written files.

use super::bench::{Bench, interrupted};
use super::blobs::Blobs;
use super::fixers;
use super::outcome::{Fixed, Left, Target};
use super::rounds::{self, Outcome};
use super::writer::Writer;
use crate::event::Event;
use crate::judge::{self, Refusal, Request, Setting, Site};
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
    let blobs = Blobs::new(&site.repo);
    let mut bench = Bench::new(&id, request, setting, site, (&planned, &blobs));
    let mut outcome = rounds::run(&fixers, &mut bench, candidate)?;
    let notes = std::mem::take(&mut bench.notes);
    drop(bench);
    if let Some(signal) = setting.control.signal() {
        return Err(interrupted(signal));
    }
    leave_large(&blobs, &mut outcome)?;
    let fixed = Writer { setting, site, blobs: &blobs, id: &id, candidate, target }.write(outcome)?;
    site.warnings.extend(notes);
    if fixed.changed.len() >= MANY {
        site.repo.expect_many();
    }
    setting.sink.emit(Event::Fixed { fixes: fixed.fixes() });
    Ok(fixed)
}

/// From how many mended files on they are taken in at one stroke when they are judged.
const MANY: usize = 100;

/// What a file begins with that stands for one that Git LFS keeps: <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>.
const LARGE: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Leaves files that Git LFS keeps: their new content would have to be handed to it, and not only to git.
fn leave_large(blobs: &Blobs<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    let mut small = Vec::new();
    for mend in std::mem::take(&mut outcome.mended) {
        if blobs.get(mend.new.id)?.starts_with(LARGE) {
            outcome.left.push(Left::new(&mend.path, "Git LFS keeps it: it is not mended"));
        } else {
            small.push(mend);
        }
    }
    outcome.mended = small;
    Ok(())
}
