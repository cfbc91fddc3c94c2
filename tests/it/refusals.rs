//! Bad input: one clear line, nothing written, never a pass and never a panic.

use std::os::unix::fs::PermissionsExt;

use crate::repo::{Ran, TestRepo, assert_untouched};

const RULES: &str = "[check.a]\nrun = \"true\"\n";

/// What was refused says so in its first line, and nothing panicked.
fn refused(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{ran:?}");
    let first = ran.stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("error"), "{ran:?}");
    assert!(first.contains(words), "{words:?} is not in {first:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    assert_eq!(ran.stdout, "", "no verdict, so no document");
}

#[test]
fn not_a_repository() {
    let repo = TestRepo::new();
    let ran = repo.run(&repo.home(), env!("CARGO_BIN_EXE_gate"), &["check", "--format", "json"]);
    refused(&ran, 2, "not in a git repository");
}

#[test]
fn a_bare_repository_has_no_working_tree() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    repo.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let bare = repo.root().join("bare.git");
    let gate = |args: &[&str]| repo.run(&bare, env!("CARGO_BIN_EXE_gate"), args);
    refused(&gate(&["check", "--format", "json"]), 2, "bare");
    assert_eq!(gate(&["check", "--commit", "HEAD"]).code, 0);
}

#[test]
fn a_revision_that_is_none() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    refused(&repo.gate(&["check", "--commit", "nowhere"]), 2, "'nowhere'");
    refused(&repo.gate(&["check", "--from", "HEAD", "--to", "-x"]), 2, "");
}

#[test]
fn a_damaged_object() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a/b", "1")]);
    let tree = repo.git(&["rev-parse", "HEAD:a"]);
    let object = repo.path().join(format!(".git/objects/{}/{}", &tree[..2], &tree[2..]));
    fs_err::set_permissions(&object, std::fs::Permissions::from_mode(0o644)).unwrap();
    fs_err::write(&object, "damaged").unwrap();
    let ran = repo.gate(&["check", "--commit", "HEAD"]);
    assert!(ran.code == 70 || ran.code == 3, "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}

#[test]
fn formats_that_cannot_be_read() {
    for format in ["--object-format=sha256", "--ref-format=reftable"] {
        let repo = TestRepo::new();
        repo.git(&["init", "--quiet", format, "../other"]);
        let other = repo.root().join("other");
        let ran = repo.run(&other, env!("CARGO_BIN_EXE_gate"), &["check"]);
        assert!([2, 70].contains(&ran.code), "{ran:?}");
        assert_eq!(ran.stderr.matches("error").count(), 1, "{ran:?}");
    }
}

#[test]
fn no_rules() {
    let repo = TestRepo::with(&[("a", "1")]);
    refused(&repo.gate(&["check"]), 4, "gate.toml");
    repo.write("gate.toml", RULES);
    let ran = repo.gate(&["check", "--staged"]);
    refused(&ran, 4, "gate.toml");
    assert!(ran.stderr.contains("git add"), "{ran:?}");
}

#[test]
fn rules_with_mistakes() {
    let repo = TestRepo::with(&[("gate.toml", "[check.a]\nrnu = \"true\"\n[check.b]\nrun = \"x\"\nneeds = [\"c\"]\n")]);
    let ran = repo.gate(&["check"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.stderr.contains("rnu") && ran.stderr.contains("'c'"), "all at once: {ran:?}");
    assert!(ran.stderr.contains("gate.toml:2:1"), "{ran:?}");
}

#[test]
fn a_nested_gate_toml() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("web/gate.toml", RULES)]);
    refused(&repo.gate(&["check", "--all"]), 4, "web/gate.toml");
    repo.write("app/gate.toml", RULES);
    refused(&repo.gate(&["check"]), 4, "app/gate.toml");
}

#[test]
fn an_unmerged_index() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a", "1")]);
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    repo.write("a", "2");
    repo.commit("side");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("a", "3");
    repo.commit("main");
    assert_eq!(repo.run(&repo.path(), "git", &["merge", "side"]).code, 1);
    refused(&repo.gate(&["check", "--staged"]), 3, "unmerged");
}

#[test]
fn a_cache_folder_that_cannot_be_written() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    repo.set_env("GATE_CACHE_DIR", "/proc/nowhere");
    let ran = repo.gate(&["check", "--all"]);
    assert_eq!(ran.code, 70, "{ran:?}");
    assert!(ran.stderr.contains("/proc/nowhere"), "{ran:?}");
}

#[test]
fn no_shell_is_no_pass() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    let git = repo.run(&repo.path(), "sh", &["-c", "command -v git"]).stdout;
    let tools = repo.root().join("tools");
    fs_err::create_dir_all(&tools).unwrap();
    std::os::unix::fs::symlink(git.trim(), tools.join("git")).unwrap();
    repo.set_env("PATH", &tools);
    let (code, document) = repo.check(&["--all"]);
    assert_eq!((code, document["verdict"].as_str()), (1, Some("rejected")), "{document:#}");
}

#[test]
fn a_full_disk_under_the_logs_is_no_pass() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    repo.write(".git/gate/logs", "a file where the folder should be");
    let ran = repo.gate(&["check", "--all"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}

#[test]
fn a_ledger_that_is_none_is_set_aside() {
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    assert_eq!(repo.gate(&["check", "--all"]).code, 0);
    for beside in ["ledger.db-wal", "ledger.db-shm"] {
        repo.remove(format!(".git/gate/{beside}"));
    }
    repo.write(".git/gate/ledger.db", "not a database, but long enough to be taken for one that is damaged");
    let (code, document) = repo.check(&["--all"]);
    assert_eq!((code, document["steps"][0]["decision"].as_str()), (0, Some("run")));
    let (_, document) = repo.check(&["--all"]);
    assert_eq!(document["steps"][0]["decision"], "reuse");
}

#[test]
fn nothing_of_the_users_is_written() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a", "1"), (".gitignore", "ignored\n")]);
    repo.write("a", "2");
    repo.git(&["add", "a"]);
    repo.write("a", "3");
    repo.write("untracked", "u");
    repo.write("ignored", "i");
    repo.write("intended", "n");
    repo.git(&["add", "--intent-to-add", "intended"]);
    let before = repo.snapshot();
    for args in [&["check"][..], &["check", "--staged"], &["check", "--all"], &["plan"], &["check", "--commit", "HEAD"]]
    {
        let ran = repo.gate(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        assert_untouched(&before, &repo.snapshot(), &format!("{args:?}"));
    }
}

#[test]
fn a_locked_index_is_no_obstacle() {
    let repo = TestRepo::with(&[("gate.toml", RULES), ("a", "1")]);
    repo.write("a", "2");
    repo.git(&["add", "a"]);
    repo.write(".git/index.lock", "");
    let before = repo.snapshot();
    assert_eq!(repo.gate(&["check", "--staged"]).code, 0);
    assert_eq!(repo.gate(&["check"]).code, 0);
    assert_untouched(&before, &repo.snapshot(), "a run");
}
