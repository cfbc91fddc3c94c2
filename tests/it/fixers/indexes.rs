//! The index: entries that are not fixed stay what they are, and a lock is respected.

use super::{LINES, MENDED, commit, fix, install, repo, texts};
use crate::repo::assert_untouched;

#[test]
fn announced_entries_and_flags_survive() {
    let repo = repo("");
    repo.write("b.txt", "b\n");
    repo.write("c.txt", "c\n");
    repo.commit("more");
    install(&repo);
    repo.write("announced.txt", "bad\n");
    repo.git(&["add", "--intent-to-add", "announced.txt"]);
    repo.git(&["update-index", "--assume-unchanged", "b.txt"]);
    repo.git(&["update-index", "--skip-worktree", "c.txt"]);
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    let ran = commit(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(repo.git(&["status", "--porcelain"]), " A announced.txt");
    assert_eq!(repo.read("announced.txt"), "bad\n");
    assert_eq!(repo.git(&["ls-files", "-v", "b.txt", "c.txt"]), "h b.txt\nS c.txt");
}

#[test]
fn a_sparse_checkout_stays_sparse() {
    let repo = repo("");
    repo.write("in/a.txt", "a\n");
    repo.write("out/b.txt", "b\n");
    repo.commit("folders");
    repo.git(&["sparse-checkout", "set", "in"]);
    let blob = repo.path().join("in/a.txt");
    fs_err::write(&blob, "b bad\n").unwrap();
    let id = repo.git(&["hash-object", "-w", "in/a.txt"]);
    repo.git(&["update-index", "--cacheinfo", &format!("100644,{id},out/b.txt")]);
    repo.git(&["update-index", "--skip-worktree", "out/b.txt"]);
    repo.git(&["add", "in/a.txt"]);
    let (code, fixes) = fix(&repo, &["--staged"]);
    assert_eq!((code, texts(&fixes["changed"])), (0, vec!["in/a.txt", "out/b.txt"]));
    assert_eq!(repo.git(&["status", "--porcelain"]), "M  in/a.txt\nM  out/b.txt");
    assert!(!repo.path().join("out").exists());
}

#[test]
fn where_the_index_is_locked_nothing_is_written() {
    let repo = repo("");
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    repo.write(".git/index.lock", "");
    let before = repo.snapshot();
    let ran = repo.gate(&["check", "--staged", "--stage", "pre-commit", "--fix"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("index': nothing was fixed"), "{ran:?}");
    assert_untouched(&before, &repo.snapshot(), "the index is locked");
}

#[test]
fn an_index_of_any_name_and_form_is_written() {
    let repo = repo("");
    repo.git(&["update-index", "--split-index"]);
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    let (code, _) = fix(&repo, &["--staged"]);
    assert_eq!((code, repo.git(&["status", "--porcelain"]).as_str()), (0, "M  a.txt"));
    // One of the user's own, elsewhere.
    let own = repo.root().join("own-index");
    fs_err::copy(repo.path().join(".git/index"), &own).unwrap();
    repo.set_env("GIT_INDEX_FILE", &own);
    repo.write("a.txt", "own bad\n");
    repo.git(&["add", "a.txt"]);
    let (code, _) = fix(&repo, &["--staged"]);
    assert_eq!((code, repo.git(&["cat-file", "blob", ":a.txt"]).as_str()), (0, "own good"));
    repo.set_env("GIT_INDEX_FILE", repo.path().join(".git/index"));
    assert_eq!(repo.git(&["cat-file", "blob", ":a.txt"]) + "\n", MENDED);
    assert!(!repo.root().join("own-index.lock").exists());
}
