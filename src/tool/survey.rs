//! What a tree shows: the ecosystems of its root and of the folders right below it, each with the pins that hold there.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::memo::Memo;
use super::pins::{Site, is_pin};
use super::toolchain::Tools;
use super::trees::Trees;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::git::{Kind, Repo, Tree};

/// How many folders below the root are looked into.
const FOLDERS: usize = 64;

/// How many names may be gone through before it pays to remember what their folders show: a few are read more quickly than
/// the memo is written.
const FEW: usize = 400;

/// What the names in one folder show.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Shown {
    tools: Tools,
    /// Whether there may be pins.
    pinned: bool,
}

impl Shown {
    /// With the number of names.
    fn by(tree: &Tree) -> (Self, usize) {
        let mut shown = Self::default();
        let mut names = 0;
        for entry in tree.entries() {
            names += 1;
            shown.tools.unite(Tools::shown_by(entry.name));
            shown.pinned |= is_pin(entry.name);
        }
        (shown, names)
    }
}

/// The toolchains that a tree shows, by the pins that hold for them.
pub(super) struct Survey {
    /// Sites with their tools; the root comes first.
    pub(super) sites: Vec<(Arc<Site>, Tools)>,
}

impl Survey {
    /// Looks at the root of a tree, and at the folders right below it.
    pub(super) fn of(repo: &Repo, (trees, memo): (&mut Trees, &mut Memo), root: ObjectId) -> Result<Self, Error> {
        let tree = trees.get(repo, root)?;
        let mut at_root = Shown::by(&tree).0.tools;
        let site = Site::read(repo, (trees, memo), root, Path::new(""))?;
        let mut sites = Vec::new();
        let (mut unknown, mut names) = (Vec::new(), 0);
        for entry in tree.entries().filter(|entry| entry.kind == Kind::Folder).take(FOLDERS) {
            let key = entry.id.to_string();
            let shown: Shown = if let Some(shown) = memo.get("tree", &key) {
                shown
            } else {
                let (shown, more) = Shown::by(&*trees.get(repo, entry.id)?);
                names += more;
                unknown.push((key, shown));
                shown
            };
            // Only a folder with both has toolchains of its own.
            if !shown.pinned || shown.tools.is_empty() {
                at_root.unite(shown.tools);
                continue;
            }
            let below = Site::read(repo, (trees, memo), root, Path::new(OsStr::from_bytes(entry.name)))?;
            if below.digest() == site.digest() {
                at_root.unite(shown.tools);
            } else {
                sites.push((Arc::new(below), shown.tools));
            }
        }
        for (key, shown) in unknown {
            memo.put("tree", &key, &shown, names > FEW);
        }
        sites.insert(0, (Arc::new(site), at_root));
        for (site, tools) in &mut sites {
            *tools = tools.completed(site);
        }
        Ok(Self { sites })
    }

    /// Equal digests mean the same tools under the same pins.
    pub(super) fn digest(&self) -> Digest {
        let mut hasher = Hasher::new("survey", 1);
        for (site, tools) in &self.sites {
            hasher.field("site", site.digest().as_bytes());
            tools.iter().for_each(|tool| {
                hasher.field("tool", tool.name);
            });
        }
        hasher.finish()
    }
}

/// The tools that a folder of a tree shows; none if it is not there.
pub(super) fn shown_in(
    repo: &Repo,
    trees: &mut Trees,
    (root, dir): (ObjectId, &Path),
    site: &Site,
) -> Result<Tools, Error> {
    match trees.at(repo, root, dir)? {
        Some((Kind::Folder, id)) => Ok(Shown::by(&*trees.get(repo, id)?).0.tools.completed(site)),
        _ => Ok(Tools::default()),
    }
}
