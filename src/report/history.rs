//! What an audit of a branch found, for people.

use super::clean::clean;
use super::style::Label;
use super::text::View;
use super::{push, words};
use crate::land::{Bypass, CommitEntry, Cover, History};

/// A line for each commit that nothing speaks for, and one for all, with a newline at the end of each.
#[must_use]
pub fn render(history: &History, view: &View<'_>) -> String {
    let bypasses = history.commits.iter().filter_map(|commit| match &commit.cover {
        Cover::Bypass { why } => Some(line(commit, why, view)),
        Cover::Verdict { .. } | Cover::Part { .. } | Cover::Start => None,
    });
    let mut text: String = bypasses.collect();
    text.push_str(&closing(history));
    text
}

fn line(commit: &CommitEntry, why: &Bypass, view: &View<'_>) -> String {
    let why = match why {
        Bypass::NoRecord => "no verdict on its tree is known here".to_owned(),
        Bypass::Against { run, verdict } => format!("run {run} says of its tree: {verdict}"),
        Bypass::Elsewhere { run, base } => format!("run {run} lets its tree land on {}, and not on this", base.short()),
        Bypass::Overridden { run, verdict, overridden } => {
            format!("run {run} says of its tree: {verdict}, {}", push::overridden(overridden))
        }
        Bypass::OwnKey { signed_by } => {
            format!("only evidence by {} speaks for it, which it has trusted itself", clean(signed_by))
        }
        Bypass::OtherTree { run: Some(run), .. } => {
            format!("its tree is not what merging its parents gives, and what run {run} judged")
        }
        Bypass::OtherTree { run: None, .. } => "its tree is not what merging its parents gives".to_owned(),
    };
    let word = view.style.paint(Label::Bad, "bypass");
    format!("{word}  {}  {}: {why}\n", commit.commit.short(), clean(&commit.subject))
}

fn closing(history: &History) -> String {
    let counts = history.counts;
    let parts = [
        (counts.proved, "proved"),
        (counts.relative, "deployable if what came before is"),
        (counts.mends, "mending"),
        (counts.part, "judged with what they came with"),
        (counts.start, "where gate.toml begins"),
        (counts.bypassed, "past the gate"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let (range, number) = (clean(&history.range), words::count(history.commits.len() as u64, "commit"));
    let evidence = match counts.by_evidence {
        0 => String::new(),
        number => format!("; {number} by evidence"),
    };
    let refused = match history.refused.len() {
        0 => String::new(),
        1 => "1 push was refused here; gate log lists it\n".to_owned(),
        number => format!("{number} pushes were refused here; gate log lists them\n"),
    };
    if parts.is_empty() {
        return format!("{range}: {number}\n{refused}");
    }
    format!("{range}: {number}: {}{evidence}\n{refused}", parts.join(", "))
}
