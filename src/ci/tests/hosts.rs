//! What each CI sets, and what is found there.

use super::*;

#[test]
fn outside_any_known_ci_nothing_is_found() {
    for lines in
        ["HOME=/home/u PATH=/bin", "CI=true", "GITHUB_ACTIONS=false", "GITLAB_CI= BUILDKITE=0", "GITHUB_SHA=HEAD"]
    {
        assert_eq!(find(&os(&env(lines)), Some(PULL_REQUEST)).unwrap(), None, "{lines}");
    }
}

#[test]
fn github_pull_request() {
    insta::assert_snapshot!(found(&github(), Some(PULL_REQUEST)), @"
    GitHub Actions, pull request, tip
    into: main <- GITHUB_EVENT_PATH pull_request.base.ref
    seen: BASE <- GITHUB_EVENT_PATH pull_request.base.sha
    from: HEAD <- GITHUB_EVENT_PATH pull_request.head.sha
    merged: MERGED <- GITHUB_SHA
    draft: false <- GITHUB_EVENT_PATH pull_request.draft
    fork: false <- GITHUB_EVENT_PATH pull_request.head.repo.full_name
    ");
}

#[test]
fn github_pull_request_from_a_fork() {
    let env = with(github(), "GITHUB_REF=refs/pull/7/merge GITHUB_BASE_REF=release/1.x GITHUB_HEAD_REF=main");
    insta::assert_snapshot!(found(&env, Some(PULL_REQUEST_FORK)), @"
    GitHub Actions, pull request, tip
    into: release/1.x <- GITHUB_EVENT_PATH pull_request.base.ref
    seen: BASE <- GITHUB_EVENT_PATH pull_request.base.sha
    from: HEAD <- GITHUB_EVENT_PATH pull_request.head.sha
    merged: MERGED <- GITHUB_SHA
    draft: true <- GITHUB_EVENT_PATH pull_request.draft
    fork: true <- GITHUB_EVENT_PATH pull_request.head.repo.full_name
    ");
    let deleted = PULL_REQUEST_FORK.replace(r#"{ "full_name": "somebody/parser", "fork": true }"#, "null");
    assert_ne!(deleted, PULL_REQUEST_FORK);
    assert!(found(&env, Some(&deleted)).contains("fork: true"));
}

#[test]
fn github_merge_queue() {
    insta::assert_snapshot!(found(&queue(), Some(MERGE_GROUP)), @"
    GitHub Actions, merge queue, commit
    into: main <- GITHUB_EVENT_PATH merge_group.base_ref
    ahead: BASE <- GITHUB_EVENT_PATH merge_group.base_sha
    from: HEAD <- GITHUB_EVENT_PATH merge_group.head_sha
    ");
}

#[test]
fn github_push() {
    insta::assert_snapshot!(found(&super::github_push(), Some(PUSH)), @"
    GitHub Actions, push, commit
    into: main <- GITHUB_EVENT_PATH ref
    base: BASE <- GITHUB_EVENT_PATH before
    from: HEAD <- GITHUB_EVENT_PATH after
    ");
}

#[test]
fn a_push_without_a_before_has_no_target() {
    let created = PUSH.replace(BASE, ZEROS);
    insta::assert_snapshot!(found(&super::github_push(), Some(&created)), @"
    GitHub Actions, push, unknown
    into: main <- GITHUB_EVENT_PATH ref
    from: HEAD <- GITHUB_EVENT_PATH after
    ");
}

#[test]
fn gitea_and_forgejo_pull_request() {
    let gitea = with(github(), "GITEA_ACTIONS=true GITHUB_SHA=HEAD GITHUB_REF=refs/pull/42/head");
    insta::assert_snapshot!(found(&gitea, Some(PULL_REQUEST)), @"
    Gitea Actions, pull request, tip
    into: main <- GITHUB_EVENT_PATH pull_request.base.ref
    seen: BASE <- GITHUB_EVENT_PATH pull_request.base.sha
    from: HEAD <- GITHUB_EVENT_PATH pull_request.head.sha
    draft: false <- GITHUB_EVENT_PATH pull_request.draft
    fork: false <- GITHUB_EVENT_PATH pull_request.head.repo.full_name
    ");
    let forgejo = with(gitea, "FORGEJO_ACTIONS=true");
    assert!(found(&forgejo, Some(PULL_REQUEST)).starts_with("Forgejo Actions, pull request, tip"));
    assert!(found(&with(forgejo, "GITHUB_ACTIONS="), Some(PULL_REQUEST)).starts_with("Forgejo Actions"));
}

#[test]
fn gitlab_detached() {
    insta::assert_snapshot!(found(&detached(), None), @"
    GitLab CI/CD, pull request, tip
    into: main <- CI_MERGE_REQUEST_TARGET_BRANCH_NAME
    from: HEAD <- CI_COMMIT_SHA
    draft: false <- CI_MERGE_REQUEST_DRAFT
    fork: false <- CI_MERGE_REQUEST_SOURCE_PROJECT_ID
    ");
}

#[test]
fn gitlab_merged_result() {
    insta::assert_snapshot!(found(&gitlab(), None), @"
    GitLab CI/CD, merged result, tip
    into: main <- CI_MERGE_REQUEST_TARGET_BRANCH_NAME
    seen: BASE <- CI_MERGE_REQUEST_TARGET_BRANCH_SHA
    from: HEAD <- CI_MERGE_REQUEST_SOURCE_BRANCH_SHA
    merged: MERGED <- CI_COMMIT_SHA
    draft: false <- CI_MERGE_REQUEST_DRAFT
    fork: false <- CI_MERGE_REQUEST_SOURCE_PROJECT_ID
    ");
}

#[test]
fn gitlab_merge_train() {
    let env = with(gitlab(), "CI_MERGE_REQUEST_EVENT_TYPE=merge_train CI_MERGE_REQUEST_SOURCE_PROJECT_ID=2");
    insta::assert_snapshot!(found(&env, None), @"
    GitLab CI/CD, merge train, commit
    into: main <- CI_MERGE_REQUEST_TARGET_BRANCH_NAME
    ahead: BASE <- CI_MERGE_REQUEST_TARGET_BRANCH_SHA
    from: HEAD <- CI_MERGE_REQUEST_SOURCE_BRANCH_SHA
    merged: MERGED <- CI_COMMIT_SHA
    draft: false <- CI_MERGE_REQUEST_DRAFT
    fork: true <- CI_MERGE_REQUEST_SOURCE_PROJECT_ID
    ");
    let fast_forward = found(&with(env, "CI_COMMIT_SHA=HEAD"), None);
    assert!(!fast_forward.contains("merged:"), "{fast_forward}");
}

#[test]
fn gitlab_child_pipelines_know_their_merge_request() {
    let env = with(detached(), "CI_PIPELINE_SOURCE=parent_pipeline");
    assert_eq!(found(&env, None), found(&detached(), None));
}

#[test]
fn gitlab_push_and_schedule() {
    let push = env("GITLAB_CI=true CI_COMMIT_BRANCH=main CI_COMMIT_SHA=HEAD CI_COMMIT_BEFORE_SHA=BASE");
    insta::assert_snapshot!(found(&push, None), @"
    GitLab CI/CD, push, commit
    into: main <- CI_COMMIT_BRANCH
    base: BASE <- CI_COMMIT_BEFORE_SHA
    from: HEAD <- CI_COMMIT_SHA
    ");
    assert!(found(&with(push, "CI_COMMIT_BEFORE_SHA=ZEROS"), None).starts_with("GitLab CI/CD, push, unknown"));
}

#[test]
fn gitlab_external_pull_request() {
    let env =
        env("GITLAB_CI=true CI_PIPELINE_SOURCE=external_pull_request_event CI_COMMIT_BRANCH=faster CI_COMMIT_SHA=HEAD
         CI_COMMIT_BEFORE_SHA=ZEROS CI_EXTERNAL_PULL_REQUEST_IID=42
         CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME=main CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA=BASE
         CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA=HEAD");
    insta::assert_snapshot!(found(&env, None), @"
    GitLab CI/CD, pull request, tip
    into: main <- CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME
    seen: BASE <- CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA
    from: HEAD <- CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA
    ");
}

#[test]
fn buildkite_pull_request() {
    insta::assert_snapshot!(found(&buildkite(), None), @"
    Buildkite, pull request, tip
    into: main <- BUILDKITE_PULL_REQUEST_BASE_BRANCH
    from: HEAD <- BUILDKITE_COMMIT
    fork: true <- BUILDKITE_PULL_REQUEST_REPO
    ");
    let own = with(
        buildkite(),
        "BUILDKITE_PULL_REQUEST_REPO=https://github.com/Octo-Org/parser/ BUILDKITE_PULL_REQUEST_DRAFT=true",
    );
    let own = found(&own, None);
    assert!(own.contains("fork: false") && own.contains("draft: true"), "{own}");
}

#[test]
fn buildkite_merge_queue_and_branch() {
    let queue = with(
        buildkite(),
        "BUILDKITE_PULL_REQUEST=false BUILDKITE_BRANCH=gh-readonly-queue/main/pr-42-b0b1
         BUILDKITE_MERGE_QUEUE_BASE_BRANCH=main BUILDKITE_MERGE_QUEUE_BASE_COMMIT=BASE",
    );
    insta::assert_snapshot!(found(&queue, None), @"
    Buildkite, merge queue, commit
    into: main <- BUILDKITE_MERGE_QUEUE_BASE_BRANCH
    ahead: BASE <- BUILDKITE_MERGE_QUEUE_BASE_COMMIT
    from: HEAD <- BUILDKITE_COMMIT
    ");
    let branch =
        with(buildkite(), "BUILDKITE_PULL_REQUEST=false BUILDKITE_PULL_REQUEST_BASE_BRANCH= BUILDKITE_BRANCH=main");
    insta::assert_snapshot!(found(&branch, None), @"
    Buildkite, push, unknown
    into: main <- BUILDKITE_BRANCH
    from: HEAD <- BUILDKITE_COMMIT
    ");
}

#[test]
fn jenkins_change() {
    insta::assert_snapshot!(found(&with(jenkins(), "CHANGE_FORK=somebody"), None), @"
    Jenkins, pull request, tip
    into: main <- CHANGE_TARGET
    from: HEAD <- GIT_COMMIT
    fork: true <- CHANGE_FORK
    ");
}

#[test]
fn circleci_branch() {
    insta::assert_snapshot!(found(&circleci(), None), @"
    CircleCI, push, unknown
    into: main <- CIRCLE_BRANCH
    from: HEAD <- CIRCLE_SHA1
    ");
}

#[test]
fn azure_pull_request() {
    insta::assert_snapshot!(found(&azure(), None), @"
    Azure Pipelines, pull request, tip
    into: main <- SYSTEM_PULLREQUEST_TARGETBRANCH
    from: HEAD <- SYSTEM_PULLREQUEST_SOURCECOMMITID
    merged: MERGED <- BUILD_SOURCEVERSION
    fork: false <- SYSTEM_PULLREQUEST_ISFORK
    ");
    let on_github = with(azure(), "SYSTEM_PULLREQUEST_TARGETBRANCH=main SYSTEM_PULLREQUEST_ISFORK=True");
    let on_github = found(&on_github, None);
    assert!(on_github.contains("into: main") && on_github.contains("fork: true"), "{on_github}");
}

#[test]
fn azure_branch() {
    let env =
        env("TF_BUILD=True BUILD_REASON=IndividualCI BUILD_SOURCEBRANCH=refs/heads/main BUILD_SOURCEVERSION=HEAD");
    insta::assert_snapshot!(found(&env, None), @"
    Azure Pipelines, push, unknown
    into: main <- BUILD_SOURCEBRANCH
    from: HEAD <- BUILD_SOURCEVERSION
    ");
}

#[test]
fn only_merges_of_the_head_into_the_tip_are_held_against_their_parents() {
    let kinds = [Kind::PullRequest, Kind::MergedResult, Kind::MergeQueue, Kind::MergeTrain, Kind::Push];
    assert_eq!(kinds.map(Kind::merges_as_is), [true, true, false, false, false]);
}

#[test]
fn only_a_queue_lands_past_what_failed() {
    let kinds = [Kind::PullRequest, Kind::MergedResult, Kind::MergeQueue, Kind::MergeTrain, Kind::Push];
    assert_eq!(kinds.map(Kind::may_pass_over), [false, false, true, false, false]);
}
