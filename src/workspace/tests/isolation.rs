//! What a check does in a checkout stays there, and is gone for the next run.

use super::{Bench, Spec, git_in, kinds, listing, sh};
use crate::workspace::{Head, TouchedKind};

#[test]
fn nothing_a_check_does_to_git_reaches_the_user_or_the_next_run() {
    let bench = Bench::new();
    bench.write("a", "one");
    let tree = bench.commit();
    bench.write("a", "stashed");
    bench.git(&["stash", "-q"]);
    let before = listing(&bench.user().join(".git"));
    let mut workspace = bench.at(tree);
    let clean = listing(&workspace.dir().join(".git"));
    sh(
        workspace.dir(),
        "git config user.name evil; git config core.hooksPath .husky; git tag t; git branch b; echo x >> a; \
         git stash -q; git stash drop -q; echo y > new; git add -A; git commit -q -m c; git update-ref refs/x HEAD; \
         mkdir -p .git/hooks; echo 'exit 1' > .git/hooks/pre-commit; git checkout -q -b other",
    );
    assert!(!workspace.verify(&bench.repo(), &Spec::default()).unwrap().is_empty());
    drop(workspace);
    assert_eq!(listing(&bench.user().join(".git")), before);
    let workspace = bench.at(tree);
    assert_eq!(git_in(workspace.dir(), &["status", "--porcelain"]), "");
    let now = listing(&workspace.dir().join(".git"));
    let except_index = |mut files: std::collections::BTreeMap<Vec<u8>, String>| {
        files.remove(&b"index"[..]);
        files
    };
    assert_eq!(except_index(now), except_index(clean));
}

#[test]
fn two_runs_at_once_get_two() {
    let bench = Bench::new();
    bench.write("a", "one");
    let tree = bench.tree();
    let (first, second) = (bench.at(tree), bench.at(tree));
    assert_ne!(first.dir(), second.dir());
    assert!(first.is_cold() && second.is_cold());
    let number = first.number();
    drop(first);
    let third = bench.at(tree);
    assert_eq!(third.number(), number);
    assert!(!third.is_cold());
}

#[test]
fn idle_ones_are_removed_and_busy_ones_are_not() {
    let bench = Bench::new();
    bench.write("a", "one");
    let tree = bench.tree();
    let all: Vec<_> = (0..5).map(|_| bench.at(tree)).collect();
    assert_eq!(bench.pool().trim(u64::MAX).unwrap(), 0);
    drop(all);
    assert_eq!(bench.pool().trim(u64::MAX).unwrap(), 2);
    assert_eq!(bench.pool().trim(1).unwrap(), 2);
    let held = bench.at(tree);
    assert_eq!(bench.pool().clean().unwrap(), 0);
    assert!(bench.pool().list()[0].busy);
    drop(held);
    assert_eq!(bench.pool().clean().unwrap(), 1);
    assert!(bench.pool().list().is_empty());
}

#[test]
fn history_is_shown_only_where_it_is_asked_for() {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.commit();
    bench.write("a", "two");
    let tree = bench.commit();
    let head = bench.git(&["rev-parse", "HEAD"]).trim().parse().unwrap();
    let count = |head| {
        let workspace = bench.at_with(tree, &Spec { head, ..Spec::default() });
        assert_eq!(git_in(workspace.dir(), &["status", "--porcelain"]), "");
        git_in(workspace.dir(), &["rev-list", "--count", "HEAD"]).trim().to_owned()
    };
    assert_eq!(count(Head::Snapshot), "1");
    assert_eq!(count(Head::Commit(head)), "2");
    assert_eq!(count(Head::On(head)), "3");
    assert_eq!(count(Head::Snapshot), "1");
}

#[test]
fn edits_are_seen_even_when_they_hide() {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.write("b", "one");
    bench.write("c", "one");
    bench.write("d/e", "one");
    let tree = bench.tree();
    // Same size, and the old time put back.
    let hidden = bench.run(tree, "touch -r a ref; printf two > a; touch -r ref a; rm ref");
    assert_eq!(kinds(&hidden), [("a".into(), TouchedKind::Changed)]);
    let restored = bench.run(tree, "printf two > b; printf one > b");
    assert_eq!(kinds(&restored), [("b".into(), TouchedKind::Restored)]);
    assert_eq!(kinds(&bench.run(tree, "rm c")), [("c".into(), TouchedKind::Changed)]);
    assert_eq!(kinds(&bench.run(tree, "chmod +x c")), [("c".into(), TouchedKind::Changed)]);
    let moved = bench.run(tree, "mv d real; ln -s real d");
    assert!(kinds(&moved).contains(&("d".into(), TouchedKind::Changed)), "{moved:?}");
    assert_eq!(bench.run(tree, "true"), []);
    assert_eq!(listing(bench.at(tree).dir()), bench.fresh(tree));
}

#[test]
fn leftovers_are_told_unless_ignored_or_kept() {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.write(".gitignore", "dist/\n*.log\n");
    bench.write("src/x", "one");
    let tree = bench.tree();
    let left = bench.run(tree, "mkdir -p dist new/deep; touch dist/x a.log src/y new/deep/z new/b.log; mkdir hollow");
    assert_eq!(kinds(&left), [("new/deep/z".into(), TouchedKind::Left), ("src/y".into(), TouchedKind::Left)]);
    assert_eq!(listing(bench.at(tree).dir()), bench.fresh(tree));
}

#[test]
fn links_out_of_the_checkout_are_never_followed() {
    let bench = Bench::new();
    let precious = tempfile::tempdir().unwrap();
    fs_err::write(precious.path().join("x"), "precious").unwrap();
    bench.write("d/x", "one");
    bench.write("e/x", "one");
    let one = bench.tree();
    bench.write("d/x", "two");
    bench.write("d/y", "two");
    fs_err::remove_dir_all(bench.user().join("e")).unwrap();
    let two = bench.tree();
    let outside = precious.path().to_str().unwrap();
    for line in ["rm -r d e .git; ln -s OUT d; ln -s OUT e; ln -s OUT .git", "true"] {
        let mut workspace = bench.at(one);
        sh(workspace.dir(), &line.replace("OUT", outside));
        drop(workspace.verify(&bench.repo(), &Spec::default()));
        drop(workspace);
        assert_eq!(listing(bench.at(two).dir()), bench.fresh(two));
        assert_eq!(listing(precious.path()).len(), 1);
        assert_eq!(fs_err::read_to_string(precious.path().join("x")).unwrap(), "precious");
    }
}
