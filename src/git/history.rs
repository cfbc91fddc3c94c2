//! How commits relate, and what a shallow clone can say of that.

use std::collections::HashSet;
use std::io::ErrorKind;

use bstr::ByteSlice;

use super::repo::{from_git2, to_git2};
use super::{Error, Repo};
use crate::digest::ObjectId;

/// The nearest commit that two commits both descend from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeBase {
    /// This one.
    Found(ObjectId),
    /// They share no history.
    Unrelated,
    /// The clone is shallow, and what it lacks may hold a nearer one.
    Uncertain,
}

impl Repo {
    /// The nearest commit that both descend from; one of them where there are several.
    ///
    /// In a shallow clone git names an older one without a word if the true one is only reached through commits that the
    /// clone lacks. It is right if each commit at which the clone's history ends, as far as the two reach one, is an
    /// ancestor of the one found: then so is all that is hidden behind.
    ///
    /// # Errors
    /// When a commit is missing or damaged.
    pub fn merge_base(&self, one: ObjectId, other: ObjectId) -> Result<MergeBase, Error> {
        let boundary = self.boundary()?;
        if self.is_grafted() {
            return self.merge_base_by_walking([one, other], &boundary);
        }
        let bases = match self.inner().merge_bases(to_git2(one)?, to_git2(other)?) {
            Ok(bases) => bases.iter().map(|id| from_git2(*id)).collect(),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Vec::new(),
            Err(_) if !boundary.is_empty() => return Ok(MergeBase::Uncertain),
            Err(error) => return Err(error.into()),
        };
        self.trusted(&[one, other], &bases, &boundary)
    }

    /// The first of the bases, unless history is cut off where they don't cover it.
    fn trusted(&self, tips: &[ObjectId], bases: &[ObjectId], boundary: &HashSet<ObjectId>) -> Result<MergeBase, Error> {
        if !boundary.is_empty() {
            let reached = self.ancestors(tips, boundary)?;
            let covered = self.ancestors(bases, boundary)?;
            if reached.intersection(boundary).any(|end| !covered.contains(end)) {
                return Ok(MergeBase::Uncertain);
            }
        }
        Ok(bases.first().map_or(MergeBase::Unrelated, |base| MergeBase::Found(*base)))
    }

    /// Whether `info/grafts` gives commits other parents than they have. libgit2 believes that file, and with it any commit
    /// can be made the merge-base, so that nothing seems to have changed.
    pub(super) fn is_grafted(&self) -> bool {
        self.common_dir().join("info/grafts").exists()
    }

    fn merge_base_by_walking(&self, tips: [ObjectId; 2], boundary: &HashSet<ObjectId>) -> Result<MergeBase, Error> {
        let [mut common, other] = [self.ancestors(&tips[..1], boundary)?, self.ancestors(&tips[1..], boundary)?];
        common.retain(|id| other.contains(id));
        let mut older = HashSet::new();
        for id in common.difference(boundary) {
            older.extend(self.parents(*id)?);
        }
        let mut bases: Vec<ObjectId> = common.difference(&older).copied().collect();
        bases.sort_unstable();
        self.trusted(&tips, &bases, boundary)
    }

    /// The parents that a commit itself names.
    pub(super) fn parents(&self, id: ObjectId) -> Result<Vec<ObjectId>, Error> {
        if !self.is_grafted() {
            let commit = self.inner().find_commit(to_git2(id)?).map_err(|error| Error::Object(id, Some(error)))?;
            return Ok(commit.parent_ids().map(from_git2).collect());
        }
        self.named_parents(id)
    }

    /// The parents that a commit names, whether or not a shallow clone has them.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn named_parents(&self, id: ObjectId) -> Result<Vec<ObjectId>, Error> {
        let odb = self.inner().odb()?;
        let object = odb.read(to_git2(id)?).map_err(|error| Error::Object(id, Some(error)))?;
        // The header's lines come before the first empty one: `tree`, then a `parent` for each.
        let header = object.data().lines().take_while(|line| !line.is_empty());
        let parents = header.filter_map(|line| line.strip_prefix(b"parent ")?.to_str().ok()?.parse().ok());
        Ok(parents.collect())
    }

    /// How many commits `tip` has that `other` hasn't, and how many `other` has that `tip` hasn't.
    ///
    /// # Errors
    /// When a commit is missing or damaged.
    pub fn ahead_behind(&self, tip: ObjectId, other: ObjectId) -> Result<(usize, usize), Error> {
        if self.is_grafted() {
            let boundary = self.boundary()?;
            let [tip, other] = [self.ancestors(&[tip], &boundary)?, self.ancestors(&[other], &boundary)?];
            return Ok((tip.difference(&other).count(), other.difference(&tip).count()));
        }
        Ok(self.inner().graph_ahead_behind(to_git2(tip)?, to_git2(other)?)?)
    }

    /// The commits that `tip` has and none of `others`, the oldest first. What history is cut off is not among them.
    ///
    /// # Errors
    /// When a commit is missing or damaged.
    pub fn commits_since(&self, tip: ObjectId, others: &[ObjectId]) -> Result<Vec<ObjectId>, Error> {
        let boundary = self.boundary()?;
        let known = self.ancestors(others, &boundary)?;
        // Parents before children: a commit is taken once all that it descends from is.
        let (mut taken, mut order, mut stack) = (known, Vec::new(), vec![(tip, false)]);
        while let Some((id, is_entered)) = stack.pop() {
            if is_entered {
                order.push(id);
                continue;
            }
            if !taken.insert(id) {
                continue;
            }
            stack.push((id, true));
            let parents = if boundary.contains(&id) { Vec::new() } else { self.parents(id)? };
            stack.extend(parents.into_iter().rev().map(|parent| (parent, false)));
        }
        Ok(order)
    }

    /// Whether the clone's history is cut off.
    ///
    /// # Errors
    /// When it can't be told.
    pub fn is_shallow(&self) -> Result<bool, Error> {
        Ok(!self.boundary()?.is_empty())
    }

    /// Whether a commit is one at which a shallow clone's history ends: it may have parents that the clone lacks.
    ///
    /// # Errors
    /// When it can't be told.
    pub fn is_boundary(&self, commit: ObjectId) -> Result<bool, Error> {
        Ok(self.boundary()?.contains(&commit))
    }

    /// The commits at which history ends. Read here since libgit2 looks for the file in a linked worktree's own folder.
    fn boundary(&self) -> Result<HashSet<ObjectId>, Error> {
        let path = self.common_dir().join("shallow");
        match fs_err::read_to_string(&path) {
            Ok(text) => text.lines().map(|line| line.parse().map_err(|error| damaged(&path, &error))).collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(HashSet::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// The commits and all that the clone has of what they descend from.
    fn ancestors(&self, tips: &[ObjectId], boundary: &HashSet<ObjectId>) -> Result<HashSet<ObjectId>, Error> {
        let (mut seen, mut left) = (HashSet::new(), tips.to_vec());
        while let Some(id) = left.pop() {
            if !seen.insert(id) || boundary.contains(&id) {
                continue;
            }
            left.extend(self.parents(id)?);
        }
        Ok(seen)
    }
}

fn damaged(path: &std::path::Path, error: &dyn std::error::Error) -> Error {
    std::io::Error::other(format!("'{}': {error}", path.display())).into()
}
