//! `each-commit`: every commit that a push brings is judged, so that bisecting stays possible.

use super::Ground;

fn pushed(each: bool) -> Ground {
    Ground::pushed(&format!("[hook.pre-push]\neach-commit = {each}\n"))
}

#[test]
fn a_bad_one_in_the_middle_is_found_and_named() {
    for each in [false, true] {
        let ground = pushed(each);
        ground.repo.git(&["checkout", "-q", "-b", "topic"]);
        ground.around("a", "one\n");
        let bad = ground.around("a", "BAD\n");
        ground.around("a", "three\n");
        if !each {
            ground.goes(&["push", "-q", "origin", "topic"], &["topic"]);
            continue;
        }
        let ran = ground.git(&["push", "-q", "origin", "topic"]);
        ran.fails("grep");
        assert_eq!(ran.both().matches("failed grep  exit").count(), 1, "{ran:?}");
        assert!(ran.both().contains(&bad[..10]), "{ran:?}");
        let trees = ["topic~2", "topic~", "topic"].map(|revision| ground.tree_in(&ground.repo.path(), revision));
        assert_eq!(ground.seen(), trees, "the oldest first, and each once");
        // Mended, only what is new is looked at.
        ground.repo.git(&["reset", "-q", "--hard", "topic~2"]);
        ground.around("a", "three\n");
        ground.goes(&["push", "-q", "origin", "topic"], &[]);
    }
}

#[test]
fn only_those_that_the_remote_does_not_have() {
    let ground = pushed(true);
    ground.around("a", "BAD, and there already\n");
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "main:refs/heads/other"]);
    ground.around("a", "mended\n");
    ground.around("a", "more\n");
    ground.goes(&["push", "-q", "origin", "main:topic"], &["main~", "main"]);
    ground.around("a", "on top\n");
    ground.goes(&["push", "-q", "origin", "main", "main:topic"], &["main"]);
}

#[test]
fn both_sides_of_a_merge() {
    let ground = pushed(true);
    ground.repo.git(&["checkout", "-q", "-b", "side"]);
    ground.around("side", "BAD\n");
    ground.around("side", "good\n");
    ground.repo.git(&["checkout", "-q", "-b", "topic", "main"]);
    ground.around("a", "topic's\n");
    ground.repo.git(&["merge", "-q", "--no-verify", "--no-edit", "side"]);
    let ran = ground.git(&["push", "-q", "origin", "topic"]);
    ran.fails("grep");
    assert!(ran.both().contains(&ground.repo.git(&["rev-parse", "side~"])[..10]), "{ran:?}");
    let trees = ["side~", "side", "topic~", "topic"].map(|revision| ground.tree_in(&ground.repo.path(), revision));
    let mut seen = ground.seen();
    seen.sort();
    let mut trees = trees.to_vec();
    trees.sort();
    assert_eq!(seen, trees);
}
