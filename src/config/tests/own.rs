//! gate.local.toml.

use super::{render, source};
use crate::check::Stage;
use crate::config::{Loaded, Source, load};
use crate::diagnostic::Diagnostic;

const SHARED: &str = r#"
[check.fmt]
run = "fmt"
on = ["pre-commit"]
[check.secrets]
run = "scan"
on = ["pre-commit"]
skippable = false
"#;

fn with_own(text: &str) -> Result<Loaded, Vec<Diagnostic>> {
    load(&source(SHARED), Some(&Source::new("gate.local.toml", text)))
}

#[test]
fn adds_checks_slots_and_skips() {
    let text = "[local]\nslots = 3\nskip = [\"fmt\"]\n[check.mine]\nrun = \"x\"\non = [\"pre-push\", \"commit-msg\"]\n";
    let rules = with_own(text).unwrap_or_else(|problems| panic!("{}", render(&problems))).rules;
    assert_eq!(rules.slots.map(std::num::NonZero::get), Some(3));
    assert_eq!(rules.local_skips.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["fmt"]);
    let mine = rules.checks.values().find(|check| check.local).expect("the check of one's own");
    assert_eq!(mine.name.as_str(), "mine");
    assert!(!mine.on.contains(&Stage::Merge) && !mine.required && mine.blocks());
    assert_eq!(rules.checks.values().filter(|check| check.local).count(), 1);
}

#[test]
fn may_need_a_check_of_the_shared_file_and_never_the_other_way_round() {
    let own = "[check.mine]\nrun = \"x\"\non = [\"pre-commit\"]\nneeds = [\"fmt\"]\n";
    assert!(with_own(own).is_ok());
    let shared = source("[check.fmt]\nrun = \"fmt\"\nneeds = [\"mine\"]\n");
    let own = Source::new("gate.local.toml", "[check.mine]\nrun = \"x\"\non = [\"pre-commit\"]\n");
    let codes: Vec<_> = load(&shared, Some(&own)).err().into_iter().flatten().map(|problem| problem.code).collect();
    assert_eq!(codes, ["config/unknown-check"]);
}

#[test]
fn never_touches_the_merge_stage() {
    let text = r#"
[policy]
flaky = "accept"
[main]
branches = ["x"]
[workspace]
keep = ["x"]
[gate]
version = "*"
[local]
skip = ["secrets", "gone"]
slots = 0
[check.fmt]
run = "true"
on = ["pre-commit"]
[check.a]
run = "x"
on = ["pre-commit", "merge"]
required = true
[check.b]
run = "x"
[check.c]
run = "x"
on = ["pre-push"]
needs = ["fmt", "secrets"]
"#;
    let problems = with_own(text).expect_err("mistakes");
    insta::assert_snapshot!(render(&problems), @"");
}

#[test]
fn mistakes_of_both_files_are_reported_at_once() {
    let own = Source::new("gate.local.toml", "[locl]\n");
    let problems = load(&source("[chek.a]\n"), Some(&own)).expect_err("mistakes in both");
    let files: Vec<_> = problems.iter().filter_map(|problem| problem.place.as_ref()).map(|place| &place.file).collect();
    assert_eq!(files, ["gate.toml", "gate.local.toml"]);
}

#[test]
fn is_shown_as_it_is_understood() {
    let text = "[local]\nslots = 3\nskip = [\"fmt\"]\n[check.mine]\nrun = \"x\"\non = [\"pre-push\"]\n";
    let rules = with_own(text).expect("valid").rules;
    let shown = rules.to_local_toml().expect("something to show");
    assert!(!rules.to_toml().contains("mine"));
    let again = load(&source(&rules.to_toml()), Some(&Source::new("gate.local.toml", shown.as_str())));
    let again = again.unwrap_or_else(|problems| panic!("{}", render(&problems))).rules;
    assert_eq!((again.to_toml(), again.to_local_toml()), (rules.to_toml(), Some(shown)));
}
