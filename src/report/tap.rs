//! The Test Anything Protocol, version 14 (<https://testanything.org/tap-version-14-specification.html>).

use std::fmt::Write as _;

use super::account::Account;
use super::case::{Case, End, cases};
use super::clean::clean;

/// The stream: a test point for each step, with the end of its output where it did not pass.
///
/// # Errors
/// When a text can't be written as JSON.
pub fn render(account: &Account<'_>) -> Result<String, serde_json::Error> {
    let cases = cases(account);
    let mut text = String::from("TAP version 14\n");
    let plan = if cases.is_empty() {
        "1..0 # SKIP there is nothing to check".to_owned()
    } else {
        format!("1..{}", cases.len())
    };
    // Writing to a `String` can't fail.
    let _ = writeln!(text, "{plan}");
    for (number, case) in cases.iter().enumerate() {
        let ok = if case.end.is_bad() { "not ok" } else { "ok" };
        let _ = writeln!(text, "{ok} {} - {}{}", number + 1, escape(&case.name), directive(case));
        if case.end.is_bad() {
            text.push_str(&block(account, case)?);
        }
    }
    Ok(text)
}

/// What makes a point count as skipped, or as one that may fail. Case does not matter in these words.
fn directive(case: &Case<'_>) -> String {
    match case.end {
        End::Skipped => format!(" # SKIP {}", escape(&clean(&case.message))),
        End::Failed | End::Broken if case.step.is_some_and(|step| !step.required) => " # todo not required".to_owned(),
        End::Passed | End::Failed | End::Broken => String::new(),
    }
}

/// What is known of a failure, in YAML; its texts are written as JSON, which YAML reads.
fn block(account: &Account<'_>, case: &Case<'_>) -> Result<String, serde_json::Error> {
    let mut text = String::from("  ---\n");
    let _ = writeln!(text, "  message: {}", quoted(&case.message)?);
    let _ = writeln!(text, "  severity: {}", if case.end == End::Failed { "fail" } else { "error" });
    if let Some(step) = case.step {
        let _ = writeln!(text, "  duration_ms: {}", step.duration_ms);
        let tail = account.outputs.get(&step.name).map_or(&[][..], |output| &output.tail);
        if !tail.is_empty() {
            text.push_str("  output:\n");
        }
        for line in tail {
            let _ = writeln!(text, "    - {}", quoted(line)?);
        }
    }
    Ok(text + "  ...\n")
}

fn quoted(text: &str) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string(&clean(text))?.replace("##[", "#\\u0023["))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
