//! Trees that were read already, and what lies at a path in them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use bstr::BStr;

use crate::digest::ObjectId;
use crate::git::{Error, Kind, Repo, Tree};
use crate::path::Mode;

/// How many links are followed one after the other; git itself follows none.
const LINKS: usize = 8;

/// Trees that were read already.
#[derive(Default)]
pub(super) struct Trees {
    read: HashMap<ObjectId, Arc<Tree>>,
}

impl Trees {
    /// A tree's entries.
    pub(super) fn get(&mut self, repo: &Repo, id: ObjectId) -> Result<Arc<Tree>, Error> {
        if let Some(tree) = self.read.get(&id) {
            return Ok(tree.clone());
        }
        let tree = Arc::new(repo.tree(id)?);
        self.read.insert(id, tree.clone());
        Ok(tree)
    }

    /// What lies at a path below the tree `root`; `None` where nothing does, or where the path leaves the tree.
    pub(super) fn at(&mut self, repo: &Repo, root: ObjectId, path: &Path) -> Result<Option<(Kind, ObjectId)>, Error> {
        let mut found = (Kind::Folder, root);
        for component in path.components() {
            let Component::Normal(name) = component else { return Ok(None) };
            if found.0 != Kind::Folder {
                return Ok(None);
            }
            let tree = self.get(repo, found.1)?;
            let Some(entry) = tree.get(BStr::new(name.as_bytes())) else { return Ok(None) };
            found = (entry.kind, entry.id);
        }
        Ok(Some(found))
    }

    /// The file at a path below `root`, links to other files of the tree followed.
    pub(super) fn file(&mut self, repo: &Repo, root: ObjectId, path: &Path) -> Result<Option<ObjectId>, Error> {
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            let link = match self.at(repo, root, &path)? {
                Some((Kind::Leaf(mode), id)) if mode.is_file() => return Ok(Some(id)),
                Some((Kind::Leaf(Mode::Link), id)) => repo.blob(id)?,
                _ => return Ok(None),
            };
            let beside = path.parent().unwrap_or(Path::new("")).join(OsStr::from_bytes(&link));
            match within(&beside) {
                Some(target) => path = target,
                None => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// A relative path without `.` and `..`; `None` if it leads out of the folder that it starts in.
pub(super) fn within(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir if clean.pop() => {}
            _ => return None,
        }
    }
    Some(clean)
}
