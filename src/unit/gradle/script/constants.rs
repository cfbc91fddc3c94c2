//! Names that stand for one literal all over a script.

use std::collections::{HashMap, HashSet};

use super::values;
use crate::unit::gradle::text::{self, Known};
use crate::unit::gradle::token::Token;
use crate::unit::place::UNKNOWN;

/// What names stand for that a script gives a literal once, and never anything else.
#[derive(Default)]
pub(super) struct Constants {
    /// Strings.
    pub(super) known: Known,
    /// Lists of strings.
    pub(super) lists: HashMap<String, Vec<String>>,
}

impl Constants {
    /// Finds them among tokens.
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut constants = Self::default();
        let mut seen: HashSet<&str> = HashSet::new();
        for at in 0..tokens.len() {
            let Some((name, value)) = assigned(tokens, at) else { continue };
            if !seen.insert(name) {
                constants.known.remove(name);
                constants.lists.remove(name);
            } else if is_declared(tokens, at) {
                constants.add(name, &tokens[value..end(tokens, value)]);
            }
        }
        constants
    }

    fn add(&mut self, name: &str, value: &[Token]) {
        if let [Token::Text(pieces)] = value {
            let value = text::value(pieces, &self.known);
            if !value.contains(UNKNOWN) {
                self.known.insert(name.to_owned(), value);
            }
        } else if let Some(list) = values::list(value, &self.known) {
            self.lists.insert(name.to_owned(), list);
        }
    }
}

/// The name that is given a value at a place, and where the value begins.
fn assigned(tokens: &[Token], at: usize) -> Option<(&str, usize)> {
    let name = tokens[at].name()?;
    let mut next = at + 1;
    // A type, as Kotlin writes it.
    if tokens.get(next)?.is(':') && tokens.get(next + 1)?.name().is_some() {
        next += 2;
    }
    let is_given = tokens.get(next)?.is('=') && !tokens.get(next + 1)?.is('=');
    is_given.then_some((name, next + 1))
}

fn is_declared(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens[before].name());
    before.is_some_and(|word| matches!(word, "val" | "def" | "var" | "String" | "final"))
}

/// Where the statement ends that goes on at a place.
pub(super) fn end(tokens: &[Token], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Open(_, close) => at = *close,
            Token::Close(..) => return at,
            Token::End if !tokens[..at].last().is_some_and(|last| last.is(',') || last.is('=')) => return at,
            _ => {}
        }
        at += 1;
    }
    at.min(tokens.len())
}
