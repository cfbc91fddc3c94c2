//! What a pass may stand for.

use super::{FAILED, PASSED, REUSED, judge, repository, said, verdict};

#[test]
fn a_step_that_changes_a_tracked_file_and_puts_it_back_while_another_reads_it_earns_nobody_a_receipt() {
    let repo = repository(
        "[check.meddles]\nfiles = [\"a\"]\nrun = \"echo bad > data; sleep 0.4; echo good > data\"\n\
         [check.reads]\nfiles = [\"data\"]\nrun = \"sleep 0.2; grep -q . data\"\n",
        &[("a", "1"), ("data", "good\n")],
    );
    let (_, document) = repo.check(&["--all", "--jobs", "2"]);
    assert_eq!(said(&document, "reads"), PASSED);
    let (_, document) = repo.check(&["--all", "--jobs", "1"]);
    assert_eq!(said(&document, "reads"), PASSED, "no receipt of the run before counts");
}

#[test]
fn a_step_that_changes_a_tracked_file_does_not_pass() {
    let repo = repository("[check.a]\nrun = \"echo more >> data\"\n", &[("data", "1\n")]);
    let document = judge(&repo);
    assert_eq!(said(&document, "a"), ("run", Some("modified")));
    assert_eq!(verdict(&document), "rejected");
}

#[test]
fn a_step_that_leaves_a_file_does_not_pass() {
    let repo = repository("[check.a]\nrun = \"echo x > left\"\n", &[]);
    assert_eq!(said(&judge(&repo), "a"), ("run", Some("modified")));
}

#[test]
fn a_broken_base_accepts_no_change_that_breaks_more() {
    let rules = "[check.a]\nfiles = [\"a\"]\nrun = \"grep -q good a\"\n\
                 [check.b]\nfiles = [\"b\"]\nrun = \"grep -q good b\"\n\
                 [check.c]\nfiles = [\"c\"]\nrun = \"grep -q good c\"\n";
    let repo = repository(rules, &[("a", "bad"), ("b", "bad"), ("c", "good")]);
    let broken = repo.commit("broken");
    assert_eq!(verdict(&repo.check(&["--commit", &broken, "--fresh"]).1), "rejected");
    let judge = |files: [(&str, &str); 3]| {
        for (path, text) in files {
            repo.write(path, text);
        }
        let (code, document) = repo.check(&["--base", &broken]);
        (code, verdict(&document).to_owned(), document["standing"]["kind"].as_str().unwrap().to_owned())
    };
    let said = |code: i32, verdict: &str| (code, verdict.to_owned(), "broken".to_owned());
    assert_eq!(judge([("a", "good"), ("b", "good"), ("c", "bad")]), said(1, "rejected"), "another one breaks");
    assert_eq!(judge([("a", "good"), ("b", "bad"), ("c", "good")]), said(0, "mends"));
    assert_eq!(judge([("a", "bad"), ("b", "bad"), ("c", "good but other")]), said(1, "rejected"), "nothing is mended");
    assert_eq!(judge([("a", "good"), ("b", "good"), ("c", "good")]), said(0, "deployable"));
}

#[test]
fn what_is_known_to_fail_at_the_base_is_not_skipped_as_unchanged() {
    let rules = "[check.a]\nfiles = [\"a\"]\nrun = \"grep -q good a\"\n";
    let repo = repository(rules, &[("a", "bad"), ("other", "1")]);
    let broken = repo.commit("broken");
    repo.check(&["--commit", &broken, "--fresh"]);
    repo.write("other", "2");
    let (code, document) = repo.check(&["--base", &broken]);
    assert_eq!((code, said(&document, "a")), (1, FAILED));
}

#[test]
fn a_commit_is_not_held_up_by_what_it_has_no_part_in() {
    let rules = "[check.a]\nfiles = [\"*.a\"]\nrun = \"! grep -q bad {files}\"\non = [\"pre-commit\", \"pre-push\"]\n\
                 [check.b]\ninputs = [\"b\"]\nrun = \"! grep -q bad b\"\non = [\"pre-commit\", \"pre-push\"]\n";
    let repo = repository(rules, &[("old.a", "bad"), ("b", "bad")]);
    repo.commit("broken");
    assert_eq!(repo.check(&["--commit", "HEAD", "--all"]).0, 1, "it is known to be broken");
    repo.write("new.a", "good");
    repo.git(&["add", "new.a"]);
    assert_eq!(repo.check(&["--staged", "--stage", "pre-commit"]).0, 0, "neither of the two is its own doing");
    for stage in ["pre-push", "merge"] {
        assert_eq!(repo.check(&["--staged", "--stage", stage]).0, 1, "{stage}");
    }
    repo.write("new.a", "bad");
    repo.git(&["add", "new.a"]);
    assert_eq!(repo.check(&["--staged", "--stage", "pre-commit"]).0, 1, "this one is");
}

