//! The target is checked out somewhere.

use super::{branch, fate, fates, land, repository, rev};
use crate::repo::assert_untouched;

#[test]
fn a_clean_working_tree_follows() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    repo.git(&["checkout", "--quiet", "main"]);
    assert_eq!(land(&repo, &["one"]).0, 0);
    assert_eq!(repo.read("words/one"), "1\n");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    assert_eq!(repo.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
}

#[test]
fn changes_stay_and_what_is_in_the_way_is_not_lost() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    branch(&repo, "two", "words/first", "2\n");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("words/first", "mine\n");
    repo.write("docs/first", "staged\n");
    repo.git(&["add", "docs/first"]);
    assert_eq!(land(&repo, &["one"]).0, 0, "nothing is in the way");
    assert_eq!((repo.read("words/first"), repo.read("words/one")), ("mine\n".into(), "1\n".into()));
    assert_eq!(repo.git(&["status", "--porcelain"]), "M  docs/first\n M words/first");
    let (before, main) = (repo.git(&["status", "--porcelain"]), rev(&repo, "main"));
    let (code, document) = land(&repo, &["two"]);
    assert_eq!((code, fates(&document)), (3, vec![fate("two", "blocked")]), "{document:#}");
    assert!(document["branches"][0]["message"].as_str().unwrap().contains("words/first"), "{document:#}");
    assert_eq!((repo.read("words/first"), rev(&repo, "main")), ("mine\n".into(), main));
    assert_eq!(repo.git(&["status", "--porcelain"]), before);
}

#[test]
fn files_that_git_does_not_know_are_not_overwritten() {
    for is_ignored in [false, true] {
        let repo = repository();
        branch(&repo, "one", "words/one", "1\n");
        repo.git(&["checkout", "--quiet", "main"]);
        repo.write("words/one", "mine\n");
        if is_ignored {
            repo.write(".git/info/exclude", "words/one\n");
        }
        let before = repo.snapshot();
        let (code, document) = land(&repo, &["one"]);
        assert_eq!((code, fates(&document)), (3, vec![fate("one", "blocked")]), "{document:#}");
        assert_eq!(repo.read("words/one"), "mine\n");
        let keep = |snapshot: crate::repo::Snapshot| -> crate::repo::Snapshot {
            // What was judged is there for the next time, and git notes that it looked.
            let own = |path: &std::path::Path| path.starts_with(".git/objects") || path.ends_with("ORIG_HEAD");
            snapshot.into_iter().filter(|(path, _)| !own(path) && !path.ends_with("index")).collect()
        };
        assert_untouched(&keep(before), &keep(repo.snapshot()), "blocked");
    }
}

#[test]
fn a_linked_working_tree_follows_too() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let linked = repo.root().join("linked");
    repo.git(&["worktree", "add", "--quiet", linked.to_str().unwrap(), "main"]);
    assert_eq!(land(&repo, &["one"]).0, 0);
    assert_eq!(fs_err::read_to_string(linked.join("words/one")).unwrap(), "1\n");
    assert_eq!(repo.run(&linked, "git", &["status", "--porcelain"]).stdout, "");
}

#[test]
fn a_working_tree_in_the_middle_of_something_is_left_alone() {
    let repo = repository();
    branch(&repo, "one", "words/first", "1\n");
    branch(&repo, "two", "words/two", "2\n");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("words/first", "other\n");
    repo.commit("other");
    assert_eq!(repo.run(&repo.path(), "git", &["merge", "one"]).code, 1);
    let ran = repo.gate(&["land", "two"]);
    super::assert_code(&ran, 3);
    assert!(ran.stderr.contains("git status"), "{}", ran.stderr);
}

#[test]
fn a_bare_repository_is_landed_in() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    let bare = repo.root().join("bare.git");
    repo.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    let ran = repo.run(&bare, env!("CARGO_BIN_EXE_gate"), &["land", "one", "--into", "main"]);
    super::assert_code(&ran, 0);
    assert_eq!(repo.run(&bare, "git", &["ls-tree", "--name-only", "main:words"]).stdout, "first\none\n");
    super::assert_code(&repo.run(&bare, env!("CARGO_BIN_EXE_gate"), &["audit", "main"]), 0);
}
