//! The environment as a lookup, and its values as what they stand for.

use std::ffi::{OsStr, OsString};

use super::error::{Error, NAME_BOTH};
use super::found::System;
use super::told::{BranchName, Origin, Told};
use crate::digest::ObjectId;

/// How many characters of a bad value are shown.
const SHOWN: usize = 80;

/// The variables of an environment. An empty one counts as none: several CIs set what doesn't apply to nothing.
#[derive(Clone, Copy)]
pub(super) struct Variables<'a>(pub(super) &'a [(OsString, OsString)]);

/// How the name of a branch is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `main`. A name that starts with `refs/heads/` is a branch called so.
    Short,
    /// `refs/heads/main`.
    Full,
    /// Either.
    Either,
}

impl<'a> Variables<'a> {
    /// A variable's bytes.
    pub(super) fn raw(self, name: &str) -> Option<&'a OsStr> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_os_str()).filter(|value| !value.is_empty())
    }

    /// Whether a variable says yes, however it says it.
    pub(super) fn is_on(self, name: &str) -> bool {
        let no = |value: &OsStr| value.eq_ignore_ascii_case("false") || value == "0";
        self.raw(name).is_some_and(|value| !no(value))
    }

    /// A variable's text, if it is set.
    pub(super) fn text(self, name: &'static str) -> Result<Option<Told<&'a str>>, Error> {
        let Some(value) = self.raw(name) else { return Ok(None) };
        let origin = Origin::Variable(name);
        match value.to_str() {
            Some(value) => Ok(Some(Told { value, origin })),
            None => Err(malformed(origin, &value.to_string_lossy(), "UTF-8")),
        }
    }

    /// A variable's text, which has to be set.
    pub(super) fn need(self, system: System, name: &'static str) -> Result<Told<&'a str>, Error> {
        let missing = || Error::Missing { system, name: Origin::Variable(name), cure: NAME_BOTH };
        self.text(name)?.ok_or_else(missing)
    }

    /// A variable that is `true` or `false`, in any case.
    pub(super) fn truth(self, name: &'static str) -> Result<Option<Told<bool>>, Error> {
        let Some(told) = self.text(name)? else { return Ok(None) };
        let truths = [("true", true), ("false", false)];
        let truth = truths.into_iter().find(|(text, _)| told.value.eq_ignore_ascii_case(text));
        match truth {
            Some((_, truth)) => Ok(Some(told.map(|_| truth))),
            None => Err(malformed(told.origin, told.value, "'true' or 'false'")),
        }
    }

    /// A variable that is a commit, which has to be set.
    pub(super) fn commit(self, system: System, name: &'static str) -> Result<Told<ObjectId>, Error> {
        commit(&self.need(system, name)?)
    }

    /// A variable that is a commit, if it is set.
    pub(super) fn commit_if_set(self, name: &'static str) -> Result<Option<Told<ObjectId>>, Error> {
        self.text(name)?.as_ref().map(commit).transpose()
    }
}

/// A commit. Zeros, which stand for none, are refused.
pub(super) fn commit(told: &Told<&str>) -> Result<Told<ObjectId>, Error> {
    match commit_or_none(told)? {
        Some(commit) => Ok(commit),
        None => Err(malformed(told.origin, told.value, "a commit: zeros stand for none")),
    }
}

/// A commit, or none where it is all zeros.
pub(super) fn commit_or_none(told: &Told<&str>) -> Result<Option<Told<ObjectId>>, Error> {
    match told.value.parse::<ObjectId>() {
        Ok(commit) => {
            let none = commit.as_bytes().iter().all(|byte| *byte == 0);
            Ok((!none).then_some(Told { value: commit, origin: told.origin }))
        }
        Err(_) => Err(malformed(told.origin, told.value, "a commit of 40 hexadecimal digits")),
    }
}

/// The name of a branch.
pub(super) fn branch(told: &Told<&str>, form: Form) -> Result<Told<BranchName>, Error> {
    let short = told.value.strip_prefix("refs/heads/");
    let name = match form {
        Form::Short => Some(told.value),
        Form::Full => short,
        Form::Either => short.or((!told.value.starts_with("refs/")).then_some(told.value)),
    };
    match name.and_then(BranchName::new) {
        Some(name) => Ok(Told { value: name, origin: told.origin }),
        None => Err(malformed(told.origin, told.value, "a branch")),
    }
}

/// A value that is not what it should be.
pub(super) fn malformed(name: Origin, value: &str, wanted: &'static str) -> Error {
    Error::Malformed { name, value: shown(value), wanted, cure: NAME_BOTH }
}

/// Two values that can't both be true.
pub(super) fn contradiction(one: &Told<impl ToString>, other: &Told<impl ToString>, why: &'static str) -> Error {
    let text = |value: String, origin| Told { value: shown(&value), origin };
    let (one, other) = (text(one.value.to_string(), one.origin), text(other.value.to_string(), other.origin));
    Error::Contradiction { one, other, why }
}

/// A value that can be shown in a log without becoming a line or a command of it.
pub(super) fn shown(value: &str) -> String {
    let cut = value.char_indices().nth(SHOWN).map_or(value.len(), |(end, _)| end);
    let more = if cut < value.len() { "…" } else { "" };
    format!("{}{more}", value[..cut].escape_debug())
}