#[test]
fn a_pass_of_an_early_stage_is_no_word_on_the_tree() {
    let rules = "[check.quick]\non = [\"pre-commit\"]\nfiles = [\"a\"]\nrun = \"true\"\n\
                 [check.slow]\nrun = \"grep -q good a\"\n";
    let repo = repository(rules, &[("a", "good")]);
    repo.write("a", "bad");
    repo.git(&["add", "a"]);
    let (code, document) = repo.check(&["--staged", "--stage", "pre-commit"]);
    assert_eq!((code, verdict(&document)), (0, "clear"));
    let (code, document) = repo.check(&["--staged"]);
    assert_eq!((code, verdict(&document)), (1, "rejected"));
    assert_eq!(said(&document, "quick"), REUSED);
    repo.git(&["commit", "--quiet", "-m", "bad"]);
    repo.write("b", "1");
    let (_, document) = repo.check(&["--base", "HEAD"]);
    assert_ne!(document["standing"]["kind"], "deployable");
}

#[test]
fn a_receipt_of_a_run_with_shared_folders_is_not_for_the_merge_stage() {
    let rules = "[workspace]\nshare = [\"deps\"]\n[check.a]\non = [\"pre-commit\"]\nrun = \"true\"\n";
    let repo = repository(rules, &[(".gitignore", "deps/\n")]);
    repo.write("deps/x", "1");
    let early = || repo.check(&["--staged", "--stage", "pre-commit"]).1;
    assert_eq!(
        said(&early(), "a"),
        PASSED,
        "nothing is staged: HEAD's own change is judged, and nothing is known of it"
    );
    repo.write("new", "1");
    repo.git(&["add", "new"]);
    assert_eq!(said(&early(), "a"), PASSED);
    assert_eq!(said(&early(), "a"), REUSED);
    let (_, document) = repo.check(&["--staged"]);
    assert_eq!(said(&document, "a"), PASSED);
    assert_eq!(document["proof"], "relative", "{document:#}");
}

#[test]
fn a_check_that_matches_nothing_is_no_pass() {
    let repo = repository("[check.a]\nfiles = [\"nowhere/**\"]\nrun = \"true\"\n", &[]);
    let (code, document) = repo.check(&["--all"]);
    assert_eq!((code, verdict(&document)), (3, "undecided"));
}

#[test]
fn a_missing_tool_is_no_pass() {
    for run in ["\"no-such-tool-anywhere\"", "[\"no-such-tool-anywhere\"]"] {
        let repo = repository(&format!("[check.a]\nrun = {run}\n"), &[]);
        let (code, document) = repo.check(&["--all"]);
        assert_eq!((code, said(&document, "a")), (1, FAILED));
    }
}

#[test]
fn a_narrowed_run_never_says_deployable() {
    let repo = repository("[check.a]\nrun = \"true\"\n[check.b]\nrun = \"false\"\n", &[]);
    let (code, document) = repo.check(&["--all", "--only", "a"]);
    assert_eq!((code, verdict(&document)), (0, "clear"));
}

#[test]
fn advice_from_the_users_own_tree_proves_nothing() {
    let repo = repository("[check.a]\nrun = \"test -e ignored\"\n", &[(".gitignore", "ignored\n")]);
    repo.write("ignored", "1");
    let (code, document) = repo.check(&["--here"]);
    assert_eq!((code, verdict(&document)), (0, "undecided"));
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_change_that_takes_the_rules_away_is_refused() {
    let repo = repository("[check.a]\nrun = \"true\"\n", &[("a", "1")]);
    repo.git(&["rm", "--quiet", "gate.toml"]);
    for stage in ["merge", "pre-commit"] {
        let (code, document) = repo.check(&["--staged", "--stage", stage]);
        assert_eq!((code, verdict(&document)), (1, "rejected"), "{stage}");
        assert_eq!(document["findings"][0]["cause"]["kind"], "rules-removed");
    }
}

#[test]
fn a_pass_on_a_retry_leaves_the_tree_unproved() {
    let rules = "[workspace]\nkeep = [\"kept\"]\n\
                 [check.a]\nretries = 1\nrun = \"test -e kept/mark || { mkdir -p kept; touch kept/mark; exit 1; }\"\n";
    let repo = repository(rules, &[(".gitignore", "kept/\n")]);
    let document = judge(&repo);
    assert_eq!(said(&document, "a"), ("run", Some("flaky")), "{document:#}");
    assert_eq!((verdict(&document), &document["proof"]), ("deployable", &"relative".into()));
}
