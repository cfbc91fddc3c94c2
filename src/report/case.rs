//! A run as a list of test cases: one for each step.

use super::account::Account;
use super::issue::ending;
use super::{closing, words};
use crate::check::Outcome;
use crate::plan::Decision;
use crate::record::StepEntry;
use crate::verdict::Kind;

/// A step as a test case.
pub(super) struct Case<'a> {
    /// Its name.
    pub(super) name: String,
    /// The step; `None` where the case stands for the verdict.
    pub(super) step: Option<&'a StepEntry>,
    /// How it ended.
    pub(super) end: End,
    /// Why, on one line; empty where it ran and passed.
    pub(super) message: String,
}

/// How a test case ended. The set is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It passed, now or before.
    Passed,
    /// It was not to run.
    Skipped,
    /// It ran and failed.
    Failed,
    /// It did not come to a result of its own.
    Broken,
}

/// Every step as a test case. Where the change may not pass and no case says so, one more stands for the verdict: a list
/// without failures is a pass to whoever reads it.
pub(super) fn cases<'a>(account: &Account<'a>) -> Vec<Case<'a>> {
    let mut cases: Vec<Case<'a>> = account.entry.steps.iter().map(|step| case(account, step)).collect();
    let blocks = |case: &Case<'_>| case.step.is_some_and(|step| step.required) && case.end.is_bad();
    if !words::is_good(account.entry.verdict) && !cases.iter().any(blocks) {
        let end = if account.entry.verdict == Kind::Rejected { End::Failed } else { End::Broken };
        let message = closing::sentence(account.entry, account.now, account.recorded);
        cases.push(Case { name: "verdict".to_owned(), step: None, end, message });
    }
    cases
}

impl End {
    /// Whether it did not pass.
    pub(super) fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Broken)
    }
}

fn case<'a>(account: &Account<'a>, step: &'a StepEntry) -> Case<'a> {
    let reasons =
        || step.reasons.iter().map(|reason| words::reason(reason, account.now)).collect::<Vec<_>>().join("; ");
    let (end, message) = match (step.decision, step.outcome) {
        (Decision::Run, Some(Outcome::Passed)) => (End::Passed, String::new()),
        (Decision::Run, Some(Outcome::Flaky)) => (End::Passed, ending(step)),
        (Decision::Run, Some(Outcome::Failed)) => (End::Failed, ending(step)),
        (Decision::Run, _) => (End::Broken, ending(step)),
        (Decision::Reuse, _) => (End::Passed, format!("reused: {}", reasons())),
        (Decision::Skip, _) => (End::Skipped, reasons()),
    };
    Case { name: step.name.to_string(), step: Some(step), end, message }
}
