//! Rules that differ between base and candidate, and what they say of one another.

use super::{FAILED, PASSED, REUSED, judge, repository, said, verdict};

#[test]
fn the_bases_policy_holds_whatever_the_candidates_says() {
    let flaky = "[check.a]\nretries = 1\nrun = \"test -e $HOME/mark || ! touch $HOME/mark\"\n";
    let repo = repository(&format!("[policy]\nflaky = \"reject\"\n{flaky}"), &[]);
    repo.write("gate.toml", flaky);
    let (code, document) = repo.check(&[]);
    assert_eq!(said(&document, "a"), ("run", Some("flaky")), "{document:#}");
    assert_eq!((code, verdict(&document)), (1, "rejected"));
}

#[test]
fn the_bases_policy_says_whether_an_unproved_base_counts() {
    let check = "[check.a]\nfiles = [\"a\"]\nrun = \"grep -q good a\"\n";
    let repo = repository(&format!("[policy]\nunproved-base = \"run\"\n{check}"), &[("a", "bad")]);
    repo.write("gate.toml", check);
    let (code, document) = repo.check(&[]);
    assert_eq!((code, said(&document, "a")), (1, FAILED), "{document:#}");
}

#[test]
fn a_check_that_the_base_did_not_require_is_not_assumed_of_it() {
    let rules = "[check.a]\nfiles = [\"a\"]\nrequired = false\non = [\"merge\"]\nrun = \"grep -q good a\"\n\
                 [check.b]\nfiles = [\"b\"]\nrun = \"true\"\n";
    let repo = repository(rules, &[("a", "bad"), ("b", "1")]);
    repo.write("gate.toml", rules.replace("required = false\n", ""));
    let (code, document) = repo.check(&[]);
    assert_eq!((code, said(&document, "a")), (1, FAILED), "{document:#}");
}

#[test]
fn a_file_check_that_the_base_did_not_require_gets_every_file() {
    let rules = "[check.a]\nfiles = [\"*.txt\"]\nrequired = false\non = [\"merge\"]\nrun = \"! grep -l bad {files}\"\n\
                 [check.b]\nfiles = [\"b\"]\nrun = \"true\"\n";
    let repo = repository(rules, &[("a.txt", "bad"), ("b", "1")]);
    repo.write("gate.toml", rules.replace("required = false\n", ""));
    let (code, document) = repo.check(&[]);
    assert_eq!((code, said(&document, "a")), (1, FAILED), "{document:#}");
}

#[test]
fn a_base_with_invalid_rules_or_none_or_a_link_for_them_is_no_base_to_assume_from() {
    let rules = "[check.a]\nfiles = [\"a\"]\nrun = \"grep -q good a\"\n";
    let repo = repository("[check.a]\nrun = 3\n", &[("a", "bad")]);
    repo.write("gate.toml", rules);
    assert_eq!(said(&repo.check(&[]).1, "a"), FAILED);
    repo.remove("gate.toml");
    repo.commit("none");
    repo.write("gate.toml", rules);
    assert_eq!(said(&repo.check(&[]).1, "a"), FAILED);
    repo.write("rules.toml", rules);
    repo.remove("gate.toml");
    std::os::unix::fs::symlink("rules.toml", repo.path().join("gate.toml")).unwrap();
    repo.commit("a link");
    assert_eq!(repo.gate(&["check"]).code, 4);
    repo.remove("gate.toml");
    repo.write("gate.toml", rules);
    assert_eq!(said(&repo.check(&[]).1, "a"), FAILED);
}

#[test]
fn a_renamed_check_and_one_that_is_defined_otherwise_run() {
    let rules = "[check.a]\nfiles = [\"a\"]\nrun = \"grep -q good a\"\n";
    for changed in [
        rules.replace("check.a", "check.b"),
        rules.replace("grep -q", "grep -qi"),
        format!("{rules}env = [\"FOO\"]\n"),
        format!("{rules}pass-env = [\"FOO\"]\n"),
        format!("{rules}tools = [\"cat\"]\n"),
        format!("{rules}exclude = [\"b\"]\n"),
        format!("{rules}inputs = [\"b\"]\n"),
        format!("{rules}reuse = false\n"),
        format!("{rules}git = \"history\"\n"),
        format!("{rules}[[workspace.prepare]]\nrun = \"true\"\ninputs = [\"b\"]\n"),
        format!("{rules}[workspace]\nshare = [\".env\"]\n"),
    ] {
        let repo = repository(rules, &[("a", "bad"), ("b", "1")]);
        repo.write("gate.toml", &changed);
        let (code, document) = repo.check(&[]);
        assert_eq!((code, verdict(&document)), (1, "rejected"), "{changed}");
    }
}

