//! Goes through the tokens of a script, call by call.

use std::collections::{BTreeMap, HashSet};

use super::calls::{Call, chain, first_place, is_declared};
use super::constants::Constants;
use super::mention::{self, Place};
use super::walker::{Frame, Role, Walker};
use super::{settings, values};
use crate::digest::{Digest, Hasher};
use crate::unit::gradle::model::{Mentions, Script};
use crate::unit::gradle::text;
use crate::unit::gradle::token::{Language, Piece, Token};
use crate::unit::place::UNKNOWN;

/// What a script says.
pub(super) fn script(tokens: &[Token], language: Language, role: Role) -> Script {
    let mut walker = Walker {
        language,
        role,
        constants: Constants::of(tokens),
        own: Mentions::default(),
        each: Mentions::default(),
        of: BTreeMap::new(),
        settings: Vec::new(),
        passed: HashSet::new(),
        budget: tokens.len() * 20 + 100_000,
    };
    walker.level(tokens, 0..tokens.len(), &Frame::default());
    let digest = digest(tokens, &walker.passed);
    Script { digest, own: walker.own, each: walker.each, of: walker.of, settings: walker.settings }
}

/// The digest of tokens but those of some statements.
fn digest(tokens: &[Token], passed: &HashSet<usize>) -> Digest {
    let mut hasher = Hasher::new("unit-gradle-script", 1);
    let (mut is_begun, mut is_line_ended) = (false, false);
    for (_, token) in tokens.iter().enumerate().filter(|(at, _)| !passed.contains(at)) {
        if *token == Token::End {
            is_line_ended = true;
            continue;
        }
        if std::mem::take(&mut is_line_ended) && is_begun {
            Token::End.digest(&mut hasher);
        }
        is_begun = true;
        token.digest(&mut hasher);
    }
    hasher.finish()
}

/// What is known while a level is gone through: a script, or what stands between two brackets.
#[derive(Default)]
struct State<'t> {
    call: Call<'t>,
    /// A call without brackets, which takes what follows in its line.
    command: Option<Place<'t>>,
    key: &'t str,
    /// Whether the statement speaks of all projects.
    is_of_all: bool,
}

