//! A run as Markdown, for summaries of CI runs and comments on changes.

use std::fmt::Write as _;

use super::account::Account;
use super::case::{Case, End, cases};
use super::clean::{clean, muted};
use super::issue::{Issue, WITHOUT_STEP, issues};
use super::words::{count, is_good};
use super::{closing, words};
use crate::output::Severity;
use crate::record::NoBase;

/// How many problems are listed.
const PROBLEMS: usize = 50;

/// The page. It says how much of it was left out where it would be longer than `most` bytes.
#[must_use]
pub fn render(account: &Account<'_>, most: usize) -> String {
    let mark = if is_good(account.entry.verdict) { "\u{2705}" } else { "\u{274c}" };
    let sentence = closing::sentence(account.entry, account.now, account.recorded);
    let mut text = format!("### {mark} gate: {}\n\n{}\n", account.entry.verdict, escape(&sentence));
    let cases = cases(account);
    let issues = issues(account);
    let parts = [table(&cases), remarks(account, &issues), problems(&issues)];
    let parts = parts.into_iter().chain(cases.iter().filter_map(|case| details(account, case)));
    let mut left_out = 0;
    // What is said about what is left out takes its place too.
    let room = most.saturating_sub(200);
    for part in parts {
        if text.len() + part.len() <= room {
            text.push_str(&part);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "\n{} left out: the page would be too long.", count(left_out, "part"));
    }
    text
}

/// The steps that ran or did not pass.
fn table(cases: &[Case<'_>]) -> String {
    let shown: Vec<&Case<'_>> =
        cases.iter().filter(|case| case.end != End::Passed || case.message.is_empty()).collect();
    if shown.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n| step | result | |\n|---|---|---|\n");
    for case in shown {
        let result = match (case.step.and_then(|step| step.outcome), case.end) {
            (Some(outcome), _) => outcome.as_str(),
            (None, End::Skipped) => "skipped",
            (None, _) => "\u{2014}",
        };
        let _ = writeln!(text, "| {} | {result} | {} |", escape(&case.name), escape(&case.message));
    }
    text
}

/// What was found beside steps' outcomes, and what else the reader should know.
fn remarks(account: &Account<'_>, issues: &[Issue]) -> String {
    let found = issues.iter().filter(|issue| issue.source == WITHOUT_STEP).map(|issue| {
        let word = if issue.severity == Severity::Error { "against it" } else { "warning" };
        format!("- {word}: {}\n", escape(&issue.message))
    });
    let entry = account.entry;
    let no_base = entry.no_base.as_ref().filter(|why| **why != NoBase::Asked);
    let no_base = no_base.map(|why| format!("there is no base to compare with: {}", words::no_base(why)));
    let notes = entry.notes.iter().chain(&no_base).map(|note| format!("- note: {}\n", escape(note)));
    let lines: String = found.chain(notes).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// The problems that tools placed, the first of them.
fn problems(issues: &[Issue]) -> String {
    let shown: Vec<&Issue> = issues.iter().filter(|issue| issue.is_located).collect();
    if shown.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n#### Problems\n\n");
    for issue in shown.iter().take(PROBLEMS) {
        let place = issue.region.map_or(String::new(), |region| {
            let column = region.column.map(|column| format!(":{column}")).unwrap_or_default();
            format!(":{}{column}", region.line)
        });
        let word = issue.severity.as_str();
        let place = escape(&format!("{}{place}", issue.path_text()));
        let _ = writeln!(text, "- {place}: {word}: {} ({})", escape(&issue.message), escape(&issue.rule));
    }
    if shown.len() > PROBLEMS {
        let _ = writeln!(text, "- and {}", count((shown.len() - PROBLEMS) as u64, "other"));
    }
    text
}

/// The end of a step's output, folded away.
fn details(account: &Account<'_>, case: &Case<'_>) -> Option<String> {
    let tail = &account.outputs.get(&case.step?.name)?.tail;
    if tail.is_empty() {
        return None;
    }
    // What is inside a fence can't be escaped: a space without width parts what would be a command.
    let body = tail.iter().map(|line| muted(line, "\u{200b}:", "\u{200b}#")).collect::<Vec<_>>().join("\n");
    // A fence is closed only by one at least as long.
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    let name = escape(&case.name);
    Some(format!(
        "\n<details><summary>The end of what {name} wrote</summary>\n\n{fence}text\n{body}\n{fence}\n\n</details>\n"
    ))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// The text with nothing in it that Markdown or HTML would act on: no links, mentions, images or cells.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in clean(text).chars() {
        match c {
            '&' | '<' | '>' | '@' | '#' => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '!' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}
