//! GitLab's code quality report (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use serde::Serialize;

use super::account::Account;
use super::clean::muted_json;
use super::issue::issues;
use crate::output::Severity;

#[derive(Serialize)]
struct Violation {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
}

/// The report: one JSON array, with a newline at the end.
///
/// # Errors
/// When it can't be written as JSON.
pub fn render(account: &Account<'_>) -> Result<String, serde_json::Error> {
    let violations: Vec<Violation> = issues(account)
        .into_iter()
        .map(|issue| Violation {
            location: Location {
                path: issue.path_text(),
                lines: Lines { begin: issue.line(), end: issue.region.and_then(|region| region.end_line) },
            },
            description: issue.message,
            check_name: issue.rule,
            fingerprint: issue.fingerprint.to_string(),
            severity: match issue.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Note => "info",
            },
        })
        .collect();
    Ok(muted_json(&serde_json::to_string_pretty(&violations)?))
}
