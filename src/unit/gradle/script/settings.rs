//! What settings say of projects.

use super::calls::Call;
use super::walker::{Frame, Role, Scope, Walker};
use super::{constants, values};
use crate::unit::gradle::model::Setting;
use crate::unit::gradle::text;
use crate::unit::gradle::token::Token;
use crate::unit::place::UNKNOWN;

/// Reads a statement that only settings have, and says where to go on; `None` for any other, and where the script may be
/// one of a project as well.
pub(super) fn statement(walker: &mut Walker, tokens: &[Token], call: &Call<'_>, frame: &Frame<'_>) -> Option<usize> {
    match walker.role {
        Role::Build => None,
        Role::Applied => {
            read(walker, tokens, call, frame);
            None
        }
        Role::Settings => read(walker, tokens, call, frame),
    }
}

fn read(walker: &mut Walker, tokens: &[Token], call: &Call<'_>, frame: &Frame<'_>) -> Option<usize> {
    let next = tokens.get(call.at + 1)?;
    let is_given = next.is('=') && !tokens.get(call.at + 2)?.is('=');
    if is_given {
        return assignment(walker, tokens, call, frame);
    }
    if !matches!(call.names.as_slice(), [_] | ["settings" | "this", _]) || is_after_word(tokens, call) {
        return None;
    }
    let (arguments, after) = match next {
        Token::Open('(', close) => (call.at + 2..*close, *close + 1),
        Token::Text(_) | Token::Name(_) | Token::Open('[', _) => {
            let end = constants::end(tokens, call.at + 1);
            let end = (call.at + 1..end).find(|at| matches!(tokens[*at], Token::Open('{', _))).unwrap_or(end);
            (call.at + 1..end, end)
        }
        _ => return None,
    };
    match call.name() {
        "include" => include(walker, &tokens[arguments.clone()], Setting::Include),
        "includeFlat" => include(walker, &tokens[arguments.clone()], Setting::Flat),
        "includeBuild" => {
            build(walker, tokens, (arguments, after), frame);
            return Some(after);
        }
        "from" => {
            catalog(walker, &tokens[arguments], frame);
            return None;
        }
        _ => return None,
    }
    // Who else is included is no matter of a project's.
    walker.passed.extend(call.at..after);
    Some(after)
}

/// Whether a word stands before that makes it no call.
fn is_after_word(tokens: &[Token], call: &Call<'_>) -> bool {
    let first = (call.at + 2).saturating_sub(call.names.len() * 2);
    match first.checked_sub(1).map(|before| &tokens[before]) {
        Some(Token::Name(word)) => !matches!(word.as_str(), "else" | "do" | "in"),
        Some(token) => token.is('.'),
        None => false,
    }
}

fn include(walker: &mut Walker, arguments: &[Token], setting: fn(String) -> Setting) {
    let lists = |name: &str| walker.constants.lists.get(name).cloned();
    match values::strings(arguments, &walker.constants.known, &lists) {
        Some(paths) => {
            // Patterns of files are included too.
            let paths = paths.into_iter().filter(|path| !path.contains('*') && !path.is_empty());
            walker.settings.extend(paths.map(setting));
        }
        None => walker.settings.push(Setting::Open("can't tell which projects are included".to_owned())),
    }
}

fn build(
    walker: &mut Walker,
    tokens: &[Token],
    (arguments, after): (std::ops::Range<usize>, usize),
    frame: &Frame<'_>,
) {
    let name = match tokens.get(after) {
        Some(Token::Open('{', close)) => name_of(walker, &tokens[after + 1..*close]),
        _ => None,
    };
    // A trailing configuration is no part of the place.
    let end = constants::end(tokens, arguments.start).min(arguments.end);
    let place = tokens[arguments.start..end].split(|token| token.is(',')).next().unwrap_or_default();
    let single = values::place(place, &walker.constants.known);
    let places = values::place(&tokens[arguments.start..end], &walker.constants.known);
    walker.settings.push(match single.filter(|_| places.is_some()) {
        Some(_) => Setting::Build(places.unwrap_or_default(), name, frame.is_for_plugins),
        None => Setting::Open("can't tell which build is included".to_owned()),
    });
}

/// The name that a block gives.
fn name_of(walker: &Walker, block: &[Token]) -> Option<String> {
    let at = block.windows(3).position(|three| three[0].name() == Some("name") && three[1].is('='))?;
    match &block[at + 2] {
        Token::Text(pieces) => Some(text::value(pieces, &walker.constants.known)),
        _ => None,
    }
}

/// `from(files("a.versions.toml"))` in the block of a catalog.
fn catalog(walker: &mut Walker, arguments: &[Token], frame: &Frame<'_>) {
    let Some(name) = frame.owner.clone() else { return };
    let inner: Vec<Token> = arguments.iter().filter(|token| token.name() != Some("files")).cloned().collect();
    let place = values::place(&inner, &walker.constants.known);
    if let Some(place) = place.filter(|place| place.rsplit('.').next() == Some("toml")) {
        walker.settings.push(Setting::Catalog(name, place));
    }
}

/// `project(":a").projectDir = file("b")` and the like.
fn assignment(walker: &mut Walker, tokens: &[Token], call: &Call<'_>, frame: &Frame<'_>) -> Option<usize> {
    let value = call.at + 2;
    let end = constants::end(tokens, value);
    match (call.name(), call.names.as_slice()) {
        ("name", ["rootProject", _] | ["settings", "rootProject", _]) => {
            let name = values::strings(&tokens[value..end], &walker.constants.known, &|_| None)?;
            walker.settings.push(Setting::RootName(name.concat()));
            return Some(end);
        }
        ("buildFileName", _) => walker.settings.push(Setting::ScriptNames),
        ("projectDir", _) => {
            let place = values::place(&tokens[value..end], &walker.constants.known);
            walker.settings.push(match (receiver(walker, tokens, call, frame), place) {
                (Some(path), Some(place)) => Setting::Folder(path, place),
                _ => Setting::Open("can't tell which folder is a project's".to_owned()),
            });
            return Some(end);
        }
        ("name", [_]) => {
            let path = receiver(walker, tokens, call, frame)?;
            let name = values::strings(&tokens[value..end], &walker.constants.known, &|_| None);
            walker.settings.push(match name.as_deref() {
                Some([name]) => Setting::Name(path, name.clone()),
                _ => Setting::Open("can't tell what a project is called".to_owned()),
            });
            return Some(end);
        }
        _ => {}
    }
    None
}

/// The project whose property is given a value.
fn receiver(walker: &Walker, tokens: &[Token], call: &Call<'_>, frame: &Frame<'_>) -> Option<String> {
    let is_after_dot = call.at.checked_sub(1).is_some_and(|before| tokens[before].is('.'));
    if !is_after_dot {
        let Scope::Of(path) = &frame.scope else { return None };
        return Some(path.clone());
    }
    if let ["rootProject", _] = call.names.as_slice() {
        return Some(":".to_owned());
    }
    let mut before = call.at.checked_sub(2)?;
    while tokens[before].is('?') || tokens[before].is('!') {
        before = before.checked_sub(1)?;
    }
    let Token::Close(')', open) = tokens[before] else { return None };
    let name = tokens[open.checked_sub(1)?].name()?;
    if !matches!(name, "project" | "findProject") {
        return None;
    }
    let paths = values::strings(&tokens[open + 1..before], &walker.constants.known, &|_| None)?;
    match paths.as_slice() {
        [path] if !path.contains(UNKNOWN) => Some(path.clone()),
        _ => None,
    }
}
