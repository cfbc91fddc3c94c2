//! Runs that were killed, disks that fail, objects that are gone.

use super::{Bench, Spec, listing, sh};
use crate::diagnostic::Diagnostic;

#[test]
fn a_run_that_was_killed_anywhere_leaves_nothing_behind() {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.write("d/b", "one");
    let one = bench.tree();
    bench.write("a", "two");
    bench.write("d/c", "two");
    fs_err::remove_file(bench.user().join("d/b")).unwrap();
    let two = bench.tree();
    for damage in [
        "true",
        "rm a; echo half > a; rm d/b",
        "rm -r d",
        ": > ../1.state/index",
        "rm ../1.state/folders",
        ": > ../1.state/record",
        "rm -r ../1.state",
        "rm -rf .git",
        "rm .git/index; echo broken > .git/index; echo ref: refs/heads/x > .git/HEAD",
        "printf x | dd of=../1.state/record bs=1 seek=8 conv=notrunc 2>/dev/null",
    ] {
        assert_eq!(bench.run(one, "true"), [], "{damage}");
        let mut workspace = bench.at(one);
        // As if the process had ended here: no look afterwards.
        workspace.record.phase = crate::workspace::record::Phase::Flux;
        workspace.store_record().unwrap();
        sh(workspace.dir(), damage);
        drop(workspace);
        let workspace = bench.at(two);
        assert_eq!(listing(workspace.dir()), bench.fresh(two), "{damage}");
        assert_eq!(super::git_in(workspace.dir(), &["status", "--porcelain"]), "", "{damage}");
    }
}

#[test]
fn the_users_gc_may_take_the_old_tree() {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.write("b", "one");
    let one = bench.tree();
    assert_eq!(bench.run(one, "true"), []);
    bench.write("a", "two");
    let two = bench.tree();
    bench.git(&["prune", "--expire=now"]);
    bench.git(&["commit", "-q", "-m", "x"]);
    bench.git(&["prune", "--expire=now"]);
    assert!(bench.repo().tree(one).is_err());
    assert_eq!(listing(bench.at(two).dir()), bench.fresh(two));
}

#[test]
fn a_missing_object_is_an_error_and_the_next_update_mends_it() {
    let bench = Bench::new();
    bench.write("a", "one");
    let one = bench.tree();
    bench.write("a", "lost");
    let lost = bench.tree();
    let blob = bench.git(&["rev-parse", ":a"]);
    let (folder, file) = blob.trim().split_at(2);
    assert_eq!(bench.run(one, "true"), []);
    fs_err::remove_file(bench.user().join(".git/objects").join(folder).join(file)).unwrap();
    let error = bench.take(lost).update(&bench.repo(), lost, &Spec::default()).unwrap_err();
    assert_eq!(Diagnostic::from(&error).code, "git/object");
    assert_eq!(listing(bench.at(one).dir()), bench.fresh(one));
}

#[test]
fn a_cache_that_is_no_folder_is_a_clear_error() {
    let bench = Bench::new();
    bench.write("a", "one");
    let tree = bench.tree();
    fs_err::write(bench.cache(), "x").unwrap();
    let Err(error) = bench.pool().take(tree) else { panic!("took a checkout from a file") };
    assert!(error.to_string().starts_with("can't make '"), "{error}");
    let full = crate::workspace::Error::io("write", &bench.cache(), std::io::Error::from_raw_os_error(28));
    assert_eq!(Diagnostic::from(&full).code, "workspace/disk-full");
}
