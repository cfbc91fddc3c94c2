//! The refs of evidence in a repository: what is added to them, and what is found in them.

use std::collections::{BTreeMap, BTreeSet};

use bstr::{BStr, ByteSlice};

use super::envelope::{Envelope, MAX_SIZE};
use super::key::KeyId;
use super::{Error, Statement, place};
use crate::digest::{Digest, ObjectId};
use crate::git::{Kind, Repo};

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
    /// What could not, and why: the ref, the path, the reason.
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
        let old = repo.own_ref(&name)?;
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
/// When refs or trees can't be read.
pub fn all(repo: &Repo) -> Result<Found, Error> {
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    for (key, name, shelf) in shelves(repo)? {
        let Some(trees) = folder(repo, shelf, "trees")? else { continue };
        for (path, blob) in blobs(repo, trees)? {
            if !seen.insert((key.clone(), blob)) {
                continue;
            }
            match read(repo, &key, blob) {
                Ok(piece) => found.pieces.push(piece),
                Err(error) => found.unreadable.push((name.clone(), path, error.to_string())),
            }
        }
    }
    Ok(found)
}

/// Every blob in the folder `trees`, with its path.
fn blobs(repo: &Repo, trees: ObjectId) -> Result<Vec<(String, ObjectId)>, Error> {
    let (mut blobs, mut open) = (Vec::new(), vec![("trees".to_owned(), trees)]);
    while let Some((path, tree)) = open.pop() {
        for entry in repo.tree(tree)?.entries() {
            let kind = if entry.kind == Kind::Folder { &mut open } else { &mut blobs };
            kind.push((format!("{path}/{}", entry.name), entry.id));
        }
    }
    Ok(blobs)
}

/// Every ref of evidence: whose it is, its name, and the tree of its commit.
pub(super) fn shelves(repo: &Repo) -> Result<Vec<(KeyId, String, ObjectId)>, Error> {
    let mut shelves = Vec::new();
    for prefix in place::PLACES {
        for found in repo.own_refs(prefix)? {
            if let Some(key) = place::key_of(&found.name) {
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
        tree.entries().filter(|entry| entry.kind != Kind::Folder).map(|entry| entry.id).collect();
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
