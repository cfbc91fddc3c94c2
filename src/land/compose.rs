//! The commits that would land: branches brought together on top of the target's tip, in gate's own store.

use super::members::Member;
use super::message;
use crate::change::{Conflict, Method};
use crate::digest::ObjectId;
use crate::git::{Error, Identity, NewCommit, Repo};

/// Branches on top of a commit.
#[derive(Clone, Debug)]
pub(super) struct Composed {
    /// The commit that would land.
    pub(super) tip: ObjectId,
    /// Its tree.
    pub(super) tree: ObjectId,
    /// The branches in it, by their numbers.
    pub(super) members: Vec<usize>,
    /// Their commits.
    pub(super) heads: Vec<ObjectId>,
}

/// What became of each branch of a set.
#[derive(Debug, Default)]
pub(super) struct Set {
    /// Those that fit; `None` where none does.
    pub(super) composed: Option<Composed>,
    /// Those of which the target has everything.
    pub(super) contained: Vec<usize>,
    /// Those that conflict with the target itself.
    pub(super) conflicting: Vec<(usize, Vec<Conflict>)>,
    /// Those that can't be merged at all, with why.
    pub(super) impossible: Vec<(usize, String)>,
    /// Those that fit the target and not one that comes before them.
    pub(super) apart: Vec<usize>,
}

/// With what branches are brought together.
pub(super) struct Composer<'a> {
    /// The repository, with gate's store.
    pub(super) repo: &'a Repo,
    /// Who commits.
    pub(super) by: Identity,
    /// How.
    pub(super) method: Method,
    /// What the target is called.
    pub(super) target: &'a str,
    /// All branches.
    pub(super) members: &'a [Member],
}

/// One branch on top of a commit.
enum Put {
    Impossible(String),
    At(ObjectId),
    Contained,
    Conflicts(Vec<Conflict>),
}

impl Composer<'_> {
    /// Brings branches together on top of a commit, in their order.
    ///
    /// # Errors
    /// When git can't merge or commit.
    pub(super) fn compose(&self, base: ObjectId, set: &[usize]) -> Result<Set, Error> {
        let mut found = Set::default();
        let (mut tip, mut taken) = (base, Vec::new());
        for &number in set {
            let member = &self.members[number];
            match self.try_put(tip, member)? {
                Put::Impossible(why) => found.impossible.push((number, why)),
                Put::At(commit) => {
                    tip = commit;
                    taken.push(number);
                }
                Put::Contained => found.contained.push(number),
                Put::Conflicts(conflicts) if tip == base => found.conflicting.push((number, conflicts)),
                Put::Conflicts(_) => match self.try_put(base, member)? {
                    Put::Conflicts(conflicts) => found.conflicting.push((number, conflicts)),
                    Put::At(_) | Put::Contained | Put::Impossible(_) => found.apart.push(number),
                },
            }
        }
        if taken.is_empty() {
            return Ok(found);
        }
        let tree = self.repo.commit(tip)?.tree;
        if self.method == Method::Merge && taken.len() > 1 {
            // One commit of the target's for one verdict; the merges of the single branches lie beside it.
            let members: Vec<&Member> = taken.iter().map(|number| &self.members[*number]).collect();
            tip = self.commit(tree, &[base, tip], &message::merge(&members, self.target), None)?;
        }
        let heads = taken.iter().map(|number| self.members[*number].head).collect();
        found.composed = Some(Composed { tip, tree, members: taken, heads });
        Ok(found)
    }

    fn try_put(&self, onto: ObjectId, member: &Member) -> Result<Put, Error> {
        match self.put(onto, member) {
            Err(error @ Error::Unmergeable(_)) => Ok(Put::Impossible(error.to_string())),
            put => put,
        }
    }

    fn put(&self, onto: ObjectId, member: &Member) -> Result<Put, Error> {
        if self.method == Method::Rebase {
            return self.rebase(onto, member);
        }
        let merged = self.repo.merge(self.method, onto, member.head)?;
        if !merged.conflicts.is_empty() {
            return Ok(Put::Conflicts(merged.conflicts));
        }
        if merged.commit == Some(onto) {
            return Ok(Put::Contained);
        }
        if self.method == Method::Merge {
            let text = message::merge(&[member], self.target);
            return Ok(Put::At(self.commit(merged.tree, &[onto, member.head], &text, None)?));
        }
        if merged.tree == self.repo.commit(onto)?.tree {
            return Ok(Put::Contained);
        }
        self.squash(onto, member, merged.tree).map(Put::At)
    }

    fn squash(&self, onto: ObjectId, member: &Member, tree: ObjectId) -> Result<ObjectId, Error> {
        let mut commits = self.repo.commits_since(member.head, &[onto])?;
        commits.retain(|id| self.repo.commit(*id).is_ok_and(|commit| commit.parents.len() < 2));
        let (first, author) = match commits.first() {
            Some(first) => (*first, self.repo.author(*first)?),
            None => return self.commit(tree, &[onto], &message::squash(member, &[]), None),
        };
        if commits.len() == 1 {
            return self.again(first, tree, onto);
        }
        let subjects =
            commits.iter().map(|id| Member::subject(self.repo, *id)).collect::<Result<Vec<String>, Error>>()?;
        let is_one = commits.iter().all(|id| self.repo.author(*id).is_ok_and(|other| other == author));
        let author_of = commits.last().copied().filter(|_| is_one);
        self.commit(tree, &[onto], &message::squash(member, &subjects), author_of)
    }

    fn rebase(&self, onto: ObjectId, member: &Member) -> Result<Put, Error> {
        let rebased = self.repo.rebase(onto, member.head)?;
        if !rebased.merged.conflicts.is_empty() {
            return Ok(Put::Conflicts(rebased.merged.conflicts));
        }
        let mut tip = onto;
        let mut before = self.repo.commit(onto)?.tree;
        for (id, tree) in rebased.steps {
            let commit = self.repo.commit(id)?;
            if commit.parents == [tip] && commit.tree == tree {
                tip = id;
            } else if tree != before || self.is_empty(id)? {
                tip = self.again(id, tree, tip)?;
            }
            before = tree;
        }
        Ok(if tip == onto { Put::Contained } else { Put::At(tip) })
    }

    /// Whether a commit changes nothing where it is, so that it is kept although it changes nothing elsewhere.
    fn is_empty(&self, id: ObjectId) -> Result<bool, Error> {
        let commit = self.repo.commit(id)?;
        let before = match commit.parents.first() {
            Some(parent) => self.repo.commit(*parent)?.tree,
            None => ObjectId::EMPTY_TREE,
        };
        Ok(commit.tree == before)
    }

    /// Another version of a commit: with its message and its author.
    fn again(&self, id: ObjectId, tree: ObjectId, parent: ObjectId) -> Result<ObjectId, Error> {
        let message = self.repo.message(id)?;
        let new = NewCommit { tree, parents: &[parent], message: &message, author_of: Some(id) };
        self.repo.make_commit(self.by, &new)
    }

    fn commit(
        &self,
        tree: ObjectId,
        parents: &[ObjectId],
        message: &str,
        author_of: Option<ObjectId>,
    ) -> Result<ObjectId, Error> {
        self.repo.make_commit(self.by, &NewCommit { tree, parents, message: message.as_bytes(), author_of })
    }
}
