//! The grammar of Conventional Commits: <https://www.conventionalcommits.org/en/v1.0.0/#specification>.

use std::ops::Range;

use super::cleaned::{Cleaned, Line};
use crate::builtin::file::Found;
use crate::check::MessageRules;
use crate::diagnostic::Diagnostic;

const BREAKING: [&str; 2] = ["BREAKING CHANGE", "BREAKING-CHANGE"];

/// Looks at the subject and at the footers of breaking changes.
pub(super) fn look(rules: &MessageRules, message: &Cleaned<'_>, found: &mut Found<'_>) {
    if let Some(subject) = message.lines.first()
        && let Err((span, what)) = subject_fault(rules, subject.text)
    {
        let problem = Diagnostic::error("message/conventional", format!("the subject is not conventional: {what}"));
        let hint =
            format!("write 'type: description' or 'type(scope): description'; types are {}", rules.types.join(", "));
        found.at(subject.start + span.start..subject.start + span.end, "", problem.hint(hint));
    }
    for line in message.lines.iter().skip(1) {
        if let Some(what) = breaking_fault(line) {
            found.at(line.span(), "", Diagnostic::error("message/breaking-change", what));
        }
    }
}

/// A fault, and where it is.
type Fault = (Range<usize>, String);

fn subject_fault(rules: &MessageRules, subject: &str) -> Result<(), Fault> {
    let end = subject.find(['(', ')', '!', ':', ' ']).unwrap_or(subject.len());
    let (kind, rest) = subject.split_at(end);
    let fault = |span: Range<usize>, what: String| Err((span, what));
    if !rest.contains(": ") && !rest.ends_with(':') {
        return fault(0..subject.len(), "there is no ': ' after a type".to_owned());
    }
    // The specification wants case to make no difference.
    if !rules.types.iter().any(|known| known.to_lowercase() == kind.to_lowercase()) {
        return fault(
            0..end,
            if kind.is_empty() { "there is no type".to_owned() } else { format!("'{kind}' is no type") },
        );
    }
    let mut at = end;
    if let Some(inside) = rest.strip_prefix('(') {
        let Some(close) = inside.find(')') else {
            return fault(end..subject.len(), "the scope has no ')'".to_owned());
        };
        let scope = &inside[..close];
        let span = end + 1..end + 1 + close;
        if scope.trim().is_empty() {
            return fault(end..span.end + 1, "the scope is empty".to_owned());
        }
        if !is_known(&rules.scopes, scope) {
            return fault(span, format!("'{scope}' is no scope; there are {}", rules.scopes.join(", ")));
        }
        at = span.end + 1;
    }
    let rest = &subject[at..];
    let rest = rest.strip_prefix('!').unwrap_or(rest);
    at = subject.len() - rest.len();
    match rest.strip_prefix(": ") {
        Some(description) if !description.trim().is_empty() => Ok(()),
        None if rest != ":" => fault(at..at, "': ' is not where it belongs".to_owned()),
        _ => fault(at..subject.len(), "there is no description".to_owned()),
    }
}

/// One of the scopes, or several with commas between them.
fn is_known(scopes: &[String], scope: &str) -> bool {
    scopes.is_empty()
        || scopes.iter().any(|known| known == scope)
        || scope.split(',').all(|part| scopes.iter().any(|known| known == part.trim()))
}

/// What is wrong with a line that is meant to tell a breaking change.
fn breaking_fault(line: &Line<'_>) -> Option<&'static str> {
    let [token, _] = BREAKING;
    let start = line.text.get(..token.len())?;
    let rest = &line.text[token.len()..];
    if BREAKING.contains(&start) {
        let description = rest.strip_prefix(": ").or_else(|| rest.strip_prefix(" #"));
        let fits = description.is_some_and(|description| !description.trim().is_empty());
        return (!fits).then_some("a breaking change is told as 'BREAKING CHANGE: description'");
    }
    let is_meant = BREAKING.iter().any(|token| token.eq_ignore_ascii_case(start)) && rest.starts_with(':');
    is_meant.then_some("'BREAKING CHANGE' is written in capitals")
}
