//! What a valid gate.toml means.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{loaded, rules};
use crate::check::Stage;
use crate::config::{Check, CommandLine, GitView, Queue, Reuse, UnprovedBase};
use crate::path::RepoPath;

fn check(lines: &str) -> Check {
    let rules = rules(&format!("[check.a]\n{lines}\n"));
    rules.checks.into_values().next().expect("one check")
}

fn texts(patterns: &[crate::path::Pattern]) -> Vec<&str> {
    patterns.iter().map(crate::path::Pattern::as_str).collect()
}

#[test]
fn an_empty_file_has_every_default() {
    let rules = rules("");
    assert_eq!(rules.version, None);
    assert_eq!(texts(&rules.main.branches), ["main", "master"]);
    assert_eq!(rules.policy.unproved_base, UnprovedBase::Assume);
    assert_eq!(rules.policy.queue, Queue::Tip);
    assert!(!rules.policy.reject_flaky && !rules.policy.warm);
    assert!(rules.policy.guarded.is_empty() && rules.policy.override_by.is_empty());
    assert!(rules.workspace.share.is_empty() && rules.workspace.keep.is_empty() && rules.workspace.prepare.is_empty());
    assert_eq!(rules.workspace.max_size, 20_000_000_000);
    assert!(rules.checks.is_empty() && rules.slots.is_none() && rules.local_skips.is_empty());
}

#[test]
fn a_check_with_a_command_has_every_default() {
    let check = check("run = \"make\"");
    assert_eq!(check.work, CommandLine::Shell("make".to_owned()).into());
    assert_eq!(check.on, BTreeSet::from([Stage::Merge]));
    assert_eq!((check.timeout, check.idle_timeout), (Duration::from_hours(1), None));
    assert_eq!((check.retries, check.slots.get(), check.reuse), (0, 1, Reuse::Always));
    assert_eq!((check.git, check.dir, check.cleanup), (GitView::Snapshot, None, None));
    assert!(check.required && check.skippable && !check.allow_empty && !check.local);
}

#[test]
fn every_value_reaches_the_rules() {
    let check = check(
        r#"
description = "d"
files = ["**/*.py"]
exclude = ["vendor/**"]
inputs = ["pyproject.toml"]
run = ["ruff", "check", "", "{files}"]
on = ["pre-commit", "pre-push"]
dir = "web"
env = ["A"]
pass-env = ["TOKEN"]
tools = ["uv"]
timeout = "1h30m"
idle-timeout = "90s"
retries = 2
slots = 0x3
locks = ["port-8080"]
reuse = "24h"
cleanup = "docker compose down -v"
git = "history"
skippable = false
allow-empty = true"#,
    );
    assert_eq!(check.description.as_deref(), Some("d"));
    assert_eq!(texts(&check.files), ["**/*.py"]);
    assert_eq!(texts(&check.exclude), ["vendor/**"]);
    assert_eq!(texts(&check.inputs), ["pyproject.toml"]);
    assert_eq!(check.work, CommandLine::Words(["ruff", "check", "", "{files}"].map(str::to_owned).to_vec()).into());
    assert_eq!(check.on, BTreeSet::from([Stage::PreCommit, Stage::PrePush, Stage::Merge]));
    assert_eq!(check.dir, Some(RepoPath::from("web")));
    assert_eq!((check.env, check.pass_env, check.tools), (vec!["A".into()], vec!["TOKEN".into()], vec!["uv".into()]));
    assert_eq!(check.timeout, Duration::from_mins(90));
    assert_eq!(check.idle_timeout, Some(Duration::from_secs(90)));
    assert_eq!((check.retries, check.slots.get()), (2, 3));
    assert_eq!(check.locks, BTreeSet::from(["port-8080".to_owned()]));
    assert_eq!(check.reuse, Reuse::For(Duration::from_hours(24)));
    assert_eq!(check.cleanup, Some(CommandLine::Shell("docker compose down -v".to_owned())));
    assert_eq!((check.git, check.skippable, check.allow_empty), (GitView::History, false, true));
}

#[test]
fn policy_and_workspace_reach_the_rules() {
    let rules = rules(
        r#"
[gate]
version = ">=0.1, <2"
[main]
branches = ["trunk", "release/*"]
[policy]
unproved-base = "run"
queue = "ahead"
flaky = "reject"
guarded = ["Makefile"]
override = ["ops@example.org"]
warm = true
[workspace]
share = [".env.test"]
keep = ["target"]
max-size = 5
[[workspace.prepare]]
run = "npm ci"
inputs = ["package-lock.json"]
dir = "web"
env = ["NPM_TOKEN"]
[[workspace.prepare]]
run = ["uv", "sync"]
"#,
    );
    assert_eq!(texts(&rules.main.branches), ["trunk", "release/*"]);
    assert_eq!(rules.policy.unproved_base, UnprovedBase::Run);
    assert_eq!(rules.policy.queue, Queue::Ahead);
    assert!(rules.policy.reject_flaky && rules.policy.warm);
    assert_eq!(texts(&rules.policy.guarded), ["Makefile"]);
    assert_eq!(rules.policy.override_by, ["ops@example.org"]);
    assert_eq!(rules.workspace.share, [RepoPath::from(".env.test")]);
    assert_eq!(texts(&rules.workspace.keep), ["target"]);
    assert_eq!(rules.workspace.max_size, 5);
    let [npm, uv] = rules.workspace.prepare.as_slice() else { panic!("two of them, in order") };
    assert_eq!(npm.run, CommandLine::Shell("npm ci".to_owned()));
    assert_eq!((texts(&npm.inputs), npm.dir.clone()), (vec!["package-lock.json"], Some(RepoPath::from("web"))));
    assert_eq!(npm.env, ["NPM_TOKEN"]);
    assert_eq!(uv.run, CommandLine::Words(vec!["uv".to_owned(), "sync".to_owned()]));
}

#[test]
fn a_check_that_is_not_required_runs_only_where_it_says() {
    let check = check("run = \"x\"\nrequired = false\non = [\"pre-push\"]");
    assert_eq!(check.on, BTreeSet::from([Stage::PrePush]));
    assert!(!check.required && !check.blocks());
}

#[test]
fn dotted_keys_and_inline_tables_are_the_same() {
    let rules = rules("check.a.run = 'x'\ncheck.b = { run = 'y', needs = ['a'] }\n");
    assert_eq!(rules.checks.len(), 2);
}

#[test]
fn no_required_check_is_worth_a_warning() {
    let codes = |text: &str| loaded(text).warnings.iter().map(|warning| warning.code).collect::<Vec<_>>();
    assert_eq!(codes(""), ["config/no-checks"]);
    assert_eq!(codes("[check.a]\nrun = \"x\"\non = [\"pre-push\"]\nrequired = false\n"), ["config/no-checks"]);
    assert_eq!(codes("[check.a]\nrun = \"x\"\n"), Vec::<&str>::new());
}

#[test]
fn warnings_refuse_nothing() {
    let text = r#"
[check.a]
run = "x"
required = false
on = ["pre-commit"]
[check.b]
run = "x"
after = ["a"]
timeout = "1m"
idle-timeout = "1m"
"#;
    let codes: Vec<_> = loaded(text).warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["config/after-never", "config/idle-timeout"]);
}
