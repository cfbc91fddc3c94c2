//! Every ref of a push is judged by itself, on the commit that is pushed, wherever HEAD is.

use super::Ground;

/// A remote that has main, and here the branches `good` and `bad`, neither of them pushed; main is checked out.
fn branches() -> Ground {
    let ground = Ground::pushed("");
    for (name, content) in [("good", "fine\n"), ("bad", "BAD\n")] {
        ground.repo.git(&["checkout", "-q", "-b", name, "main"]);
        ground.around("a", content);
    }
    ground.repo.git(&["checkout", "-q", "main"]);
    ground
}

/// What the remote has, by name.
fn there(ground: &Ground) -> Vec<String> {
    let listed = ground.repo.git(&["ls-remote", "origin"]);
    let names = listed.lines().filter_map(|line| line.split('\t').nth(1));
    names
        .filter(|name| !["HEAD", "refs/heads/main"].contains(name) && !name.ends_with("^{}"))
        .map(str::to_owned)
        .collect()
}

/// The push is refused, for `grep` and no other reason, and nothing arrives.
#[track_caller]
fn refused(ground: &Ground, args: &[&str]) -> crate::repo::Ran {
    let before = there(ground);
    let ran = ground.git(&[&["push", "-q"][..], args].concat());
    ran.fails("grep");
    assert_eq!(there(ground), before, "{args:?}");
    ran
}

#[test]
fn several_and_only_the_first_or_the_last_is_bad() {
    let ground = branches();
    for refs in [["good", "bad"], ["bad", "good"]] {
        let ran = refused(&ground, &["origin", refs[0], refs[1]]);
        let bad = format!("refs/heads/bad at {}", &ground.repo.git(&["rev-parse", "bad"])[..10]);
        assert!(ran.both().contains(&bad), "{ran:?}");
    }
    let good = ground.tree_in(&ground.repo.path(), "good");
    assert!(ground.seen().contains(&good), "the other one was judged too");
}

#[test]
fn one_that_is_not_checked_out() {
    let ground = branches();
    refused(&ground, &["origin", "bad"]);
    ground.repo.git(&["checkout", "-q", "bad"]);
    ground.seen();
    ground.goes(&["push", "-q", "origin", "good"], &["good"]);
}

/// A push does not ask what state the working tree and the index are in.
#[test]
fn in_the_middle_of_a_conflict_and_before_a_first_commit() {
    let ground = branches();
    ground.repo.git(&["checkout", "-q", "good"]);
    assert_eq!(ground.repo.run(&ground.repo.path(), "git", &["merge", "bad"]).code, 1, "a conflict");
    refused(&ground, &["origin", "bad"]);
    ground.seen();
    ground.goes(&["push", "-q", "origin", "good"], &["good"]);
    ground.repo.git(&["checkout", "-q", "-f", "--orphan", "nothing-yet"]);
    let before = there(&ground);
    ground.git(&["push", "-q", "origin", "bad"]).fails("grep");
    assert_eq!(there(&ground), before);
}

#[test]
fn a_name_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let ground = branches();
    let name = std::ffi::OsStr::from_bytes(b"b\xff");
    let git = |args: &[&str]| {
        let output = ground.repo.command(&ground.repo.path(), "git").args(args).arg(name).output().unwrap();
        ground.assert_untouched();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(git(&["checkout", "-q", "-b"]).0);
    ground.around("a", "BAD\n");
    let (goes, said) = git(&["push", "-q", "origin"]);
    assert!(!goes && said.contains("failed grep"), "{said}");
    ground.around("a", "mended\n");
    let (goes, said) = git(&["push", "-q", "origin"]);
    assert!(goes, "{said}");
}

#[test]
fn one_whose_fix_is_not_committed() {
    let ground = branches();
    ground.repo.git(&["checkout", "-q", "bad"]);
    ground.repo.write("a", "mended\n");
    refused(&ground, &["origin", "bad"]);
    ground.repo.git(&["add", "a"]);
    refused(&ground, &["origin", "HEAD"]);
    ground.seen();
    ground.commits(&["commit", "-q", "-m", "mended"]);
    ground.goes(&["push", "-q", "origin", "bad"], &[]);
}

