//! Azure Pipelines.
//!
//! From Microsoft's documentation, "Use predefined variables" and "Build Azure Repos Git or TFS Git repositories". In a
//! request's run `BUILD_SOURCEVERSION` is the host's merge commit, at `refs/pull/N/merge`. The target is written as
//! `refs/heads/main` for repositories on Azure and as `main` for those on GitHub.

use super::error::{Error, Run};
use super::found::{Found, Kind, System, Target};
use super::push::pushed;
use super::variables::{Form, Variables, branch, contradiction, shown};

const SYSTEM: System = System::Azure;

/// What is said there.
pub(super) fn find(variables: Variables<'_>) -> Result<Found, Error> {
    let refused = |run| Err(Error::Run { system: SYSTEM, run });
    let source = variables.need(SYSTEM, "BUILD_SOURCEBRANCH")?;
    if source.value.starts_with("refs/tags/") {
        return refused(Run::Tag);
    }
    let requested = variables.raw("BUILD_REASON").is_some_and(|reason| reason == "PullRequest");
    if requested || variables.raw("SYSTEM_PULLREQUEST_TARGETBRANCH").is_some() {
        return request(variables);
    }
    if source.value.starts_with("refs/pull/") {
        return refused(Run::Untold);
    }
    if source.value.starts_with("refs/") && !source.value.starts_with("refs/heads/") {
        return refused(Run::Other(shown(source.value)));
    }
    pushed(SYSTEM, branch(&source, Form::Either)?, None, variables.commit(SYSTEM, "BUILD_SOURCEVERSION")?)
}

fn request(variables: Variables<'_>) -> Result<Found, Error> {
    let name = variables.need(SYSTEM, "SYSTEM_PULLREQUEST_TARGETBRANCH")?;
    let from = variables.commit(SYSTEM, "SYSTEM_PULLREQUEST_SOURCECOMMITID")?;
    let version = variables.commit(SYSTEM, "BUILD_SOURCEVERSION")?;
    let source = variables.need(SYSTEM, "BUILD_SOURCEBRANCH")?;
    let merged = (version.value != from.value).then_some(version);
    if let Some(version) = &merged
        && !(source.value.starts_with("refs/pull/") && source.value.ends_with("/merge"))
    {
        return Err(contradiction(&source, version, "the run is neither on the head nor on the merge of a request"));
    }
    Ok(Found {
        system: SYSTEM,
        kind: Kind::PullRequest,
        into: Target::Tip { branch: branch(&name, Form::Either)?, seen: None },
        from,
        merged,
        draft: None,
        fork: variables.truth("SYSTEM_PULLREQUEST_ISFORK")?,
    })
}
