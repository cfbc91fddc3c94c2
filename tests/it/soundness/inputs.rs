//! What a check reads.

use std::os::unix::fs::symlink;

use super::{FAILED, PASSED, REUSED, judge, repository, said};
use crate::repo::TestRepo;

#[test]
fn a_file_that_a_step_probes_and_that_appears_later_is_seen() {
    let repo = repository("[check.a]\nrun = \"test ! -e shared.txt\"\n", &[("a", "1")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write("shared.txt", "1");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn an_env_file_is_only_there_if_it_is_shared_and_then_it_counts() {
    let rules = "[check.a]\nrun = \"test ! -e .env\"\n";
    let repo = repository(rules, &[(".gitignore", ".env\n")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write(".env", "A=1\n");
    assert_eq!(said(&judge(&repo), "a"), REUSED, "it can't be read");
    repo.write("gate.toml", format!("[workspace]\nshare = [\".env\"]\n{rules}"));
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    repo.write("gate.toml", "[workspace]\nshare = [\".env\"]\n[check.a]\nrun = \"grep -q A=1 .env\"\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write(".env", "A=2\n");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_comment_in_the_rules_reruns_nothing() {
    let rules = "[check.a]\nfiles = [\"a\"]\nrun = \"true\"\n";
    let repo = repository(rules, &[("a", "1")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("gate.toml", format!("# a comment\n{rules}\n\n"));
    assert_eq!(said(&judge(&repo), "a"), REUSED);
}

/// A repository with another one inside it as the submodule `lib`, at the first of its two commits.
fn with_submodule(rules: &str) -> (TestRepo, TestRepo) {
    let inner = TestRepo::with(&[("version", "1")]);
    let repo = TestRepo::new();
    repo.set_env("GIT_ALLOW_PROTOCOL", "file");
    repo.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "lib"]);
    repo.write("gate.toml", rules);
    repo.commit("rules");
    inner.write("version", "2");
    inner.commit("second");
    (repo, inner)
}

#[test]
fn a_submodule_bump_under_a_pattern_is_seen() {
    let (repo, _inner) = with_submodule("[check.a]\nfiles = [\"lib/**/*.c\"]\nrun = \"grep -q 1 lib/version\"\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.run(&repo.path().join("lib"), "git", &["pull", "--quiet"]);
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn an_edit_of_what_a_link_among_the_inputs_leads_to_is_seen() {
    let repo = repository("[check.a]\nfiles = [\"a/**\"]\nrun = \"grep -q good a/link\"\n", &[("c/file", "good")]);
    fs_err::create_dir_all(repo.path().join("a")).unwrap();
    symlink("../c/file", repo.path().join("a/link")).unwrap();
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write("c/file", "bad");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    repo.commit("bad");
    assert_eq!(said(&repo.check(&["--commit", "HEAD"]).1, "a"), FAILED);
}

#[test]
fn the_order_of_arguments_counts() {
    let repo = repository("[check.a]\nrun = [\"sh\", \"-c\", \"test $1 = one\", \"x\", \"one\", \"two\"]\n", &[]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("gate.toml", "[check.a]\nrun = [\"sh\", \"-c\", \"test $1 = one\", \"x\", \"two\", \"one\"]\n");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_mode_counts() {
    let repo = repository("[check.a]\nfiles = [\"tool\"]\nrun = \"test ! -x tool\"\n", &[("tool", "1")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write_program("tool", "1");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn with_files_only_what_differs_is_passed_and_common_inputs_pass_all_again() {
    let rules = "[check.a]\nfiles = [\"*.txt\"]\ninputs = [\"rules\"]\nrun = \"! grep -l bad {files}\"\n";
    let repo = repository(rules, &[("one.txt", "good"), ("two.txt", "good"), ("rules", "1")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write("two.txt", "bad");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    repo.write("two.txt", "good");
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write("rules", "2");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.remove("two.txt");
    assert_eq!(said(&judge(&repo), "a"), REUSED);
}
