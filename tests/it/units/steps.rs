//! Which steps there are, and what makes each run again.

use super::{judge, ran, repository, said};
use crate::repo::TestRepo;

const TEST: &str = "[check.test]\nunits = \"declared\"\nrun = \"grep -q good {unit.root}/x\"\n";

#[test]
fn an_edit_runs_its_unit_and_what_depends_on_it() {
    let repo = repository(TEST);
    assert_eq!(ran(&judge(&repo)), "test:a passed, test:b passed, test:c passed");
    assert_eq!(ran(&judge(&repo)), "");
    repo.write("a/y", "1");
    assert_eq!(ran(&judge(&repo)), "test:a passed, test:b passed");
    repo.write("b/y", "1");
    assert_eq!(ran(&judge(&repo)), "test:b passed");
    repo.write("c/x", "bad");
    assert_eq!(ran(&judge(&repo)), "test:c failed");
}

#[test]
fn what_belongs_to_no_unit_runs_all_unless_a_rule_says_otherwise() {
    let repo = repository(&format!(
        "{TEST}[[units.rule]]\npaths = [\"docs/**\"]\naffects = [\"nothing\"]\n[[units.rule]]\npaths = [\"tool\"]\naffects = [\"c\"]\n"
    ));
    judge(&repo);
    repo.write("docs/a.md", "1");
    repo.write(".github/workflows/ci.yml", "1");
    assert_eq!(ran(&judge(&repo)), "");
    repo.write("tool", "1");
    assert_eq!(ran(&judge(&repo)), "test:c passed");
    repo.write("shared", "1");
    assert_eq!(ran(&judge(&repo)), "test:a passed, test:b passed, test:c passed");
}

#[test]
fn against_a_base_what_is_not_touched_is_skipped_and_why_names_the_path() {
    let repo = repository(TEST);
    repo.write("a/x", "good, and more");
    let (code, document) = repo.check(&["--base", "main"]);
    assert_eq!(code, 0, "{document:#}");
    let told = said(&document);
    assert_eq!(told["test:c"], "skip");
    assert_eq!(ran(&told), "test:a passed, test:b passed");
    repo.write("a/x", "good, and another");
    let why = repo.gate(&["why", "test:b"]);
    assert!(why.stdout.contains("a/x is modified"), "{}", why.stdout);
    let path = repo.gate(&["why", "a/x"]);
    assert!(path.stdout.contains("concerns 2 of 3"), "{}", path.stdout);
    let plan = repo.gate(&["plan"]);
    assert!(plan.stdout.contains("run test:b: a/x is modified"), "{}", plan.stdout);
}

#[test]
fn inputs_are_added_to_what_units_depend_on() {
    let rules = "[check.test]\nunits = [\"c\"]\ninputs = [\"a/x\"]\nrun = \"true {unit}\"\n";
    let repo = repository(rules);
    assert_eq!(ran(&judge(&repo)), "test:c passed");
    repo.write("b/x", "2");
    assert_eq!(ran(&judge(&repo)), "");
    repo.write("a/x", "2");
    assert_eq!(ran(&judge(&repo)), "test:c passed");
    repo.write("c/x", "2");
    assert_eq!(ran(&judge(&repo)), "test:c passed");
}

#[test]
fn a_step_runs_in_its_folder_and_knows_its_unit() {
    let rules = "[check.test]\nunits = [\"b\"]\ndir = \"{unit.root}\"\nrun = \"test -e x -a {unit} = b -a {unit.root} = b -a {unit.manifest} = gate.toml\"\n";
    assert_eq!(ran(&judge(&repository(rules))), "test:b passed");
}

#[test]
fn needs_are_those_of_the_same_unit_and_of_what_it_depends_on() {
    let rules = "[check.build]\nunits = \"declared\"\nrun = \"cp {unit.root}/x {unit.root}/out\"\n\
                 [check.test]\nunits = \"declared\"\nneeds = [\"build\"]\nrun = \"cat {unit.root}/out\"\n\
                 [check.all]\nneeds = [\"build\"]\nrun = \"cat a/out b/out c/out\"\n";
    let repo = repository(rules);
    repo.write(".gitignore", "out\n");
    repo.commit("products are ignored");
    let told = judge(&repo);
    assert!(told.values().all(|how| how == "passed"), "{told:?}");
    assert_eq!(told.len(), 7);
    repo.write("c/x", "2");
    assert_eq!(ran(&judge(&repo)), "all passed, build:a passed, build:b passed, build:c passed, test:c passed");
    repo.write("a/out", "");
    let (_, document) = repo.check(&["--all", "--only", "test:b", "--fresh"]);
    assert_eq!(ran(&said(&document)), "build:a passed, build:b passed, test:b passed");
}

#[test]
fn a_check_is_chosen_whole_or_by_unit() {
    let repo = repository(&format!("{TEST}[check.other]\nrun = \"true\"\n"));
    let only = |name: &str| ran(&said(&repo.check(&["--all", "--fresh", "--only", name]).1));
    assert_eq!(only("test"), "test:a passed, test:b passed, test:c passed");
    assert_eq!(only("test:b"), "test:b passed");
    let unknown = repo.gate(&["check", "--all", "--only", "test:z"]);
    assert_eq!(unknown.code, 2, "{}", unknown.stderr);
    assert!(unknown.stderr.contains("there is no check 'test:z'"), "{}", unknown.stderr);
}

#[test]
fn a_check_is_skipped_whole() {
    let repo = repository("[check.test]\nunits = \"declared\"\nrun = \"false {unit}\"\non = [\"pre-commit\"]\n");
    repo.write("a/x", "2");
    repo.git(&["add", "--all"]);
    repo.set_env("GATE_SKIP", "test");
    let hook = repo.gate(&["hook", "pre-commit"]);
    assert_eq!(hook.code, 0, "{}{}", hook.stdout, hook.stderr);
    assert!(hook.stdout.contains("test:a is owed"), "{}{}", hook.stdout, hook.stderr);
}

#[test]
fn without_units_nothing_is_deployable_and_a_slip_in_a_name_is_an_error() {
    let repo = TestRepo::with(&[("gate.toml", "[check.test]\nunits = \"cargo\"\nrun = \"cargo test -p {unit}\"\n")]);
    let (code, document) = repo.check(&["--all"]);
    assert_eq!(code, 3, "{document:#}");
    let repo = repository("[check.test]\nunits = [\"a\", \"bb\"]\nrun = \"true {unit}\"\n");
    let ran = repo.gate(&["check", "--all"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no unit 'bb'"), "{}", ran.stderr);
}

#[test]
fn a_unit_that_is_declared_to_depend_on_nothing_known_depends_on_everything() {
    let repo = repository(&format!("{TEST}[unit.d]\nroot = \"d\"\ndepends = [\"nobody\"]\n"));
    repo.write("d/x", "good");
    let ran_first = repo.gate(&["check", "--all"]);
    assert!(ran_first.stdout.contains("there is no unit 'nobody'"), "{}", ran_first.stdout);
    repo.write("c/y", "2");
    assert_eq!(ran(&judge(&repo)), "test:c passed, test:d passed");
}

#[test]
fn a_unit_that_is_gone_has_no_step_and_who_depended_on_it_runs() {
    let repo = repository(TEST);
    judge(&repo);
    let rules = repo.read("gate.toml").replace("[unit.a]\nroot = \"a\"\n", "").replace("depends = [\"a\"]\n", "");
    repo.write("gate.toml", rules);
    // What was a's belongs to nobody now.
    assert_eq!(ran(&judge(&repo)), "test:b passed, test:c passed");
    assert!(!judge(&repo).contains_key("test:a"));
}
