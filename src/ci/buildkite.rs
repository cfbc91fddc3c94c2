//! Buildkite.
//!
//! From Buildkite's documentation, "Environment variables" and "Using GitHub merge queues". `BUILDKITE_PULL_REQUEST` is a
//! number, or `false`. `BUILDKITE_COMMIT` may be `HEAD` where a build was started by hand.

use super::error::{Error, Run};
use super::found::{Found, Kind, System, Target};
use super::push::pushed;
use super::told::Told;
use super::variables::{Form, Variables, branch};

const SYSTEM: System = System::Buildkite;

/// What is said there.
pub(super) fn find(variables: Variables<'_>) -> Result<Found, Error> {
    if variables.raw("BUILDKITE_TAG").is_some() {
        return Err(Error::Run { system: SYSTEM, run: Run::Tag });
    }
    let from = variables.commit(SYSTEM, "BUILDKITE_COMMIT")?;
    let queue = ["BUILDKITE_MERGE_QUEUE_BASE_COMMIT", "BUILDKITE_MERGE_QUEUE_BASE_BRANCH"];
    let found =
        |kind, into| Found { system: SYSTEM, kind, into, from: from.clone(), merged: None, draft: None, fork: None };
    if queue.iter().any(|name| variables.raw(name).is_some()) {
        let commit = variables.commit(SYSTEM, queue[0])?;
        let branch = branch(&variables.need(SYSTEM, queue[1])?, Form::Either)?;
        return Ok(found(Kind::MergeQueue, Target::Commit { branch, commit }));
    }
    if variables.is_on("BUILDKITE_PULL_REQUEST") {
        let name = variables.need(SYSTEM, "BUILDKITE_PULL_REQUEST_BASE_BRANCH")?;
        let into = Target::Tip { branch: branch(&name, Form::Short)?, seen: None };
        let draft = variables.truth("BUILDKITE_PULL_REQUEST_DRAFT")?;
        return Ok(Found { draft, fork: fork(variables)?, ..found(Kind::PullRequest, into) });
    }
    let name = branch(&variables.need(SYSTEM, "BUILDKITE_BRANCH")?, Form::Short)?;
    pushed(SYSTEM, name, None, from)
}

/// Whether the two repositories differ, each written as any of the URLs that git takes.
fn fork(variables: Variables<'_>) -> Result<Option<Told<bool>>, Error> {
    let (theirs, ours) = (variables.text("BUILDKITE_PULL_REQUEST_REPO")?, variables.text("BUILDKITE_REPO")?);
    let both = theirs.zip(ours);
    Ok(both.map(|(theirs, ours)| theirs.map(|theirs| !name(theirs).eq_ignore_ascii_case(&name(ours.value)))))
}

/// The last two parts of a URL: the owner and the name.
fn name(url: &str) -> String {
    let url = url.trim_end_matches('/');
    let url = url.strip_suffix(".git").unwrap_or(url);
    let mut parts = url.rsplit(['/', ':']);
    let (name, owner) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{owner}/{name}")
}
