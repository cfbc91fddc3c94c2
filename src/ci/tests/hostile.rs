//! What is missing, malformed, contradictory or meant to deceive.

use super::*;

#[test]
fn what_is_missing_is_named_with_its_cure() {
    let sure = "name both: --into TARGET --from HEAD";
    let cases: [(Env, Option<&str>, &str); 14] = [
        (github(), None, "GITHUB_EVENT_PATH"),
        (super::github_push(), None, "GITHUB_EVENT_PATH"),
        (with(github(), "GITHUB_EVENT_NAME="), Some(PULL_REQUEST), "GITHUB_EVENT_NAME"),
        (with(github(), "GITHUB_SHA="), Some(PULL_REQUEST), "GITHUB_SHA"),
        (with(gitlab(), "CI_MERGE_REQUEST_TARGET_BRANCH_SHA="), None, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA"),
        (with(gitlab(), "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="), None, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"),
        (with(detached(), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME="), None, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        (with(gitlab(), "CI_MERGE_REQUEST_EVENT_TYPE="), None, "CI_MERGE_REQUEST_EVENT_TYPE"),
        (with(buildkite(), "BUILDKITE_PULL_REQUEST_BASE_BRANCH="), None, "BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
        (with(buildkite(), "BUILDKITE_MERGE_QUEUE_BASE_BRANCH=main"), None, "BUILDKITE_MERGE_QUEUE_BASE_COMMIT"),
        (with(jenkins(), "CHANGE_TARGET= CHANGE_ID= BRANCH_NAME=main"), None, "CHANGE_TARGET"),
        (with(jenkins(), "GIT_COMMIT="), None, "GIT_COMMIT"),
        (with(azure(), "SYSTEM_PULLREQUEST_TARGETBRANCH="), None, "SYSTEM_PULLREQUEST_TARGETBRANCH"),
        (with(azure(), "SYSTEM_PULLREQUEST_SOURCECOMMITID="), None, "SYSTEM_PULLREQUEST_SOURCECOMMITID"),
    ];
    for (env, event, name) in cases {
        let said = refused(&env, event);
        assert!(
            said.starts_with("ci/missing: ") && said.contains(&format!("'{name}'")) && said.ends_with(sure),
            "{said}"
        );
    }
}

#[test]
fn runs_that_are_about_no_merge_are_refused() {
    let tag = PUSH.replace("refs/heads/main", "refs/tags/v1");
    let deleted = PUSH.replace(HEAD, ZEROS);
    let closed = PULL_REQUEST.replace("synchronize", "closed");
    let queue_push = PUSH.replace("refs/heads/main", "refs/heads/gh-readonly-queue/main/pr-1-b0");
    let destroyed = MERGE_GROUP.replace("checks_requested", "destroyed");
    let cases: [(Env, Option<&str>, &str); 16] = [
        (with(super::github_push(), "GITHUB_REF=refs/tags/v1"), Some(&tag), "for a tag"),
        (super::github_push(), Some(&deleted), "deleted"),
        (github(), Some(&closed), "closed"),
        (
            with(super::github_push(), "GITHUB_REF=refs/heads/gh-readonly-queue/main/pr-1-b0"),
            Some(&queue_push),
            "'merge_group' instead of 'push'",
        ),
        (queue(), Some(&destroyed), "merge_group destroyed"),
        (
            with(github(), "GITHUB_EVENT_NAME=pull_request_target GITHUB_SHA=BASE GITHUB_REF=refs/heads/main"),
            Some(PULL_REQUEST),
            "secrets",
        ),
        (with(github(), "GITHUB_EVENT_NAME=schedule"), Some("{}"), "'schedule'"),
        (with(gitlab(), "CI_COMMIT_TAG=v1"), None, "for a tag"),
        (with(detached(), "CI_PROJECT_ID=2 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=2"), None, "in the fork"),
        (with(buildkite(), "BUILDKITE_TAG=v1"), None, "for a tag"),
        (
            with(buildkite(), "BUILDKITE_PULL_REQUEST=false BUILDKITE_BRANCH=gh-readonly-queue/main/pr-1-b0"),
            None,
            "Build merge queues",
        ),
        (with(jenkins(), "TAG_NAME=v1"), None, "for a tag"),
        (
            with(circleci(), "CIRCLE_PULL_REQUEST=https://github.com/octo-org/parser/pull/42"),
            None,
            "pull_request.base.ref",
        ),
        (with(circleci(), "CIRCLE_BRANCH=pull/42"), None, "pull_request.base.ref"),
        (with(azure(), "BUILD_REASON=IndividualCI BUILD_SOURCEBRANCH=refs/tags/v1"), None, "for a tag"),
        (with(azure(), "BUILD_REASON=Manual SYSTEM_PULLREQUEST_TARGETBRANCH="), None, "without saying its target"),
    ];
    for (env, event, text) in cases {
        let said = refused(&env, event);
        assert!(said.starts_with("ci/run: ") && said.contains(text), "{text}: {said}");
    }
}

#[test]
fn what_contradicts_itself_is_refused_with_both_sides() {
    let other = "1111111111111111111111111111111111111111";
    let cases: [(Env, Option<&str>, [&str; 2]); 12] = [
        (with(github(), "GITHUB_SHA=BASE"), Some(PULL_REQUEST), ["GITHUB_SHA", "pull_request.base.sha"]),
        (with(github(), "GITHUB_BASE_REF=develop"), Some(PULL_REQUEST), ["develop", "pull_request.base.ref"]),
        (with(github(), "GITHUB_REF=refs/pull/41/merge"), Some(PULL_REQUEST), ["refs/pull/41/merge", "'42'"]),
        (with(github(), "GITHUB_REF=refs/heads/main"), Some(PULL_REQUEST), ["refs/heads/main", "'42'"]),
        (with(queue(), "GITHUB_SHA=BASE"), Some(MERGE_GROUP), ["GITHUB_SHA", "merge_group.head_sha"]),
        (with(super::github_push(), "GITHUB_SHA=BASE"), Some(PUSH), ["GITHUB_SHA", "after"]),
        (with(super::github_push(), "GITHUB_REF=refs/heads/x"), Some(PUSH), ["refs/heads/x", "refs/heads/main"]),
        (with(detached(), "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=MERGED"), None, ["HEAD", "MERGED"]),
        (with(gitlab(), "CI_COMMIT_SHA=HEAD"), None, ["CI_COMMIT_SHA", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"]),
        (with(azure(), "BUILD_SOURCEBRANCH=refs/heads/main"), None, ["refs/heads/main", "MERGED"]),
        (with(github(), "GITHUB_REF=refs/pull/42/head"), Some(PULL_REQUEST), ["refs/pull/42/head", "'42'"]),
        (with(azure(), "BUILD_SOURCEBRANCH=refs/pull/42/head"), None, ["refs/pull/42/head", "MERGED"]),
    ];
    for (env, event, sides) in cases {
        let said = refused(&env, event);
        assert!(
            said.starts_with("ci/contradiction: ") && sides.iter().all(|side| said.contains(side)),
            "{sides:?}: {said}"
        );
        assert!(!said.contains(other));
    }
}

#[test]
fn the_marks_of_two_cis_are_refused() {
    for other in ["GITLAB_CI=true", "BUILDKITE=true", "JENKINS_URL=http://j/", "CIRCLECI=true", "TF_BUILD=True"] {
        assert!(refused(&with(github(), other), Some(PULL_REQUEST)).starts_with("ci/several: "), "{other}");
    }
    assert!(refused(&with(gitlab(), "GITEA_ACTIONS=true"), None).contains("Gitea Actions and of GitLab CI/CD"));
}

/// Every variable of every environment that is a commit, with something else in its place.
#[test]
fn commits_are_nothing_but_forty_digits() {
    let strange = [
        "a5c1f2b",
        "HEAD~1",
        "--output=x",
        "refs/heads/main",
        "$(id)",
        "+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a",
        "a5c1f2b3d4e5f60718293a4b5c6d7e8f90a1b2c",
        "a5c1f2b3d4e5f60718293a4b5c6d7e8f90a1b2c30",
        "ä5c1f2b3d4e5f60718293a4b5c6d7e8f90a1b2c",
        "a5c1f2b3d4e5f60718293a4b5c6d7e8f90a1b2c3\n",
        " a5c1f2b3d4e5f60718293a4b5c6d7e8f90a1b2c3",
        ZEROS,
        "a5c1f2b3d4e5f60718293a4b5c6d7e8f90a1b2c3a5c1f2b3d4e5f60718293a4b",
    ];
    let mut tried = 0;
    for env in [gitlab(), buildkite(), jenkins(), circleci(), azure()] {
        let commits = env
            .iter()
            .enumerate()
            .filter(|(_, (name, value))| !name.contains("BEFORE") && !name.contains("DIFF_BASE") && value.len() == 40);
        for (at, _) in commits {
            for strange in strange {
                let mut env = env.clone();
                strange.clone_into(&mut env[at].1);
                let said = refused(&env, None);
                assert!(said.starts_with("ci/malformed: ") && said.contains(env[at].0), "{strange}: {said}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 8 * strange.len());
    for strange in ["a5c1f2b", ZEROS, "--x", "a5c1\\nf2b3"] {
        for (event, env) in [(PULL_REQUEST, github()), (MERGE_GROUP, queue())] {
            for commit in [HEAD, BASE] {
                let said = refused(&env, Some(&event.replace(commit, strange)));
                assert!(said.starts_with("ci/malformed: "), "{said}");
            }
        }
    }
}

#[test]
fn branches_are_nothing_that_git_would_not_take() {
    for strange in [
        "--upload-pack=x",
        "a b",
        "a\nb",
        "../x",
        "a..b",
        "a:b",
        "HEAD",
        "main.lock",
        "a\u{1b}[2J",
        "x~1",
        "main^{tree}",
    ] {
        for (mut env, name) in [
            (detached(), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
            (buildkite(), "BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
            (jenkins(), "CHANGE_TARGET"),
            (circleci(), "CIRCLE_BRANCH"),
            (azure(), "SYSTEM_PULLREQUEST_TARGETBRANCH"),
        ] {
            env.iter_mut().find(|(other, _)| *other == name).unwrap().1 = strange.to_owned();
            let said = refused(&env, None);
            assert!(said.starts_with("ci/malformed: ") && said.contains(name), "{said}");
            assert!(said.lines().count() == 2 && !said.contains('\u{1b}'), "{said:?}");
        }
    }
    let event = MERGE_GROUP.replace("refs/heads/main", "refs/tags/main");
    assert!(refused(&queue(), Some(&event)).starts_with("ci/malformed: "));
    let said = refused(&with(azure(), "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/tags/v1"), None);
    assert!(said.starts_with("ci/malformed: "), "{said}");
}

#[test]
fn names_that_are_for_a_shell_are_only_names() {
    let target = found(&with(jenkins(), "CHANGE_TARGET=$(reboot)'\"`x`"), None);
    assert!(target.contains("into: $(reboot)'\"`x` <- CHANGE_TARGET"), "{target}");
    let full = found(&with(jenkins(), "CHANGE_TARGET=refs/heads/main"), None);
    assert!(full.contains("into: refs/heads/main"), "a short name is never cut: {full}");
}

#[test]
fn values_that_are_not_utf8_are_refused() {
    let mut env = os(&jenkins());
    env.iter_mut().find(|(name, _)| name == "CHANGE_TARGET").unwrap().1 = OsStr::from_bytes(b"m\xffin").to_owned();
    let said = Diagnostic::from(&find(&env, None).unwrap_err());
    assert_eq!(said.code, "ci/malformed");
    assert!(said.message.contains("CHANGE_TARGET"), "{}", said.message);
}

#[test]
fn long_values_are_cut() {
    let mut env = jenkins();
    env.iter_mut().find(|(name, _)| *name == "GIT_COMMIT").unwrap().1 = "é".repeat(100_000);
    let said = refused(&env, None);
    assert!(said.len() < 400 && said.contains('…'), "{said}");
}

#[test]
fn events_that_are_none_are_refused() {
    let deep = "[".repeat(100_000);
    let twice = PULL_REQUEST.replacen("\"number\": 42,", "\"number\": 42, \"number\": 43,", 1);
    let texts =
        ["", "{}", "[]", "null", "{\"pull_request\": 1}", "{\"number\": -1}", &deep, &twice, PUSH, &PULL_REQUEST[1..]];
    for text in texts {
        let said = refused(&github(), Some(text));
        assert!(said.starts_with("ci/event: ") && said.lines().count() == 2, "{said}");
    }
    assert!(refused(&super::github_push(), Some(PULL_REQUEST)).starts_with("ci/event: "));
}

#[test]
fn event_files_are_read_within_reason() {
    let dir = tempfile::tempdir().unwrap();
    let on = |mark: &str, path: &std::path::Path| {
        read_event(&[(mark.into(), "true".into()), ("GITHUB_EVENT_PATH".into(), path.into())])
    };
    let read = |path: &std::path::Path| on("GITHUB_ACTIONS", path);
    let file = dir.path().join("event.json");
    fs_err::write(&file, PUSH).unwrap();
    assert_eq!(read(&file).unwrap().as_deref(), Some(PUSH));
    assert_eq!(on("GITEA_ACTIONS", &file).unwrap().as_deref(), Some(PUSH));
    assert_eq!(on("GITLAB_CI", &dir.path().join("none")).unwrap(), None);
    assert_eq!(read_event(&[]).unwrap(), None);
    assert!(matches!(read(&dir.path().join("none")), Err(Error::Unreadable(_))));
    assert!(matches!(read(dir.path()), Err(Error::NotAnEventFile(_))));
    fs_err::write(&file, b"{\"ref\": \"\xff\"}").unwrap();
    assert!(matches!(read(&file), Err(Error::Unreadable(_))));
    fs_err::File::create(&file).unwrap().set_len(33 << 20).unwrap();
    assert!(matches!(read(&file), Err(Error::NotAnEventFile(_))));
}
