//! Files that are reached through links.
//!
//! Whoever is given files is given them by their paths in the checkout, and there a link's path leads to what is behind
//! it. A file that turns into a link to another one is still that file to a check, with another content.

use std::collections::BTreeSet;

use super::link::{Links, Place, Resolver};
use super::walk::{Input, MAX_DEPTH, list};
use crate::digest::ObjectId;
use crate::git::{Error, Kind, Repo, Side};
use crate::path::{Mode, RepoPath, Selection};

/// Every file that a selection takes from a tree, and those that it takes by a path that goes through a link.
///
/// # Errors
/// As [`list`] and [`behind`].
pub fn files(repo: &Repo, tree: ObjectId, selection: &Selection) -> Result<Vec<Input>, Error> {
    let mut files = list(repo, tree, selection)?;
    let links: Vec<RepoPath> =
        files.iter().filter(|input| input.mode == Mode::Link).map(|input| input.path.clone()).collect();
    files.retain(|input| input.mode.is_file());
    files.extend(behind(repo, tree, selection, &links)?);
    Ok(files)
}

/// The files that a selection takes by a path that goes through one of these links, each as what it holds. A file that it
/// takes by its own path too is not among them: it is known already. A link that leads nowhere, or out of the tree, is
/// itself among them, where its own path is that of a file that is taken.
///
/// # Errors
/// When an object on the way can't be read.
pub fn behind(repo: &Repo, tree: ObjectId, selection: &Selection, links: &[RepoPath]) -> Result<Vec<Input>, Error> {
    let none = Links::new();
    let mut search = Search {
        repo,
        tree,
        selection,
        resolver: Resolver::new(repo, tree, &none),
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    for link in links {
        search.seen.clear();
        search.link(&Way { real: link.clone(), named: link.clone(), depth: 0 })?;
    }
    Ok(search.found)
}

struct Search<'a> {
    repo: &'a Repo,
    tree: ObjectId,
    selection: &'a Selection,
    resolver: Resolver<'a>,
    /// The folders that one link has led to: links may go in circles, and multiply.
    seen: BTreeSet<Option<RepoPath>>,
    found: Vec<Input>,
}

/// A place: where it is, and by which path it was reached.
struct Way {
    real: RepoPath,
    named: RepoPath,
    depth: usize,
}

impl Search<'_> {
    fn link(&mut self, way: &Way) -> Result<(), Error> {
        match self.resolver.place(&way.real)? {
            Place::Leaf(real, side) if side.mode.is_file() => self.file(&real, &way.named, side),
            Place::Folder(real, id) => {
                // What is taken by its name alone is taken where it is.
                if !self.selection.is_by_name() && self.seen.insert(real.clone()) {
                    self.folder(id, real.as_ref(), way)?;
                }
            }
            Place::Leaf(..) | Place::Outside | Place::Nothing => {
                let link = self.repo.leaf(self.tree, &way.real)?;
                if let Some(side) = link {
                    self.file(&way.real, &way.named, side);
                }
            }
        }
        Ok(())
    }

    fn folder(&mut self, id: ObjectId, real: Option<&RepoPath>, way: &Way) -> Result<(), Error> {
        if way.depth > MAX_DEPTH {
            return Err(Error::Object(id, None));
        }
        for entry in self.repo.tree(id)?.entries() {
            let below = Way {
                real: real.map_or_else(|| RepoPath::new(entry.name), |real| real.join(entry.name)),
                named: way.named.join(entry.name),
                depth: way.depth + 1,
            };
            match entry.kind {
                Kind::Folder => self.folder(entry.id, Some(&below.real), &below)?,
                Kind::Leaf(Mode::Link) => self.link(&below)?,
                Kind::Leaf(mode) if mode.is_file() => self.file(&below.real, &below.named, Side { mode, id: entry.id }),
                Kind::Leaf(_) => {}
            }
        }
        Ok(())
    }

    fn file(&mut self, real: &RepoPath, named: &RepoPath, side: Side) {
        let takes = |path: &RepoPath| self.selection.matches(path, Mode::File);
        let is_known = real != named && takes(real);
        if takes(named) && !is_known {
            self.found.push(Input { path: named.clone(), mode: side.mode, id: side.id, through: true });
        }
    }
}
