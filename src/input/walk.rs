//! One walk down a tree for many selections.

use crate::digest::ObjectId;
use crate::git::{Entry, Error, Kind, Repo};
use crate::path::{Cursor, Mode, RepoPath, Selection};

/// Git refuses deeper trees itself: <https://git-scm.com/docs/git-config#Documentation/git-config.txt-coremaxTreeDepth>.
pub(super) const MAX_DEPTH: usize = 2048;

/// One selected entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The path.
    pub path: RepoPath,
    /// What it is.
    pub mode: Mode,
    /// The object.
    pub id: ObjectId,
    /// Whether the path goes through a link, or is a link's that leads to no file.
    pub through: bool,
}

/// Every selected entry of a tree, in the order of the walk: git's order, folders as if their names ended in `/`.
///
/// # Errors
/// When a tree on the way can't be read.
pub fn list(repo: &Repo, tree: ObjectId, selection: &Selection) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    walk(repo, tree, Scope { selections: &[selection], links: false }, |input, _| inputs.push(input.clone()))?;
    Ok(inputs)
}

/// What a walk is for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The selections.
    pub(super) selections: &'a [&'a Selection],
    /// Whether every link of the tree is visited as well, selected or not.
    pub(super) links: bool,
}

/// Visits every entry that is in the scope, with the positions of the selections that take it. Folders in which no
/// selection can take anything are not read, unless it is for the links.
pub(super) fn walk(
    repo: &Repo,
    tree: ObjectId,
    scope: Scope<'_>,
    visit: impl FnMut(&Input, &[usize]),
) -> Result<(), Error> {
    let start = scope.selections.iter().map(|selection| selection.start()).enumerate().collect();
    Walk { repo, scope, visit, takers: Vec::new() }.folder(tree, &Folder { path: None, depth: 0, cursors: start })
}

struct Walk<'a, V> {
    repo: &'a Repo,
    scope: Scope<'a>,
    visit: V,
    takers: Vec<usize>,
}

struct Folder {
    path: Option<RepoPath>,
    depth: usize,
    /// Where each selection stands that is still alive here.
    cursors: Vec<(usize, Cursor)>,
}

impl<V: FnMut(&Input, &[usize])> Walk<'_, V> {
    fn folder(&mut self, id: ObjectId, at: &Folder) -> Result<(), Error> {
        if at.depth > MAX_DEPTH {
            return Err(Error::Object(id, None));
        }
        for entry in self.repo.tree(id)?.entries() {
            match entry.kind {
                Kind::Leaf(mode) => self.leaf(at, entry, mode),
                Kind::Folder => self.subfolder(at, entry)?,
            }
        }
        Ok(())
    }

    fn subfolder(&mut self, at: &Folder, entry: Entry<'_>) -> Result<(), Error> {
        let below = self.enter(at, entry);
        if self.scope.links || !below.cursors.is_empty() { self.folder(entry.id, &below) } else { Ok(()) }
    }

    fn enter(&self, at: &Folder, entry: Entry<'_>) -> Folder {
        let mut cursors = Vec::with_capacity(at.cursors.len());
        for (position, cursor) in &at.cursors {
            let selection = self.scope.selections[*position];
            let below = selection.enter(cursor, entry.name);
            if !selection.is_dead(&below) {
                cursors.push((*position, below));
            }
        }
        Folder { path: Some(path(at, entry)), depth: at.depth + 1, cursors }
    }

    fn leaf(&mut self, at: &Folder, entry: Entry<'_>, mode: Mode) {
        self.takers.clear();
        let takes =
            |(position, cursor): &&(usize, Cursor)| self.scope.selections[*position].takes(cursor, entry.name, mode);
        self.takers.extend(at.cursors.iter().filter(takes).map(|(position, _)| *position));
        if !self.takers.is_empty() || (self.scope.links && mode == Mode::Link) {
            (self.visit)(&Input { path: path(at, entry), mode, id: entry.id, through: false }, &self.takers);
        }
    }
}

fn path(at: &Folder, entry: Entry<'_>) -> RepoPath {
    at.path.as_ref().map_or_else(|| RepoPath::new(entry.name), |folder| folder.join(entry.name))
}
