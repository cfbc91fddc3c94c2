//! Submodules: pointers in the candidate, files in the checkout where the user has them.

use super::{Watched, list};
use crate::repo::TestRepo;

const ALLOW: [&str; 2] = ["-c", "protocol.file.allow=always"];

/// A repository with a submodule `sub`, which has one of its own, `deep`.
fn nested() -> (Watched, TestRepo, TestRepo) {
    let deep = TestRepo::with(&[("deep file", "1\n")]);
    let sub = TestRepo::with(&[("sub file", "1\n"), (".gitattributes", "*.bat eol=crlf\n"), ("x.bat", "1\n")]);
    sub.git(&[&ALLOW[..], &["submodule", "add", "-q", deep.path().to_str().unwrap(), "deep"]].concat());
    sub.commit("deep");
    let watched = Watched::new();
    watched.repo.git(&[&ALLOW[..], &["submodule", "add", "-q", sub.path().to_str().unwrap(), "sub"]].concat());
    watched.repo.commit("sub");
    (watched, sub, deep)
}

#[track_caller]
fn populate(watched: &Watched) {
    watched.repo.git(&[&ALLOW[..], &["submodule", "update", "-q", "--init", "--recursive"]].concat());
}

#[test]
fn those_that_the_user_has_are_filled_and_others_are_empty_folders() {
    let (watched, _sub, _deep) = nested();
    let repo = &watched.repo;
    let head = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_eq!((seen.file("sub/sub file"), seen.file("sub/deep")), ("644 1\n", "folder"));
    assert_eq!(seen.file("sub/deep/deep file"), "nothing", "the user has only the outer one");
    assert_eq!(seen.tree(), head);
    populate(&watched);
    let seen = watched.check(&["--commit", "HEAD"]);
    let mut by_git = list(&repo.path());
    by_git.retain(|path, _| !path.ends_with(".git"));
    assert_eq!(seen.files, by_git, "as the user's own checkout, which is clean");
    repo.git(&["submodule", "deinit", "-q", "--force", "--all"]);
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_eq!(seen.file("sub"), "folder");
    assert!(!seen.paths().iter().any(|path| path.starts_with("sub/")), "{seen:?}");
    seen.is_exactly(&watched, &head);
}

#[test]
fn pointers_are_judged_as_staged_and_as_checked_out() {
    let (watched, sub, _deep) = nested();
    let repo = &watched.repo;
    populate(&watched);
    sub.write("sub file", "2\n");
    sub.commit("two");
    sub.write("sub file", "3 BAD\n");
    sub.commit("three");
    let inner = repo.path().join("sub");
    watched.git_in(&inner, &["fetch", "-q"]);
    watched.git_in(&inner, &["checkout", "-q", "origin/main~"]);
    repo.git(&["add", "sub"]);
    watched.git_in(&inner, &["checkout", "-q", "origin/main"]);
    fs_err::write(inner.join("sub file"), "4, and not committed in it\n").unwrap();
    let seen = watched.check(&["--staged"]);
    assert_eq!((seen.verdict(), seen.file("sub/sub file")), ("deployable", "644 2\n"), "{seen:?}");
    let seen = watched.check(&[]);
    assert_eq!((seen.verdict(), seen.file("sub/sub file")), ("rejected", "644 3 BAD\n"), "{seen:?}");
    assert_eq!(seen.tree(), watched.tree_of_everything());
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_eq!((seen.verdict(), seen.file("sub/sub file")), ("deployable", "644 1\n"), "{seen:?}");
}

/// A receipt of a run that saw a submodule's files is none for a run that sees an empty folder.
#[test]
fn a_result_without_a_submodules_files_is_none_with_them() {
    let (watched, _sub, _deep) = nested();
    let repo = &watched.repo;
    repo.write("gate.toml", "[check.there]\nrun = \"test -f 'sub/deep/deep file'\"\n");
    repo.commit("rules");
    assert_eq!(repo.check(&["--all"]).1["verdict"], "rejected");
    populate(&watched);
    assert_eq!(repo.check(&["--all"]).1["verdict"], "deployable");
    repo.git(&["submodule", "deinit", "-q", "--force", "--all"]);
    assert_eq!(repo.check(&["--all"]).1["verdict"], "rejected");
}

#[test]
fn a_submodule_becomes_a_folder_and_back() {
    let (watched, _sub, _deep) = nested();
    let repo = &watched.repo;
    populate(&watched);
    watched.check(&["--commit", "HEAD"]);
    let with = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["rm", "-q", "--cached", "sub"]);
    fs_err::remove_dir_all(repo.path().join("sub")).unwrap();
    repo.write("sub/sub file", "a plain one\n");
    repo.commit("plain");
    let seen = watched.check(&["--commit", "HEAD"]);
    seen.is_exactly(&watched, &repo.git(&["rev-parse", "HEAD^{tree}"]));
    let seen = watched.check(&["--commit", &with]);
    assert_eq!(seen.tree(), repo.git(&["rev-parse", &format!("{with}^{{tree}}")]));
    assert_eq!(seen.file("sub/sub file"), "nothing", "there is no repository at its place now: {seen:?}");
    fs_err::remove_dir_all(repo.path().join("sub")).unwrap();
    repo.write("sub", "a file\n");
    let seen = watched.check(&[]);
    seen.is_exactly(&watched, &watched.tree_of_everything());
}
