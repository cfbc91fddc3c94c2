//! GitHub Actions, and Gitea's and Forgejo's, which set the same variables and write the same event.
//!
//! From GitHub's documentation, "Variables reference" and "Events that trigger workflows", and Forgejo's "Forgejo Actions |
//! Reference". On `pull_request` GitHub's `GITHUB_SHA` is the last merge commit of `refs/pull/N/merge`, which may be of an
//! earlier head or of an earlier state of the target; Gitea and Forgejo say the head there, and `refs/pull/N/head`.
//! `merge_group` sets no `GITHUB_BASE_REF`.

use super::error::{Error, NAME_BOTH, Run};
use super::event::{MergeGroupEvent, PullRequestEvent, PushEvent, parse};
use super::found::{Found, Kind, System, Target};
use super::push::pushed;
use super::told::{Origin, Told};
use super::variables::{Form, Variables, branch, commit, commit_or_none, contradiction, shown};

/// What is said there.
pub(super) fn find(system: System, variables: Variables<'_>, event: Option<&str>) -> Result<Found, Error> {
    let name = variables.need(system, "GITHUB_EVENT_NAME")?;
    let refused = |run| Err(Error::Run { system, run });
    let missing = || Error::Missing { system, name: Origin::Variable("GITHUB_EVENT_PATH"), cure: NAME_BOTH };
    match name.value {
        "pull_request_target" => refused(Run::Privileged),
        "pull_request" => pull_request(system, variables, &parse(event.ok_or_else(missing)?)?),
        "merge_group" => merge_group(system, variables, &parse(event.ok_or_else(missing)?)?),
        "push" => push(system, variables, &parse(event.ok_or_else(missing)?)?),
        other => refused(Run::Other(shown(other))),
    }
}

fn pull_request(system: System, variables: Variables<'_>, event: &PullRequestEvent) -> Result<Found, Error> {
    if event.action.as_deref() == Some("closed") {
        return Err(Error::Run { system, run: Run::Closed });
    }
    let (head, base) = (&event.pull_request.head, &event.pull_request.base);
    let base_ref = at("pull_request.base.ref", &base.name);
    if let Some(named) = variables.text("GITHUB_BASE_REF")?.filter(|named| named.value != base_ref.value) {
        return Err(contradiction(&named, &base_ref, "both name the target"));
    }
    let from = commit(&at("pull_request.head.sha", &head.sha))?;
    let seen = commit(&at("pull_request.base.sha", &base.sha))?;
    let sha = variables.commit(system, "GITHUB_SHA")?;
    let merged = (sha.value != from.value).then_some(sha);
    if let Some(sha) = &merged {
        if sha.value == seen.value {
            return Err(contradiction(sha, &seen, "the run is on the target, not on the change"));
        }
        let wanted = format!("refs/pull/{}/merge", event.number);
        let name = variables.need(system, "GITHUB_REF")?;
        if name.value != wanted {
            let number = Told { value: event.number, origin: Origin::Event("number") };
            return Err(contradiction(&name, &number, "the run is not on the merge of this request"));
        }
    }
    let ours = base.repo.as_ref().map(|repo| repo.full_name.as_str());
    let fork = ours.is_none_or(|ours| head.repo.as_ref().is_none_or(|repo| !repo.full_name.eq_ignore_ascii_case(ours)));
    Ok(Found {
        system,
        kind: Kind::PullRequest,
        into: Target::Tip { branch: branch(&base_ref, Form::Short)?, seen: Some(seen) },
        from,
        merged,
        draft: event.pull_request.draft.map(|value| Told { value, origin: Origin::Event("pull_request.draft") }),
        fork: Some(Told { value: fork, origin: Origin::Event("pull_request.head.repo.full_name") }),
    })
}

fn merge_group(system: System, variables: Variables<'_>, event: &MergeGroupEvent) -> Result<Found, Error> {
    if event.action != "checks_requested" {
        return Err(Error::Run { system, run: Run::Other(format!("merge_group {}", shown(&event.action))) });
    }
    let group = &event.merge_group;
    let from = commit(&at("merge_group.head_sha", &group.head_sha))?;
    let sha = variables.commit(system, "GITHUB_SHA")?;
    if sha.value != from.value {
        return Err(contradiction(&sha, &from, "the run is not on this group"));
    }
    let into = Target::Commit {
        branch: branch(&at("merge_group.base_ref", &group.base_ref), Form::Full)?,
        commit: commit(&at("merge_group.base_sha", &group.base_sha))?,
    };
    Ok(Found { system, kind: Kind::MergeQueue, into, from, merged: None, draft: None, fork: None })
}

fn push(system: System, variables: Variables<'_>, event: &PushEvent) -> Result<Found, Error> {
    let refused = |run| Err(Error::Run { system, run });
    let name = at("ref", &event.name);
    if name.value.starts_with("refs/tags/") {
        return refused(Run::Tag);
    }
    let Some(from) = commit_or_none(&at("after", &event.after))? else { return refused(Run::Deleted) };
    let sha = variables.commit(system, "GITHUB_SHA")?;
    if sha.value != from.value {
        return Err(contradiction(&sha, &from, "the run is not on what was pushed"));
    }
    let run_on = variables.need(system, "GITHUB_REF")?;
    if run_on.value != name.value {
        return Err(contradiction(&run_on, &name, "the run is not on what was pushed"));
    }
    let before = commit_or_none(&at("before", &event.before))?;
    pushed(system, branch(&name, Form::Full)?, before, from)
}

fn at<'a>(keys: &'static str, value: &'a str) -> Told<&'a str> {
    Told { value, origin: Origin::Event(keys) }
}
