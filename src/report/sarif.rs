//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::account::Account;
use super::clean::muted_json;
use super::issue::{Issue, issues};
use super::words::is_good;
use crate::output::Region;
use crate::path::RepoPath;

/// Where the document's schema lies.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The document, with a newline at the end.
///
/// # Errors
/// When it can't be written as JSON.
pub fn render(account: &Account<'_>) -> Result<String, serde_json::Error> {
    let entry = account.entry;
    let issues = issues(account);
    let mut rules: BTreeMap<&str, usize> = issues.iter().map(|issue| (issue.rule.as_str(), 0)).collect();
    rules.values_mut().enumerate().for_each(|(number, index)| *index = number);
    let ended = entry.started.checked_add(std::time::Duration::from_millis(entry.duration_ms)).unwrap_or(entry.started);
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "gate",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.keys().map(|rule| json!({"id": rule})).collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": format!("gate/{}/{}", entry.stage, entry.id)},
            "invocations": [{
                "executionSuccessful": is_good(entry.verdict),
                "startTimeUtc": entry.started.to_string(),
                "endTimeUtc": ended.to_string(),
                "properties": {"verdict": entry.verdict.as_str(), "tree": entry.candidate.tree.to_string()},
            }],
            "columnKind": "unicodeCodePoints",
            "results": issues.iter().map(|issue| result(issue, &rules)).collect::<Vec<_>>(),
        }],
    });
    Ok(muted_json(&serde_json::to_string_pretty(&document)?))
}

fn result(issue: &Issue, rules: &BTreeMap<&str, usize>) -> Value {
    let mut physical = Map::new();
    physical.insert("artifactLocation".to_owned(), json!({"uri": uri(&issue.path), "uriBaseId": "%SRCROOT%"}));
    if let Some(region) = issue.region {
        physical.insert("region".to_owned(), self::region(region));
    }
    json!({
        "ruleId": issue.rule,
        "ruleIndex": rules.get(issue.rule.as_str()),
        "level": issue.severity.as_str(),
        "message": {"text": issue.message},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"gate/v1": issue.fingerprint.to_string()},
        "properties": {"step": issue.source},
    })
}

fn region(region: Region) -> Value {
    let numbers = [
        ("startLine", Some(region.line)),
        ("startColumn", region.column),
        ("endLine", region.end_line),
        ("endColumn", region.end_column),
    ];
    numbers
        .into_iter()
        .filter_map(|(name, number)| Some((name.to_owned(), json!(number?))))
        .collect::<Map<_, _>>()
        .into()
}

/// The path as a relative URI (RFC 3986): every byte that is not unreserved is written as its number.
fn uri(path: &RepoPath) -> String {
    let mut uri = String::new();
    for byte in path.as_bstr().iter() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing to a `String` can't fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
