//! Everything that speaks against a change, each at a place in the repository: problems that tools reported, steps that did
//! not pass without saying where, and what else was found.

use std::collections::BTreeMap;
use std::time::Duration;

use super::account::{Account, needs_attention};
use super::clean::clean;
use super::words;
use crate::check::Outcome;
use crate::digest::{Digest, Hasher};
use crate::output::{Region, Severity};
use crate::path::RepoPath;
use crate::record::StepEntry;
use crate::verdict::Cause;

/// Where things are placed that have no place of their own: each check is written there.
const RULES: &str = "gate.toml";

/// What an issue is called after that no step has.
pub(super) const WITHOUT_STEP: &str = "gate";

/// Something that speaks against a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Issue {
    /// The step, or `gate` for what is found without one.
    pub(super) source: String,
    /// The name of the rule: the step's, with the tool's own after a slash where it has one.
    pub(super) rule: String,
    /// How bad it is.
    pub(super) severity: Severity,
    /// What is wrong, on one line.
    pub(super) message: String,
    /// The file.
    pub(super) path: RepoPath,
    /// Where in it.
    pub(super) region: Option<Region>,
    /// Whether a tool named the place.
    pub(super) is_located: bool,
    /// Tells it from every other one of the run, and stays the same when lines move.
    pub(super) fingerprint: Digest,
}

impl Issue {
    /// The path as text; what is not UTF-8 in it is replaced.
    pub(super) fn path_text(&self) -> String {
        String::from_utf8_lossy(self.path.as_bstr()).into_owned()
    }

    /// The line, or the first one where none is known.
    pub(super) fn line(&self) -> u32 {
        self.region.map_or(1, |region| region.line)
    }
}

/// Every issue, those first that matter most: by severity, then those in files that the change touches, then those that
/// stand for a whole step, then the rest.
pub(super) fn issues(account: &Account<'_>) -> Vec<Issue> {
    let mut issues: Vec<Issue> = account.entry.steps.iter().flat_map(|step| of_step(account, step)).collect();
    issues.extend(of_findings(account));
    issues.sort_by_key(|issue| {
        let rank = match (issue.is_located, account.changed.contains(&issue.path)) {
            (true, true) => 0,
            (false, _) => 1,
            (true, false) => 2,
        };
        (issue.severity, rank)
    });
    let mut equal: BTreeMap<Digest, u64> = BTreeMap::new();
    for issue in &mut issues {
        let number = equal.entry(issue.fingerprint).or_default();
        issue.fingerprint = Hasher::new("issue", 1)
            .field("what", issue.fingerprint.as_bytes())
            .field("number", number.to_be_bytes())
            .finish();
        *number += 1;
    }
    issues
}

/// The issues of a step. A step that did not pass has at least one, whatever its output holds.
fn of_step(account: &Account<'_>, step: &StepEntry) -> Vec<Issue> {
    let is_missing = step.outcome == Some(Outcome::NotStarted);
    if !needs_attention(step) && !is_missing {
        return Vec::new();
    }
    let source = step.name.to_string();
    // What blocks nothing is no error.
    let worst = if step.required && step.outcome != Some(Outcome::Flaky) { Severity::Error } else { Severity::Warning };
    let problems = account.outputs.get(&step.name).map_or(&[][..], |output| &output.problems);
    let mut issues: Vec<Issue> = Vec::new();
    for problem in problems {
        issues.push(Issue {
            source: source.clone(),
            rule: rule(&source, problem.rule.as_deref()),
            severity: problem.severity.max(worst),
            message: clean(&problem.message),
            path: problem.path.clone(),
            region: problem.region,
            is_located: true,
            fingerprint: fingerprint(&source, &problem.path, &problem.message),
        });
    }
    if !issues.iter().any(|issue| issue.severity == worst) {
        issues.insert(0, unplaced(&source, worst, &ending(step)));
    }
    issues
}

/// The name of a rule: the step's, then the tool's own. gate's own checks are called after what they look for.
fn rule(source: &str, own: Option<&str>) -> String {
    match own.map(|own| clean(own.strip_prefix("builtin/").unwrap_or(own))) {
        Some(own) if own != source => format!("{source}/{own}"),
        _ => source.to_owned(),
    }
}

/// What was found beside steps' outcomes.
fn of_findings(account: &Account<'_>) -> Vec<Issue> {
    let told = account.entry.findings.iter().filter(|finding| !matches!(finding.cause, Cause::Step { .. }));
    let issue = told.map(|finding| {
        let severity = if finding.leads_to.is_some() { Severity::Error } else { Severity::Warning };
        let issue = unplaced(WITHOUT_STEP, severity, &words::cause(&finding.cause));
        match &finding.cause {
            Cause::GuardedFile { path } | Cause::Conflict { path, .. } => {
                Issue { path: RepoPath::from(path.as_str()), ..issue }
            }
            _ => issue,
        }
    });
    issue.collect()
}

/// An issue without a place of its own.
fn unplaced(source: &str, severity: Severity, message: &str) -> Issue {
    let path = RepoPath::from(RULES);
    Issue {
        source: source.to_owned(),
        rule: source.to_owned(),
        severity,
        message: message.to_owned(),
        fingerprint: fingerprint(source, &path, message),
        path,
        region: None,
        is_located: false,
    }
}

/// Without the line: a problem that only moves is the same one.
fn fingerprint(source: &str, path: &RepoPath, message: &str) -> Digest {
    Hasher::new("issue", 1).field("source", source).field("path", path.as_bstr()).field("message", message).finish()
}

/// How a step ended, as a sentence without its end: `test failed (exit 101, 2.3s)`.
pub(super) fn ending(step: &StepEntry) -> String {
    let outcome = step.outcome.map_or("was not run", words::ended);
    let mut how = Vec::new();
    match (step.exit, step.signal) {
        (_, Some(signal)) => how.push(words::signal(signal)),
        (Some(code), None) if code != 0 => how.push(format!("exit {code}")),
        _ => {}
    }
    if step.attempts > 0 {
        how.push(words::duration(Duration::from_millis(step.duration_ms)));
    }
    let how = if how.is_empty() { String::new() } else { format!(" ({})", how.join(", ")) };
    let first = step.note.as_deref().and_then(|note| note.lines().next()).map(|note| format!(": {}", clean(note)));
    format!("{} {outcome}{how}{}", step.name, first.unwrap_or_default())
}
