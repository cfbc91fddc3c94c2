//! Tests of the whole module: texts in, rules or rendered mistakes out.

mod mistakes;
mod meaning;
mod own;
mod published;
mod hostile;

use super::{Loaded, Rules, Source, load};

fn source(text: &str) -> Source {
    Source::new("gate.toml", text)
}

/// The rules of a text without mistakes.
fn rules(text: &str) -> Rules {
    loaded(text).rules
}

fn loaded(text: &str) -> Loaded {
    load(&source(text), None).unwrap_or_else(|problems| panic!("{}", render(&problems)))
}

/// The mistakes of a text, as people see them.
fn mistakes(text: &str) -> String {
    render(&load(&source(text), None).expect_err("a text with mistakes"))
}

/// The codes of the mistakes of a text.
fn codes(text: &str) -> Vec<&'static str> {
    load(&source(text), None).err().into_iter().flatten().map(|problem| problem.code).collect()
}

fn render(problems: &[crate::diagnostic::Diagnostic]) -> String {
    problems.iter().map(|problem| problem.render(false)).collect::<Vec<_>>().join("\n")
}
