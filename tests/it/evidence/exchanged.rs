//! Evidence goes through git's own remotes, and nobody's pushes get into another one's way.

use std::collections::BTreeSet;

use super::{Project, RULES, assert_ran, assert_reused, fetch, merge_check, proved};
use crate::repo::TestRepo;

/// A verdict as a document, and copies of it that are other runs.
fn verdicts(project: &Project, count: usize) -> Vec<std::path::PathBuf> {
    let text = fs_err::read_to_string(project.verdict()).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let copy = |n: usize| {
        let mut document = document.clone();
        document["id"] = format!("run{n}").into();
        let file = project.origin.root().join(format!("copy{n}.json"));
        fs_err::write(&file, document.to_string()).unwrap();
        file
    };
    (0..count).map(copy).collect()
}

/// The runs that the evidence in the project tells of.
fn runs(repo: &TestRepo) -> BTreeSet<String> {
    let ran = repo.gate(&["evidence", "show", "topic", "--by", "main"]);
    let name = |line: &str| Some(line.split_once(": run ")?.1.split(',').next()?.to_owned());
    ran.stdout.lines().filter_map(name).collect()
}

#[test]
fn clones_with_the_same_key_that_push_at_once_lose_nothing() {
    let project = Project::new(RULES);
    let verdicts = verdicts(&project, 12);
    let key = project.key("ci");
    let clones: Vec<TestRepo> = (0..4).map(|_| project.clone()).collect();
    let gate = env!("CARGO_BIN_EXE_gate");
    let mut running = Vec::new();
    for (clone, verdicts) in clones.iter().zip(verdicts.chunks(3)) {
        let pushes: Vec<String> = verdicts
            .iter()
            .map(|file| format!("'{gate}' evidence push --key '{}' --from '{}'", key.display(), file.display()))
            .collect();
        let mut command = clone.command(&clone.path(), "sh");
        command.args(["-c", &pushes.join(" && ")]).stdout(std::process::Stdio::null());
        running.push(command.spawn().unwrap());
    }
    for mut child in running {
        assert!(child.wait().unwrap().success());
    }
    let expected: BTreeSet<String> = (0..12).map(|n| format!("run{n}")).collect();
    assert_eq!(runs(&project.origin), expected);
    project.origin.git(&["fsck", "--strict", "--no-progress"]);
    assert_reused(&project.judged(&[]).1, "words");
}

#[test]
fn keys_have_refs_of_their_own() {
    let project = Project::new(RULES);
    let verdict = project.verdict();
    for key in ["ci", "other", "ci", "other"] {
        assert_eq!(project.sign(&verdict, key).code, 0);
    }
    let refs = project.origin.git(&["for-each-ref", "--format=%(refname)", "refs/gate"]);
    assert_eq!(refs.lines().count(), 2, "{refs}");
}

