//! Several branches land together, and apart where that fails.

use super::{RULES, assert_sound, audit, branch, checks, fate, fates, land, once, repository, rev, runs, tree};
use crate::repo::TestRepo;

/// Eight branches, the named ones bad; all are seen by the same check.
fn eight(bad: &[usize]) -> (TestRepo, Vec<String>) {
    let repo = repository();
    let names: Vec<String> = (1..=8).map(|number| format!("t{number}")).collect();
    for (at, name) in names.iter().enumerate() {
        let text = if bad.contains(&(at + 1)) { "bad\n" } else { "good\n" };
        branch(&repo, name, &format!("words/{name}"), text);
    }
    (repo, names)
}

/// Lands eight at once; gives the sets that were judged.
#[track_caller]
fn judged(bad: &[usize]) -> Vec<String> {
    let (repo, names) = eight(bad);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (code, document) = land(&repo, &[&["--batch", "8"], &names[..]].concat());
    assert_eq!(code, i32::from(!bad.is_empty()));
    for (at, (name, fate)) in fates(&document).iter().enumerate() {
        let expected = if bad.contains(&(at + 1)) { "rejected" } else { "landed" };
        assert_eq!(fate, expected, "{name}: {document:#}");
    }
    assert_sound(&repo);
    assert_eq!(audit(&repo, &["main~1..main"]).0, 0);
    assert_eq!(runs(&repo), checks(&document).len(), "each set is run once");
    checks(&document)
}

#[test]
fn all_good_ones_land_by_one_check() {
    assert_eq!(judged(&[]), ["t1 t2 t3 t4 t5 t6 t7 t8"]);
}

#[test]
fn a_set_known_to_be_bad_is_not_judged_again() {
    // Its first half passes, so the second one is bad without a run; so is the last member.
    assert_eq!(judged(&[8]), ["t1 t2 t3 t4 t5 t6 t7 t8", "t1 t2 t3 t4", "t5 t6", "t7"]);
}

#[test]
fn the_first_of_eight_is_found_by_halving() {
    let expected = ["t1 t2 t3 t4 t5 t6 t7 t8", "t1 t2 t3 t4", "t1 t2", "t1", "t2", "t3 t4", "t5 t6 t7 t8"];
    assert_eq!(judged(&[1]), expected);
}

#[test]
fn two_bad_ones_are_both_found() {
    let expected =
        ["t1 t2 t3 t4 t5 t6 t7 t8", "t1 t2 t3 t4", "t1 t2", "t3", "t5 t6 t7 t8", "t5 t6", "t5", "t6", "t7 t8"];
    assert_eq!(judged(&[4, 5]), expected);
}

#[test]
fn four_are_judged_together_unless_more_are_asked_for() {
    let (repo, names) = eight(&[]);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (code, document) = land(&repo, &names);
    assert_eq!((code, checks(&document)), (0, vec!["t1 t2 t3 t4".to_owned(), "t5 t6 t7 t8".to_owned()]));
    assert_eq!(
        repo.git(&["log", "--first-parent", "--format=%s", "-2", "main"]),
        "\
Merge branches 't5', 't6', 't7' and 't8' into main
Merge branches 't1', 't2', 't3' and 't4' into main"
    );
    assert_eq!(document["checks"][1]["tree"], tree(&repo, "main"));
    assert_eq!(repo.git(&["log", "--first-parent", "--format=%s", "-1", "main^2"]), "Merge branch 't8' into main");
}

#[test]
fn a_branch_that_the_failing_check_sees_nothing_of_is_let_through() {
    let repo = repository();
    branch(&repo, "docs-1", "docs/1", "1\n");
    branch(&repo, "worse", "words/worse", "bad\n");
    branch(&repo, "docs-2", "docs/2", "2\n");
    let (code, document) = land(&repo, &["docs-1", "worse", "docs-2"]);
    let expected = vec![fate("docs-1", "landed"), fate("worse", "rejected"), fate("docs-2", "landed")];
    assert_eq!((code, fates(&document)), (1, expected));
    // The culprit is the only one left, and what it comes to is known.
    assert_eq!(checks(&document), ["docs-1 worse docs-2", "docs-1 docs-2"]);
    assert_sound(&repo);
}

#[test]
fn a_failure_that_none_can_have_caused_evicts_none() {
    let repo = repository();
    branch(&repo, "docs-1", "docs/1", "1\n");
    branch(&repo, "docs-2", "docs/2", "2\n");
    let before = rev(&repo, "main");
    once(&repo, "exit 1\n");
    let (code, document) = land(&repo, &["docs-1", "docs-2"]);
    let expected = vec![fate("docs-1", "not-its-doing"), fate("docs-2", "not-its-doing")];
    assert_eq!((code, fates(&document)), (1, expected), "{document:#}");
    assert_eq!((checks(&document).len(), rev(&repo, "main")), (1, before));
    assert_eq!(land(&repo, &["docs-1", "docs-2"]).0, 0, "asked for again, it is run again");
}

#[test]
fn a_branch_that_conflicts_is_blamed_alone() {
    let repo = repository();
    branch(&repo, "one", "words/first", "one\n");
    branch(&repo, "two", "words/first", "two\n");
    branch(&repo, "three", "words/three", "3\n");
    let (code, document) = land(&repo, &["one", "two", "three"]);
    assert_eq!(
        (code, fates(&document)),
        (1, vec![fate("one", "landed"), fate("two", "conflict"), fate("three", "landed")])
    );
    assert_eq!(checks(&document), ["one three"]);
    let repo = repository();
    branch(&repo, "one", "words/first", "bad\n");
    branch(&repo, "two", "words/first", "two\n");
    let (_, document) = land(&repo, &["one", "two"]);
    assert_eq!(fates(&document), [fate("one", "rejected"), fate("two", "landed")], "the one in its way did not land");
}

#[test]
fn a_gate_toml_that_is_wrong_holds_nobody_else_up() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    branch(&repo, "wrong", "gate.toml", &format!("{RULES}\n[check.x]\n"));
    branch(&repo, "two", "words/two", "2\n");
    let (code, document) = land(&repo, &["one", "wrong", "two"]);
    assert_eq!(
        (code, fates(&document)),
        (1, vec![fate("one", "landed"), fate("wrong", "rejected"), fate("two", "landed")])
    );
    assert!(!document["branches"][1]["problems"].as_array().unwrap().is_empty(), "{document:#}");
}

#[test]
fn who_weakens_a_check_is_rejected_and_the_others_are_not() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    branch(&repo, "weaker", "gate.toml", &RULES.replace("grep -rq bad docs", "grep -rq worse docs"));
    let (code, document) = land(&repo, &["weaker", "one"]);
    assert_eq!((code, fates(&document)), (1, vec![fate("weaker", "rejected"), fate("one", "landed")]), "{document:#}");
}

#[test]
fn nothing_lands_and_nobody_is_blamed_while_it_is_undecided() {
    let repo = repository();
    branch(&repo, "one", "words/one", "1\n");
    repo.git(&["checkout", "--quiet", "-b", "empties", "main"]);
    repo.remove("docs/first");
    repo.commit("no docs");
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    let before = rev(&repo, "main");
    let (code, document) = land(&repo, &["one", "empties"]);
    assert_eq!(
        (code, fates(&document)),
        (3, vec![fate("one", "undecided"), fate("empties", "undecided")]),
        "{document:#}"
    );
    assert_eq!(rev(&repo, "main"), before);
}
