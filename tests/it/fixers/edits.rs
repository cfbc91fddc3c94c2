//! What the user edits at the same time is never written over.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{LINES, MENDED, commit, committed, fix, install, left, repo, texts};
use crate::repo::{TestRepo, exit_code};

#[track_caller]
fn wait_for(path: &std::path::Path) {
    let give_up = Instant::now() + Duration::from_mins(1);
    while !path.exists() {
        assert!(Instant::now() < give_up, "waited in vain for {}", path.display());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs a command while a fixer waits in the middle, and edits then. Gives its exit code and output.
fn meanwhile(repo: &TestRepo, program: &str, args: &[&str], edit: impl FnOnce()) -> (i32, String) {
    let mut command = repo.command(&repo.path(), program);
    let child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&repo.home().join("begun"));
    edit();
    fs_err::write(repo.home().join("edited"), "").unwrap();
    let output = child.wait_with_output().unwrap();
    (exit_code(output.status), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A fixer that waits until the user has edited.
fn waiting() -> TestRepo {
    let line = "touch $HOME/begun; until test -e $HOME/edited; do sleep 0.01; done; sed -i s/wait/done/ {files}";
    repo(&format!(
        "[check.waits]\nfiles = [\"*.txt\"]\nrun = \"true {{files}}\"\nfix = {line:?}\non = [\"pre-commit\"]\n"
    ))
}

#[test]
fn an_edit_of_the_working_tree_stays() {
    let repo = waiting();
    repo.write("a.txt", LINES);
    repo.write("b.txt", "bad\n");
    repo.write("c.txt", "bad\n");
    repo.write("d.txt", "bad\n");
    let args = ["check", "--fix", "--stage", "pre-commit", "--format", "json"];
    let edit = || {
        repo.write("a.txt", "edited\n");
        repo.remove("c.txt");
        repo.remove("d.txt");
        fs_err::os::unix::fs::symlink("a.txt", repo.path().join("d.txt")).unwrap();
    };
    let (_, output) = meanwhile(&repo, env!("CARGO_BIN_EXE_gate"), &args, edit);
    let document: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(
        (texts(&document["fixes"]["changed"]), left(&document["fixes"])),
        (vec!["b.txt"], vec!["a.txt", "c.txt", "d.txt"])
    );
    assert_eq!((repo.read("a.txt").as_str(), repo.read("b.txt").as_str()), ("edited\n", "good\n"));
    assert!(!repo.path().join("c.txt").exists());
    assert!(repo.path().join("d.txt").is_symlink());
    let patch = document["fixes"]["left"][0]["patch"].as_str().unwrap();
    assert!(fs_err::read_to_string(patch).unwrap().contains("\n-bad\n+good\n"), "{patch}");
}

#[test]
fn an_edit_during_a_commit_is_merged_or_stays() {
    let repo = waiting();
    install(&repo);
    repo.write("a.txt", LINES);
    repo.write("b.txt", LINES);
    repo.git(&["add", "--all"]);
    let edit = || {
        repo.write("a.txt", LINES.replace("9\n", "nine\n"));
        repo.write("b.txt", LINES.replace("bad\n", "worse\n"));
    };
    let (code, output) = meanwhile(&repo, "git", &["commit", "--quiet", "--message", "x"], edit);
    assert_eq!(code, 0, "{output}");
    assert_eq!((committed(&repo, "a.txt"), committed(&repo, "b.txt")), (MENDED.into(), MENDED.into()));
    assert_eq!(repo.read("a.txt"), MENDED.replace("9\n", "nine\n"));
    assert_eq!(repo.read("b.txt"), LINES.replace("bad\n", "worse\n"));
}

#[test]
fn what_is_staged_meanwhile_stays() {
    let repo = waiting();
    repo.write("a.txt", LINES);
    repo.write("b.txt", "bad\n");
    repo.git(&["add", "--all"]);
    let args = ["check", "--fix", "--staged", "--stage", "pre-commit", "--format", "json"];
    let edit = || {
        repo.write("a.txt", "restaged\n");
        repo.git(&["add", "a.txt"]);
    };
    let (_, output) = meanwhile(&repo, env!("CARGO_BIN_EXE_gate"), &args, edit);
    let document: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!((texts(&document["fixes"]["changed"]), left(&document["fixes"])), (vec!["b.txt"], vec!["a.txt"]));
    assert_eq!(
        (repo.git(&["cat-file", "blob", ":a.txt"]).as_str(), repo.read("a.txt").as_str()),
        ("restaged", "restaged\n")
    );
    assert_eq!((repo.git(&["cat-file", "blob", ":b.txt"]).as_str(), repo.read("b.txt").as_str()), ("good", "good\n"));
}

#[test]
fn an_edit_of_the_same_lines_stays_and_the_fix_is_kept() {
    let repo = repo("");
    install(&repo);
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    let edited = "bad, edited\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
    repo.write("a.txt", edited);
    let ran = commit(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!((committed(&repo, "a.txt").as_str(), repo.read("a.txt").as_str()), (MENDED, edited));
    let said = ran.stdout + &ran.stderr;
    assert!(
        said.contains("  not fixed a.txt: an edit that is not staged is in the way: only the index has the fix\n"),
        "{said}"
    );
    let command = said.lines().find_map(|line| line.split_once("what fits of it: ")).unwrap().1.to_owned();
    // Once the edit is out of the way, the command applies the fix.
    repo.write("a.txt", LINES);
    let ran = repo.run(&repo.root(), "sh", &["-c", &command]);
    assert_eq!((ran.code, repo.read("a.txt").as_str()), (0, MENDED), "{ran:?}");
}

#[test]
fn an_edit_with_other_line_endings_is_merged() {
    let repo = repo("");
    repo.write(".gitattributes", "*.txt text eol=crlf\n");
    repo.commit("endings");
    let crlf = |text: &str| text.replace('\n', "\r\n");
    repo.write("a.txt", crlf(LINES));
    repo.git(&["add", "a.txt"]);
    repo.write("a.txt", crlf(&LINES.replace("8\n", "edit\n")));
    let (code, fixes) = fix(&repo, &["--staged"]);
    assert_eq!((code, left(&fixes).len()), (0, 0));
    assert_eq!(repo.git(&["cat-file", "blob", ":a.txt"]) + "\n", MENDED);
    assert_eq!(repo.read("a.txt"), crlf(&MENDED.replace("8\n", "edit\n")));
}

#[test]
fn what_git_is_told_not_to_look_at_stays_too() {
    let repo = repo("");
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    repo.git(&["update-index", "--assume-unchanged", "a.txt"]);
    repo.write("a.txt", "something else\n");
    let (_, fixes) = fix(&repo, &["--staged"]);
    assert_eq!((left(&fixes), repo.read("a.txt").as_str()), (vec!["a.txt"], "something else\n"));
}

#[test]
fn a_file_that_was_removed_stays_away() {
    let repo = repo("");
    repo.write("a.txt", LINES);
    repo.git(&["add", "a.txt"]);
    repo.remove("a.txt");
    let (code, fixes) = fix(&repo, &["--staged"]);
    assert_eq!((code, texts(&fixes["changed"]), left(&fixes).len()), (0, vec!["a.txt"], 0));
    assert_eq!(repo.git(&["status", "--porcelain"]), "MD a.txt");
}
