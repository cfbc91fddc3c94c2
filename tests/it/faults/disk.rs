//! Places that can't be written, because they are full or not gate's to write: never a pass, and the cure is named.
//!
//! A full disk needs the right to mount one. What these tests do needs none: a file stands where gate needs a folder, so
//! that even the superuser can't write there; and a limit on the size of files stops a write in its middle.

use super::{no_panic, own_tmp};
use crate::repo::{Ran, TestRepo, assert_untouched};

const RULES: &str = "[check.a]\nrun = \"echo out; cat big | wc -c\"\n[check.b]\nrun = \"true\"\nneeds = [\"a\"]\n";

fn ground() -> TestRepo {
    TestRepo::with(&[("gate.toml", RULES), ("big", &"x".repeat(100_000))])
}

/// No verdict was reached, and none was recorded as a failure of the change.
#[track_caller]
fn assert_unknown(ran: &Ran) {
    no_panic(ran);
    assert_eq!(ran.code, 3, "{ran:?}");
}

#[test]
fn nothing_can_be_noted() {
    for blocked in ["gate/runs", "gate/locks"] {
        let repo = ground();
        if blocked == "gate/locks" {
            repo.write("gate.toml", RULES.replace("needs", "locks = [\"x\"]\nneeds"));
            repo.commit("locks");
        }
        let at = repo.cache().join(blocked);
        fs_err::create_dir_all(at.parent().unwrap()).unwrap();
        fs_err::write(&at, "").unwrap();
        let before = repo.snapshot();
        let ran = repo.gate(&["check", "--commit", "HEAD"]);
        assert_unknown(&ran);
        assert!(ran.stdout.contains(blocked), "{ran:?}");
        assert_untouched(&before, &repo.snapshot(), blocked);
        fs_err::remove_file(&at).unwrap();
        let ran = repo.gate(&["check", "--commit", "HEAD"]);
        assert_eq!(ran.code, 0, "nothing is held against it: {ran:?}");
    }
}

#[test]
fn logs_have_nowhere_to_go() {
    let repo = ground();
    repo.write(".git/gate/logs", "");
    let ran = repo.gate(&["check", "--commit", "HEAD"]);
    assert_unknown(&ran);
    assert!(ran.stdout.contains(".git/gate/logs"), "{ran:?}");
    repo.remove(".git/gate/logs");
    let ran = repo.gate(&["check", "--commit", "HEAD"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn there_is_no_place_for_temporary_files() {
    let repo = ground();
    let tmp = own_tmp(&repo);
    fs_err::remove_dir(&tmp).unwrap();
    assert_eq!(repo.gate(&["check", "--commit", "HEAD"]).code, 0, "the system's own folder does as well");
}

#[test]
fn a_ledger_that_cannot_be_written_keeps_no_verdict_from_being_said() {
    let repo = ground();
    repo.write(".git/gate/ledger.db/in-the-way", "");
    let ran = repo.gate(&["check", "--commit", "HEAD"]);
    no_panic(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("ledger"), "{ran:?}");
    repo.write("big", "");
    repo.write("gate.toml", "[check.a]\nrun = \"exit 1\"\n");
    let ran = repo.gate(&["check"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(!ran.stdout.contains("gate show"), "it can't be shown again: {ran:?}");
}

/// Files of gate's may not grow beyond some sizes, as on a disk that fills up while it works.
#[test]
fn writes_stop_in_their_middle() {
    for kilobytes in [0, 4, 16, 64, 96] {
        let repo = ground();
        let before = repo.snapshot();
        let gate = env!("CARGO_BIN_EXE_gate");
        let line = format!("trap '' XFSZ; ulimit -f {kilobytes} || exit 99; exec {gate} check --commit HEAD");
        let ran = repo.run(&repo.path(), "bash", &["-c", &line]);
        no_panic(&ran);
        assert!([3, 70].contains(&ran.code), "{kilobytes}: {ran:?}");
        assert_untouched(&before, &repo.snapshot(), "a full disk");
        let ran = repo.gate(&["check", "--commit", "HEAD"]);
        assert_eq!(ran.code, 0, "{kilobytes}: half a checkout is no obstacle: {ran:?}");
    }
}

#[test]
fn folders_that_belong_to_somebody_else() {
    use std::os::unix::fs::PermissionsExt;
    let repo = ground();
    assert_eq!(repo.gate(&["check", "--commit", "HEAD"]).code, 0);
    let mode = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        let pools = repo.cache().join("gate");
        let names = super::names_in(&pools);
        let mut found = names.iter().filter(|name| name.len() == 8);
        fs_err::set_permissions(pools.join(found.next().unwrap()), permissions).unwrap();
    };
    mode(0o555);
    let ran = repo.gate(&["check", "--commit", "HEAD"]);
    assert_eq!(ran.code, 0, "what is proved needs no checkout: {ran:?}");
    repo.write("big", "other");
    let ran = repo.gate(&["check"]);
    no_panic(&ran);
    mode(0o755);
    // The superuser writes there all the same.
    assert!([0, 70].contains(&ran.code), "{ran:?}");
    assert!(ran.code == 0 || ran.stderr.contains("help"), "{ran:?}");
}

#[test]
fn objects_that_a_run_needs_are_not_taken_for_old_ones() {
    let repo = ground();
    repo.write("d/untracked", "u");
    repo.write("staged", "s");
    repo.git(&["add", "staged"]);
    let pool = || {
        let names = super::names_in(&repo.cache().join("gate"));
        repo.cache().join("gate").join(names.iter().find(|name| name.len() == 8).unwrap())
    };
    let aged = |line: &str| {
        let ran = repo.run(&pool(), "sh", &["-c", line]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout.lines().count()
    };
    for source in [&["check", "--fresh"][..], &["check", "--fresh", "--staged"]] {
        assert_eq!(repo.gate(source).code, 0);
        // The hour in which nobody looks is over.
        let count = aged("find store/objects -type f -exec touch -d '20 days ago' {} + -print; rm -f sized");
        assert!(count > 0);
        assert_eq!(repo.gate(source).code, 0);
        assert_eq!(aged("find store/objects -type f -mtime +10"), 0, "what nothing needs is gone");
        let left = aged("find store/objects -type f");
        assert!(left > 0 && left < count + 1, "{left} of {count}: what the run needs has a new time and stays");
        assert_eq!(repo.gate(source).code, 0);
        assert_eq!(aged("find store/objects -type f"), left, "nothing had to be made again");
    }
}
