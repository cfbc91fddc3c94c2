//! What links lead to.
//!
//! A check that reads a link reads what is behind it. Inside the tree that is part of what the link comes to: a file's
//! mode and object, a folder's tree with what the links in it lead to in turn, a submodule's commit, or that there is
//! nothing, so that it counts when something appears. Of a link that leaves the repository only its text counts, as of
//! any file outside.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bstr::{BString, ByteSlice};

use super::sum::FORMAT;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::git::{Delta, Error, Kind, Repo, Side, Tree};
use crate::path::{Mode, RepoPath};

/// The links of a tree, with their blobs.
pub(super) type Links = BTreeMap<RepoPath, ObjectId>;

/// How many links Linux follows on the way to one file.
const MAX_HOPS: usize = 40;

/// No system follows a longer text.
const MAX_TEXT: usize = 4096;

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Equal only where what it leads to is equal.
    pub(super) digest: Digest,
    /// Where it was looked for; `None` is the root. It leads to the same as long as nothing differs there, below, or in
    /// a folder above's place.
    pub(super) touched: Vec<Option<RepoPath>>,
}

impl Target {
    /// Whether a difference between two trees can change what the link leads to.
    pub(super) fn depends_on(&self, delta: &Delta) -> bool {
        self.touched.iter().any(|touched| {
            touched.as_ref().is_none_or(|path| delta.path.is_within(path) || path.is_within(&delta.path))
        })
    }
}

/// Follows the links of one tree.
pub(super) struct Resolver<'a> {
    repo: &'a Repo,
    root: ObjectId,
    links: &'a Links,
    trees: HashMap<ObjectId, Tree>,
    folders: HashMap<Option<RepoPath>, Target>,
}

/// Where a link leads.
pub(super) enum Place {
    /// It leaves the repository.
    Outside,
    /// There is nothing, or nothing that a path can go through.
    Nothing,
    /// To a file or a submodule.
    Leaf(RepoPath, Side),
    /// To a folder; `None` is the root.
    Folder(Option<RepoPath>, ObjectId),
}

/// A place, and where it was looked for.
struct Found {
    place: Place,
    touched: Vec<Option<RepoPath>>,
}

impl<'a> Resolver<'a> {
    /// A resolver for a tree that has these links.
    pub(super) fn new(repo: &'a Repo, root: ObjectId, links: &'a Links) -> Self {
        Self { repo, root, links, trees: HashMap::new(), folders: HashMap::new() }
    }

    /// What a link of the tree leads to.
    pub(super) fn target(&mut self, link: &RepoPath) -> Result<Target, Error> {
        let Found { place, mut touched } = self.find(link)?;
        let mut hasher = Hasher::new("target", FORMAT);
        describe(&place, &mut hasher);
        if let Place::Folder(path, _) = place {
            let below = self.below(path)?;
            hasher.field("links", below.digest.as_bytes());
            touched.extend(below.touched);
        }
        Ok(Target { digest: hasher.finish(), touched: outermost(&touched.into_iter().collect()) })
    }

    /// Where a link of the tree leads.
    pub(super) fn place(&mut self, link: &RepoPath) -> Result<Place, Error> {
        self.find(link).map(|found| found.place)
    }

    /// What the links below a folder lead to, and those below the folders that they lead to.
    fn below(&mut self, folder: Option<RepoPath>) -> Result<Target, Error> {
        if let Some(known) = self.folders.get(&folder) {
            return Ok(known.clone());
        }
        let mut hasher = Hasher::new("links", FORMAT);
        let mut pending = self.links_below(folder.as_ref());
        let mut seen: BTreeSet<&RepoPath> = pending.iter().copied().collect();
        let mut touched = BTreeSet::new();
        while let Some(link) = pending.pop() {
            let found = self.find(link)?;
            hasher.field("link", link.as_bstr());
            describe(&found.place, &mut hasher);
            touched.extend(found.touched);
            if let Place::Folder(path, _) = found.place {
                pending.extend(self.links_below(path.as_ref()).into_iter().filter(|link| seen.insert(link)));
            }
        }
        let target = Target { digest: hasher.finish(), touched: outermost(&touched) };
        self.folders.insert(folder, target.clone());
        Ok(target)
    }

