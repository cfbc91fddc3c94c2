//! Where there is no gate.toml: nothing is under gate, unless the change is what takes it away.

use super::Ground;
use crate::repo::TestRepo;

#[test]
fn without_a_gate_toml_nothing_is_asked() {
    let ground = Ground { repo: TestRepo::with(&[("a", "1\n")]) };
    ground.install(&ground.repo.path().join(".git"));
    ground.repo.git(&["init", "-q", "--bare", "../remote.git"]);
    ground.stage("a", "BAD\n");
    // Said once by each hook, however many refs and commits there are.
    let ran = ground.git(&["commit", "-q", "-m", "x"]);
    assert_eq!((ran.code, ran.both().matches("not under gate").count()), (0, 2), "{ran:?}");
    let ran = ground.git(&["push", "-q", "../remote.git", "main", "main~:refs/heads/other"]);
    assert_eq!((ran.code, ran.both().matches("not under gate").count()), (0, 1), "{ran:?}");
    let ran = ground.repo.gate(&["hook", "pre-commit"]);
    assert_eq!((ran.code, ran.both().lines().count()), (0, 1), "{ran:?}");
}

#[test]
fn a_commit_and_a_push_that_take_it_away() {
    let ground = Ground::pushed("");
    ground.repo.git(&["checkout", "-q", "-b", "off"]);
    ground.repo.git(&["rm", "-q", "gate.toml"]);
    let ran = ground.git(&["commit", "-q", "-m", "off"]);
    assert!(ran.code != 0 && ran.both().contains("gate.toml"), "{ran:?}");
    ground.repo.git(&["commit", "-q", "--no-verify", "-m", "off"]);
    for refs in ["off", "off:main", "off:refs/tags/off"] {
        let ran = ground.git(&["push", "-q", "origin", refs]);
        assert!(ran.code != 0 && ran.both().contains("gate.toml"), "{refs}: {ran:?}");
    }
}

/// Notes and pages have no gate.toml and nothing in common with what has one.
#[test]
fn a_branch_that_was_never_under_gate() {
    let ground = Ground::pushed("");
    ground.repo.git(&["checkout", "-q", "--orphan", "pages"]);
    ground.repo.git(&["rm", "-rqf", "."]);
    ground.around("page", "BAD\n");
    let ran = ground.git(&["push", "-q", "origin", "pages"]);
    assert!(ran.code == 0 && ran.both().contains("not under gate"), "{ran:?}");
}
