//! Commits that are mended on the way, with real git: what it commits, and what it leaves in index and working tree.

use super::{LINES, MENDED, commit, committed, differing, install, repo};
use crate::repo::TestRepo;

fn hooked() -> TestRepo {
    let repo = repo("");
    repo.write("b.txt", "b\n");
    repo.commit("b");
    install(&repo);
    repo
}

#[track_caller]
fn done(ran: &crate::repo::Ran) {
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_commit_holds_the_fix_and_nothing_differs_afterwards() {
    let repo = hooked();
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    done(&commit(&repo, &[]));
    assert_eq!((committed(&repo, "a.txt"), repo.read("a.txt")), (MENDED.into(), MENDED.into()));
    assert_eq!((differing(&repo), repo.git(&["status", "--porcelain"])), (String::new(), String::new()));
    repo.git(&["fsck", "--strict"]);
}

#[test]
fn a_partly_staged_file_keeps_its_edits_out_of_the_commit() {
    let repo = hooked();
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    repo.write("a.txt", LINES.replace("8\n", "edit\n"));
    repo.write("b.txt", "b bad\n");
    repo.write("untracked.txt", "bad\n");
    done(&commit(&repo, &[]));
    assert_eq!(committed(&repo, "a.txt"), MENDED);
    assert_eq!(repo.read("a.txt"), MENDED.replace("8\n", "edit\n"), "the fix is merged into what was edited");
    assert_eq!((repo.read("b.txt").as_str(), repo.read("untracked.txt").as_str()), ("b bad\n", "bad\n"));
    assert_eq!(repo.git(&["status", "--porcelain"]), " M a.txt\n M b.txt\n?? untracked.txt");
}

#[test]
fn commit_all() {
    let repo = hooked();
    repo.write("a.txt", LINES);
    repo.write("b.txt", "b bad\n");
    done(&commit(&repo, &["--all"]));
    assert_eq!((committed(&repo, "a.txt"), committed(&repo, "b.txt")), (MENDED.into(), "b good\n".into()));
    assert_eq!((repo.read("a.txt"), repo.git(&["status", "--porcelain"])), (MENDED.into(), String::new()));
    assert_eq!(differing(&repo), "");
}

#[test]
fn commit_of_a_path_leaves_what_else_is_staged() {
    for option in ["--only", "--include"] {
        let repo = hooked();
        repo.write("b.txt", "b staged bad\n");
        repo.write("new.txt", "new bad\n");
        repo.git(&["add", "b.txt", "new.txt"]);
        repo.write("a.txt", LINES);
        done(&commit(&repo, &[option, "--", "a.txt"]));
        assert_eq!((committed(&repo, "a.txt"), repo.read("a.txt")), (MENDED.into(), MENDED.into()), "{option}");
        let (staged, status) =
            if option == "--only" { ("b staged bad\n", "M  b.txt\nA  new.txt") } else { ("b staged good\n", "") };
        assert_eq!(repo.read("b.txt"), staged, "{option}");
        assert_eq!(
            (repo.git(&["status", "--porcelain"]).as_str(), differing(&repo).as_str()),
            (status, ""),
            "{option}"
        );
    }
}

#[test]
fn commit_of_a_path_mends_what_is_staged_of_others_too() {
    // A fixer that mends whatever it finds changes a file of which another version is staged.
    let whole = "[check.whole]\nfiles = [\"*.txt\"]\nrun = \"true\"\nfix = \"sed -i s/old/new/ *.txt\"\non = [\"pre-commit\"]\n";
    let old = LINES.replace("bad", "old");
    let repo = TestRepo::with(&[("gate.toml", whole), ("a.txt", "a\n"), ("b.txt", &old), ("c.txt", &old)]);
    install(&repo);
    repo.write("b.txt", old.replace('9', "staged"));
    repo.write("c.txt", old.replace("old", "old staged"));
    repo.git(&["add", "b.txt", "c.txt"]);
    repo.write("b.txt", old.replace('9', "staged").replace('5', "edited"));
    repo.write("a.txt", "changed\n");
    done(&commit(&repo, &["--", "a.txt"]));
    assert_eq!(committed(&repo, "b.txt"), old.replace("old", "new"));
    let staged = repo.git(&["cat-file", "blob", ":b.txt"]) + "\n";
    assert_eq!(staged, old.replace("old", "new").replace('9', "staged"));
    assert_eq!(repo.read("b.txt"), staged.replace('5', "edited"));
    let staged = repo.git(&["cat-file", "blob", ":c.txt"]) + "\n";
    assert_eq!(staged, old.replace("old", "old staged"), "where the two don't fit, what is staged stays");
}

#[test]
fn amending_and_linked_worktrees() {
    let repo = hooked();
    let linked = repo.root().join("linked");
    repo.git(&["worktree", "add", "--quiet", "-b", "other", linked.to_str().unwrap()]);
    let git = |args: &[&str]| repo.run(&linked, "git", args);
    for args in [&["--all"][..], &["--amend", "--all"], &["--", "a.txt"], &["--include", "a.txt"]] {
        let line = format!("{args:?} bad\n");
        fs_err::write(linked.join("a.txt"), &line).unwrap();
        done(&git(&[&["commit", "--quiet", "--message", "x"], args].concat()));
        assert_eq!(git(&["cat-file", "blob", "HEAD:a.txt"]).stdout, line.replace("bad", "good"), "{args:?}");
        assert_eq!(git(&["status", "--porcelain"]).stdout, "", "{args:?}");
    }
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_merge_with_conflicts_resolved() {
    let repo = hooked();
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    repo.write("a.txt", "side\n");
    repo.commit("side");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("a.txt", "main\n");
    repo.commit("main");
    assert_eq!(repo.run(&repo.path(), "git", &["merge", "--quiet", "side"]).code, 1);
    repo.write("a.txt", "both bad\n");
    repo.git(&["add", "a.txt"]);
    done(&commit(&repo, &[]));
    assert_eq!((committed(&repo, "a.txt").as_str(), repo.read("a.txt").as_str()), ("both good\n", "both good\n"));
    assert_eq!(repo.git(&["rev-list", "--count", "HEAD^2..HEAD"]).parse::<u32>().unwrap(), 2, "a merge it stays");
}

#[test]
fn a_refused_commit_leaves_the_fixes_where_they_go() {
    let repo = hooked();
    repo.write("gate.toml", repo.read("gate.toml") + "[check.no]\nrun = \"false\"\non = [\"pre-commit\"]\n");
    repo.git(&["add", "gate.toml"]);
    repo.write("a.txt", LINES);
    let index = repo.git(&["ls-files", "--stage"]);
    assert_eq!(commit(&repo, &["--all"]).code, 1);
    assert_eq!(
        (repo.read("a.txt"), repo.git(&["ls-files", "--stage"])),
        (MENDED.into(), index),
        "git dropped its index"
    );
    repo.git(&["add", "a.txt"]);
    repo.write("b.txt", "bad\n");
    repo.git(&["add", "b.txt"]);
    assert_eq!(commit(&repo, &[]).code, 1);
    assert_eq!(repo.git(&["cat-file", "blob", ":b.txt"]), "good");
    assert_eq!(differing(&repo), "");
}

#[test]
fn a_merge_that_goes_through_by_itself_is_judged_as_git_commits_it() {
    let repo = repo("[hook.pre-commit]\nfix = true\n");
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    repo.write("side.txt", "bad\n");
    repo.commit("side");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("main.txt", "fine\n");
    repo.commit("main");
    let line = format!("#!/bin/sh\nexec '{}' hook pre-merge-commit\n", env!("CARGO_BIN_EXE_gate"));
    repo.write_program(".git/hooks/pre-merge-commit", line);
    // Git does not look at the index again after this hook: what is mended there would not be in the commit.
    let ran = repo.run(&repo.path(), "git", &["merge", "--quiet", "--no-edit", "side"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(repo.git(&["rev-list", "--count", "HEAD"]), "2", "nothing was committed");
    assert_eq!(repo.git(&["cat-file", "blob", ":side.txt"]), "bad");
}
