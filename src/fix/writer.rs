//! Writes what the fixers came to into what is the user's: objects, then files, then the index.

use std::collections::BTreeSet;

use super::blobs::Blobs;
use super::outcome::{Fixed, Left, Mended, Target};
use super::rounds::Outcome;
use super::{patch, restage, write_back};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{self, Repo};
use crate::judge::{Refusal, RefusalKind, Setting, Site, config_home};
use crate::path::RepoPath;

/// With what it is written, and where.
pub(super) struct Writer<'a> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) site: &'a Site,
    pub(super) blobs: &'a Blobs<'a>,
    /// The run's id.
    pub(super) id: &'a str,
    /// The tree that the fixes are about.
    pub(super) candidate: ObjectId,
    pub(super) target: Target,
}

impl Writer<'_> {
    pub(super) fn write(&self, outcome: Outcome) -> Result<Fixed, Refusal> {
        let Outcome { mended, left, unsettled, failed } = outcome;
        let mut fixed = Fixed { left, unsettled, failed, ..Fixed::default() };
        if mended.is_empty() {
            return Ok(fixed);
        }
        let repo = &self.site.repo;
        if self.target == Target::Index {
            refuse_locked(repo)?;
            self.blobs.give(mended.iter().map(|mend| mend.new.id))?;
        }
        let fixing = self.site.state.join("fixing");
        fs_err::create_dir_all(&fixing).map_err(git::Error::from)?;
        // What a run that was killed has left; it may hold the last copy of something.
        patch::remove_old(&fixing);
        let beside = tempfile::tempdir_in(&fixing).map_err(git::Error::from)?;
        let home = config_home(self.setting.env);
        let to = write_back::To { blobs: self.blobs, config_home: home.as_deref(), beside: beside.path() };
        let written = write_back::write(&to, self.candidate, &mended, self.target)?;
        let foreign = match self.target {
            Target::WorkTree => BTreeSet::new(),
            Target::Index => restage::restage(self.blobs, self.candidate, &mended, beside.path())?,
        };
        let is_changed = |path: &RepoPath| match self.target {
            Target::WorkTree => written.done.contains(path),
            Target::Index => !foreign.contains(path),
        };
        fixed.changed = mended.iter().map(|mend| mend.path.clone()).filter(is_changed).collect();
        let is_unfit = |mend: &&Mended| written.left.contains_key(&mend.path) || foreign.contains(&mend.path);
        let unfit: Vec<&Mended> = mended.iter().filter(is_unfit).collect();
        if unfit.is_empty() {
            return Ok(fixed);
        }
        self.blobs.store()?;
        let (file, command) = patch::keep(repo, self.candidate, &unfit, (&self.site.state.join("patches"), self.id))?;
        fixed.left.extend(unfit.into_iter().map(|mend| {
            let why = written.left.get(&mend.path).cloned();
            let why = why.unwrap_or_else(|| "something else was staged meanwhile".to_owned());
            Left { path: mend.path.clone(), why, patch: Some(file.clone()) }
        }));
        fixed.apply = Some(command);
        Ok(fixed)
    }
}

/// Refuses before anything is written, where the index can't be.
fn refuse_locked(repo: &Repo) -> Result<(), Refusal> {
    let Some(index) = repo.indexes_of_commit()?.into_iter().find(|index| git::is_locked(index)) else { return Ok(()) };
    let told = format!("another git process holds the lock of '{}': nothing was fixed", index.display());
    let hint = "wait for it and try again; where no git runs any more, remove the file index.lock beside it";
    Err(Refusal::new(RefusalKind::Undecided, Diagnostic::error("fix/index", told).hint(hint)))
}
