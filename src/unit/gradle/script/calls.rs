//! Calls and chains of names.

use super::mention;
use crate::unit::gradle::text;
use crate::unit::gradle::token::Token;
use crate::unit::place::ROOT;

/// A call or a chain of names that has just been read.
#[derive(Clone, Default)]
pub(super) struct Call<'t> {
    /// All names, the called one last.
    pub(super) names: Vec<&'t str>,
    /// Where the last name stands.
    pub(super) at: usize,
    /// Its arguments in brackets.
    pub(super) arguments: Option<std::ops::Range<usize>>,
    /// Whether it is given a type, as `configure<Type>`.
    pub(super) is_generic: bool,
}

impl<'t> Call<'t> {
    /// The called name.
    pub(super) fn name(&self) -> &'t str {
        self.names.last().copied().unwrap_or_default()
    }

    /// The folder that it looks from, as far as it is another than the project's.
    pub(super) fn base(&self) -> Option<String> {
        let (_, receiver) = self.names.split_last()?;
        if !mention::goes_on(self.name()) {
            return None;
        }
        if let [.., "rootProject" | "getRootProject"] = receiver {
            return Some(ROOT.to_string());
        }
        text::chain_value(receiver)
    }
}

/// A chain of names that begins at a place, and where what follows it stands.
pub(super) fn chain(tokens: &[Token], at: usize, end: usize) -> (Call<'_>, usize) {
    let mut call = Call { at, ..Call::default() };
    let mut next = at;
    while let Some(name) = tokens[..end].get(next).and_then(Token::name) {
        call.names.push(name);
        call.at = next;
        next += 1;
        let mut after = next;
        while tokens[..end].get(after).is_some_and(|token| token.is('?') || token.is('!')) {
            after += 1;
        }
        // Kotlin and Groovy begin a line with the dot that goes on from the one before.
        if tokens[..end].get(after) == Some(&Token::End)
            && tokens[..end].get(after + 1).is_some_and(|token| token.is('.'))
        {
            after += 1;
        }
        if !tokens[..end].get(after).is_some_and(|token| token.is('.')) {
            break;
        }
        if tokens[..end].get(after + 1).and_then(Token::name).is_none() {
            break;
        }
        next = after + 1;
    }
    let past = type_arguments(tokens, next, end);
    call.is_generic = past > next;
    (call, past)
}

/// Passes `<…>` after a name, where it is followed by a bracket.
fn type_arguments(tokens: &[Token], at: usize, end: usize) -> usize {
    if !tokens[..end].get(at).is_some_and(|token| token.is('<')) {
        return at;
    }
    let mut depth = 0_usize;
    for (after, token) in tokens[..end].iter().enumerate().skip(at).take(24) {
        match token {
            Token::Sign('<') => depth += 1,
            Token::Sign('>') => depth -= 1,
            Token::Name(_) | Token::Sign('.' | ',' | '?' | '*' | ':') => {}
            _ => return at,
        }
        if depth == 0 {
            let is_call = matches!(tokens[..end].get(after + 1), Some(Token::Open('(' | '{', _)));
            return if is_call { after + 1 } else { at };
        }
    }
    at
}

/// The folder that the first argument is.
pub(super) fn first_place(tokens: &[Token], arguments: std::ops::Range<usize>) -> Option<String> {
    let (call, _) = chain(tokens, arguments.start, arguments.end);
    if let ["rootProject"] = call.names.as_slice() { Some(ROOT.to_string()) } else { text::chain_value(&call.names) }
}

/// Whether it is a function of that name that is declared.
pub(super) fn is_declared(tokens: &[Token], call: &Call<'_>) -> bool {
    let before = call.at.checked_sub(1).and_then(|before| tokens[before].name());
    before.is_some_and(|word| matches!(word, "fun" | "def" | "void"))
}
