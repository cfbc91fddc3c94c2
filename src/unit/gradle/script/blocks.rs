//! Blocks: whose projects they are about, and how often they are run.

use super::calls::Call;
use super::values;
use super::walker::{Frame, Scope, Walker};
use crate::unit::gradle::text;
use crate::unit::gradle::token::Token;
use crate::unit::place::UNKNOWN;

impl Walker {
    /// Goes through a block, once for every value that it is run with.
    pub(super) fn block<'t>(
        &mut self,
        tokens: &'t [Token],
        at: usize,
        frame: &Frame<'t>,
        (call, is_of_all): (&Call<'t>, bool),
    ) {
        let Token::Open(_, close) = &tokens[at] else { return };
        let inside = at + 1..*close;
        let arguments = call.arguments.clone().map_or(&[][..], |range| &tokens[range]);
        let mut inner = Frame {
            scope: frame.scope.clone(),
            is_apply: call.name() == "apply",
            is_for_plugins: frame.is_for_plugins || call.name() == "pluginManagement",
            owner: self.owner(call, arguments),
            ..Frame::default()
        };
        let hooks = ["beforeProject", "afterProject", "projectsEvaluated", "projectsLoaded"];
        if is_of_all || hooks.contains(&call.name()) {
            inner.scope = Scope::Each;
        }
        if matches!(call.name(), "project" | "findProject")
            && let Some(path) = inner.owner.clone()
        {
            inner.scope = Scope::Of(path);
        }
        if call.name() == "configure" && !call.is_generic {
            return self.configured(tokens, inside, (arguments, inner));
        }
        match self.repeated(tokens, at, call, arguments) {
            Some((name, list)) => self.repeat(tokens, inside, (&inner, name, &list)),
            None => self.level(tokens, inside, &inner),
        }
    }

    fn owner(&self, call: &Call<'_>, arguments: &[Token]) -> Option<String> {
        match arguments {
            [Token::Text(pieces), ..] => Some(text::value(pieces, &self.constants.known)),
            [Token::Name(name)] => self.constants.known.get(name).cloned(),
            [] => Some(call.name().to_owned()),
            _ => None,
        }
        .filter(|owner| !owner.contains(UNKNOWN))
    }

    /// The block of `configure(…)`: of the projects that are named, else of any.
    fn configured<'t>(
        &mut self,
        tokens: &'t [Token],
        inside: std::ops::Range<usize>,
        (arguments, mut inner): (&[Token], Frame<'t>),
    ) {
        let is_plain = |token: &Token| match token {
            Token::Name(name) => name == "project" || values::makes_list(name),
            Token::Text(_) | Token::Open(..) | Token::Close(..) | Token::End => true,
            other => other.is(','),
        };
        let value = |token: &Token| match token {
            Token::Text(pieces) => Some(text::value(pieces, &self.constants.known)),
            _ => None,
        };
        let paths: Vec<String> = arguments.iter().filter_map(value).collect();
        if !arguments.iter().all(is_plain) || paths.is_empty() || paths.iter().any(|path| path.contains(UNKNOWN)) {
            inner.scope = Scope::Each;
            return self.level(tokens, inside, &inner);
        }
        for path in paths {
            inner.scope = Scope::Of(path);
            self.level(tokens, inside.clone(), &inner);
        }
    }

    /// The name and the values that a block is run with, where it is one of a loop over a known list.
    fn repeated(
        &self,
        tokens: &[Token],
        at: usize,
        call: &Call<'_>,
        arguments: &[Token],
    ) -> Option<(String, Vec<String>)> {
        let known = &self.constants.known;
        let listed = |tokens: &[Token]| match tokens {
            [Token::Name(name)] => self.constants.lists.get(name).cloned(),
            tokens => values::list(tokens, known),
        };
        if call.name() == "for" {
            let of = arguments.iter().position(|token| token.name() == Some("in") || token.is(':'))?;
            return Some((arguments[of - 1..of].first()?.name()?.to_owned(), listed(&arguments[of + 1..])?));
        }
        if !matches!(call.name(), "each" | "forEach" | "onEach" | "map" | "all" | "eachWithIndex" | "forEachIndexed") {
            return None;
        }
        let dot = call.at.checked_sub(1)?;
        let list = match &tokens[dot.checked_sub(1)?] {
            Token::Name(_) => listed(&tokens[dot - 1..dot])?,
            Token::Close(bracket, open) if is_list(tokens, *open, *bracket) => listed(&tokens[*open..dot])?,
            _ => return None,
        };
        (!list.is_empty()).then(|| (parameter(&tokens[at + 1..]), list))
    }

    fn repeat<'t>(
        &mut self,
        tokens: &'t [Token],
        inside: std::ops::Range<usize>,
        (frame, name, list): (&Frame<'t>, String, &[String]),
    ) {
        let before = self.constants.known.remove(&name);
        for value in list {
            self.constants.known.insert(name.clone(), value.clone());
            self.level(tokens, inside.clone(), frame);
        }
        self.constants.known.remove(&name);
        self.constants.known.extend(before.map(|value| (name, value)));
    }
}

/// Whether brackets are those of a list, and not of an index or of arguments.
fn is_list(tokens: &[Token], open: usize, close: char) -> bool {
    match open.checked_sub(1).map(|before| &tokens[before]) {
        Some(Token::Name(name)) => close == ')' && values::makes_list(name),
        Some(Token::Close(..)) => false,
        _ => close == ']',
    }
}

/// The name of the parameter of a block.
fn parameter(block: &[Token]) -> String {
    let head = block.iter().take(8).position(|token| token.is('-'));
    let arrow = head.filter(|at| block.get(at + 1).is_some_and(|token| token.is('>')));
    let names = arrow.map_or(&[][..], |at| &block[..at]);
    let plain = names.iter().take_while(|token| !token.is(':') && !token.is(',')).filter_map(Token::name).last();
    plain.unwrap_or("it").to_owned()
}
