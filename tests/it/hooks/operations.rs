//! Merges, rebases, cherry-picks and reverts: where git calls a hook, what it is about to commit is judged.

use super::Ground;

/// Two branches that both changed `a`; `side` is checked out, `clean` merges with it.
fn diverged() -> Ground {
    let ground = Ground::new("");
    ground.repo.git(&["checkout", "-q", "-b", "side"]);
    ground.around("a", "side's\n");
    ground.repo.git(&["checkout", "-q", "-b", "clean", "main"]);
    ground.around("d/b", "clean's\n");
    ground.repo.git(&["checkout", "-q", "main"]);
    ground.around("a", "main's\n");
    ground.repo.git(&["checkout", "-q", "side"]);
    ground
}

#[test]
fn a_merge_that_goes_through_by_itself() {
    let ground = diverged();
    ground.commits(&["merge", "-q", "--no-edit", "clean"]);
    assert_eq!(ground.repo.git(&["rev-list", "--no-walk", "--parents", "HEAD"]).split(' ').count(), 3);
    ground.repo.git(&["checkout", "-q", "-b", "bad", "clean"]);
    ground.around("other", "BAD\n");
    ground.repo.git(&["checkout", "-q", "main"]);
    ground.stops(&["merge", "-q", "--no-edit", "bad"]);
}

#[test]
fn a_merge_whose_conflict_was_resolved() {
    let ground = diverged();
    assert_eq!(ground.git(&["merge", "main"]).code, 1, "a conflict");
    ground.stage("a", "BAD resolution\n");
    ground.stops(&["commit", "-q", "--no-edit"]);
    assert!(ground.repo.path().join(".git/MERGE_HEAD").exists(), "it is still a merge");
    ground.stage("a", "resolution\n");
    ground.commits(&["commit", "-q", "--no-edit"]);
    assert_eq!(ground.repo.git(&["rev-list", "--no-walk", "--parents", "HEAD"]).split(' ').count(), 3);
}

#[test]
fn what_is_unmerged_has_no_tree() {
    let ground = diverged();
    assert_eq!(ground.git(&["merge", "main"]).code, 1, "a conflict");
    let before = ground.repo.snapshot();
    let ran = ground.repo.gate(&["hook", "pre-commit"]);
    assert!(![0, 1, 101].contains(&ran.code), "{ran:?}");
    assert!(ran.both().contains("merge") && ground.seen().is_empty(), "{ran:?}");
    crate::repo::assert_untouched(&before, &ground.repo.snapshot(), "the hook");
}

/// Git calls no hook for the commits that it picks, but does for those that somebody makes on the way.
#[test]
fn each_commit_of_a_rebase() {
    let ground = Ground::new("");
    ground.repo.git(&["checkout", "-q", "-b", "side"]);
    ground.around("x", "one\n");
    ground.around("x", "two\n");
    ground.repo.git(&["checkout", "-q", "main"]);
    ground.around("a", "main's\n");
    ground.repo.git(&["checkout", "-q", "side"]);
    ground.goes(&["rebase", "-q", "--exec", "git commit -q --amend --no-edit", "main"], &["HEAD~", "HEAD"]);
    ground.around("x", "BAD\n");
    ground.around("x", "three\n");
    let hook = format!("'{}' hook pre-commit", env!("CARGO_BIN_EXE_gate"));
    let ran = ground.git(&["rebase", "-q", "--force-rebase", "--exec", &hook, "main"]);
    ran.fails("grep");
    ground.seen();
    assert_eq!(ground.repo.git(&["log", "-1", "--format=%s"]), "BAD", "{ran:?}");
    // The hook that stops it is called again for what mends it.
    ground.stage("x", "mended\n");
    ground.commits(&["commit", "-q", "--amend", "-m", "mended"]);
}

#[test]
fn picked_and_reverted_commits_whose_conflict_was_resolved() {
    let ground = diverged();
    for (operation, revision) in [("cherry-pick", "main"), ("revert", "HEAD~")] {
        if operation == "revert" {
            ground.around("a", "later\n");
        }
        let ran = ground.git(&[operation, revision]);
        assert_eq!(ran.code, 1, "a conflict: {ran:?}");
        ground.stage("a", "BAD resolution\n");
        ground.stops(&["-c", "core.editor=true", operation, "--continue"]);
        ground.stage("a", &format!("resolution of {operation}\n"));
        ground.commits(&["-c", "core.editor=true", operation, "--continue"]);
    }
}

#[test]
fn a_squashed_merge() {
    let ground = diverged();
    ground.repo.git(&["merge", "-q", "--squash", "clean"]);
    ground.commits(&["commit", "-q", "-m", "squashed"]);
}
