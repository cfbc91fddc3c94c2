//! Environments as each CI sets them, event by event, and what becomes of them when somebody meddles.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::*;
use crate::diagnostic::Diagnostic;

mod hosts;
mod hostile;

const HEAD: &str = "a5c1f2b3d4e5f60718293a4b5c6d7e8f90a1b2c3";
const BASE: &str = "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3";
const MERGED: &str = "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff";
const ZEROS: &str = "0000000000000000000000000000000000000000";

const PULL_REQUEST: &str = include_str!("../../../fixtures/ci/pull-request.json");
const PULL_REQUEST_FORK: &str = include_str!("../../../fixtures/ci/pull-request-fork.json");
const MERGE_GROUP: &str = include_str!("../../../fixtures/ci/merge-group.json");
const PUSH: &str = include_str!("../../../fixtures/ci/push.json");

type Env = Vec<(&'static str, String)>;

/// An environment: lines of `NAME=value`, in which HEAD, BASE, MERGED and ZEROS stand for commits.
fn env(lines: &'static str) -> Env {
    let commit = |value: &str| match value {
        "HEAD" => HEAD.to_owned(),
        "BASE" => BASE.to_owned(),
        "MERGED" => MERGED.to_owned(),
        "ZEROS" => ZEROS.to_owned(),
        other => other.to_owned(),
    };
    let pairs = lines.split_whitespace().map(|line| line.split_once('=').unwrap());
    pairs.map(|(name, value)| (name, commit(value))).collect()
}

fn github() -> Env {
    env("CI=true GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request GITHUB_SHA=MERGED GITHUB_REF=refs/pull/42/merge
         GITHUB_BASE_REF=main GITHUB_HEAD_REF=faster GITHUB_REPOSITORY=octo-org/parser GITHUB_REF_TYPE=branch
         GITHUB_EVENT_PATH=/github/workflow/event.json")
}

fn queue() -> Env {
    env("CI=true GITHUB_ACTIONS=true GITHUB_EVENT_NAME=merge_group GITHUB_SHA=HEAD GITHUB_BASE_REF= GITHUB_HEAD_REF=
         GITHUB_REF=refs/heads/gh-readonly-queue/main/pr-42-b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3")
}

fn github_push() -> Env {
    env("CI=true GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_SHA=HEAD GITHUB_REF=refs/heads/main
         GITHUB_BASE_REF= GITHUB_HEAD_REF=")
}

fn gitlab() -> Env {
    env("CI=true GITLAB_CI=true CI_PIPELINE_SOURCE=merge_request_event CI_PROJECT_ID=1 CI_COMMIT_SHA=MERGED
         CI_COMMIT_BEFORE_SHA=ZEROS CI_COMMIT_REF_NAME=faster CI_MERGE_REQUEST_IID=42 CI_MERGE_REQUEST_PROJECT_ID=1
         CI_MERGE_REQUEST_SOURCE_PROJECT_ID=1 CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
         CI_MERGE_REQUEST_TARGET_BRANCH_SHA=BASE CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=faster
         CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD CI_MERGE_REQUEST_EVENT_TYPE=merged_result
         CI_MERGE_REQUEST_DRAFT=false CI_MERGE_REQUEST_DIFF_BASE_SHA=1111111111111111111111111111111111111111")
}

fn detached() -> Env {
    with(
        gitlab(),
        "CI_COMMIT_SHA=HEAD CI_MERGE_REQUEST_TARGET_BRANCH_SHA= CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=
         CI_MERGE_REQUEST_EVENT_TYPE=detached",
    )
}

fn buildkite() -> Env {
    env("CI=true BUILDKITE=true BUILDKITE_COMMIT=HEAD BUILDKITE_BRANCH=somebody:faster BUILDKITE_PULL_REQUEST=42
         BUILDKITE_PULL_REQUEST_BASE_BRANCH=main BUILDKITE_PULL_REQUEST_REPO=git://github.com/somebody/parser.git
         BUILDKITE_REPO=git@github.com:octo-org/parser.git BUILDKITE_TAG=")
}

fn jenkins() -> Env {
    env("JENKINS_URL=https://ci.example.org/ BRANCH_NAME=PR-42 CHANGE_ID=42 CHANGE_TARGET=main CHANGE_BRANCH=faster
         GIT_COMMIT=HEAD")
}

fn circleci() -> Env {
    env("CI=true CIRCLECI=true CIRCLE_SHA1=HEAD CIRCLE_BRANCH=main")
}

fn azure() -> Env {
    env("TF_BUILD=True BUILD_REASON=PullRequest BUILD_SOURCEBRANCH=refs/pull/42/merge BUILD_SOURCEVERSION=MERGED
         SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main SYSTEM_PULLREQUEST_SOURCECOMMITID=HEAD
         SYSTEM_PULLREQUEST_ISFORK=False")
}

/// The same with other values; an empty one is as good as none.
fn with(mut before: Env, lines: &'static str) -> Env {
    let after = env(lines);
    before.retain(|(name, _)| after.iter().all(|(other, _)| other != name));
    before.into_iter().chain(after).collect()
}

fn os(env: &Env) -> Vec<(OsString, OsString)> {
    env.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

/// What is found, one fact a line.
#[track_caller]
fn found(env: &Env, event: Option<&str>) -> String {
    let found = find(&os(env), event).unwrap().unwrap();
    let facts = found.facts().into_iter().map(|fact| format!("\n{}: {} <- {}", fact.name, fact.value, fact.origin));
    let target = match found.into {
        Target::Commit { .. } => "commit",
        Target::Tip { .. } => "tip",
        Target::Unknown { .. } => "unknown",
    };
    let text = format!("{}, {}, {target}{}", found.system, found.kind, facts.collect::<String>());
    text.replace(HEAD, "HEAD").replace(BASE, "BASE").replace(MERGED, "MERGED")
}

/// The problem, as its code, its text and its cure.
#[track_caller]
fn refused(env: &Env, event: Option<&str>) -> String {
    let error = find(&os(env), event).unwrap_err();
    let said = Diagnostic::from(&error);
    let text = format!("{}: {}\n{}", said.code, said.message, said.hint.unwrap());
    text.replace(HEAD, "HEAD").replace(BASE, "BASE").replace(MERGED, "MERGED")
}