#[test]
fn a_remote_that_has_lost_evidence_gets_it_back() {
    let project = Project::new(RULES);
    let verdicts = verdicts(&project, 3);
    let (clone, key) = (project.clone(), project.key("ci"));
    let push = |verdict: &std::path::Path| {
        let args = ["evidence", "push", "--key", key.to_str().unwrap(), "--from", verdict.to_str().unwrap()];
        let ran = clone.gate(&args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    push(&verdicts[0]);
    push(&verdicts[1]);
    let name = project.origin.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence"]);
    project.origin.git(&["update-ref", &name, &format!("{name}^")]);
    push(&verdicts[2]);
    assert_eq!(runs(&project.origin).len(), 3);
    project.origin.git(&["update-ref", "-d", &name]);
    let ran = clone.gate(&["evidence", "push"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "pushed to origin\n"), "{}", ran.stderr);
    assert_eq!(runs(&project.origin).len(), 3);
    assert_eq!(clone.gate(&["evidence", "push"]).stdout, "origin has it all\n");
}

#[test]
fn what_a_remote_no_longer_has_goes_with_the_next_fetch() {
    let project = proved();
    let clone = project.clone();
    fetch(&clone);
    let name = project.origin.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence"]);
    project.origin.git(&["update-ref", "-d", &name]);
    fetch(&clone);
    assert_eq!(clone.git(&["for-each-ref", "refs/gate"]), "");
    assert_ran(&merge_check(&clone, &[]).1, "words");
}

#[test]
fn a_fetch_brings_nothing_but_evidence() {
    let project = proved();
    let clone = project.clone();
    project.origin.git(&["branch", "later"]);
    project.origin.git(&["tag", "later-tag"]);
    project.origin.git(&["update-ref", "refs/gate/something", "HEAD"]);
    let before = clone.git(&["for-each-ref"]);
    fetch(&clone);
    let after = clone.git(&["for-each-ref"]);
    let more: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    assert!(more.len() == 1 && more[0].contains("refs/gate/remotes/origin/"), "{more:?}");
}

#[test]
fn git_gc_keeps_evidence() {
    let project = proved();
    let clone = project.clone();
    fetch(&clone);
    for repo in [&project.origin, &clone] {
        repo.git(&["reflog", "expire", "--expire=now", "--all"]);
        repo.git(&["gc", "--quiet", "--prune=now"]);
    }
    assert_reused(&merge_check(&clone, &[]).1, "words");
    assert_reused(&project.judged(&[]).1, "words");
}

#[test]
fn a_remote_may_be_named_by_its_path() {
    let project = Project::new(RULES);
    let bare = project.origin.root().join("-a bare 'one'.git");
    project.origin.git(&["init", "--quiet", "--bare", bare.to_str().unwrap()]);
    let verdict = project.verdict();
    let (signer, key) = (project.clone(), project.key("ci"));
    let from = ["--key", key.to_str().unwrap(), "--from", verdict.to_str().unwrap()];
    let ran = signer.gate(&[&["evidence", "push", bare.to_str().unwrap()], &from[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let clone = project.clone();
    let ran = clone.gate(&["evidence", "fetch", bare.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "evidence: 1 piece known now\n"), "{}", ran.stderr);
    assert_reused(&merge_check(&clone, &[]).1, "words");
}

#[test]
fn shallow_and_partial_clones_take_evidence_and_give_it() {
    let project = proved();
    project.origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", project.origin.path().display());
    for how in ["--depth=1", "--filter=blob:none", "--filter=tree:0"] {
        let clone = TestRepo::new();
        let folder = clone.root().join("clone");
        let path = folder.to_str().unwrap();
        clone.git(&["clone", "--quiet", "--no-single-branch", how, &url, path]);
        let gate = |args: &[&str]| clone.run(&folder, env!("CARGO_BIN_EXE_gate"), args);
        let verdict = project.verdict();
        let key = project.key("other");
        let args = ["evidence", "push", "--key", key.to_str().unwrap(), "--from", verdict.to_str().unwrap()];
        for _ in 0..2 {
            let ran = gate(&args);
            assert_eq!(ran.code, 0, "{how}: {}", ran.stderr);
        }
        let ran = gate(&["evidence", "fetch"]);
        assert_eq!(ran.code, 0, "{how}: {}", ran.stderr);
        let args = ["merge-check", "--into", "origin/main", "--from", "origin/topic", "--format", "json"];
        let ran = gate(&args);
        let document: serde_json::Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{how}: {}", ran.stderr));
        assert_reused(&document, "words");
    }
    project.origin.git(&["fsck", "--strict", "--no-progress"]);
}

#[test]
fn nothing_of_the_users_is_touched() {
    let project = proved();
    let clone = project.clone();
    let before = clone.git(&["status", "--porcelain", "--branch"]);
    let head = clone.read(".git/HEAD");
    fetch(&clone);
    assert_eq!(clone.git(&["status", "--porcelain", "--branch"]), before);
    assert_eq!(clone.read(".git/HEAD"), head);
    assert!(!clone.path().join(".git/FETCH_HEAD").exists() || !clone.read(".git/FETCH_HEAD").contains("refs/gate"));
}

#[test]
fn a_remote_that_refuses_is_told_of() {
    let project = Project::new(RULES);
    let verdict = project.verdict();
    project.origin.write_program(".git/hooks/pre-receive", "#!/bin/sh\necho not here >&2\nexit 1\n");
    let ran = project.sign(&verdict, "ci");
    assert_eq!(ran.code, 70, "{}", ran.stdout);
    assert!(ran.stderr.contains("not here"), "{}", ran.stderr);
}
