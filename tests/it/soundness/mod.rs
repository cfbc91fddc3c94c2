//! No way to call a bad tree deployable: each test here is a wrong green that some tool gives.

use serde_json::Value;

use crate::repo::TestRepo;

mod checkout;
mod environment;
mod files;
mod inputs;
mod meddling;
mod rules;
mod state;
mod verdicts;

/// A repository on a guarded branch, with a gate.toml and other files in its one commit.
fn repository(gate_toml: &str, files: &[(&str, &str)]) -> TestRepo {
    let repo = TestRepo::with(files);
    repo.write("gate.toml", gate_toml);
    repo.commit("rules");
    repo
}

/// What a document says of a step: its decision, and its outcome if it ran.
fn said<'a>(document: &'a Value, step: &str) -> (&'a str, Option<&'a str>) {
    let steps = document["steps"].as_array().unwrap();
    let found =
        steps.iter().find(|candidate| candidate["name"] == step).unwrap_or_else(|| panic!("no {step}: {document:#}"));
    (found["decision"].as_str().unwrap(), found["outcome"].as_str())
}

/// The verdict of a document.
fn verdict(document: &Value) -> &str {
    document["verdict"].as_str().unwrap()
}

/// Judges the working tree without a base, so that only receipts keep a step from running.
fn judge(repo: &TestRepo) -> Value {
    repo.check(&["--all"]).1
}

const PASSED: (&str, Option<&str>) = ("run", Some("passed"));
const FAILED: (&str, Option<&str>) = ("run", Some("failed"));
const REUSED: (&str, Option<&str>) = ("reuse", None);
