//! Signed statements, for people.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::clean::clean;
use super::style::Label;
use super::{View, words};
use crate::check::Outcome;
use crate::evidence::{Appraised, Found, Run, Worth, platform_name};

/// What lies in the refs of evidence and is none, or not where it belongs; a line each.
#[must_use]
pub fn render_unreadable(found: &Found) -> String {
    let line =
        |(name, path, why): &(String, String, String)| format!("{}: '{}': {}\n", clean(name), clean(path), clean(why));
    found.unreadable.iter().map(line).collect()
}

/// What was signed, and by whom.
#[must_use]
pub fn render_signed(run: &Run, by: &str) -> String {
    let steps = words::count(run.steps.len() as u64, "step");
    let (name, tree) = (clean(&run.run), run.candidate.tree.short());
    format!("signed: run {name} on tree {tree}, {steps} with a result, by {}\n", clean(by))
}

/// Pieces of evidence, each with its steps and what the machine was.
#[must_use]
pub fn render(pieces: &[Appraised], view: &View<'_>) -> String {
    let mut text = String::new();
    for piece in pieces {
        let worth = match piece.worth {
            Worth::Counts => "trusted",
            Worth::Elsewhere => "trusted, but not in its environment",
            Worth::Untrusted => "no [[policy.trust]] names the key",
            Worth::Forged => "not signed by the key that its ref belongs to, or no statement",
        };
        let label = if piece.worth == Worth::Counts { Label::Good } else { Label::Bad };
        let worth = view.style.paint(label, worth);
        let Some(run) = piece.run() else {
            let _infallible = writeln!(text, "{}: {worth}", clean(&piece.by));
            continue;
        };
        let when = words::ago(run.started, view.now);
        let _infallible =
            writeln!(text, "{}: run {}, {}, {when}: {worth}", clean(&piece.by), clean(&run.run), run.verdict);
        for step in &run.steps {
            let platform = run.environment(step).and_then(|environment| environment.get("platform"));
            let platform = platform.map(|value| platform_name(value)).unwrap_or_default();
            let outcome = if step.outcome == Outcome::Passed { "passed" } else { words::ended(step.outcome) };
            let _infallible = writeln!(text, "  {} {outcome} on {}", clean(step.name.as_str()), clean(&platform));
        }
        let values: BTreeSet<(&String, &String)> = run.environments.values().flatten().collect();
        for (name, value) in values.into_iter().filter(|(name, _)| !name.starts_with("need:")) {
            let _infallible = writeln!(text, "    {}={}", clean(name), clean(value));
        }
    }
    text
}
