//! Fixes of the working tree.

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::{LINES, MENDED, fix, left, repo, texts};
use crate::repo::{TestRepo, assert_untouched};

fn mode(repo: &TestRepo, path: &str) -> u32 {
    fs_err::metadata(repo.path().join(path)).unwrap().mode() & 0o777
}

#[test]
fn what_can_be_mended_is_mended_listed_and_judged() {
    let repo = repo("");
    repo.write("a.txt", LINES);
    repo.write("new.txt", "bad\n");
    repo.write("other", "bad\n");
    let ran = repo.gate(&["check", "--fix", "--stage", "pre-commit"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.starts_with("      fixed a.txt\n      fixed new.txt\nclear: "), "{ran:?}");
    assert_eq!((repo.read("a.txt"), repo.read("new.txt")), (MENDED.into(), "good\n".into()));
    assert_eq!(repo.read("other"), "bad\n");
    assert_eq!(repo.git(&["status", "--porcelain"]), " M a.txt\n?? new.txt\n?? other");
}

#[test]
fn nothing_to_mend_writes_nothing() {
    let repo = repo("");
    repo.write("a.txt", "fine\n");
    let before = repo.snapshot();
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, fixes["changed"].as_array().unwrap().len()), (0, 0));
    assert_untouched(&before, &repo.snapshot(), "the fixer changed nothing");
}

#[test]
fn what_is_proved_is_not_mended_again() {
    let repo = repo("[check.seen]\nfiles = [\"*.txt\"]\nrun = \"true {files}\"\nfix = \"echo {files} >>$HOME/seen\"\n");
    repo.write("a.txt", "fine\n");
    let seen = || fs_err::read_to_string(repo.home().join("seen")).unwrap_or_default();
    repo.check(&["--fix"]);
    assert_eq!(seen(), "a.txt\n");
    repo.check(&["--fix"]);
    assert_eq!(seen(), "a.txt\n", "it has a receipt");
}

#[test]
fn line_endings_are_what_git_would_write() {
    let repo = repo("");
    repo.write(".gitattributes", "crlf.txt text eol=crlf\nauto.txt text=auto\n");
    repo.write("crlf.txt", "1\r\n2\r\n");
    repo.write("auto.txt", "1\n2\n");
    repo.commit("endings");
    repo.write("crlf.txt", "1\r\nbad\r\n");
    repo.write("auto.txt", "1\nbad\n");
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, texts(&fixes["changed"])), (0, vec!["auto.txt", "crlf.txt"]));
    assert_eq!((repo.read("crlf.txt"), repo.read("auto.txt")), ("1\r\ngood\r\n".into(), "1\ngood\n".into()));
    repo.git(&["add", "--all"]);
    assert_eq!(repo.git(&["ls-files", "--eol", "crlf.txt"]), "i/lf    w/crlf  attr/text eol=crlf    \tcrlf.txt");
}

#[test]
fn modes_are_kept_and_follow_the_fixer() {
    let more = "[check.mode]\nfiles = [\"*.sh\"]\nrun = \"test -x {files}\"\nfix = \"chmod +x {files}\"\non = [\"pre-commit\"]\n";
    let repo = repo(more);
    repo.write("tool.sh", "x\n");
    repo.write("a.txt", LINES);
    repo.write_program("run.txt", "bad\n");
    fs_err::set_permissions(repo.path().join("a.txt"), PermissionsExt::from_mode(0o640)).unwrap();
    fs_err::set_permissions(repo.path().join("tool.sh"), PermissionsExt::from_mode(0o640)).unwrap();
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, texts(&fixes["changed"])), (0, vec!["a.txt", "run.txt", "tool.sh"]));
    assert_eq!(["a.txt", "run.txt", "tool.sh"].map(|path| mode(&repo, path)), [0o640, 0o755, 0o750]);
}

#[test]
fn links_new_files_and_deletions_are_not_taken() {
    let line = "rm b.txt link.txt; echo x >link.txt; echo made >made.txt; ln -sf a.txt c.txt; sed -i s/bad/good/ d.txt";
    let repo =
        repo(&format!("[check.wild]\nfiles = [\"*.txt\"]\nrun = \"true\"\nfix = \"{line}\"\non = [\"pre-commit\"]\n"));
    for name in ["b.txt", "c.txt", "d.txt"] {
        repo.write(name, "1\n");
    }
    fs_err::os::unix::fs::symlink("a.txt", repo.path().join("link.txt")).unwrap();
    repo.commit("more");
    repo.write("d.txt", "bad\n");
    let (_, fixes) = fix(&repo, &["--only", "wild"]);
    assert_eq!(texts(&fixes["changed"]), ["d.txt"]);
    assert_eq!(left(&fixes), ["b.txt", "c.txt", "link.txt", "made.txt"]);
    assert_eq!(repo.git(&["status", "--porcelain"]), " M d.txt");
    assert_eq!(fs_err::read_link(repo.path().join("link.txt")).unwrap().to_str(), Some("a.txt"));
}

