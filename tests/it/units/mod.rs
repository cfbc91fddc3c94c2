//! Checks that go over units: one step for each, which depends on what its unit depends on.

mod steps;
mod together;
mod landing;
mod files;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::repo::TestRepo;

/// How each step was decided and how it ended, by name.
fn said(document: &Value) -> BTreeMap<String, String> {
    let steps = document["steps"].as_array().unwrap();
    let text = |step: &Value| match (step["decision"].as_str().unwrap(), step["outcome"].as_str()) {
        ("run", outcome) => outcome.unwrap_or("not run").to_owned(),
        (decision, _) => decision.to_owned(),
    };
    steps.iter().map(|step| (step["name"].as_str().unwrap().to_owned(), text(step))).collect()
}

/// Judges the working tree without a base, so that only receipts keep a step from running; what was said of each step.
#[track_caller]
fn judge(repo: &TestRepo) -> BTreeMap<String, String> {
    said(&repo.check(&["--all"]).1)
}

/// The steps that ran, each with how it ended, in one line.
fn ran(said: &BTreeMap<String, String>) -> String {
    let ran = said.iter().filter(|(_, how)| !matches!(how.as_str(), "reuse" | "skip"));
    ran.map(|(step, how)| format!("{step} {how}")).collect::<Vec<_>>().join(", ")
}

/// Three units, of which b depends on a, in a repository that is committed.
fn repository(checks: &str) -> TestRepo {
    let units = "[unit.a]\nroot = \"a\"\n[unit.b]\nroot = \"b\"\ndepends = [\"a\"]\n[unit.c]\nroot = \"c\"\n";
    let rules = format!("{units}{checks}");
    TestRepo::with(&[("gate.toml", &rules), ("a/x", "good"), ("b/x", "good"), ("c/x", "good")])
}
