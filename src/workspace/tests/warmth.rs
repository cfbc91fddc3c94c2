//! What stays, what goes, and what tools make of it.

use super::{Bench, Spec, keep, sh};
use crate::digest::Digest;
use crate::workspace::Preparation;

#[test]
fn python_never_takes_stale_bytecode() {
    let bench = Bench::new();
    bench.write("m.py", "X = 1\n");
    let one = bench.tree();
    bench.write("m.py", "X = 2\n");
    let two = bench.tree();
    let spec = keep(&["__pycache__"]);
    for (tree, expected) in [(one, "1"), (two, "2"), (one, "1"), (two, "2"), (one, "1"), (two, "2")] {
        let mut workspace = bench.at_with(tree, &spec);
        assert_eq!(
            sh(workspace.dir(), "env -u PYTHONDONTWRITEBYTECODE python3 -c 'import m; print(m.X)'").trim(),
            expected
        );
        assert!(workspace.dir().join("__pycache__").is_dir());
        assert_eq!(workspace.verify(&bench.repo(), &spec).unwrap(), []);
    }
}

#[test]
fn a_folder_goes_with_its_last_file() {
    let bench = Bench::new();
    bench.write(".gitignore", "__pycache__\ntarget\n");
    bench.write("crates/a/x", "x");
    bench.write("crates/b/x", "x");
    let both = bench.tree();
    fs_err::remove_dir_all(bench.user().join("crates/b")).unwrap();
    let one = bench.tree();
    let spec = keep(&["crates/*/target"]);
    let mut workspace = bench.at_with(both, &spec);
    sh(workspace.dir(), "mkdir crates/a/target crates/b/target; touch crates/a/target/x crates/b/target/x");
    assert_eq!(workspace.verify(&bench.repo(), &spec).unwrap(), []);
    drop(workspace);
    let workspace = bench.at_with(one, &spec);
    assert!(!workspace.dir().join("crates/b").exists());
    assert!(workspace.dir().join("crates/a/target/x").exists());
}

#[test]
fn ignored_products_go_and_kept_ones_stay() {
    let bench = Bench::new();
    bench.write("web/a", "x");
    bench.write(".gitignore", "dist\ntarget\nnode_modules\n");
    let tree = bench.tree();
    let spec = keep(&["target", "web/node_modules/.cache/**"]);
    let mut workspace = bench.at_with(tree, &spec);
    sh(
        workspace.dir(),
        "mkdir -p dist target web/dist web/node_modules/.cache web/node_modules/p; touch dist/x target/x web/dist/y \
         web/node_modules/.cache/k web/node_modules/p/x",
    );
    assert_eq!(workspace.verify(&bench.repo(), &spec).unwrap(), []);
    drop(workspace);
    let workspace = bench.at_with(tree, &spec);
    let names = |folder: &str| {
        let entries = fs_err::read_dir(workspace.dir().join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(""), [".git", ".gitignore", "target", "web"]);
    assert_eq!(names("web"), ["a", "node_modules"]);
    assert_eq!(names("web/node_modules"), [".cache"]);
    drop(workspace);
    // What is not kept any more goes, though its folder did not change.
    let workspace = bench.at(tree);
    assert!(!workspace.dir().join("target").exists());
}

#[test]
fn an_update_writes_only_what_changed() {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.write("b", "one");
    let one = bench.tree();
    bench.write("b", "two");
    let two = bench.tree();
    assert_eq!(bench.run(one, "true"), []);
    let mut workspace = bench.take(two);
    assert!(!workspace.is_cold());
    assert_eq!(workspace.update(&bench.repo(), two, &Spec::default()).unwrap().written, 1);
    assert_eq!(workspace.verify(&bench.repo(), &Spec::default()).unwrap(), []);
    drop(workspace);
    let updated = bench.take(two).update(&bench.repo(), two, &Spec::default()).unwrap();
    assert_eq!((updated.written, updated.removed), (0, 0));
}

pub(super) fn preparation(key: &[u8], line: &str) -> Preparation {
    let env = vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())];
    let args = vec!["-c".into(), line.into()];
    Preparation { name: line.to_owned(), key: Digest::of(key), program: "sh".into(), args, env, dir: None }
}

#[test]
fn prepare_runs_again_only_when_its_key_is_another() {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.write("lock", "one");
    let tree = bench.tree();
    let with = |key: &[u8], line: &str| Spec { prepare: vec![preparation(key, line)], ..Spec::default() };
    let first = with(b"1", "mkdir -p deps/x; cp lock deps/x/made; touch stray; echo changed > lock");
    let run = |spec: &Spec| {
        let mut workspace = bench.take(tree);
        let updated = workspace.update(&bench.repo(), tree, spec).unwrap();
        assert_eq!(workspace.verify(&bench.repo(), spec).unwrap(), []);
        let notices: Vec<String> = updated.notices.into_iter().map(|notice| notice.message).collect();
        (updated.prepared.len(), notices, workspace)
    };
    let (ran, notices, workspace) = run(&first);
    assert_eq!((ran, notices), (1, vec!["prepare changed a tracked file; it was put back".to_owned()]));
    assert_eq!(fs_err::read_to_string(workspace.dir().join("lock")).unwrap(), "one");
    drop(workspace);
    let (ran, _, workspace) = run(&first);
    assert_eq!(ran, 0);
    assert!(workspace.dir().join("deps/x/made").exists() && workspace.dir().join("stray").exists());
    sh(workspace.dir(), "rm -r deps");
    drop(workspace);
    assert_eq!(run(&first).0, 1);
    let (ran, _, workspace) = run(&with(b"2", "mkdir other"));
    assert_eq!(ran, 1);
    assert!(!workspace.dir().join("deps").exists() && workspace.dir().join("other").exists());
    drop(workspace);
    let failing = with(b"3", "echo broken >&2; exit 7");
    let error = bench.take(tree).update(&bench.repo(), tree, &failing).unwrap_err().to_string();
    assert!(error.contains("exit status: 7") && error.contains("broken"), "{error}");
}

#[test]
fn products_are_held_until_anything_changes() {
    let bench = Bench::new();
    bench.write("a", "one");
    bench.write(".gitignore", "dist\n");
    let tree = bench.tree();
    let step = Digest::of(b"step");
    let mut workspace = bench.at(tree);
    assert!(!workspace.holds(&step));
    workspace.remember(&step).unwrap();
    assert!(workspace.holds(&step));
    assert_eq!(workspace.verify(&bench.repo(), &Spec::default()).unwrap(), []);
    drop(workspace);
    let workspace = bench.at(tree);
    assert!(workspace.holds(&step));
    sh(workspace.dir(), "mkdir dist");
    drop(workspace);
    let mut workspace = bench.at(tree);
    assert!(!workspace.holds(&step));
    workspace.remember(&step).unwrap();
    drop(workspace);
    let prepared = Spec { prepare: vec![preparation(b"1", "touch dist")], ..Spec::default() };
    assert!(!bench.at_with(tree, &prepared).holds(&step));
}
