//! What is brought from the user's checkout.

use std::os::unix::fs::MetadataExt;

use super::{Bench, Spec, keep, kinds};
use crate::diagnostic::Diagnostic;
use crate::path::RepoPath;
use crate::workspace::{Error, shared};

fn share(paths: &[&str]) -> Spec {
    Spec { share: paths.iter().map(|path| RepoPath::from(*path)).collect(), ..keep(&[]) }
}

#[test]
fn files_are_copied_and_follow_the_users() {
    let bench = Bench::new();
    bench.write("a", "x");
    bench.write(".gitignore", ".env\n");
    let tree = bench.tree();
    let spec = share(&[".env"]);
    let before = shared(&bench.repo(), &spec.share).unwrap();
    assert_eq!(before, [(RepoPath::from(".env"), None)]);
    bench.write(".env", "one");
    let mut workspace = bench.at_with(tree, &spec);
    let file = workspace.dir().join(".env");
    assert_eq!(fs_err::read_to_string(&file).unwrap(), "one");
    assert_eq!(workspace.verify(&bench.repo(), &spec).unwrap(), []);
    drop(workspace);
    fs_err::write(&file, "two").unwrap();
    drop(bench.at_with(tree, &spec));
    assert_eq!(fs_err::read_to_string(&file).unwrap(), "one");
    bench.write(".env", "three");
    drop(bench.at_with(tree, &spec));
    assert_eq!(fs_err::read_to_string(&file).unwrap(), "three");
    drop(bench.at(tree));
    assert!(!file.exists());
}

#[test]
fn folders_are_copied_without_caches_and_brought_again_when_a_step_wrote_to_them() {
    let bench = Bench::new();
    bench.write("packages/p/x", "x");
    bench.write(".gitignore", "node_modules\n");
    let tree = bench.tree();
    bench.write("node_modules/a/x", "x");
    bench.write("node_modules/.cache/x", "x");
    std::os::unix::fs::symlink("../packages/p", bench.user().join("node_modules/p")).unwrap();
    let spec = share(&["node_modules"]);
    let mut workspace = bench.at_with(tree, &spec);
    let there = workspace.dir().join("node_modules");
    let number = |path: std::path::PathBuf| fs_err::metadata(path).unwrap().ino();
    assert_ne!(number(there.join("a/x")), number(bench.user().join("node_modules/a/x")));
    assert_eq!(number(there.join("p/x")), number(workspace.dir().join("packages/p/x")));
    assert!(!there.join(".cache").exists());
    assert_eq!(workspace.verify(&bench.repo(), &spec).unwrap(), []);
    drop(workspace);
    let first = number(there.join("a/x"));
    drop(bench.at_with(tree, &spec));
    assert_eq!(number(there.join("a/x")), first, "nothing was written to it");
    fs_err::write(there.join("a/y"), "left").unwrap();
    drop(bench.at_with(tree, &spec));
    assert!(!there.join("a/y").exists());
}

#[test]
fn what_leads_back_is_refused_with_the_cure() {
    let bench = Bench::new();
    bench.write(".gitignore", "deps\nvenv\nl\nnode_modules\n");
    bench.write("package-lock.json", r#"{"packages":{"node_modules/a":{"version":"2.0.0"}}}"#);
    let tree = bench.tree();
    bench.write("venv/pyvenv.cfg", "home = /usr/bin");
    fs_err::create_dir_all(bench.user().join("deps")).unwrap();
    std::os::unix::fs::symlink(bench.user(), bench.user().join("deps/back")).unwrap();
    std::os::unix::fs::symlink("deps", bench.user().join("l")).unwrap();
    bench.write("node_modules/.package-lock.json", r#"{"packages":{"node_modules/a":{"version":"1.0.0"}}}"#);
    for (path, why) in [
        ("venv", "virtual environment"),
        ("deps", "leads to"),
        ("l", "symbolic link"),
        ("node_modules", "'node_modules/a'"),
    ] {
        let error = bench.take(tree).update(&bench.repo(), tree, &share(&[path])).unwrap_err();
        assert!(matches!(&error, Error::Share { .. }) && error.to_string().contains(why), "{error}");
        assert!(Diagnostic::from(&error).hint.is_some());
    }
    assert_eq!(kinds(&bench.run(tree, "test ! -e deps && test ! -e venv && test ! -e node_modules")), []);
}
