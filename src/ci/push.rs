//! A push to a branch, which is the same wherever it is run.

use super::error::{Error, Run};
use super::found::{Found, Kind, System, Target};
use super::told::{BranchName, Told};
use crate::digest::ObjectId;

/// The branches of GitHub's merge queues. A push to one says nothing of the target, which only `merge_group` does.
const QUEUE: &str = "gh-readonly-queue/";

/// A push to a branch.
pub(super) fn pushed(
    system: System,
    branch: Told<BranchName>,
    before: Option<Told<ObjectId>>,
    from: Told<ObjectId>,
) -> Result<Found, Error> {
    if branch.value.short().starts_with(QUEUE) {
        return Err(Error::Run { system, run: Run::Queue });
    }
    let into = match before {
        Some(commit) => Target::Commit { branch, commit },
        None => Target::Unknown { branch },
    };
    Ok(Found { system, kind: Kind::Push, into, from, merged: None, draft: None, fork: None })
}
