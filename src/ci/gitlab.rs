//! GitLab CI/CD.
//!
//! From GitLab's documentation, "Predefined CI/CD variables reference", "Merge request pipelines" and "Merged results
//! pipelines". `CI_MERGE_REQUEST_SOURCE_BRANCH_SHA` and `CI_MERGE_REQUEST_TARGET_BRANCH_SHA` are set in merged results
//! pipelines and on merge trains only, where `CI_COMMIT_SHA` is a commit that GitLab made of both; in other merge request
//! pipelines `CI_COMMIT_SHA` is the head. `CI_MERGE_REQUEST_DIFF_BASE_SHA` is a merge-base, never the target.

use super::error::{Error, Run};
use super::found::{Found, Kind, System, Target};
use super::push::pushed;
use super::told::Told;
use super::variables::{Form, Variables, branch, commit_or_none, contradiction, malformed};
use crate::digest::ObjectId;

const SYSTEM: System = System::GitLab;
const HEAD: &str = "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA";
const TARGET: &str = "CI_MERGE_REQUEST_TARGET_BRANCH_SHA";

/// What is said there.
pub(super) fn find(variables: Variables<'_>) -> Result<Found, Error> {
    if variables.raw("CI_COMMIT_TAG").is_some() {
        return Err(Error::Run { system: SYSTEM, run: Run::Tag });
    }
    if variables.raw("CI_MERGE_REQUEST_IID").is_some() {
        return merge_request(variables);
    }
    if variables.raw("CI_EXTERNAL_PULL_REQUEST_IID").is_some() {
        return external(variables);
    }
    let name = branch(&variables.need(SYSTEM, "CI_COMMIT_BRANCH")?, Form::Short)?;
    let before = variables.text("CI_COMMIT_BEFORE_SHA")?.as_ref().map(commit_or_none).transpose()?.flatten();
    pushed(SYSTEM, name, before, variables.commit(SYSTEM, "CI_COMMIT_SHA")?)
}

/// A pipeline for a merge request: plain, for the merged result, or on a train.
fn merge_request(variables: Variables<'_>) -> Result<Found, Error> {
    let project = variables.need(SYSTEM, "CI_MERGE_REQUEST_PROJECT_ID")?;
    if variables.need(SYSTEM, "CI_PROJECT_ID")?.value != project.value {
        return Err(Error::Run { system: SYSTEM, run: Run::InFork });
    }
    let source = variables.text("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")?;
    let (kind, ends) = match variables.need(SYSTEM, "CI_MERGE_REQUEST_EVENT_TYPE")? {
        Told { value: "detached", .. } => (Kind::PullRequest, plain(variables)?),
        Told { value: "merged_result", .. } => (Kind::MergedResult, of_both(variables)?),
        Told { value: "merge_train", .. } => (Kind::MergeTrain, of_both(variables)?),
        told => {
            return Err(malformed(told.origin, told.value, "'detached', 'merged_result' or 'merge_train'"));
        }
    };
    let branch = branch(&variables.need(SYSTEM, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")?, Form::Short)?;
    let into = match (kind, ends.target) {
        (Kind::MergeTrain, Some(commit)) => Target::Commit { branch, commit },
        (_, seen) => Target::Tip { branch, seen },
    };
    if let (Kind::MergedResult, None) = (kind, &ends.merged) {
        let sha = variables.commit(SYSTEM, "CI_COMMIT_SHA")?;
        return Err(contradiction(&sha, &ends.head, "the merged result can't be the head itself"));
    }
    Ok(Found {
        system: SYSTEM,
        kind,
        into,
        from: ends.head,
        merged: ends.merged,
        draft: variables.truth("CI_MERGE_REQUEST_DRAFT")?,
        fork: source.map(|source| source.map(|source| source != project.value)),
    })
}

/// The commits of a pipeline.
struct Ends {
    head: Told<ObjectId>,
    target: Option<Told<ObjectId>>,
    merged: Option<Told<ObjectId>>,
}

/// A pipeline on the head.
fn plain(variables: Variables<'_>) -> Result<Ends, Error> {
    let head = variables.commit(SYSTEM, "CI_COMMIT_SHA")?;
    // Should there be another head, GitLab has merged and calls it detached all the same.
    match variables.commit_if_set(HEAD)? {
        Some(other) if other.value != head.value => Err(contradiction(&head, &other, "both are the head")),
        _ => Ok(Ends { head, target: variables.commit_if_set(TARGET)?, merged: None }),
    }
}

/// A pipeline on a commit of both. On a train that doesn't make merge commits it may be the head itself.
fn of_both(variables: Variables<'_>) -> Result<Ends, Error> {
    let (head, target) = (variables.commit(SYSTEM, HEAD)?, variables.commit(SYSTEM, TARGET)?);
    let merged = variables.commit(SYSTEM, "CI_COMMIT_SHA")?;
    let merged = (merged.value != head.value).then_some(merged);
    Ok(Ends { head, target: Some(target), merged })
}

/// A pull request on GitHub of a repository that GitLab mirrors.
fn external(variables: Variables<'_>) -> Result<Found, Error> {
    let name = variables.need(SYSTEM, "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME")?;
    let seen = variables.commit_if_set("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA")?;
    Ok(Found {
        system: SYSTEM,
        kind: Kind::PullRequest,
        into: Target::Tip { branch: branch(&name, Form::Short)?, seen },
        from: variables.commit(SYSTEM, "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA")?,
        merged: None,
        draft: None,
        fork: None,
    })
}
