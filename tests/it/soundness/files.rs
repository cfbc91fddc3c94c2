//! Checks whose command takes files.

use std::os::unix::fs::symlink;

use super::{FAILED, PASSED, REUSED, judge, repository, said, verdict};

const RULES: &str = "[check.a]\nfiles = [\"*.txt\"]\nrun = \"! grep -l bad {files}\"\n";

#[test]
fn no_file_at_all_is_no_pass() {
    let repo = repository(RULES, &[("target/b", "bad")]);
    symlink("target", repo.path().join("a.txt")).unwrap();
    let (code, document) = repo.check(&["--all"]);
    assert_eq!((code, verdict(&document)), (3, "undecided"), "{document:#}");
    let (code, document) = repo.check(&[]);
    assert_eq!((code, verdict(&document)), (3, "undecided"), "{document:#}");
}

#[test]
fn a_file_that_turns_into_a_link_or_goes_leaves_the_others_proved_only_by_receipts() {
    let repo = repository(RULES, &[("a.txt", "good"), ("b.txt", "bad")]);
    repo.remove("a.txt");
    symlink("b.txt", repo.path().join("a.txt")).unwrap();
    let (_, document) = repo.check(&[]);
    assert_ne!(document["proof"], "proved", "{document:#}");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_file_that_turns_into_a_link_to_a_bad_one_does_not_pass() {
    let repo = repository(RULES, &[("a.txt", "good"), ("b.txt", "good"), ("c.bin", "bad")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.commit("proved");
    repo.remove("a.txt");
    symlink("c.bin", repo.path().join("a.txt")).unwrap();
    assert_eq!(said(&judge(&repo), "a"), FAILED, "without a base");
    assert_eq!(said(&repo.check(&["--base", "HEAD"]).1, "a"), FAILED, "with a base");
}

#[test]
fn what_a_link_leads_to_is_judged_again_when_it_changes() {
    let repo = repository(RULES, &[("b.txt", "good"), ("c.bin", "good")]);
    symlink("c.bin", repo.path().join("a.txt")).unwrap();
    repo.commit("a link");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write("c.bin", "bad");
    assert_eq!(said(&repo.check(&["--base", "HEAD"]).1, "a"), FAILED, "with a base");
    assert_eq!(said(&judge(&repo), "a"), FAILED, "without a base");
}

#[test]
fn a_folder_that_turns_into_a_link_to_bad_files_does_not_pass() {
    let rules = "[check.a]\nfiles = [\"docs/**/*.md\", \"*.md\"]\nrun = \"! grep -l bad {files}\"\n";
    let repo = repository(rules, &[("top.md", "good"), ("docs/in/one.md", "good"), ("real/in/one.md", "bad")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.commit("proved");
    fs_err::remove_dir_all(repo.path().join("docs")).unwrap();
    symlink("real", repo.path().join("docs")).unwrap();
    assert_eq!(said(&judge(&repo), "a"), FAILED, "without a base");
    assert_eq!(said(&repo.check(&["--base", "HEAD"]).1, "a"), FAILED, "with a base");
}

#[test]
fn a_file_that_links_lead_to_and_that_is_given_anyway_is_given_once() {
    let rules = "[check.a]\nfiles = [\"**/*.txt\"]\nrun = \"echo {files} >&2; exit 1\"\n";
    let repo = repository(rules, &[("real/b.txt", "1")]);
    symlink("real/b.txt", repo.path().join("a.txt")).unwrap();
    symlink("real", repo.path().join("alias")).unwrap();
    symlink("..", repo.path().join("real/up")).unwrap();
    let document = judge(&repo);
    let log = document["steps"][0]["log"].as_str().unwrap();
    assert_eq!(fs_err::read_to_string(log).unwrap(), "real/b.txt\n");
}

#[test]
fn a_link_that_leads_nowhere_is_given_as_it_is() {
    let rules = "[check.a]\nfiles = [\"*.txt\"]\nrun = \"cat {files}\"\n";
    let repo = repository(rules, &[("a.txt", "1"), ("b.txt", "1")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.remove("b.txt");
    symlink("gone", repo.path().join("b.txt")).unwrap();
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_file_against_a_schema_is_judged_when_it_changes() {
    let rules = "[check.a]\nbuiltin = \"schema\"\nschema = \"s.json\"\nfiles = [\"d.json\"]\n";
    let schema = r#"{"type": "object", "required": ["a"]}"#;
    let repo = repository(rules, &[("s.json", schema), ("d.json", r#"{"a": 1}"#)]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.commit("proved");
    repo.write("d.json", "{}");
    assert_eq!(said(&repo.check(&["--base", "HEAD"]).1, "a"), FAILED);
    repo.write("d.json", r#"{"a": 1}"#);
    repo.write("s.json", r#"{"type": "object", "required": ["b"]}"#);
    assert_eq!(said(&repo.check(&["--base", "HEAD"]).1, "a"), FAILED);
}

#[test]
fn a_schema_without_files_is_about_every_file() {
    let rules = "[check.a]\nbuiltin = \"schema\"\nschema = \"s.schema\"\nexclude = [\"gate.toml\", \"s.schema\"]\n";
    let repo = repository(rules, &[("s.schema", r#"{"required": ["a"]}"#), ("d.json", r#"{"a": 1}"#)]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.commit("proved");
    repo.write("d.json", "{}");
    assert_eq!(said(&repo.check(&["--base", "HEAD"]).1, "a"), FAILED);
}

#[test]
fn a_need_that_changes_passes_every_file_again() {
    let rules = "[check.gen]\nfiles = [\"word\"]\nrun = \"mkdir -p out; cp word out/word\"\n\
                 [check.a]\nneeds = [\"gen\"]\nfiles = [\"*.txt\"]\nrun = 'cat {files} > /dev/null && grep -q good out/word'\n";
    let repo = repository(rules, &[("a.txt", "1"), ("word", "good"), (".gitignore", "out/\n")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write("word", "bad");
    assert_eq!(said(&judge(&repo), "a"), FAILED, "without a base");
    assert_eq!(said(&repo.check(&[]).1, "a"), FAILED, "with a base");
}

#[test]
fn a_needed_step_is_given_all_of_its_files() {
    let rules = "[check.gen]\nfiles = [\"*.in\"]\nrun = 'mkdir -p out; cp {files} out'\n\
                 [check.uses]\nneeds = [\"gen\"]\nfiles = [\"t\"]\nrun = 'test \"$(cat out/*.in | wc -l)\" = \"$(cat t)\"'\n";
    let repo = repository(rules, &[("a.in", "1\n"), ("b.in", "1\n"), ("t", "2"), (".gitignore", "out/\n")]);
    assert_eq!(said(&judge(&repo), "uses"), PASSED);
    repo.write("t", "02");
    let document = judge(&repo);
    assert_ne!(said(&document, "uses"), PASSED, "02 is not 2");
    repo.write("t", "0");
    let document = judge(&repo);
    assert_eq!(said(&document, "uses"), FAILED, "nothing was made for it: {document:#}");
    repo.write("c.in", "1\n");
    repo.write("t", "1");
    let document = judge(&repo);
    assert_eq!(said(&document, "uses"), FAILED, "one of three was made for it: {document:#}");
    repo.write("t", "3");
    assert_eq!(said(&judge(&repo), "uses"), PASSED);
}

#[test]
fn a_failing_batch_proves_none_of_its_files() {
    let rules = "[check.a]\nfiles = [\"*.txt\"]\nrun = \"! grep -l bad {files}\"\n";
    let repo = repository(rules, &[]);
    for n in 0..40 {
        repo.write(format!("{n:02}.txt"), if n == 3 { "bad" } else { "good" });
    }
    let (_, document) = repo.check(&["--all", "--jobs", "2"]);
    assert_eq!(said(&document, "a"), FAILED);
    let (_, document) = repo.check(&["--all", "--jobs", "2"]);
    assert_eq!(said(&document, "a"), FAILED);
    repo.write("03.txt", "good");
    let (_, document) = repo.check(&["--all", "--jobs", "2"]);
    assert_eq!(said(&document, "a"), PASSED);
    assert_eq!(document["proof"], "proved");
}

#[test]
fn modes_and_folders_count() {
    let rules =
        "[check.a]\nfiles = [\"src/*.sh\"]\ndir = \"src\"\nrun = 'for f in {files}; do test -x $f || exit 1; done'\n";
    let repo = repository(rules, &[]);
    repo.write_program("src/a.sh", "1");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("src/b.sh", "1");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    repo.remove("src/b.sh");
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.remove("src/a.sh");
    repo.write("src/a.sh", "1");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_broken_base_is_found_out_whatever_is_assumed() {
    let repo = repository(RULES, &[("a.txt", "bad"), ("b.txt", "good")]);
    let (_, document) = repo.check(&["--commit", "HEAD", "--fresh"]);
    assert_eq!(verdict(&document), "rejected");
    repo.write("b.txt", "also good");
    let (code, document) = repo.check(&[]);
    assert_eq!((code, said(&document, "a")), (1, FAILED), "{document:#}");
}

#[test]
fn a_base_receipt_is_for_the_base_only() {
    let repo = repository(RULES, &[("a.txt", "good"), ("b.txt", "good")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("b.txt", "still good");
    let (_, document) = repo.check(&[]);
    assert_eq!((said(&document, "a"), &document["proof"]), (PASSED, &"proved".into()));
    repo.write("b.txt", "bad");
    assert_eq!(said(&repo.check(&[]).1, "a"), FAILED);
    repo.git(&["mv", "a.txt", "c.txt"]);
    assert_eq!(said(&repo.check(&[]).1, "a"), FAILED);
}

#[test]
fn what_is_never_reused_gets_every_file_every_time() {
    let repo = repository(&format!("{RULES}reuse = false\n"), &[("a.txt", "bad"), ("b", "1")]);
    repo.write("b", "2");
    assert_eq!(said(&repo.check(&[]).1, "a"), FAILED);
    fs_err::write(repo.path().join(".git/gate/ledger.db"), "no ledger").unwrap();
    repo.write("b", "3");
    assert_eq!(said(&repo.check(&[]).1, "a"), FAILED);
    for _ in 0..2 {
        assert_eq!(said(&judge(&repo), "a"), FAILED);
    }
}

#[test]
fn a_file_in_a_linked_folder_is_not_passed_and_so_not_proved() {
    let rules = "[check.a]\nfiles = [\"docs/*.md\"]\nrun = \"! grep -l bad {files}\"\n";
    let repo = repository(rules, &[("real/one.md", "bad")]);
    symlink("real", repo.path().join("docs")).unwrap();
    let (code, document) = repo.check(&["--all"]);
    assert_ne!((code, verdict(&document)), (0, "deployable"), "{document:#}");
}
