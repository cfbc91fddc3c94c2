//! A finished run as one JSON document: `gate.verdict/1`.

use crate::record::{Entry, PlanEntry};

/// The document, with a newline at the end.
///
/// # Errors
/// When it can't be written as JSON.
pub fn render(entry: &Entry) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(entry)? + "\n")
}

/// The document of a plan, with a newline at the end.
///
/// # Errors
/// When it can't be written as JSON.
pub fn plan(plan: &PlanEntry) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(plan)? + "\n")
}