/// As texts they look alike.
#[test]
fn a_line_for_the_shell_is_not_a_list_of_words() {
    let repo = repository("[check.a]\nrun = [\"true\"]\n", &[("x", "1")]);
    repo.check(&["--all", "--only", "a"]);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write("gate.toml", "[check.a]\nfiles = [\"x\"]\nrun = [\"true\"]\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("gate.toml", "[check.a]\nfiles = [\"x\"]\nrun = '[\"true\"]'\n");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_prepare_line_for_the_shell_is_not_a_list_of_words() {
    let rules = |run: &str| {
        format!("[[workspace.prepare]]\nrun = {run}\ninputs = [\"x\"]\n[check.a]\nfiles = [\"x\"]\nrun = \"true\"\n")
    };
    let repo = repository(&rules("[\"true\"]"), &[("x", "1")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("gate.toml", rules("'[\"true\"]'"));
    let (code, document) = repo.check(&["--all"]);
    assert_eq!((code, verdict(&document)), (3, "undecided"), "{document:#}");
}

#[test]
fn prepare_commands_in_another_order_are_others() {
    let rules = |first: &str, second: &str| {
        format!(
            "[[workspace.prepare]]\nrun = \"{first}\"\ninputs = [\"x\"]\n\
             [[workspace.prepare]]\nrun = \"{second}\"\ninputs = [\"x\"]\n\
             [check.a]\nfiles = [\"x\"]\nrun = \"grep -q good out/word\"\n"
        )
    };
    let (bad, good) = ("mkdir -p out; echo bad > out/word", "mkdir -p out; echo good > out/word");
    let repo = repository(&rules(bad, good), &[("x", "1"), (".gitignore", "out/\n")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("gate.toml", rules(good, bad));
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn prepare_gets_the_variables_that_it_names() {
    let rules = "[[workspace.prepare]]\nrun = 'mkdir -p out; echo \"$WORD\" > out/word'\ninputs = [\"x\"]\nenv = [\"WORD\"]\n\
                 [check.a]\nfiles = [\"x\"]\nrun = \"grep -q good out/word\"\n";
    let repo = repository(rules, &[("x", "1"), (".gitignore", "out/\n")]);
    repo.set_env("WORD", "good");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.set_env("WORD", "bad");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_prepare_that_fails_leaves_the_change_undecided() {
    let rules = "[[workspace.prepare]]\nrun = \"grep -q good x\"\ninputs = [\"x\"]\n[check.a]\nfiles = [\"y\"]\nrun = \"true\"\n";
    let repo = repository(rules, &[("x", "good"), ("y", "1")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("x", "bad");
    let (code, document) = repo.check(&["--all"]);
    assert_eq!((code, verdict(&document)), (3, "undecided"));
    let (code, document) = repo.check(&["--all"]);
    assert_eq!((code, verdict(&document)), (3, "undecided"), "again");
}

#[test]
fn removing_a_failing_check_mends_nothing() {
    let rules =
        "[check.a]\nfiles = [\"a\"]\nrun = \"grep -q good a\"\n[check.b]\nfiles = [\"b\"]\nrun = \"grep -q good b\"\n";
    let repo = repository(rules, &[("a", "bad"), ("b", "bad")]);
    let (_, document) = repo.check(&["--commit", "HEAD", "--fresh"]);
    assert_eq!(verdict(&document), "rejected");
    for less in [
        "[check.a]\nfiles = [\"a\"]\nrun = \"grep -q good a\"\n".to_owned(),
        rules.replace("files = [\"b\"]", "files = [\"b\"]\nrequired = false\non = [\"merge\"]"),
    ] {
        repo.write("gate.toml", &less);
        let (code, document) = repo.check(&[]);
        assert_eq!((code, verdict(&document)), (1, "rejected"), "{less} {document:#}");
    }
}

#[test]
fn a_failure_of_the_base_that_passed_meanwhile_is_not_mended_by_the_change() {
    let rules = "[check.a]\nfiles = [\"a\"]\nrun = \"grep -q good a\"\n\
                 [check.b]\nfiles = [\"b\"]\nenv = [\"B\"]\nrun = 'test \"$B\" = good'\n";
    let repo = repository(rules, &[("a", "bad"), ("b", "1"), ("c", "1")]);
    let base = repo.commit("base");
    repo.set_env("B", "bad");
    assert_eq!(verdict(&repo.check(&["--commit", &base, "--fresh"]).1), "rejected");
    repo.set_env("B", "good");
    repo.write("c", "2");
    let (code, document) = repo.check(&["--base", &base]);
    assert_eq!((code, verdict(&document)), (1, "rejected"), "nothing is mended: {document:#}");
}

#[test]
fn needs_across_views_of_git_never_pass_without_their_product() {
    let rules = "[check.h]\ngit = \"history\"\nfiles = [\"x\"]\nrun = \"mkdir -p out; touch out/h\"\n\
                 [check.a]\nneeds = [\"h\"]\nfiles = [\"x\"]\nrun = \"true\"\n\
                 [check.b]\nneeds = [\"a\"]\nfiles = [\"x\"]\nrun = \"true\"\n";
    let repo = repository(rules, &[("x", "1"), (".gitignore", "out/\n")]);
    let ran = repo.gate(&["check", "--all"]);
    assert_eq!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
    let rules = "[check.s]\nfiles = [\"x\"]\nrun = \"mkdir -p out; touch out/s\"\n\
                 [check.h]\ngit = \"history\"\nneeds = [\"s\"]\nfiles = [\"x\"]\nrun = \"test ! -e out/s\"\n";
    repo.write("gate.toml", rules);
    let ran = repo.gate(&["check", "--all"]);
    assert_eq!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_users_own_rules_never_touch_the_merge_stage() {
    let rules = "[check.a]\non = [\"pre-commit\"]\nrun = \"false\"\n";
    let repo = repository(rules, &[(".gitignore", "gate.local.toml\n")]);
    repo.write("gate.local.toml", "[local]\nskip = [\"a\"]\n[check.mine]\non = [\"pre-commit\"]\nrun = \"true\"\n");
    repo.write("x", "1");
    let (code, document) = repo.check(&[]);
    assert_eq!((code, said(&document, "a")), (1, FAILED), "{document:#}");
    assert_eq!(document["steps"].as_array().unwrap().len(), 1);
    let (code, document) = repo.check(&["--stage", "pre-commit"]);
    assert_eq!((code, verdict(&document)), (0, "clear"), "{document:#}");
    repo.write("gate.local.toml", "[check.a]\non = [\"pre-commit\"]\nrun = \"true\"\n");
    assert_eq!(repo.gate(&["check"]).code, 4);
    repo.write("gate.local.toml", "[check.mine]\non = [\"merge\"]\nrun = \"true\"\n");
    assert_eq!(repo.gate(&["check"]).code, 4);
    repo.write("gate.local.toml", "[check.mine]\non = [\"pre-commit\"]\nrun = \"true\"\n");
    repo.write("gate.toml", "[check.a]\non = [\"pre-commit\"]\nneeds = [\"mine\"]\nrun = \"true\"\n");
    assert_eq!(repo.gate(&["check"]).code, 4);
}

#[test]
fn narrowing_brings_what_is_needed() {
    let rules = "[check.build]\nfiles = [\"b\"]\nrun = \"mkdir -p out; cp b out/b\"\n\
                 [check.test]\nneeds = [\"build\"]\nfiles = [\"t\"]\nrun = \"grep -q good out/b\"\n";
    let repo = repository(rules, &[("b", "good"), ("t", "1"), (".gitignore", "out/\n")]);
    let (_, document) = repo.check(&["--all", "--only", "test"]);
    assert_eq!((said(&document, "build"), said(&document, "test")), (PASSED, PASSED));
    assert_eq!(verdict(&document), "clear");
    repo.write("t", "2");
    let (_, document) = repo.check(&["--all", "--only", "test"]);
    assert_eq!((said(&document, "build"), said(&document, "test")), (PASSED, PASSED));
    repo.write("b", "bad");
    let (_, document) = repo.check(&["--all", "--only", "test"]);
    assert_eq!(said(&document, "test"), FAILED);
    assert_eq!(repo.gate(&["check", "--all", "--only", "tset"]).code, 2);
}

#[test]
fn no_required_check_is_no_proof() {
    let repo = repository("[check.a]\nrequired = false\non = [\"merge\"]\nrun = \"true\"\n", &[]);
    let (code, document) = repo.check(&["--all"]);
    assert_eq!((code, verdict(&document)), (3, "undecided"));
    let empty = crate::repo::TestRepo::new();
    assert_ne!(empty.gate(&["check"]).code, 0);
    empty.write("gate.toml", "");
    assert_eq!(empty.gate(&["check"]).code, 3);
    empty.write("gate.toml", "[check.a]\nrun = \"false\"\n");
    assert_eq!(empty.gate(&["check"]).code, 1);
}
