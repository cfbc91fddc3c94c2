//! gate.local.toml.

use super::{render, source};
use crate::check::{CheckName, Stage};
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
    assert_eq!(rules.local_skips.iter().map(CheckName::as_str).collect::<Vec<_>>(), ["fmt"]);
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
#[expect(clippy::too_many_lines, reason = "most of it is what people see")]
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
    insta::assert_snapshot!(render(&problems), @r#"
    error[config/misplaced]: [policy] can't be in gate.local.toml
     --> gate.local.toml:2:2
      |
    2 | [policy]
      |  ^^^^^^
      |
      = help: gate.local.toml never touches the merge stage: it holds [local] and checks for early stages
    error[config/misplaced]: [main] can't be in gate.local.toml
     --> gate.local.toml:4:2
      |
    4 | [main]
      |  ^^^^
      |
      = help: gate.local.toml never touches the merge stage: it holds [local] and checks for early stages
    error[config/misplaced]: [workspace] can't be in gate.local.toml
     --> gate.local.toml:6:2
      |
    6 | [workspace]
      |  ^^^^^^^^^
      |
      = help: gate.local.toml never touches the merge stage: it holds [local] and checks for early stages
    error[config/misplaced]: [gate] can't be in gate.local.toml
     --> gate.local.toml:8:2
      |
    8 | [gate]
      |  ^^^^
      |
      = help: gate.local.toml never touches the merge stage: it holds [local] and checks for early stages
    error[config/not-skippable]: 'secrets' can't be skipped
      --> gate.local.toml:11:9
       |
    11 | skip = ["secrets", "gone"]
       |         ^^^^^^^^^
       |
       = help: its definition says 'skippable = false'
    warning[config/unknown-check]: there is no check 'gone' to skip
      --> gate.local.toml:11:20
       |
    11 | skip = ["secrets", "gone"]
       |                    ^^^^^^
    error[config/bad-number]: 'slots' takes a whole number from 1 to 1024
      --> gate.local.toml:12:9
       |
    12 | slots = 0
       |         ^
    error[config/redefined]: gate.toml has a check 'fmt'
      --> gate.local.toml:13:8
       |
    13 | [check.fmt]
       |        ^^^
       |
       = help: gate.local.toml adds checks and changes none: give it another name
    error[config/local-merge]: a check of your own can't run at the merge stage
      --> gate.local.toml:18:21
       |
    18 | on = ["pre-commit", "merge"]
       |                     ^^^^^^^
       |
       = help: put it into gate.toml, or name early stages only: pre-commit, commit-msg, pre-push
    error[config/local-required]: a check of your own can't say 'required'
      --> gate.local.toml:19:12
       |
    19 | required = true
       |            ^^^^
       |
       = help: leave it out: nobody else waits for it, and it never runs at the merge stage
    error[config/never-runs]: [check.b] would never run
      --> gate.local.toml:20:8
       |
    20 | [check.b]
       |        ^ without 'on'
       |
       = help: say where it runs, as in on = ["pre-commit"]
    error[config/need-stages]: 'c' needs 'fmt', which does not run at pre-push
      --> gate.local.toml:25:10
       |
    25 | needs = ["fmt", "secrets"]
       |          ^^^^^
       |
       = help: add the stage to the 'on' of 'fmt', or take it from that of 'c'
    error[config/need-stages]: 'c' needs 'secrets', which does not run at pre-push
      --> gate.local.toml:25:17
       |
    25 | needs = ["fmt", "secrets"]
       |                 ^^^^^^^^^
       |
       = help: add the stage to the 'on' of 'secrets', or take it from that of 'c'
    "#);
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