impl Walker {
    /// Goes through what stands between two brackets, or a whole script.
    pub(super) fn level<'t>(&mut self, tokens: &'t [Token], range: std::ops::Range<usize>, frame: &Frame<'t>) {
        let Some(left) = self.budget.checked_sub(range.len()) else {
            self.mentions(&frame.scope).open.insert("is too long to be followed".to_owned());
            return;
        };
        self.budget = left;
        let mut state = State::default();
        let mut at = range.start;
        while at < range.end {
            at = match &tokens[at] {
                Token::Name(_) => self.name(tokens, at, range.end, (frame, &mut state)),
                Token::Text(pieces) => {
                    let place = Place { is_compared: is_compared(tokens, at), ..state.place(frame) };
                    self.text(pieces, &place, frame);
                    state.call = Call::default();
                    at + 1
                }
                Token::Open('{', close) => {
                    self.block(tokens, at, frame, (&state.call, state.is_of_all));
                    *close + 1
                }
                Token::Open(_, close) => {
                    self.bracket(tokens, at, frame, &mut state);
                    *close + 1
                }
                Token::End => {
                    state.end(tokens, at);
                    at + 1
                }
                other => {
                    state.pass(other);
                    at + 1
                }
            };
        }
    }

    /// Reads a chain of names. Returns where to go on.
    fn name<'t>(
        &mut self,
        tokens: &'t [Token],
        at: usize,
        end: usize,
        (frame, state): (&Frame<'t>, &mut State<'t>),
    ) -> usize {
        let (mut call, next) = chain(tokens, at, end);
        if let Some(next) = settings::statement(self, tokens, &call, frame) {
            return next;
        }
        for typed in tokens[call.at + 1..next].iter().filter_map(Token::name) {
            mention::chain(&[typed], false, self.mentions(&frame.scope));
        }
        state.is_of_all |= call.names.iter().any(|name| mention::is_all(name));
        let follows = tokens.get(next).filter(|_| next < end);
        if follows.is_some_and(|token| token.is(':') || token.is('=')) && call.names.len() == 1 {
            state.key = call.name();
        }
        // A name after a dot goes on from what is known already.
        let is_head = at.checked_sub(1).is_none_or(|before| !tokens[before].is('.'));
        if is_head {
            self.head(&call, follows, frame);
            if state.place(frame).is_applied {
                self.applied(&call, follows, frame);
            }
        } else {
            let before = std::mem::take(&mut state.call.names);
            call.names.splice(0..0, before.into_iter().filter(|name| mention::is_all(name)));
        }
        state.command = state.command.take().or_else(|| self.command(&call, follows, frame));
        state.call = call;
        next
    }

    /// Notes what a chain of names means.
    fn head(&mut self, call: &Call<'_>, follows: Option<&Token>, frame: &Frame<'_>) {
        let is_block = matches!(follows, Some(Token::Open('{', _)));
        let is_configured = is_block && (mention::is_all(call.name()) || call.name() == "versionCatalogs")
            || frame.place.callee == "configure";
        let is_called = matches!(follows, Some(Token::Open('(', _)));
        let mentions = self.mentions(&frame.scope);
        mention::chain(&call.names, is_configured, mentions);
        let is_base = call.base().is_some() && is_called || frame.place.base.is_some() && frame.place.callee == "File";
        if !is_base {
            mention::whole_place(&call.names, mentions);
        }
        mentions.words.insert(call.names.join("."));
        let is_variable =
            !is_called && text::chain_value(&call.names).is_none() && !self.constants.known.contains_key(call.name());
        if is_variable && mention::takes_file(frame.place.callee) && !follows.is_some_and(|f| f.is(':') || f.is('=')) {
            self.mentions(&frame.scope).takes_variables = true;
        }
    }

    /// Sees that a script that is applied is named by something that can be told.
    fn applied(&mut self, call: &Call<'_>, follows: Option<&Token>, frame: &Frame<'_>) {
        let is_key = follows.is_some_and(|token| token.is(':') || token.is('='));
        let is_more = matches!(follows, Some(Token::Open(..) | Token::Text(_)));
        if is_key || is_more || text::chain_value(&call.names).is_some() || call.names == ["new"] {
            return;
        }
        let known = self.constants.known.get(call.name()).filter(|_| call.names.len() == 1).cloned();
        let mentions = self.mentions(&frame.scope);
        match known {
            Some(value) => drop(mentions.applied.insert(value)),
            None => drop(mentions.open.insert("can't tell which script is applied".to_owned())),
        }
    }

    /// A call without brackets, as Groovy allows it.
    fn command<'t>(&self, call: &Call<'t>, follows: Option<&Token>, frame: &Frame<'t>) -> Option<Place<'t>> {
        let takes = matches!(follows, Some(Token::Text(_) | Token::Name(_) | Token::Other(_)));
        (takes && self.language == Language::Groovy).then(|| argument_place(call, frame))
    }

    fn text<'t>(&mut self, pieces: &'t [Piece], place: &Place<'t>, frame: &Frame<'t>) {
        let value = text::value(pieces, &self.constants.known);
        mention::literal(&value, place, self.mentions(&frame.scope));
        if !value.contains(UNKNOWN) {
            return;
        }
        for piece in pieces {
            if let Piece::Code(code) = piece {
                let frame = Frame { scope: frame.scope.clone(), ..Frame::default() };
                self.level(code, 0..code.len(), &frame);
            }
        }
    }

    /// Goes through arguments, or a list.
    fn bracket<'t>(&mut self, tokens: &'t [Token], at: usize, frame: &Frame<'t>, state: &mut State<'t>) {
        let Token::Open(bracket, close) = &tokens[at] else { return };
        let inside = at + 1..*close;
        let name = state.call.name();
        if *bracket == '[' || name.is_empty() || values::makes_list(name) {
            let place = state.place(frame);
            return self.level(tokens, inside, &Frame { place, ..frame.clone() });
        }
        let mut place = argument_place(&state.call, frame);
        // What is applied may be named through a call.
        place.is_applied |= state.place(frame).is_applied;
        if name == "File" || name == "get" || name == "of" {
            place.base = place.base.or_else(|| first_place(tokens, inside.clone()));
        }
        if mention::takes_project(name) && !is_declared(tokens, &state.call) {
            self.project(tokens, inside.clone(), frame);
        }
        self.level(tokens, inside.clone(), &Frame { place, is_apply: name == "apply", ..frame.clone() });
        state.call.arguments = Some(inside);
    }

    /// Sees that a project is named by something that can be told.
    fn project(&mut self, tokens: &[Token], arguments: std::ops::Range<usize>, frame: &Frame<'_>) {
        let mut first = &tokens[arguments];
        let is_key = |token: &Token| token.is(':') || token.is('=');
        // Arguments with names come in any order.
        let path =
            (0..first.len()).find(|at| first[*at].name() == Some("path") && first.get(at + 1).is_some_and(is_key));
        if let Some(path) = path {
            first = &first[path + 2..];
        }
        let end = first.iter().position(|token| token.is(',')).unwrap_or(first.len());
        let known = |name: &str| self.constants.known.contains_key(name) || name == "projects";
        match &first[..end] {
            [] | [Token::Text(_) | Token::End] | [Token::End, Token::Text(_)] | [Token::Text(_), Token::End] => {}
            [Token::Name(name)] if known(name) => {
                let value = self.constants.known.get(name).cloned().unwrap_or_default();
                let place = Place { callee: "project", ..Place::default() };
                mention::literal(&value, &place, self.mentions(&frame.scope));
            }
            [Token::Name(name), Token::Sign('.'), ..] if name == "projects" => {}
            _ => {
                let why = "can't tell which project 'project(…)' is".to_owned();
                self.mentions(&frame.scope).open.insert(why);
            }
        }
    }
}

