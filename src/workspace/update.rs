//! Bringing a checkout to a tree, in place.
//!
//! The order is: note what is about to happen; remove; write; fill submodules; remove what belongs to nobody; save what
//! is known; note that it is done. Killed anywhere between the two notes, the next update compares everything.

use std::time::SystemTime;

use super::apply::{Job, apply};
use super::attributes::{self, Rules};
use super::changes::{self, Changes};
use super::checkout::{Workspace, file_mark};
use super::manifest::Manifest;
use super::record::Phase;
use super::session::{Session, Trust};
use super::spec::{Spec, Updated};
use super::sweep::{Belongings, selection};
use super::write::{Leaf, Stamp};
use super::{Error, private, submodule};
use crate::git::Writing;
use crate::path::{Mode, RepoPath};

impl Workspace {
    /// Brings the checkout to the session's tree; that this is going on was noted by [`Workspace::begin`].
    pub(super) fn bring(&mut self, session: &Session<'_>, trust: Trust, updated: &mut Updated) -> Result<(), Error> {
        let tidy = self.bring_once(session, trust, updated)?;
        if tidy {
            return Ok(());
        }
        // Somebody changed folders between two runs.
        if self.bring_once(session, Trust::Nothing, updated)? {
            return Ok(());
        }
        let changed = std::io::Error::other("something changes its folders at the same time");
        Err(Error::io("update", &self.dir, changed))
    }

    fn bring_once(&mut self, session: &Session<'_>, trust: Trust, updated: &mut Updated) -> Result<bool, Error> {
        let mut changes = match trust {
            Trust::Recorded => changes::between(session.repo, self.record.old, session.tree)?,
            Trust::Nothing => {
                changes::compared(session.root, &self.files, &changes::whole(session.repo, session.tree)?)
            }
        };
        let same_paths = trust == Trust::Recorded
            && changes.iter().all(|(path, side)| side.is_some() && self.files.find(path.as_bstr()).is_some());
        let files = std::mem::take(&mut self.files);
        let mut next = files.with(&changes, session.tree);
        self.note_attributes(session, trust, &mut changes, &next)?;
        let stamp = Stamp::after(self.record.stamp, SystemTime::now());
        self.written.clear();
        let none = Manifest::default();
        // Submodules' files lie below the candidate's entries for them, so those alone tell which folders stay.
        let held = Belongings { modules: &none, ..self.belongings(&next, session.spec) };
        let removed = changes::remove(session.root, &held, &changes)?;
        let leaves: Vec<Leaf<'_>> = changes.iter().filter_map(|(path, side)| Some((path, (*side)?))).collect();
        self.write(session, &mut next, &leaves, stamp)?;
        updated.written += leaves.len();
        self.record.submodules |= leaves.iter().any(|(_, side)| side.mode == Mode::Submodule);
        self.files = next;
        let filled = submodule::fill(self, session, trust, (stamp, updated))?;
        if !same_paths || filled {
            let all = self.files.items().chain(self.modules.items());
            self.folders = self.folders.over(all.map(|item| (item.path, item.side.mode == Mode::Submodule)));
        }
        if trust == Trust::Nothing {
            self.folders.forget();
        }
        let (swept, tidy) = self.sweep(session)?;
        updated.removed += removed + swept;
        if !changes.is_empty() || filled {
            self.record.stamp = stamp.second;
        }
        if !changes.is_empty() || filled || removed + swept > 0 {
            self.record.generation += 1;
        }
        self.finish(session)?;
        Ok(tidy)
    }

    /// Adds to the changes what has to be written again because attributes or settings changed.
    fn note_attributes(
        &mut self,
        session: &Session<'_>,
        trust: Trust,
        changes: &mut Changes,
        next: &Manifest,
    ) -> Result<(), Error> {
        let settings = session.settings.digest();
        let same_settings = settings == self.record.settings;
        let touched = changes.keys().any(|path| attributes::is_attributes(path.as_bstr()));
        if trust == Trust::Recorded && same_settings && !touched {
            return Ok(());
        }
        let rules = Rules::read(session.repo, session.settings, next)?;
        if rules != self.rules || !same_settings {
            let affected = next.items().filter(|item| rules.may_change(item.path) || self.rules.may_change(item.path));
            changes.extend(affected.map(|item| (RepoPath::new(item.path), Some(item.side))));
        }
        if rules != self.rules {
            let file = self.place.attributes();
            let text = serde_json::to_vec(&rules).unwrap_or_default();
            fs_err::write(&file, text).map_err(|source| Error::io("write", &file, source))?;
        }
        self.record.filters = !rules.is_empty();
        self.record.settings = settings;
        self.rules = rules;
        Ok(())
    }

    /// Notes that the checkout is between two trees.
    pub(super) fn begin(&mut self, session: &Session<'_>) -> Result<(), Error> {
        self.record.phase = Phase::Flux;
        self.record.old = self.record.new;
        self.record.new = session.tree;
        self.store_record()
    }

    /// Writes the candidate's files and notes in its manifest what the file system says of them.
    fn write(
        &mut self,
        session: &Session<'_>,
        next: &mut Manifest,
        leaves: &[Leaf<'_>],
        stamp: Stamp,
    ) -> Result<(), Error> {
        let index = self.place.index();
        let to = Writing { work_dir: &self.dir, index: &index };
        let control = &session.spec.control;
        let job = Job { root: session.root, repo: session.repo, rules: &self.rules, stamp, to, control };
        for written in apply(&job, next, leaves)? {
            next.set(written.path.as_bstr(), written.stat);
            self.written.insert(written.path, written.digest);
        }
        Ok(())
    }

    /// What belongs in the checkout when it holds these files.
    pub(super) fn belongings<'a>(&'a self, files: &'a Manifest, spec: &Spec) -> Belongings<'a> {
        Belongings { files, modules: &self.modules, keep: selection(&spec.keep), made: self.made.paths() }
    }

    /// Removes what belongs to nobody; tells how much, and whether every tracked folder is there.
    pub(super) fn sweep(&mut self, session: &Session<'_>) -> Result<(usize, bool), Error> {
        let mut folders = std::mem::take(&mut self.folders);
        let belongings = self.belongings(&self.files, session.spec);
        let found = belongings.look(session.root, &mut folders);
        let found = found.map_err(|source| Error::io("read", &self.dir, source))?;
        for path in &found.foreign {
            let io = |source| Error::io("remove", &self.dir.join(path.as_path()), source);
            session.root.remove(path.as_bstr()).map_err(io)?;
        }
        self.folders = folders;
        Ok((found.foreign.len(), found.damaged.is_empty()))
    }

    /// Saves what is known, and notes that the checkout is at its tree.
    pub(super) fn finish(&mut self, session: &Session<'_>) -> Result<(), Error> {
        let (index, modules, folders) = (self.place.index(), self.place.modules(), self.place.folders());
        self.files.save(&index).map_err(|source| Error::io("write", &index, source))?;
        if self.record.submodules {
            self.modules.save(&modules).map_err(|source| Error::io("write", &modules, source))?;
        }
        self.folders.save(&folders).map_err(|source| Error::io("write", &folders, source))?;
        private::link_index(session.root, &self.place)?;
        self.record.manifest = file_mark(&index).unwrap_or_default();
        self.record.phase = Phase::Used;
        self.ended = SystemTime::now();
        self.store_record()
    }
}