    fn links_below(&self, folder: Option<&RepoPath>) -> Vec<&'a RepoPath> {
        let Some(folder) = folder else { return self.links.keys().collect() };
        let first = folder.join(b"".as_bstr());
        self.links.range(first..).map(|(path, _)| path).take_while(|path| path.is_within(folder)).collect()
    }

    /// Goes where the operating system would go.
    fn find(&mut self, link: &RepoPath) -> Result<Found, Error> {
        let mut way = Way { folders: vec![(None, self.root)], pending: Vec::new(), touched: Vec::new(), hops: 0 };
        way.pending.extend(link.as_bstr().rsplit(|byte| *byte == b'/').map(BString::from));
        let place = loop {
            let Some(name) = way.pending.pop() else {
                let (path, id) = way.here(self.root);
                way.touched.push(path.clone());
                break Place::Folder(path, id);
            };
            if let Some(place) = self.step(&mut way, &name)? {
                break place;
            }
        };
        Ok(Found { place, touched: way.touched })
    }

    fn step(&mut self, way: &mut Way, name: &BString) -> Result<Option<Place>, Error> {
        let (at, id) = way.here(self.root);
        match name.as_slice() {
            b"" | b"." => return Ok(None),
            b".." => {
                way.touched.push(at);
                way.folders.pop();
                return Ok(way.folders.is_empty().then_some(Place::Outside));
            }
            _ => {}
        }
        let name = name.as_bstr();
        let path = at.map_or_else(|| RepoPath::new(name), |folder| folder.join(name));
        let entry = self.tree(id)?.get(name).map(|entry| (entry.kind, entry.id));
        if let Some((Kind::Folder, id)) = entry {
            way.folders.push((Some(path), id));
            return Ok(None);
        }
        way.touched.push(Some(path.clone()));
        Ok(match entry {
            Some((Kind::Leaf(Mode::Link), id)) => self.follow(way, id)?,
            Some((Kind::Leaf(mode @ Mode::Submodule), id)) => Some(Place::Leaf(path, Side { mode, id })),
            Some((Kind::Leaf(mode), id)) if way.pending.is_empty() => Some(Place::Leaf(path, Side { mode, id })),
            _ => Some(Place::Nothing),
        })
    }

    fn follow(&self, way: &mut Way, blob: ObjectId) -> Result<Option<Place>, Error> {
        let text = self.repo.blob(blob)?;
        way.hops += 1;
        if text.is_empty() || text.len() > MAX_TEXT || way.hops > MAX_HOPS {
            return Ok(Some(Place::Nothing));
        }
        if text.starts_with(b"/") {
            return Ok(Some(Place::Outside));
        }
        way.pending.extend(text.rsplit(|byte| *byte == b'/').map(BString::from));
        Ok(None)
    }

    fn tree(&mut self, id: ObjectId) -> Result<&Tree, Error> {
        use std::collections::hash_map::Entry;
        Ok(match self.trees.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.repo.tree(id)?),
        })
    }
}

/// Where a search stands.
struct Way {
    /// The folders from the root to here; `None` is the root.
    folders: Vec<(Option<RepoPath>, ObjectId)>,
    /// The components to go, the next one last.
    pending: Vec<BString>,
    touched: Vec<Option<RepoPath>>,
    hops: usize,
}

impl Way {
    fn here(&self, root: ObjectId) -> (Option<RepoPath>, ObjectId) {
        self.folders.last().cloned().unwrap_or((None, root))
    }
}

/// The places that lie in none of the others: whatever touches one of the rest touches these.
fn outermost(places: &BTreeSet<Option<RepoPath>>) -> Vec<Option<RepoPath>> {
    if places.contains(&None) {
        return vec![None];
    }
    let is_inside = |place: &RepoPath| {
        std::iter::successors(place.parent(), RepoPath::parent).any(|folder| places.contains(&Some(folder)))
    };
    places.iter().filter(|place| !place.as_ref().is_some_and(is_inside)).cloned().collect()
}

fn describe(place: &Place, hasher: &mut Hasher) {
    match place {
        Place::Outside => hasher.field("outside", ""),
        Place::Nothing => hasher.field("nothing", ""),
        Place::Leaf(path, side) => {
            hasher.field("path", path.as_bstr()).field("mode", side.mode.octal()).field("id", side.id.as_bytes())
        }
        Place::Folder(path, id) => {
            hasher.field("folder", path.as_ref().map_or(&b""[..], |path| path.as_bstr())).field("id", id.as_bytes())
        }
    };
}
