//! Goes through the tokens of a script, call by call.

use std::collections::{BTreeMap, HashSet};

use super::constants::Constants;
use super::mention::{self, Place};
use super::{Role, settings, values};
use crate::digest::{Digest, Hasher};
use crate::unit::gradle::model::{Mentions, Script, Setting};
use crate::unit::gradle::text;
use crate::unit::gradle::token::{Language, Piece, Token};
use crate::unit::place::{ROOT, UNKNOWN};

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

/// Whose project code speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Scope {
    /// The one that the script is of.
    #[default]
    Own,
    /// Others, which ones is not told.
    Each,
    /// The one of a path.
    Of(String),
}

/// What code stands in.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame<'t> {
    pub(super) scope: Scope,
    pub(super) place: Place<'t>,
    /// Whether it is the block of `apply`.
    is_apply: bool,
    /// Whether it is about plugins only.
    pub(super) is_for_plugins: bool,
    /// The text or name that the block before this one belongs to.
    pub(super) owner: Option<String>,
}

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
    is_generic: bool,
}

impl<'t> Call<'t> {
    /// The called name.
    pub(super) fn name(&self) -> &'t str {
        self.names.last().copied().unwrap_or_default()
    }

    /// The folder that it looks from, as far as it is another than the project's.
    fn base(&self) -> Option<String> {
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

/// What is found so far.
pub(super) struct Walker {
    language: Language,
    pub(super) role: Role,
    pub(super) constants: Constants,
    own: Mentions,
    each: Mentions,
    of: BTreeMap<String, Mentions>,
    pub(super) settings: Vec<Setting>,
    /// Tokens that say nothing to other projects.
    pub(super) passed: HashSet<usize>,
    budget: usize,
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
    /// What is said in a scope.
    pub(super) fn mentions(&mut self, scope: &Scope) -> &mut Mentions {
        match scope {
            Scope::Own => &mut self.own,
            Scope::Each => &mut self.each,
            Scope::Of(path) => self.of.entry(path.clone()).or_default(),
        }
    }

    /// Goes through what stands between two brackets, or a whole script.
    fn level<'t>(&mut self, tokens: &'t [Token], range: std::ops::Range<usize>, frame: &Frame<'t>) {
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
                    let place = state.place(frame);
                    self.text(pieces, &place, frame);
                    state.call = Call::default();
                    at + 1
                }
                Token::Open('{', close) => {
                    self.block(tokens, at, frame, &state);
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
                    if other.is(',') {
                        state.key = "";
                    }
                    state.call = Call::default();
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
        let is_configured = is_block && !matches!(call.name(), "each" | "forEach") || frame.place.callee == "configure";
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

    /// Goes through a block, once for every value that it is run with.
    fn block<'t>(&mut self, tokens: &'t [Token], at: usize, frame: &Frame<'t>, state: &State<'t>) {
        let Token::Open(_, close) = &tokens[at] else { return };
        let inside = at + 1..*close;
        let call = &state.call;
        let arguments = call.arguments.clone().map_or(&[][..], |range| &tokens[range]);
        let mut inner = Frame {
            scope: frame.scope.clone(),
            is_apply: call.name() == "apply",
            is_for_plugins: frame.is_for_plugins || call.name() == "pluginManagement",
            owner: self.owner(call, arguments),
            ..Frame::default()
        };
        let hooks = ["beforeProject", "afterProject", "projectsEvaluated", "projectsLoaded"];
        if state.is_of_all || hooks.contains(&call.name()) {
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

impl<'t> State<'t> {
    /// What a literal stands in that comes next.
    fn place(&self, frame: &Frame<'t>) -> Place<'t> {
        let place = self.command.as_ref().unwrap_or(&frame.place);
        let key = if self.key.is_empty() { place.key } else { self.key };
        let is_applied = place.is_applied || place.callee == "apply" && key == "from";
        Place { key, is_applied, ..place.clone() }
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
    Place { callee: call.name(), key: "", base: call.base(), is_applied }
}

/// A chain of names that begins at a place, and where what follows it stands.
fn chain(tokens: &[Token], at: usize, end: usize) -> (Call<'_>, usize) {
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
fn first_place(tokens: &[Token], arguments: std::ops::Range<usize>) -> Option<String> {
    let (call, _) = chain(tokens, arguments.start, arguments.end);
    if let ["rootProject"] = call.names.as_slice() { Some(ROOT.to_string()) } else { text::chain_value(&call.names) }
}

/// Whether it is a function of that name that is declared.
fn is_declared(tokens: &[Token], call: &Call<'_>) -> bool {
    let before = call.at.checked_sub(1).and_then(|before| tokens[before].name());
    before.is_some_and(|word| matches!(word, "fun" | "def" | "void"))
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
