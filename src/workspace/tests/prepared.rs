//! What `prepare` made, and what becomes of it.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::warmth::preparation;
use super::{Bench, Spec, keep, kinds, sh};
use crate::digest::ObjectId;
use crate::workspace::{Touched, TouchedKind, Updated};

const MAKE: &str = "mkdir -p deps/d; echo 1 > deps/d/x; ln -s d/x deps/l; echo 2 > deps/y";

fn bench() -> (Bench, ObjectId) {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.write(".gitignore", "deps\n");
    let tree = bench.tree();
    (bench, tree)
}

fn prepared(line: &str) -> Spec {
    Spec { prepare: vec![preparation(b"1", line)], ..Spec::default() }
}

/// One whole run: the update, a line of shell as a step, the look afterwards.
fn run(bench: &Bench, tree: ObjectId, spec: &Spec, line: &str) -> (Updated, Vec<Touched>) {
    let mut workspace = bench.take(tree);
    let updated = workspace.update(&bench.repo(), tree, spec).unwrap();
    sh(workspace.dir(), line);
    let touched = workspace.verify(&bench.repo(), spec).unwrap();
    (updated, touched)
}

/// The state of the one checkout.
fn state(bench: &Bench) -> std::path::PathBuf {
    bench.pool().dir().join("1.state")
}

fn marks(file: &Path) -> (u64, u64) {
    let found = fs_err::metadata(file).unwrap();
    (found.ino(), found.ctime_nsec().cast_unsigned())
}

#[test]
fn what_a_step_changed_is_told_and_made_again() {
    for (step, path, how) in [
        ("echo 3 > deps/d/x", "deps/d/x", "changed"),
        ("rm deps/y", "deps/y", "removed"),
        ("rm deps/y; ln -s d/x deps/y", "deps/y", "changed"),
        ("touch -r deps/y t; echo 3 > deps/y; touch -r t deps/y; rm t", "deps/y", "changed"),
        ("ln -sfn d/z deps/l", "deps/l", "changed"),
        ("chmod 700 deps/d", "deps/d", "changed"),
        ("rm -r deps/d; touch deps/d", "deps/d", "changed"),
    ] {
        let (bench, tree) = bench();
        let spec = prepared(MAKE);
        let (updated, touched) = run(&bench, tree, &spec, step);
        assert_eq!(updated.prepared.len(), 1);
        assert!(kinds(&touched).contains(&(path.to_owned(), TouchedKind::Product)), "{step}: {touched:?}");
        let (updated, touched) = run(&bench, tree, &spec, "test $(cat deps/d/x deps/y deps/l | tr -d '\\n') = 121");
        assert_eq!((updated.prepared.len(), touched), (1, vec![]), "{step}");
        let text = format!("'{path}', which prepare made, was {how} since: prepare runs again");
        assert_eq!(updated.notices.iter().map(|notice| &notice.message).collect::<Vec<_>>(), [&text]);
    }
}

#[test]
fn what_holds_the_same_is_not_made_again_and_says_that_it_was_put_back() {
    for (step, path) in [
        ("sleep 0.05; echo 3 > deps/y; echo 2 > deps/y", "deps/y"),
        ("sleep 0.05; cp deps/y deps/z; mv deps/z deps/y", "deps/y"),
        ("sleep 0.05; touch deps/y", "deps/y"),
        ("sleep 0.05; ln deps/y linked; rm linked", "deps/y"),
        ("mv deps e; sleep 0.05; mv e deps", "deps"),
    ] {
        let (bench, tree) = bench();
        let spec = prepared(MAKE);
        let (_, touched) = run(&bench, tree, &spec, step);
        assert_eq!(kinds(&touched), [(path.to_owned(), TouchedKind::Restored)], "{step}");
        let (updated, touched) = run(&bench, tree, &spec, "true");
        assert_eq!((updated.prepared.len(), updated.notices.len(), touched), (0, 0, vec![]), "{step}");
    }
}

#[test]
fn what_was_added_goes_unless_it_is_kept() {
    let (bench, tree) = bench();
    let spec = Spec { keep: keep(&["deps/d/.cache", "deps/mixed/kept"]).keep, ..prepared(MAKE) };
    let step = "mkdir deps/d/.cache deps/mixed deps/d/new; touch deps/d/.cache/x deps/d/new/x deps/mixed/kept deps/mixed/x; sleep 0.05";
    let (_, touched) = run(&bench, tree, &spec, step);
    assert_eq!(touched, []);
    let (updated, _) = run(
        &bench,
        tree,
        &spec,
        "test -e deps/d/.cache/x && test -e deps/mixed/kept && test ! -e deps/d/new && test ! -e deps/mixed/x",
    );
    assert_eq!((updated.prepared.len(), updated.removed), (0, 2));
    run(&bench, tree, &spec, "sleep 0.05; touch deps/mixed/x");
    run(&bench, tree, &spec, "test ! -e deps/mixed/x && touch deps/mixed/x");
    run(&bench, tree, &spec, "test ! -e deps/mixed/x");
    let mut workspace = bench.take(tree);
    let step = crate::digest::Digest::of(b"step");
    workspace.update(&bench.repo(), tree, &spec).unwrap();
    workspace.remember(&step).unwrap();
    sh(workspace.dir(), "touch deps/new");
    drop(workspace);
    let mut workspace = bench.take(tree);
    workspace.update(&bench.repo(), tree, &spec).unwrap();
    assert!(!workspace.holds(&step), "the need may have made it");
}

