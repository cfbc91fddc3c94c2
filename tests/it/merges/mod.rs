//! `gate merge-check`: what lands is judged as it would be, by rules that it can't make easier for itself.

mod results;
mod moved;
mod rules;
mod broken;
mod ci;
mod allowed;

use crate::repo::{Ran, TestRepo};

/// The code that `gate merge-check` exits with, and the document that it writes.
#[track_caller]
fn merge_check(repo: &TestRepo, args: &[&str]) -> (i32, serde_json::Value) {
    repo.gate(&[&["merge-check", "--format", "json"], args].concat()).judged()
}

/// Makes a branch at a revision and goes there.
fn branch(repo: &TestRepo, name: &str, at: &str) {
    repo.git(&["checkout", "--quiet", "-B", name, at]);
}

/// The tree that a revision has.
fn tree(repo: &TestRepo, revision: &str) -> String {
    repo.git(&["rev-parse", &format!("{revision}^{{tree}}")])
}

/// The kinds of what was found, with what each leads to.
fn findings(document: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("nothing").to_owned();
    let list = document["findings"].as_array().unwrap();
    list.iter().map(|finding| (text(&finding["cause"]["kind"]), text(&finding["leads_to"]))).collect()
}

/// How a step was decided and how it ended.
fn step(document: &serde_json::Value, name: &str) -> Option<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("nothing").to_owned();
    let steps = document["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["name"] == name)?;
    Some((text(&step["decision"]), text(&step["outcome"])))
}

#[track_caller]
fn assert_code(ran: &Ran, code: i32) {
    assert_eq!(ran.code, code, "{}\n{}", ran.stdout, ran.stderr);
}
