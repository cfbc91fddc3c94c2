//! Workflow commands of GitHub Actions, which put annotations on the lines of a change
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::account::Account;
use super::clean::clean;
use super::closing;
use super::issue::{Issue, issues};
use super::words::{count, is_good, listed};
use crate::output::Severity;
use crate::verdict::Kind;

/// How many annotations of each kind the host shows of a step; it drops the rest without a word.
const MOST: usize = 10;

/// How much a summary may hold before the host refuses all of it.
pub const SUMMARY: u64 = 1 << 20;

/// The commands, a line each. Where there are more of a kind than the host shows, the last one says how many.
#[must_use]
pub fn render(account: &Account<'_>) -> String {
    let issues = issues(account);
    let mut text = String::new();
    for (severity, command) in [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "notice")]
    {
        let of: Vec<&Issue> = issues.iter().filter(|issue| issue.severity == severity).collect();
        let shown = if of.len() > MOST { MOST - 1 } else { of.len() };
        of[..shown].iter().for_each(|issue| text.push_str(&line(command, issue)));
        if of.len() > shown {
            text.push_str(&rest(command, &of[shown..]));
        }
    }
    let command = if is_good(account.entry.verdict) { "notice" } else { "error" };
    // The verdict needs none where errors say it: it would take the place of one.
    if !issues.iter().any(|issue| issue.severity == Severity::Error) || command == "notice" {
        let sentence = closing::sentence(account.entry, account.now, account.recorded);
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "::{command} title=gate::{}", data(&sentence));
    }
    text
}

/// What later steps of a job can ask for: lines of the file that `GITHUB_OUTPUT` names.
#[must_use]
pub fn outputs(account: &Account<'_>) -> String {
    let entry = account.entry;
    let deployable = entry.verdict == Kind::Deployable;
    let pairs = [
        ("verdict", entry.verdict.as_str().to_owned()),
        ("deployable", deployable.to_string()),
        ("run", clean(&entry.id)),
        ("tree", entry.candidate.tree.to_string()),
    ];
    pairs.iter().fold(String::new(), |lines, (name, value)| lines + &format!("{name}={value}\n"))
}

fn line(command: &str, issue: &Issue) -> String {
    let mut properties = vec![("file", issue.path_text())];
    if let Some(region) = issue.region {
        properties.push(("line", region.line.to_string()));
        let numbers = [("col", region.column), ("endLine", region.end_line), ("endColumn", region.end_column)];
        properties.extend(numbers.into_iter().filter_map(|(name, number)| Some((name, number?.to_string()))));
    }
    properties.push(("title", issue.rule.clone()));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{command} {}::{}\n", properties.join(","), data(&issue.message))
}

/// Those that the host would drop, counted by what reported them.
fn rest(command: &str, dropped: &[&Issue]) -> String {
    let mut by_source: BTreeMap<&str, u64> = BTreeMap::new();
    for issue in dropped {
        *by_source.entry(&issue.source).or_default() += 1;
    }
    let sources: Vec<String> = by_source.iter().map(|(source, number)| format!("{number} of {source}")).collect();
    let told = count(dropped.len() as u64, &format!("more {command}"));
    format!("::{command} title=gate::{}\n", data(&format!("{told}: {}", listed(&sources))))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
