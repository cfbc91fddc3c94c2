//! What lies in the checkout and is neither the candidate's, nor kept, nor made by `prepare` or `share`.

use std::collections::BTreeSet;
use std::io;
use std::time::SystemTime;

use bstr::{BStr, ByteSlice};
use rustix::fs::{AtFlags, FileType};

use super::folders::{Folders, Mark};
use super::index::Stat;
use super::manifest::{Manifest, Tracked};
use super::root::{Root, is_absent};
use crate::path::{Cursor, Mode, Pattern, RepoPath, Selection};

/// What belongs in the checkout.
pub(super) struct Belongings<'a> {
    /// The candidate's files.
    pub(super) files: &'a Manifest,
    /// The files of submodules.
    pub(super) modules: &'a Manifest,
    /// What `[workspace] keep` names, if it names anything.
    pub(super) keep: Option<Selection>,
    /// What `prepare` and `share` put there.
    pub(super) made: BTreeSet<RepoPath>,
}

/// What a look through the folders found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What belongs to nobody: files, links and whole folders.
    pub(super) foreign: Vec<RepoPath>,
    /// Tracked folders that are gone or are no folders any more.
    pub(super) damaged: Vec<RepoPath>,
    /// Tracked folders that changed otherwise than by what was made in them or removed: moved, above all.
    pub(super) moved: Vec<RepoPath>,
}

/// What an entry of a folder is.
enum Class {
    Belongs,
    Foreign,
    /// A folder in which some things are kept, and these are not.
    Mixed(Vec<RepoPath>),
}

/// The patterns as a selection; without patterns nothing is selected.
pub(super) fn selection(patterns: &[Pattern]) -> Option<Selection> {
    (!patterns.is_empty()).then(|| Selection::new(patterns, &[]))
}

impl Belongings<'_> {
    /// What a path is to the candidate, submodules' files included.
    pub(super) fn tracked(&self, path: &BStr) -> Option<Tracked> {
        match self.files.tracked(path) {
            Some(Tracked::Leaf(Mode::Submodule)) => Some(Tracked::Folder),
            None => self.modules.tracked(path).map(|found| match found {
                Tracked::Leaf(Mode::Submodule) => Tracked::Folder,
                other => other,
            }),
            found => found,
        }
    }

    /// Looks through the folders that changed since they were marked, and marks those in which all belongs.
    pub(super) fn look(&self, root: &Root, folders: &mut Folders) -> io::Result<Found> {
        let mut found = Found::default();
        let mut changed = Vec::new();
        for (path, mark) in folders.iter() {
            let at = if path.is_empty() { BStr::new(".") } else { path };
            match rustix::fs::statat(root.fd(), at.as_bytes(), AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) if FileType::from_raw_mode(stat.st_mode) != FileType::Directory => {
                    found.damaged.push(RepoPath::new(path));
                }
                Ok(stat) if mark == Mark::of(&stat) => {}
                Ok(stat) => {
                    let Stat { ctime, mtime, .. } = Stat::from(&stat);
                    found.moved.extend((ctime != mtime).then(|| RepoPath::new(path)));
                    changed.push((path.to_owned(), Mark::of(&stat)));
                }
                Err(error) if is_absent(&error.into()) => found.damaged.push(RepoPath::new(path)),
                Err(error) => return Err(error.into()),
            }
        }
        for (path, mark) in changed {
            let now = SystemTime::now();
            let tidy = match self.folder(root, path.as_bstr(), &mut found) {
                Err(error) if is_absent(&error) => false,
                other => other?,
            };
            folders.set(path.as_bstr(), if tidy { mark.settled(now) } else { Mark::default() });
        }
        Ok(found)
    }

    /// Looks through one tracked folder; tells whether there is nothing in it that has to be looked at again.
    fn folder(&self, root: &Root, folder: &BStr, found: &mut Found) -> io::Result<bool> {
        let cursor = self.cursor(folder);
        let mut tidy = true;
        for (name, kind) in root.list(folder)? {
            if folder.is_empty() && name == ".git" {
                continue;
            }
            let path = join(folder, name.as_bstr());
            match self.tracked(path.as_bstr()) {
                Some(Tracked::Folder) if kind != FileType::Directory => {
                    found.damaged.push(path);
                    tidy = false;
                }
                Some(_) => {}
                None => match self.class(root, &path, kind, cursor.as_ref())? {
                    Class::Belongs => {}
                    Class::Foreign => {
                        found.foreign.push(path);
                        tidy = false;
                    }
                    Class::Mixed(foreign) => {
                        found.foreign.extend(foreign);
                        tidy = false;
                    }
                },
            }
        }
        Ok(tidy)
    }

    /// What in a folder that is not tracked is neither known nor belongs.
    pub(super) fn strangers(
        &self,
        root: &Root,
        folder: &BStr,
        known: impl Fn(&RepoPath) -> bool,
    ) -> io::Result<Vec<RepoPath>> {
        let cursor = self.cursor(folder);
        let mut found = Vec::new();
        for (name, kind) in root.list(folder)? {
            let path = join(folder, name.as_bstr());
            if known(&path) {
                continue;
            }
            match self.class(root, &path, kind, cursor.as_ref())? {
                Class::Belongs => {}
                Class::Foreign => found.push(path),
                Class::Mixed(foreign) => found.extend(foreign),
            }
        }
        Ok(found)
    }

    fn class(&self, root: &Root, path: &RepoPath, kind: FileType, at: Option<&Cursor>) -> io::Result<Class> {
        if self.names(path, at) {
            return Ok(Class::Belongs);
        }
        let inner = self.enter(at, path.file_name());
        let open = self.keep.as_ref().zip(inner.as_ref()).is_some_and(|(keep, inner)| !keep.is_dead(inner));
        let holds_made = self.made.iter().any(|made| made.is_within(path));
        if kind != FileType::Directory || !(open || holds_made) {
            return Ok(Class::Foreign);
        }
        let (mut foreign, mut some_belong) = (Vec::new(), false);
        for (name, kind) in root.list(path.as_bstr())? {
            let child = path.join(name.as_bstr());
            match self.class(root, &child, kind, inner.as_ref())? {
                Class::Belongs => some_belong = true,
                Class::Foreign => foreign.push(child),
                Class::Mixed(more) => {
                    some_belong = true;
                    foreign.extend(more);
                }
            }
        }
        Ok(if some_belong { Class::Mixed(foreign) } else { Class::Foreign })
    }

    /// Whether a path is kept, or was put there as a whole; `at` is where its folder is in the patterns of what is kept.
    pub(super) fn names(&self, path: &RepoPath, at: Option<&Cursor>) -> bool {
        let kept = self.keep.as_ref().zip(at);
        self.made.contains(path) || kept.is_some_and(|(keep, at)| keep.takes(at, path.file_name(), Mode::File))
    }

    /// Where an entry of a folder is in the patterns of what is kept.
    pub(super) fn enter(&self, at: Option<&Cursor>, name: &BStr) -> Option<Cursor> {
        Some(self.keep.as_ref()?.enter(at?, name))
    }

    /// Where a folder is in the patterns of what is kept.
    pub(super) fn cursor(&self, folder: &BStr) -> Option<Cursor> {
        let keep = self.keep.as_ref()?;
        let names = folder.split_str("/").filter(|name| !name.is_empty());
        Some(names.fold(keep.start(), |at, name| keep.enter(&at, name.as_bstr())))
    }
}

fn join(folder: &BStr, name: &BStr) -> RepoPath {
    if folder.is_empty() { RepoPath::new(name) } else { RepoPath::new(folder).join(name) }
}
