//! What to do after a run that did not end well, as the last words of its report.

use super::words;
use crate::check::{Outcome, Stage};
use crate::record::{BaseChoice, Entry};
use crate::verdict::{Cause, Kind};

/// What to do after a run that was rejected or left undecided.
pub(super) fn after(entry: &Entry, recorded: bool) -> String {
    let causes: Vec<&Cause> = deciding(entry).collect();
    let show = if recorded { format!("; `gate show {}` shows this again", entry.id) } else { String::new() };
    match causes.as_slice() {
        [] => "Run `gate check` without --here for a verdict.".to_owned(),
        [Cause::RulesRemoved, ..] => format!("Put gate.toml back{show}."),
        [Cause::Conflict { .. }, ..] => match &entry.base {
            Some(base) => format!("Merge {} into it and resolve what conflicts{show}.", words::base(&base.choice)),
            None => format!("Resolve what conflicts{show}."),
        },
        [Cause::Disturbed { .. }, ..] => {
            "Let no step write to what others read; caches can be named in [workspace] keep.".to_owned()
        }
        [Cause::PlatformUnproved { .. }, ..] => {
            "Have it judged there and signed, and take that here: `gate evidence push` there, `gate evidence fetch` here."
                .to_owned()
        }
        [Cause::NothingRequired, ..] => {
            "Add a check to gate.toml, as in [check.test] with run = \"make test\".".to_owned()
        }
        [Cause::ShardMissing { .. } | Cause::ShardUnusable { .. }, ..] => {
            "Run the shards again that are missing, and join them again with `gate verdict`.".to_owned()
        }
        [Cause::SelectsNothing { .. }, ..] => "Correct the patterns, or set allow-empty = true.".to_owned(),
        [Cause::FewerTests { .. }, ..] => {
            format!("Look at its output for tests that were not found, or run it again{show}.")
        }
        causes if is_interrupted(causes) => "Run it again: what has passed is reused.".to_owned(),
        [Cause::Step { .. }, rest @ ..] => {
            format!("Fix {} {}{show}.", if rest.is_empty() { "it" } else { "them" }, again(entry))
        }
        [Cause::Weakened { .. } | Cause::Loosened { .. } | Cause::GuardedFile { .. }, ..] => {
            format!("Leave the gate as strict as it is, or have it allowed: `gate merge-check --help` says how{show}.")
        }
        _ => format!("See what was found above{show}."),
    }
}

/// What comes after a fix, by where the candidate comes from.
fn again(entry: &Entry) -> &'static str {
    match (&entry.base, entry.candidate.commit) {
        _ if entry.stage == Stage::CommitMsg => {
            "and commit again: `git commit -e -F \"$(git rev-parse --git-path COMMIT_EDITMSG)\"`"
        }
        (Some(base), _) if matches!(base.choice, BaseChoice::Target { .. }) => "in another commit",
        (_, Some(_)) => "in another commit",
        (Some(base), None) if base.choice == BaseChoice::Head => "and try again after `git add`",
        _ if entry.stage == Stage::Merge => "and run `gate check` again",
        _ => "and try again",
    }
}

/// What would have the same candidate proved, taking nothing from its base.
pub(super) fn proving(entry: &Entry) -> String {
    let source = match (entry.candidate.commit, &entry.base) {
        (_, Some(base)) if matches!(base.choice, BaseChoice::Target { .. }) => {
            return "`[policy] unproved-base = \"run\"` has it proved.".to_owned();
        }
        (Some(commit), _) => format!(" --commit {}", commit.short()),
        (None, Some(base)) if base.choice == BaseChoice::Head => " --staged".to_owned(),
        (None, _) => String::new(),
    };
    format!("Run `gate check{source} --all` to prove it.")
}

fn deciding(entry: &Entry) -> impl Iterator<Item = &Cause> {
    let decides = |kind: Option<Kind>| kind == Some(entry.verdict);
    entry.findings.iter().filter(move |finding| decides(finding.leads_to)).map(|finding| &finding.cause)
}

/// Whether nothing speaks against the change but that the run was ended from outside.
fn is_interrupted(causes: &[&Cause]) -> bool {
    let is_ended = |cause: &&Cause| match cause {
        Cause::Interrupted => true,
        Cause::Step { outcome, .. } => matches!(outcome, Outcome::Cancelled | Outcome::NotStarted),
        _ => false,
    };
    let is_end = |cause: &&Cause| matches!(cause, Cause::Interrupted | Cause::Step { outcome: Outcome::Cancelled, .. });
    causes.iter().all(is_ended) && causes.iter().any(is_end)
}
