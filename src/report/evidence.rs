//! Signed statements, for people.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::clean::clean;
use super::style::Label;
use super::{View, words};
use crate::check::Outcome;
use crate::evidence::{Found, Piece, Run, Statement, Trusted, platform_name};

/// What a piece of evidence is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A trusted key has signed it, in an environment that is accepted.
    Counts,
    /// A trusted key has signed it, in another environment or a checkout that is not accepted.
    Elsewhere,
    /// Nobody trusts the key.
    Untrusted,
    /// The key whose ref it is in has not signed it, or it is no statement.
    Forged,
}

/// A piece of evidence, what it says and what it is worth.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who signed it, or should have.
    pub by: String,
    /// What it says, if it can be read.
    pub statement: Option<Statement>,
    /// What it is worth.
    pub standing: Standing,
}

impl Line {
    /// What a piece is worth to whoever trusts some keys, and takes what ran in `warm` checkouts or not.
    #[must_use]
    pub fn new(piece: &Piece, trusted: &[Trusted], warm: bool) -> Self {
        let of_it: Vec<&Trusted> = trusted.iter().filter(|trusted| trusted.key.id() == piece.key).collect();
        let Some(first) = of_it.first() else {
            let statement = piece.envelope.unverified().and_then(|payload| Statement::parse(&payload).ok());
            let standing = if statement.is_some() { Standing::Untrusted } else { Standing::Forged };
            return Self { by: format!("key {}", &piece.key.as_str()[..16]), statement, standing };
        };
        let by = first.key.label();
        let opened = piece.envelope.open(&first.key).and_then(|payload| Statement::parse(&payload).ok());
        let Some(statement) = opened else { return Self { by, statement: None, standing: Standing::Forged } };
        let run = statement.run();
        let accepts = |trusted: &&Trusted| run.environments.values().any(|environment| trusted.accepts(environment));
        let counts = (!run.warm || warm) && of_it.iter().any(accepts);
        let standing = if counts { Standing::Counts } else { Standing::Elsewhere };
        Self { by, statement: Some(statement), standing }
    }

    /// What it says of a run.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        self.statement.as_ref().map(Statement::run)
    }
}

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
pub fn render(lines: &[Line], view: &View<'_>) -> String {
    let mut text = String::new();
    for line in lines {
        let worth = match line.standing {
            Standing::Counts => "trusted",
            Standing::Elsewhere => "trusted, but not in its environment",
            Standing::Untrusted => "no [[policy.trust]] names the key",
            Standing::Forged => "not signed by the key that its ref belongs to, or no statement",
        };
        let label = if line.standing == Standing::Counts { Label::Good } else { Label::Bad };
        let worth = view.style.paint(label, worth);
        let Some(run) = line.run() else {
            let _infallible = writeln!(text, "{}: {worth}", clean(&line.by));
            continue;
        };
        let when = words::ago(run.started, view.now);
        let _infallible =
            writeln!(text, "{}: run {}, {}, {when}: {worth}", clean(&line.by), clean(&run.run), run.verdict);
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
