//! Who runs steps where gate runs none itself, because nothing of a candidate's may run there: on a server.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Refusal, Surroundings};
use crate::change::Change;
use crate::check::{CheckName, Ended};
use crate::digest::Digest;
use crate::git::Repo;

/// What is to be run elsewhere.
pub struct Errand<'a> {
    /// The change that the steps are about.
    pub change: &'a Change,
    /// The branch that it is to land on.
    pub branch: Option<&'a str>,
    /// Their checks.
    pub checks: BTreeSet<CheckName>,
    /// The repository, with what is pushed to it.
    pub repo: &'a Repo,
    /// Where their output goes.
    pub logs: PathBuf,
    /// Whether the change may land on a base that has no valid gate.toml.
    pub starts: bool,
}

/// How a step ended elsewhere.
#[derive(Clone, Debug)]
pub struct Brought {
    /// How it ended; its log lies where the errand's run has its logs.
    pub ended: Ended,
    /// What its result depends on, as it was there.
    pub fingerprint: Digest,
}

/// Whoever runs steps where gate itself runs none.
pub trait Elsewhere {
    /// Runs what belongs to these checks; how each ended, or why nothing of it did.
    ///
    /// # Errors
    /// When nothing could be run there, with what to do about it.
    fn run(&self, errand: &Errand<'_>) -> Result<Vec<Brought>, Refusal>;

    /// What the machine adds there to the trees of a change, which must not be asked where gate itself runs nothing. `None`
    /// if there is no time for it.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    fn surroundings(&self, errand: &Errand<'_>) -> Result<Option<Surroundings>, Refusal>;
}