#[test]
fn a_later_command_may_write_to_what_an_earlier_one_made() {
    let (bench, tree) = bench();
    let later = "echo 3 > deps/y; touch deps/d/.cache; touch stray";
    let spec = |later| Spec { prepare: vec![preparation(b"1", MAKE), preparation(b"2", later)], ..Spec::default() };
    assert_eq!(run(&bench, tree, &spec(later), "true").0.prepared.len(), 2);
    let test = "test $(cat deps/y) = 3 && test -e deps/d/.cache && test -e stray";
    assert_eq!(run(&bench, tree, &spec(later), test).0.prepared.len(), 0);
    run(&bench, tree, &spec(later), "rm stray");
    assert_eq!(run(&bench, tree, &spec(later), test).0.prepared.len(), 2);
    // One that fails takes nothing away from those before it, unless it wrote to what they made.
    let failing =
        Spec { prepare: vec![preparation(b"1", MAKE), preparation(b"3", "touch deps/z; exit 1")], ..spec(later) };
    assert!(bench.take(tree).update(&bench.repo(), tree, &failing).is_err());
    let updated = run(&bench, tree, &spec("test ! -e deps/z"), "test $(cat deps/y) = 2 && test ! -e stray").0;
    assert_eq!((updated.prepared.len(), updated.notices.len()), (1, 0));
}

#[test]
fn another_record_is_none_and_other_kept_patterns_make_it_another() {
    let (bench, tree) = bench();
    let spec = prepared(MAKE);
    run(&bench, tree, &spec, "true");
    assert_eq!(run(&bench, tree, &spec, "true").0.prepared.len(), 0);
    let file = state(&bench).join("products");
    let bytes = fs_err::read(&file).unwrap();
    fs_err::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(run(&bench, tree, &spec, "true").0.prepared.len(), 1);
    fs_err::remove_file(&file).unwrap();
    assert_eq!(run(&bench, tree, &spec, "true").0.prepared.len(), 1);
    let kept = Spec { keep: keep(&["other"]).keep, ..spec.clone() };
    assert_eq!(run(&bench, tree, &kept, "true").0.prepared.len(), 1);
    assert_eq!(run(&bench, tree, &Spec::default(), "test ! -e deps").0.prepared.len(), 0);
}

#[test]
fn the_record_is_not_written_on_hot_runs() {
    let (bench, tree) = bench();
    let spec = prepared(MAKE);
    run(&bench, tree, &spec, "sleep 0.05");
    // What was made just before the record is read once more, and then known.
    run(&bench, tree, &spec, "true");
    let file = state(&bench).join("products");
    let before = marks(&file);
    run(&bench, tree, &spec, "mkdir deps/d/new; touch deps/new");
    run(&bench, tree, &spec, "true");
    assert_eq!(marks(&file), before);
}

#[test]
fn a_kept_product_is_for_its_tool_to_look_after() {
    let (bench, tree) = bench();
    let spec = Spec { keep: keep(&["deps/y"]).keep, ..prepared(MAKE) };
    run(&bench, tree, &spec, "echo 3 > deps/y");
    let (updated, touched) = run(&bench, tree, &spec, "test $(cat deps/y) = 3");
    assert_eq!((updated.prepared.len(), touched), (0, vec![]));
}

#[test]
fn a_product_whose_folder_becomes_the_candidates_is_made_again() {
    let (bench, tree) = bench();
    let spec = prepared(MAKE);
    run(&bench, tree, &spec, "true");
    bench.write("deps/tracked", "x");
    bench.git(&["add", "-f", "deps/tracked"]);
    let other: ObjectId = bench.git(&["write-tree"]).trim().parse().unwrap();
    let (updated, touched) = run(&bench, other, &spec, "test -e deps/tracked && test -e deps/d/x && test -e deps/y");
    assert_eq!((updated.prepared.len(), touched), (1, vec![]));
    assert_eq!(run(&bench, other, &spec, "rm deps/y").0.prepared.len(), 0);
    assert_eq!(run(&bench, other, &spec, "test -e deps/y").0.prepared.len(), 1);
}
