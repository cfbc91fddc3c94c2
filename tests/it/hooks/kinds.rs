//! Every way to make a commit: the tree that comes of it is the one that was judged.

use super::Ground;

#[test]
fn all_that_is_tracked() {
    let ground = Ground::new("");
    ground.repo.write("a", "all\n");
    ground.repo.write("d/b", "all\n");
    ground.repo.write("untracked", "BAD\n");
    ground.commits(&["commit", "-q", "-a", "-m", "all"]);
    ground.repo.write("d/b", "BAD\n");
    ground.stops(&["commit", "-q", "-a", "-m", "all"]);
    assert_eq!(ground.repo.git(&["status", "--porcelain"]), " M d/b\n?? untracked");
}

#[test]
fn named_paths_while_others_are_staged() {
    let ground = Ground::new("");
    ground.stage("a", "BAD, staged and no part of it\n");
    ground.repo.write("d/b", "named\n");
    ground.commits(&["commit", "-q", "-m", "path", "d/b"]);
    assert_eq!(ground.repo.git(&["status", "--porcelain"]), "M  a", "it stays staged");
    ground.repo.write("a", "mended, not staged\n");
    ground.stops(&["commit", "-q", "-m", "what is staged"]);
    ground.repo.write("d/b", "BAD\n");
    ground.stops(&["commit", "-q", "-m", "path", "d/b"]);
    ground.repo.write("d/b", "included\n");
    ground.commits(&["commit", "-q", "-m", "included", "-i", "a", "d/b"]);
}

#[test]
fn amended_and_empty() {
    let ground = Ground::new("");
    ground.stage("a", "second\n");
    ground.commits(&["commit", "-q", "-m", "second"]);
    // The same tree again needs nothing.
    ground.goes(&["commit", "-q", "--amend", "-m", "other words"], &[]);
    ground.goes(&["commit", "-q", "--allow-empty", "-m", "nothing"], &[]);
    ground.stage("a", "BAD\n");
    ground.stops(&["commit", "-q", "--amend", "--no-edit"]);
    ground.stage("a", "amended\n");
    ground.commits(&["commit", "-q", "--amend", "--no-edit"]);
}

#[test]
fn an_amended_commit_that_takes_its_change_back() {
    let ground = Ground::new("");
    ground.around("a", "BAD\n");
    ground.stage("other", "good\n");
    ground.stops(&["commit", "-q", "-m", "on top of what is bad"]);
    ground.stage("a", "mended\n");
    ground.commits(&["commit", "-q", "--amend", "-m", "mended"]);
}

#[test]
fn the_first_commit_of_all() {
    let ground = Ground::new("");
    ground.repo.git(&["checkout", "-q", "--orphan", "other"]);
    ground.stage("a", "BAD\n");
    let ran = ground.git(&["commit", "-q", "-m", "first"]);
    ran.fails("grep");
    ground.seen();
    ground.stage("a", "first\n");
    ground.commits(&["commit", "-q", "-m", "first"]);
}
