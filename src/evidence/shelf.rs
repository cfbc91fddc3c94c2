//! The refs of evidence in a repository: what is added to them, and what is found in them.

use std::collections::{BTreeMap, BTreeSet};

use bstr::{BStr, ByteSlice};

use super::envelope::{Envelope, MAX_SIZE};
use super::key::KeyId;
use super::{Error, Statement, place};
use crate::digest::{Digest, ObjectId};
use crate::git::{Kind, Repo};
use crate::path::Mode;

/// One signed statement.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Whose ref it is in.
    pub key: KeyId,
    /// The blob that holds it.
    pub id: ObjectId,
    /// What it says. Whether that is so, only its signature tells.
    pub envelope: Envelope,
}

/// What lies in the refs of evidence.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What could be read.
    pub pieces: Vec<Piece>,
    /// What could not, or lies where it does not belong: the ref, the path, and why.
    pub unreadable: Vec<(String, String, String)>,
}

/// Adds an envelope to the ref of the key that signed it, in the repository itself.
///
/// # Errors
/// When the repository can't be written, or others keep writing the same ref.
pub fn add(repo: &Repo, key: &KeyId, statement: &Statement, envelope: &Envelope) -> Result<(), Error> {
    let bytes = envelope.to_bytes()?;
    let paths = place::paths(statement, &Digest::of(&bytes));
    let files: BTreeMap<String, Vec<u8>> = paths.into_iter().map(|path| (path, bytes.clone())).collect();
    let name = place::own_ref(key);
    let message = format!("Evidence of run {}\n", statement.run().run);
    for _ in 0..10 {
        let old = repo.ref_commit(&name)?;
        let new = repo.commit_added(old, &files, &message)?;
        if repo.move_own_ref(&name, new, old)? {
            return Ok(());
        }
    }
    Err(Error::Contended(name))
}

/// All evidence of a repository, its own and what was fetched; each piece once.
///
/// # Errors
/// When refs can't be read.
pub fn all(repo: &Repo) -> Result<Found, Error> {
    let mut found = Found::default();
    let mut known = BTreeMap::new();
    for (key, name, shelf) in shelves(repo, &[])? {
        let mut walk = Walk { repo, key: &key, known: &mut known, found: Found::default(), name: &name };
        walk.below("", shelf);
        found.pieces.append(&mut walk.found.pieces);
        found.unreadable.append(&mut walk.found.unreadable);
    }
    Ok(found)
}

/// How deep a piece lies: `trees/ab/cdef…/file`.
pub(super) const DEPTH: usize = 3;
/// How much that is wrong is told of one ref.
const TOLD: usize = 100;

/// The places that each piece of a key may lie in; `None` if it is no statement.
type Known = BTreeMap<(KeyId, ObjectId), Option<BTreeSet<String>>>;

/// A look at everything in one ref. Whoever has written it may have written anything.
struct Walk<'w> {
    repo: &'w Repo,
    key: &'w KeyId,
    name: &'w str,
    known: &'w mut Known,
    found: Found,
}

impl Walk<'_> {
    fn below(&mut self, path: &str, tree: ObjectId) {
        let tree = match self.repo.tree(tree) {
            Ok(tree) => tree,
            Err(error) => return self.wrong(path, &error.to_string()),
        };
        for entry in tree.entries() {
            // Few trees may stand for billions of paths.
            if self.found.unreadable.len() >= TOLD {
                return;
            }
            let here = format!("{path}{}", entry.name);
            match entry.kind {
                Kind::Folder if path.matches('/').count() < DEPTH => self.below(&format!("{here}/"), entry.id),
                Kind::Leaf(Mode::File) => self.piece(&here, entry.id),
                _ => self.wrong(&here, "it is no file"),
            }
        }
        if tree.entries().next().is_none() {
            self.wrong(path, "it is empty");
        }
    }

    fn piece(&mut self, path: &str, id: ObjectId) {
        let place = (self.key.clone(), id);
        if !self.known.contains_key(&place) {
            let piece = match read(self.repo, self.key, id) {
                Ok(piece) => piece,
                Err(error) => return self.wrong(path, &error.to_string()),
            };
            self.known.insert(place.clone(), places(&piece));
            self.found.pieces.push(piece);
        }
        let is_right = self.known.get(&place).is_none_or(|places| places.as_ref().is_none_or(|it| it.contains(path)));
        if !is_right {
            self.wrong(path, "it is not where it belongs");
        }
    }

    fn wrong(&mut self, path: &str, why: &str) {
        self.found.unreadable.push((self.name.to_owned(), path.to_owned(), why.to_owned()));
    }
}

fn places(piece: &Piece) -> Option<BTreeSet<String>> {
    let statement = Statement::parse(&piece.envelope.unverified()?).ok()?;
    let digest = Digest::of(&piece.envelope.to_bytes().ok()?);
    Some(place::paths(&statement, &digest).into_iter().collect())
}

/// Every ref of evidence: whose it is, its name, and the tree of its commit. Some are at a commit where they are only to be.
pub(super) fn shelves(repo: &Repo, coming: &[(String, ObjectId)]) -> Result<Vec<(KeyId, String, ObjectId)>, Error> {
    let mut shelves = Vec::new();
    for (name, commit) in coming {
        if let Some(key) = place::key_of(name) {
            shelves.push((key, name.clone(), repo.commit(*commit)?.tree));
        }
    }
    for prefix in place::PLACES {
        for found in repo.own_refs(prefix)? {
            let comes = coming.iter().any(|(name, _)| *name == found.name);
            if let Some(key) = place::key_of(&found.name).filter(|_| !comes) {
                shelves.push((key, found.name, repo.commit(found.commit)?.tree));
            }
        }
    }
    Ok(shelves)
}

/// The blobs in a folder of a shelf, the latest first.
pub(super) fn latest(repo: &Repo, shelf: ObjectId, folder_of: &[String; 3]) -> Result<Vec<ObjectId>, Error> {
    let mut tree = shelf;
    for name in folder_of {
        match folder(repo, tree, name)? {
            Some(below) => tree = below,
            None => return Ok(Vec::new()),
        }
    }
    let tree = repo.tree(tree)?;
    let mut blobs: Vec<ObjectId> =
        tree.entries().filter(|entry| entry.kind == Kind::Leaf(Mode::File)).map(|entry| entry.id).collect();
    blobs.reverse();
    Ok(blobs)
}

/// Reads a piece.
pub(super) fn read(repo: &Repo, key: &KeyId, id: ObjectId) -> Result<Piece, Error> {
    if repo.blob_size(id)? > MAX_SIZE {
        return Err(Error::Document("it is too long".to_owned()));
    }
    Ok(Piece { key: key.clone(), id, envelope: Envelope::parse(&repo.blob(id)?)? })
}

fn folder(repo: &Repo, tree: ObjectId, name: &str) -> Result<Option<ObjectId>, Error> {
    let tree = repo.tree(tree)?;
    let name: &BStr = name.as_bytes().as_bstr();
    Ok(tree.get(name).filter(|entry| entry.kind == Kind::Folder).map(|entry| entry.id))
}