#[test]
fn names_are_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let repo = repo("");
    let names: [&[u8]; 7] =
        [b"a b.txt", b"a\nb.txt", b"-n.txt", b"'q\".txt", b"back\\slash.txt", b"caf\xe9.txt", b"d d/x.txt"];
    let path = |name: &[u8]| std::path::PathBuf::from(std::ffi::OsStr::from_bytes(name));
    for name in names {
        repo.write(path(name), "bad\n");
    }
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, fixes["changed"].as_array().unwrap().len()), (0, 7));
    assert!(names.iter().all(|name| repo.read(path(name)) == "good\n"));
}

#[test]
fn a_missing_fixer_is_told_and_the_check_decides() {
    let more = "[check.gone]\nfiles = [\"*.txt\"]\nrun = \"true {files}\"\nfix = \"no-such-program {files}\"\non = [\"pre-commit\"]\n\
                [check.fails]\nfiles = [\"*.txt\"]\nrun = \"true {files}\"\nfix = \"false {files}\"\non = [\"pre-commit\"]\n\
                [check.signals]\nfiles = [\"*.txt\"]\nrun = \"true {files}\"\nfix = \"sed -i s/1/2/ {files}; exit 1\"\non = [\"pre-commit\"]\n";
    let repo = repo(more);
    repo.write("a.txt", "bad 1\n");
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!(code, 0);
    assert_eq!(repo.read("a.txt"), "good 2\n", "an exit code does not undo what was changed");
    let failed: Vec<&str> = fixes["failed"].as_array().unwrap().iter().map(|f| f["check"].as_str().unwrap()).collect();
    assert_eq!(failed, ["fails", "gone"]);
    assert_eq!(fixes["failed"][0]["why"], "it exited with 1 and changed nothing");
    let why = fixes["failed"][1]["why"].as_str().unwrap();
    assert!(why.starts_with("can't start 'no-such-program': no such program; log: "), "{why}");
}

#[test]
fn a_fixer_that_takes_too_long_is_cut_off_and_nothing_is_written() {
    let slow = "[check.slow]\nfiles = [\"*.txt\"]\nrun = \"true {files}\"\ntimeout = \"300ms\"\nafter = [\"bad\"]\n\
                fix = \"echo half >a.txt; sleep 1000; true {files}\"\non = [\"pre-commit\"]\n";
    let repo = repo(slow);
    repo.write("a.txt", LINES);
    let before = repo.snapshot();
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, &fixes["failed"][0]["why"]), (1, &"it took longer than 300ms".into()));
    assert_untouched(&before, &repo.snapshot(), "a fixer was cut off");
}

#[test]
fn events_tell_of_fixers() {
    let repo = repo("");
    repo.write("a.txt", LINES);
    let ran = repo.gate(&["check", "--fix", "--stage", "pre-commit", "--format", "jsonl"]);
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let told: Vec<_> =
        lines.filter(|line| line["event"].as_str().is_some_and(|event| event.starts_with("fix"))).collect();
    assert_eq!(told[0]["event"], "fix-started");
    assert_eq!(
        (&told[1]["event"], &told[1]["check"], &told[1]["changed"]),
        (&"fix-finished".into(), &"bad".into(), &1.into())
    );
    let last = told.last().unwrap();
    assert_eq!((&last["event"], &last["fixes"]["changed"][0]), (&"fixed".into(), &"a.txt".into()));
}

#[test]
fn fixes_go_to_the_index_or_the_working_tree() {
    let repo = repo("");
    for args in [&["--here"][..], &["--commit", "HEAD"], &["--from", "HEAD", "--to", "HEAD"]] {
        let ran = repo.gate(&[&["check", "--fix"], args].concat());
        assert_eq!(ran.code, 2, "{ran:?}");
    }
}

#[test]
fn what_git_lfs_keeps_is_left() {
    let repo = repo("");
    repo.write("a.txt", "version https://git-lfs.github.com/spec/v1\nbad\n");
    repo.write("b.txt", "bad\n");
    let (code, fixes) = fix(&repo, &[]);
    assert_eq!((code, texts(&fixes["changed"]), left(&fixes)), (1, vec!["b.txt"], vec!["a.txt"]));
    assert!(repo.read("a.txt").ends_with("bad\n"));
}
