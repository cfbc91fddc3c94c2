//! Words that a message must not hold.

use super::cleaned::{Cleaned, Line};
use crate::builtin::file::Found;
use crate::diagnostic::Diagnostic;

/// Looks for every one, as whole words in any case of letters.
pub(super) fn look(forbidden: &[String], message: &Cleaned<'_>, found: &mut Found<'_>) {
    for word in forbidden.iter().filter(|word| !word.is_empty()) {
        for line in &message.lines {
            for (from, to) in occurrences(line, word) {
                let problem = Diagnostic::error("message/forbidden-word", format!("'{word}' must not be in a message"));
                found.at(from..to, "", problem);
            }
        }
    }
}

fn occurrences(line: &Line<'_>, word: &str) -> Vec<(usize, usize)> {
    let text = line.text;
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut before = None;
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        if let Some(length) = starts(&text[at..], word) {
            let (first, last) = (word.chars().next(), word.chars().next_back());
            let after = text[at + length..].chars().next();
            let is_inside = (is_part(before) && is_part(first)) || (is_part(last) && is_part(after));
            if !is_inside {
                found.push((line.start + at, line.start + at + length));
            }
        }
        before = Some(c);
    }
    found
}

/// How many bytes of a text are the word, if it begins with it.
fn starts(text: &str, word: &str) -> Option<usize> {
    let mut rest = text.chars();
    for wanted in word.chars() {
        let c = rest.next()?;
        if c != wanted && !c.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}
