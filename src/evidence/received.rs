//! Whether a server takes what is pushed to a ref of evidence.

use std::collections::BTreeSet;

use super::key::PublicKey;
use super::proofs::Trusted;
use super::{Error, Statement, place, shelf};
use crate::config::Policy;
use crate::digest::{Digest, ObjectId};
use crate::git::{Kind, Repo};
use crate::path::Mode;

/// Whether a policy lets a ref below `refs/gate/` be moved: it belongs to a key that the policy trusts, it is not taken away,
/// what it had it still has, and all that is new in it was signed by that key and lies where it belongs.
///
/// `Ok(Err(why))` where not.
///
/// # Errors
/// When the repository can't be read.
pub fn accepts(
    repo: &Repo,
    policy: &Policy,
    name: &str,
    (old, new): (Option<ObjectId>, Option<ObjectId>),
) -> Result<Result<(), String>, Error> {
    let refuse = |why: &str| Ok(Err(why.to_owned()));
    let key = name.strip_prefix(place::OWN).and_then(super::KeyId::parse);
    let Some(key) = key else { return refuse("refs/gate/ is gate's own: only evidence is pushed there") };
    let trusted = Trusted::of(policy)?.into_iter().find(|trusted| trusted.key.id() == key);
    let Some(trusted) = trusted else { return refuse("no [[policy.trust]] of the main branch names its key") };
    let Some(new) = new else { return refuse("evidence is not taken away") };
    let tree = |commit: ObjectId| repo.commit(commit).map(|commit| commit.tree);
    let (old, new) = (old.map(tree).transpose()?.unwrap_or(ObjectId::EMPTY_TREE), tree(new)?);
    let mut look = Look { repo, key: &trusted.key, checked: BTreeSet::new() };
    look.below("", old, new)
}

struct Look<'a> {
    repo: &'a Repo,
    key: &'a PublicKey,
    checked: BTreeSet<(ObjectId, String)>,
}

impl Look<'_> {
    fn below(&mut self, path: &str, old: ObjectId, new: ObjectId) -> Result<Result<(), String>, Error> {
        if old == new {
            return Ok(Ok(()));
        }
        let (old, new) = (self.repo.tree(old)?, self.repo.tree(new)?);
        if let Some(gone) = old.entries().find(|entry| new.get(entry.name).is_none()) {
            return Ok(Err(format!("it would take '{path}{}' away", gone.name)));
        }
        for entry in new.entries() {
            let there = old.get(entry.name);
            if there.is_some_and(|there| there.id == entry.id && there.kind == entry.kind) {
                continue;
            }
            let here = format!("{path}{}", entry.name);
            if entry.kind == Kind::Folder
                && (path.matches('/').count() >= shelf::DEPTH || entry.id == ObjectId::EMPTY_TREE)
            {
                return Ok(Err(format!("'{here}' is no place of evidence")));
            }
            let found = match (entry.kind, there.map(|there| there.kind)) {
                (Kind::Folder, None) => self.below(&format!("{here}/"), ObjectId::EMPTY_TREE, entry.id)?,
                (Kind::Folder, Some(Kind::Folder)) => {
                    let there = there.map_or(ObjectId::EMPTY_TREE, |there| there.id);
                    self.below(&format!("{here}/"), there, entry.id)?
                }
                (Kind::Leaf(Mode::File), None) => self.piece(&here, entry.id)?,
                (_, None) => Err(format!("'{here}' is no file")),
                _ => Err(format!("it would replace '{here}'")),
            };
            if found.is_err() {
                return Ok(found);
            }
        }
        Ok(Ok(()))
    }

    fn piece(&mut self, path: &str, id: ObjectId) -> Result<Result<(), String>, Error> {
        if self.checked.contains(&(id, path.to_owned())) {
            return Ok(Ok(()));
        }
        let unsigned = || Ok(Err(format!("'{path}' is not signed by the key that the ref belongs to")));
        let Ok(piece) = shelf::read(self.repo, &self.key.id(), id) else { return unsigned() };
        let Some(payload) = piece.envelope.open(self.key) else { return unsigned() };
        let Ok(statement) = Statement::parse(&payload) else {
            return Ok(Err(format!("'{path}' is no statement of gate's")));
        };
        let digest = Digest::of(&piece.envelope.to_bytes()?);
        self.checked.extend(place::paths(&statement, &digest).into_iter().map(|path| (id, path)));
        if self.checked.contains(&(id, path.to_owned())) {
            return Ok(Ok(()));
        }
        Ok(Err(format!("'{path}' is not where it belongs")))
    }
}
