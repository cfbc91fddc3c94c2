//! The commit that a host made of both, held against its parents.

use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;

/// A commit that a host made, with its parents.
#[derive(Clone, Copy, Debug)]
pub struct Merge<'a> {
    /// The commit.
    pub commit: ObjectId,
    /// Its parents, in order.
    pub parents: &'a [ObjectId],
}

/// How a host's merge stands to the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It is with the target's tip.
    Current,
    /// It is with a commit that is no longer the target's tip: what was checked out is not what would land.
    Stale {
        /// What it is with.
        with: ObjectId,
        /// The target's tip.
        tip: ObjectId,
    },
}

/// Why a host's commit is not the merge of a head into a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOfBoth {
    /// It has not two parents.
    #[error("the host's commit {commit} is no merge of two: it has {parents} parents")]
    NoMerge {
        /// The commit.
        commit: ObjectId,
        /// How many parents it has.
        parents: usize,
    },
    /// It is a merge of something else.
    #[error("the host's commit {commit} merges {has}, but the head is {head}: the run is for another head")]
    OtherHead {
        /// The commit.
        commit: ObjectId,
        /// Its second parent.
        has: ObjectId,
        /// The head.
        head: ObjectId,
    },
}

/// Holds a host's merge commit against the head that it should be of, and against the target's tip. Hosts make it anew a
/// while after a push, and not at all when only the target moves.
///
/// Only for a run's `merged` whose kind [`super::Kind::merges_as_is`].
///
/// # Errors
/// When it is not the merge of this head into anything.
pub fn check_merge(merge: &Merge<'_>, head: ObjectId, tip: ObjectId) -> Result<Freshness, NotOfBoth> {
    let commit = merge.commit;
    match *merge.parents {
        [_, has] if has != head => Err(NotOfBoth::OtherHead { commit, has, head }),
        [with, _] if with != tip => Ok(Freshness::Stale { with, tip }),
        [_, _] => Ok(Freshness::Current),
        _ => Err(NotOfBoth::NoMerge { commit, parents: merge.parents.len() }),
    }
}

impl Freshness {
    /// What is to be said of it, if anything.
    #[must_use]
    pub fn diagnostic(self) -> Option<Diagnostic> {
        let Self::Stale { with, tip } = self else { return None };
        let message = format!("the host merged into {with}, and the target has moved to {tip} since");
        Some(
            Diagnostic::warning("ci/stale", message)
                .hint("what is judged here is the merge into where the target is now"),
        )
    }
}

impl From<&NotOfBoth> for Diagnostic {
    fn from(error: &NotOfBoth) -> Self {
        let (code, hint) = match error {
            NotOfBoth::NoMerge { .. } => (
                "ci/no-merge",
                "if the clone is shallow: git fetch --deepen=1; else name both: --into TARGET --from HEAD",
            ),
            NotOfBoth::OtherHead { .. } => ("ci/other-head", "run it again for the newest head, or push once more"),
        };
        Self::error(code, error.to_string()).hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes([byte; 20])
    }

    fn check(parents: &[u8]) -> Result<Freshness, NotOfBoth> {
        let parents: Vec<ObjectId> = parents.iter().map(|byte| id(*byte)).collect();
        check_merge(&Merge { commit: id(9), parents: &parents }, id(2), id(1))
    }

    #[test]
    fn a_merge_of_the_head_into_the_tip_is_current() {
        assert_eq!(check(&[1, 2]), Ok(Freshness::Current));
        assert_eq!(Freshness::Current.diagnostic(), None);
    }

    #[test]
    fn a_merge_into_an_earlier_tip_is_stale_and_says_so() {
        let stale = check(&[3, 2]).unwrap();
        assert_eq!(stale, Freshness::Stale { with: id(3), tip: id(1) });
        let said = stale.diagnostic().unwrap().message;
        assert!(said.contains(&id(3).to_string()) && said.contains(&id(1).to_string()), "{said}");
    }

    #[test]
    fn a_merge_of_another_head_is_an_error_however_fresh() {
        for parents in [[1, 4], [3, 4], [2, 1]] {
            assert_eq!(check(&parents), Err(NotOfBoth::OtherHead { commit: id(9), has: id(parents[1]), head: id(2) }));
        }
    }

    #[test]
    fn what_has_not_two_parents_is_no_merge() {
        for parents in [&[][..], &[2], &[1, 2, 3]] {
            assert_eq!(check(parents), Err(NotOfBoth::NoMerge { commit: id(9), parents: parents.len() }));
        }
    }
}
