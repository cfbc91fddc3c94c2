//! JUnit XML as surefire writes it and Jenkins, GitLab and others read it: a suite for the run, a test case for each step
//! (<https://github.com/jenkinsci/xunit-plugin>, junit-10.xsd).

use std::fmt::Write as _;

use super::account::Account;
use super::case::{Case, End, cases};
use super::words;
use super::xml::{HEAD, escape, lines};
use crate::check::Outcome;

/// The document.
#[must_use]
pub fn render(account: &Account<'_>) -> String {
    let cases = cases(account);
    let entry = account.entry;
    let number = |end: End| cases.iter().filter(|case| case.end == end).count();
    let counts =
        format!("tests=\"{}\" failures=\"{}\" errors=\"{}\"", cases.len(), number(End::Failed), number(End::Broken));
    let time = seconds(entry.duration_ms);
    let mut text = format!("{HEAD}<testsuites name=\"gate\" time=\"{time}\" {counts}>\n");
    // Writing to a `String` can't fail.
    let _ = writeln!(
        text,
        "  <testsuite name=\"gate {}\" {counts} skipped=\"{}\" time=\"{time}\" timestamp=\"{}\" id=\"{}\">",
        entry.stage,
        number(End::Skipped),
        entry.started.strftime("%Y-%m-%dT%H:%M:%S"),
        escape(&entry.id)
    );
    let properties = [
        ("verdict", entry.verdict.as_str().to_owned()),
        ("tree", entry.candidate.tree.to_string()),
        ("run", entry.id.clone()),
    ];
    text.push_str("    <properties>\n");
    for (name, value) in properties {
        let _ = writeln!(text, "      <property name=\"gate.{name}\" value=\"{}\"/>", escape(&value));
    }
    // The cases are steps, and stay so: how many tests each had is said beside them.
    for (step, tests) in entry.steps.iter().filter_map(|step| Some((step, step.tests?))) {
        let (name, tests) = (escape(step.name.as_str()), words::tests(tests));
        let _ = writeln!(text, "      <property name=\"gate.tests.{name}\" value=\"{tests}\"/>");
    }
    text.push_str("    </properties>\n");
    for case in &cases {
        text.push_str(&testcase(account, case));
    }
    text + "  </testsuite>\n</testsuites>\n"
}

fn testcase(account: &Account<'_>, case: &Case<'_>) -> String {
    let time = seconds(case.step.map_or(0, |step| step.duration_ms));
    let class = case.step.map_or("gate", |step| step.check.as_str());
    let mut text =
        format!("    <testcase name=\"{}\" classname=\"{}\" time=\"{time}\"", escape(&case.name), escape(class));
    let inside = inside(account, case);
    text.push_str(if inside.is_empty() { "/>\n" } else { ">\n" });
    if !inside.is_empty() {
        text.push_str(&inside);
        text.push_str("    </testcase>\n");
    }
    text
}

fn inside(account: &Account<'_>, case: &Case<'_>) -> String {
    let output = case.step.and_then(|step| account.outputs.get(&step.name));
    let tail = output.map(|output| lines(&output.tail)).unwrap_or_default();
    let message = escape(&case.message);
    let outcome = case.step.and_then(|step| step.outcome);
    let kind = outcome.map_or("verdict", Outcome::as_str);
    match case.end {
        End::Passed if outcome == Some(Outcome::Flaky) => {
            format!(
                "      <flakyFailure message=\"{message}\" type=\"flaky\">\n        <stackTrace>{tail}</stackTrace>\n      </flakyFailure>\n"
            )
        }
        End::Passed if message.is_empty() => String::new(),
        End::Passed => format!("      <system-out>{message}</system-out>\n"),
        End::Skipped => format!("      <skipped message=\"{message}\"/>\n"),
        End::Failed => format!("      <failure message=\"{message}\" type=\"{kind}\">{tail}</failure>\n"),
        End::Broken => format!("      <error message=\"{message}\" type=\"{kind}\">{tail}</error>\n"),
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}
