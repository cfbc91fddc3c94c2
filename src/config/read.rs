//! Readers of values, one for each kind: from a TOML value to what the rules hold, or a mistake reported.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

use super::fields::{Context, Value};
use super::keys::Kind;
use super::text::{self, describe};
use super::{CommandLine, Condition, Doing, GitView, Queue, Reuse, UnprovedBase, duration, size};
use crate::check::{LineEnding, Stage};
use crate::diagnostic::Diagnostic;
use crate::path::{Pattern, RepoPath};

/// Reads [`Kind::Bool`].
pub(super) fn boolean(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<bool> {
    value.get_ref().as_bool().or_else(|| wrong_type(cx, value))
}

/// Reads [`Kind::Text`].
pub(super) fn text(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<String> {
    let Some(text) = value.get_ref().as_str() else { return wrong_type(cx, value) };
    match text::flaw(text) {
        None => Some(text.to_owned()),
        Some(flaw) => refuse(cx, value, Diagnostic::error("config/bad-text", format!("'{}' {flaw}", cx.key.name))),
    }
}

/// Reads [`Kind::Texts`].
pub(super) fn texts(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Vec<Spanned<String>>> {
    list(cx, value, text)
}

/// Reads [`Kind::Version`].
pub(super) fn version(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<semver::VersionReq> {
    let requirement = text(cx, value)?;
    requirement.parse().map_or_else(
        |error| {
            let problem =
                Diagnostic::error("config/bad-version", format!("'{requirement}' is not a version requirement"));
            refuse(cx, value, problem.hint(format!("{error}; write it as in version = \">=0.1\"")))
        },
        Some,
    )
}

/// Reads [`Kind::Patterns`].
pub(super) fn patterns(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Vec<Spanned<Pattern>>> {
    list(cx, value, |cx, item| {
        let text = text(cx, item)?;
        match Pattern::parse(&text) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let hint = error.hint().map(str::to_owned);
                refuse(cx, item, Diagnostic { hint, ..Diagnostic::error("config/bad-pattern", error.to_string()) })
            }
        }
    })
}

/// Reads [`Kind::Stages`].
pub(super) fn stages(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Vec<Spanned<Stage>>> {
    list(cx, value, |cx, item| {
        let text = text(cx, item)?;
        let stage = Stage::ALL.into_iter().find(|stage| stage.as_str() == text);
        stage.or_else(|| {
            let problem = Diagnostic::error("config/unknown-stage", format!("unknown stage '{text}'"));
            refuse(cx, item, problem.hint(text::one_of(&text, Stage::ALL.map(Stage::as_str))))
        })
    })
}

/// Reads [`Kind::Variables`].
pub(super) fn variables(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Vec<Spanned<String>>> {
    list(cx, value, |cx, item| {
        let name = text(cx, item)?;
        match text::variable_flaw(&name) {
            None => Some(name),
            Some((flaw, hint)) => {
                let problem = Diagnostic::error("config/bad-variable", format!("'{name}' {flaw}"));
                refuse(cx, item, problem.hint(hint))
            }
        }
    })
}

/// Reads [`Kind::Names`].
pub(super) fn names(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Vec<Spanned<String>>> {
    list(cx, value, |cx, item| {
        let name = text(cx, item)?;
        if text::is_name(&name) {
            return Some(name);
        }
        let problem = Diagnostic::error("config/bad-name", format!("'{name}' is not a name"));
        refuse(cx, item, problem.hint("use letters, digits, '.', '_' and '-', a letter or digit first"))
    })
}

/// Reads [`Kind::PublicKey`].
pub(super) fn public_key(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<String> {
    let key = text(cx, value)?;
    let mut words = key.split(' ');
    let (kind, body) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let digits = body.trim_end_matches('=');
    let is_whole = !digits.is_empty() && digits.len() + 2 >= body.len() && digits.bytes().all(is_base64);
    if is_whole && text::KEY_KINDS.contains(&kind) {
        return Some(key);
    }
    let shown =
        Diagnostic::error("config/bad-key", format!("'{key}' is no public key that evidence can be signed with"));
    let kinds = text::KEY_KINDS.join(", ");
    refuse(cx, value, shown.hint(format!("take the line of a .pub file of ssh-keygen's; the kinds are {kinds}")))
}

/// Reads [`Kind::Conditions`].
pub(super) fn conditions(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Vec<Spanned<Condition>>> {
    list(cx, value, |cx, item| {
        let text = text(cx, item)?;
        Condition::parse(&text).or_else(|| {
            let problem = Diagnostic::error("config/bad-condition", format!("'{text}' is not NAME=PATTERN"));
            refuse(cx, item, problem.hint("write it as in \"platform=linux *\""))
        })
    })
}

/// Reads [`Kind::Path`].
pub(super) fn path(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<RepoPath> {
    let path = text(cx, value)?;
    match text::path_flaw(&path) {
        None => Some(RepoPath::from(path.as_str())),
        Some((flaw, hint)) => {
            let problem = Diagnostic::error("config/bad-path", format!("'{path}' {flaw}"));
            refuse(cx, value, problem.hint(hint))
        }
    }
}

/// Reads [`Kind::Paths`].
pub(super) fn paths(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Vec<Spanned<RepoPath>>> {
    list(cx, value, path)
}

/// Reads [`Kind::Command`].
pub(super) fn command(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<CommandLine> {
    let (command, first) = match value.get_ref() {
        DeValue::String(line) => (CommandLine::Shell(line.to_string()), line.to_string()),
        DeValue::Array(items) => {
            let words: Option<Vec<String>> = items.iter().map(|item| word(cx, item)).collect();
            let words = words?;
            let first = words.first().cloned().unwrap_or_default();
            (CommandLine::Words(words), first)
        }
        _ => return wrong_type(cx, value),
    };
    match text::flaw(&first) {
        None => Some(command),
        Some(flaw) => {
            let problem = Diagnostic::error("config/bad-command", format!("the command in '{}' {flaw}", cx.key.name));
            refuse(cx, value, problem.hint("to check nothing, leave the check out"))
        }
    }
}

/// A word of a command; unlike a text it may be empty.
fn word(cx: &mut Context<'_, '_>, item: &Value<'_>) -> Option<String> {
    match item.get_ref().as_str() {
        Some(word) if !word.contains('\0') => Some(word.to_owned()),
        Some(_) => {
            refuse(cx, item, Diagnostic::error("config/bad-command", "a word of a command holds a NUL character"))
        }
        None => wrong_type(cx, item),
    }
}

/// Reads [`Kind::Duration`].
pub(super) fn duration(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Duration> {
    let text = text(cx, value)?;
    duration::parse(&text).map_or_else(
        |error| {
            let problem = Diagnostic::error("config/bad-duration", format!("'{text}' {error}"));
            refuse(cx, value, problem.hint("write it as in \"90s\", \"10m\", \"1h30m\" or \"2d\""))
        },
        Some,
    )
}

/// Reads [`Kind::Reuse`].
pub(super) fn reuse(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Reuse> {
    match value.get_ref() {
        DeValue::Boolean(true) => Some(Reuse::Always),
        DeValue::Boolean(false) => Some(Reuse::Never),
        _ => duration(cx, value).map(Reuse::For),
    }
}

/// Reads [`Kind::Size`].
pub(super) fn bytes(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<u64> {
    let size = match value.get_ref() {
        DeValue::Integer(number) => integer(number).and_then(|number| u64::try_from(number).ok()),
        DeValue::String(text) => size::parse(text),
        _ => return wrong_type(cx, value),
    };
    size.or_else(|| {
        let problem = Diagnostic::error("config/bad-size", format!("'{}' is not a size", cx.key.name));
        refuse(cx, value, problem.hint("write it as in \"10GB\" or \"512MiB\", or as a whole number of bytes"))
    })
}

/// Reads [`Kind::Count`].
pub(super) fn count(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<u32> {
    let DeValue::Integer(number) = value.get_ref() else { return wrong_type(cx, value) };
    let Kind::Count(min, max) = cx.key.kind else { return wrong_type(cx, value) };
    let number = integer(number).and_then(|number| u32::try_from(number).ok());
    number.filter(|number| (min..=max).contains(number)).or_else(|| {
        let (name, kind) = (cx.key.name, cx.key.kind.name());
        refuse(cx, value, Diagnostic::error("config/bad-number", format!("'{name}' takes {kind}")))
    })
}

/// Reads a [`Kind::Count`] that begins at 1.
pub(super) fn slots(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<NonZeroUsize> {
    let count = count(cx, value)?;
    usize::try_from(count).ok().and_then(NonZeroUsize::new).or_else(|| wrong_type(cx, value))
}

/// Reads `unproved-base`.
pub(super) fn unproved_base(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<UnprovedBase> {
    choice(cx, value, [UnprovedBase::Assume, UnprovedBase::Run])
}

/// Reads `queue`.
pub(super) fn queue(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Queue> {
    choice(cx, value, [Queue::Tip, Queue::Ahead])
}

/// Reads one of two words, the second of which is `refuse`: whether it is the other one.
pub(super) fn refused_or_not(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<bool> {
    choice(cx, value, [true, false])
}

/// Reads `flaky`: whether it is refused.
pub(super) fn flaky(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<bool> {
    choice(cx, value, [false, true])
}

/// Reads `fewer-tests`: whether they are refused.
pub(super) fn fewer_tests(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<bool> {
    choice(cx, value, [false, true])
}

/// Reads `tests`: whether there is a step for each test file.
pub(super) fn test_files(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<bool> {
    choice(cx, value, [true])
}

/// Reads `git`.
pub(super) fn git_view(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<GitView> {
    choice(cx, value, [GitView::Snapshot, GitView::History])
}

/// Reads [`Kind::Choice`]: the meaning that stands where the word stands in the key's list.
pub(super) fn line_ending(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<LineEnding> {
    choice(cx, value, [LineEnding::Consistent, LineEnding::Lf, LineEnding::Crlf])
}

pub(super) fn builtin(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<String> {
    let Kind::Choice(words) = cx.key.kind else { return wrong_type(cx, value) };
    let text = text(cx, value)?;
    if words.contains(&text.as_str()) {
        return Some(text);
    }
    let problem = Diagnostic::error("config/unknown-builtin", format!("gate brings no check '{text}'"));
    refuse(cx, value, problem.hint(text::one_of(&text, words.iter().copied())))
}

pub(super) fn doings(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Vec<Spanned<Doing>>> {
    list(cx, value, |cx, item| {
        let text = text(cx, item)?;
        let known = Doing::ALL.into_iter().find(|(word, _)| *word == text);
        known.map(|(_, doing)| doing).or_else(|| {
            let problem = Diagnostic::error("config/bad-value", format!("git is never in the middle of '{text}'"));
            refuse(cx, item, problem.hint(text::one_of(&text, Doing::ALL.map(|(word, _)| word))))
        })
    })
}

fn choice<T, const N: usize>(cx: &mut Context<'_, '_>, value: &Value<'_>, meanings: [T; N]) -> Option<T> {
    let Kind::Choice(words) = cx.key.kind else { return wrong_type(cx, value) };
    let text = text(cx, value)?;
    let meant = words.iter().zip(meanings).find(|(word, _)| **word == text);
    meant.map(|(_, meaning)| meaning).or_else(|| {
        let problem = Diagnostic::error("config/bad-value", format!("'{}' can't be '{text}'", cx.key.name));
        refuse(cx, value, problem.hint(text::one_of(&text, words.iter().copied())))
    })
}

/// Reads a list, every item with `read`; all wrong items are reported, and an item that is given twice.
fn list<T>(
    cx: &mut Context<'_, '_>,
    value: &Value<'_>,
    read: impl Fn(&mut Context<'_, '_>, &Value<'_>) -> Option<T>,
) -> Option<Vec<Spanned<T>>> {
    let DeValue::Array(items) = value.get_ref() else { return wrong_type(cx, value) };
    let mut seen = BTreeSet::new();
    let mut good = Some(Vec::new());
    for item in items {
        let twice = item.get_ref().as_str().filter(|text| !seen.insert((*text).to_owned()));
        let read = match twice {
            None => read(cx, item),
            Some(text) => {
                let problem = Diagnostic::error("config/duplicate-item", format!("'{text}' is listed twice"));
                refuse(cx, item, problem)
            }
        };
        let read = read.map(|read| Spanned::new(item.span(), read));
        good = good.zip(read).map(|(mut good, read)| {
            good.push(read);
            good
        });
    }
    good
}

/// Reports a value of another type than the key takes.
pub(super) fn wrong_type<T>(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<T> {
    let (name, kind) = (cx.key.name, cx.key.kind);
    let example = match value.get_ref() {
        DeValue::String(text) if kind.example().starts_with('[') => format!("[{}]", toml::Value::from(text.as_ref())),
        _ => kind.example(),
    };
    let found = describe(value.get_ref());
    let problem = Diagnostic::error("config/wrong-type", format!("'{name}' takes {}, not {found}", kind.name()))
        .hint(format!("write it as in {name} = {example}"));
    cx.problems.add(problem, value.span(), format!("this is {found}"));
    None
}

fn refuse<T>(cx: &mut Context<'_, '_>, value: &Value<'_>, problem: Diagnostic) -> Option<T> {
    cx.problems.add(problem, value.span(), "");
    None
}

fn integer(number: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}
