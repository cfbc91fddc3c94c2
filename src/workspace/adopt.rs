//! What steps changed on purpose is taken for what another tree has, instead of being written anew.

use std::collections::BTreeMap;
use std::time::SystemTime;

use bstr::BStr;
use rustix::fs::FileType;

use super::attributes::is_attributes;
use super::changes::Changes;
use super::checkout::{Workspace, file_mark};
use super::record::Phase;
use super::root::Root;
use super::spec::{Touched, TouchedKind};
use super::write::{Stamp, stamped};
use super::{Error, index::Stat};
use crate::digest::{Digest, ObjectId};
use crate::git::Side;
use crate::path::{Mode, RepoPath};

impl Workspace {
    /// Takes the files that the last look found changed for those of `tree`, which differs from the one before in `files`
    /// and in nothing else. They get new times, as if they had been written by an update, which has still to follow. Whether
    /// it did: it does not where something else was touched, and then an update finds everything out by itself.
    ///
    /// # Errors
    /// When the checkout's files or its state can't be written.
    pub fn adopt(
        &mut self,
        tree: ObjectId,
        files: &BTreeMap<RepoPath, Side>,
        touched: &[Touched],
    ) -> Result<bool, Error> {
        let root = self.root()?;
        let of = |kind| touched.iter().filter(move |touch| touch.kind == kind).map(|touch| &touch.path);
        let known = of(TouchedKind::Changed).count() == files.len()
            && of(TouchedKind::Changed).all(|path| files.contains_key(path) && !is_attributes(path.as_bstr()))
            && of(TouchedKind::Product).next().is_none();
        let restored = of(TouchedKind::Restored);
        let restored: Vec<(RepoPath, Side)> =
            restored.filter_map(|path| Some((path.clone(), self.files.find(path.as_bstr())?.side))).collect();
        let mut all: Changes = files.iter().map(|(path, side)| (path.clone(), Some(*side))).collect();
        all.extend(restored.into_iter().map(|(path, side)| (path, Some(side))));
        let permissions = [false, true].map(|executable| root.permissions(executable));
        let is_ours = |(path, side): (&RepoPath, &Option<Side>)| {
            side.is_some_and(|side| is_as_we_write(&root, path.as_bstr(), side.mode, permissions))
        };
        if !known || self.record.phase != Phase::Used || !all.iter().all(is_ours) {
            return Ok(false);
        }
        self.take_over(&root, &all, tree)?;
        Ok(true)
    }

    fn take_over(&mut self, root: &Root, files: &Changes, tree: ObjectId) -> Result<(), Error> {
        let stamp = Stamp::after(self.record.stamp, SystemTime::now());
        self.record.phase = Phase::Flux;
        self.store_record()?;
        let mut next = std::mem::take(&mut self.files).with(files, tree);
        for path in files.keys() {
            let io = |source| Error::io("write", &root.path().join(path.as_path()), source);
            let stat: Stat = stamped(root, path.as_bstr(), stamp).map_err(io)?;
            next.set(path.as_bstr(), stat);
            let filtered = self.rules.may_change(path.as_bstr());
            let digest = filtered.then(|| root.read(path.as_bstr()).map(|bytes| Digest::of(&bytes))).flatten();
            self.written.insert(path.clone(), digest);
        }
        self.files = next;
        let index = self.place.index();
        self.files.save(&index).map_err(|source| Error::io("write", &index, source))?;
        self.record.manifest = file_mark(&index).unwrap_or_default();
        self.record.new = tree;
        self.record.stamp = stamp.second;
        self.record.generation += 1;
        self.record.phase = Phase::Clean;
        self.ended = SystemTime::now();
        self.store_record()
    }
}

/// Whether what lies there is as if we had made it.
fn is_as_we_write(root: &Root, path: &BStr, mode: Mode, permissions: [u32; 2]) -> bool {
    let wanted = permissions[usize::from(mode == Mode::Executable)];
    root.stat(path).is_ok_and(|stat| {
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && mode.is_file();
        is_file && stat.st_nlink == 1 && stat.st_mode & 0o777 == wanted
    })
}