impl<'t> State<'t> {
    /// What a literal stands in that comes next.
    fn place(&self, frame: &Frame<'t>) -> Place<'t> {
        let place = self.command.as_ref().unwrap_or(&frame.place);
        let key = if self.key.is_empty() { place.key } else { self.key };
        let is_applied = place.is_applied || place.callee == "apply" && key == "from";
        Place { key, is_applied, ..place.clone() }
    }

    /// Takes a sign.
    fn pass(&mut self, token: &Token) {
        self.call = Call::default();
        if token.is(',') {
            self.key = "";
        }
    }

    /// Takes the end of a line, where the statement ends with it.
    fn end(&mut self, tokens: &[Token], at: usize) {
        let goes_on = tokens.get(at + 1).is_some_and(|next| next.is('.') || next.is('?'));
        if goes_on || at.checked_sub(1).is_some_and(|before| tokens[before].is(',')) {
            return;
        }
        *self = Self::default();
    }
}

/// What the arguments of a call stand in.
fn argument_place<'t>(call: &Call<'t>, frame: &Frame<'t>) -> Place<'t> {
    let is_applied = frame.place.is_applied || frame.is_apply && call.name() == "from";
    Place { callee: call.name(), base: call.base(), is_applied, ..Place::default() }
}

/// Whether a literal is only compared with something.
fn is_compared(tokens: &[Token], at: usize) -> bool {
    let is = |at: usize, sign: char| tokens.get(at).is_some_and(|token| token.is(sign));
    let before = at >= 2 && is(at - 1, '=') && (is(at - 2, '=') || is(at - 2, '!'));
    before || is(at + 2, '=') && (is(at + 1, '=') || is(at + 1, '!'))
}