#[test]
fn an_older_commit_and_a_whole_expression() {
    let ground = branches();
    ground.repo.git(&["checkout", "-q", "bad"]);
    ground.around("a", "mended\n");
    refused(&ground, &["origin", "bad~1:refs/heads/older"]);
    let id = ground.repo.git(&["rev-parse", "bad~"]);
    refused(&ground, &["origin", &format!("{id}:refs/heads/by-id")]);
    ground.seen();
    ground.goes(&["push", "-q", "origin", "bad:refs/heads/newer"], &["bad"]);
}

#[test]
fn a_deletion_is_nothing_to_check_and_said_so() {
    let ground = branches();
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "bad"]);
    let ran = ground.goes(&["push", "-q", "origin", ":bad"], &[]);
    assert!(ran.both().contains("refs/heads/bad") && ran.both().contains("deleted"), "{ran:?}");
    assert_eq!(there(&ground), [""; 0]);
    ground.repo.git(&["push", "-q", "--no-verify", "origin", "good"]);
    refused(&ground, &["origin", ":good", "bad"]);
}

#[test]
fn tags_on_commits() {
    let ground = branches();
    ground.repo.git(&["tag", "light", "bad"]);
    ground.repo.git(&["tag", "-m", "annotated", "heavy", "bad"]);
    ground.repo.git(&["tag", "-m", "of a tag", "nested", "heavy"]);
    ground.repo.git(&["tag", "-m", "fine", "fine", "good"]);
    for tag in ["light", "heavy", "nested"] {
        refused(&ground, &["origin", tag]);
    }
    refused(&ground, &["--tags", "origin"]);
    ground.seen();
    ground.repo.git(&["tag", "-d", "light", "heavy", "nested"]);
    ground.repo.git(&["update-ref", "-d", "refs/heads/bad"]);
    // The ledger has it by now.
    let ran = ground.goes(&["push", "-q", "origin", "fine"], &[]);
    assert!(ran.both().contains("clear"), "{ran:?}");
    assert_eq!(there(&ground), ["refs/tags/fine"]);
}

#[test]
fn tags_on_trees_and_blobs_are_nothing_to_check_and_said_so() {
    let ground = branches();
    ground.repo.git(&["tag", "tree", "bad^{tree}"]);
    ground.repo.git(&["tag", "blob", "bad:a"]);
    ground.repo.git(&["tag", "-m", "annotated", "note", "bad:a"]);
    let ran = ground.goes(&["push", "-q", "origin", "tree", "blob", "note"], &[]);
    assert_eq!(ran.both().matches("no commit").count(), 3, "{ran:?}");
    assert_eq!(there(&ground).len(), 3);
}

#[test]
fn all_and_mirror() {
    for how in ["--all", "--mirror"] {
        let ground = branches();
        ground.repo.git(&["notes", "add", "-m", "BAD", "main"]);
        refused(&ground, &[how, "origin"]);
        ground.repo.git(&["branch", "-q", "-D", "bad"]);
        let ran = ground.git(&["push", "-q", how, "origin"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(there(&ground).contains(&"refs/heads/good".to_owned()));
    }
}

/// What two names are given is judged once.
#[test]
fn one_commit_under_two_names() {
    let ground = branches();
    ground.repo.git(&["tag", "fine", "good"]);
    ground.goes(&["push", "-q", "origin", "good", "fine", "good:refs/heads/other"], &["good"]);
    let ran = refused(&ground, &["origin", "bad", "bad:refs/heads/another"]);
    assert_eq!(ran.both().matches("failed grep  exit").count(), 1, "{ran:?}");
}

#[test]
fn a_push_of_nothing() {
    let ground = branches();
    let ran = ground.goes(&["push", "-q", "origin", "main"], &[]);
    assert_eq!(ran.both(), "");
    for line in ["'GATE' hook pre-push origin url </dev/null", "'GATE' hook pre-push origin url <&-"] {
        let line = line.replace("GATE", env!("CARGO_BIN_EXE_gate"));
        let ran = ground.repo.run(&ground.repo.path(), "sh", &["-c", &line]);
        assert_eq!((ran.code, &*ran.both()), (0, ""), "{line}: {ran:?}");
    }
    let line = format!("echo nonsense | '{}' hook pre-push origin url", env!("CARGO_BIN_EXE_gate"));
    let ran = ground.repo.run(&ground.repo.path(), "sh", &["-c", &line]);
    assert!(ran.code == 2 && ran.stderr.contains("nonsense"), "{ran:?}");
}
