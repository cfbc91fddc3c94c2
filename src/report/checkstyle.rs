//! Checkstyle's XML, which many tools read (<https://checkstyle.org/>).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::account::Account;
use super::issue::{Issue, issues};
use super::xml::{HEAD, escape};
use crate::output::Severity;
use crate::path::RepoPath;

/// The document.
#[must_use]
pub fn render(account: &Account<'_>) -> String {
    let issues = issues(account);
    let mut files: BTreeMap<&RepoPath, Vec<&Issue>> = BTreeMap::new();
    for issue in &issues {
        files.entry(&issue.path).or_default().push(issue);
    }
    let mut text = format!("{HEAD}<checkstyle version=\"4.3\">\n");
    for issues in files.values() {
        let path = issues.first().map(|issue| issue.path_text()).unwrap_or_default();
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "  <file name=\"{}\">", escape(&path));
        for issue in issues {
            text.push_str(&error(issue));
        }
        text.push_str("  </file>\n");
    }
    text + "</checkstyle>\n"
}

fn error(issue: &Issue) -> String {
    let column = issue.region.and_then(|region| region.column);
    let column = column.map(|column| format!(" column=\"{column}\"")).unwrap_or_default();
    let severity = match issue.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "info",
    };
    format!(
        "    <error line=\"{}\"{column} severity=\"{severity}\" message=\"{}\" source=\"gate.{}\"/>\n",
        issue.line(),
        escape(&issue.message),
        escape(&issue.rule)
    )
}
