//! One table of a file: its values by key, and what is wrong with its keys.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{Key, Table};
use super::nearest::nearest;
use super::problems::Problems;
use super::table::is_planned;
use crate::diagnostic::Diagnostic;

/// A value as it stands in the file.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// What became of a key.
#[derive(Clone, Debug)]
pub(super) enum Field<T> {
    /// It is left out.
    Absent,
    /// It is there, and its value is valid.
    Given(Spanned<T>),
    /// It is there, perhaps misspelt, and what is wrong with it has been reported.
    Bad,
}

/// Something is wrong, and has been reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reported;

/// A key that takes a list.
pub(super) type Items<T> = Field<Vec<Spanned<T>>>;

/// One table of a file, checked for keys that do not belong there.
pub(super) struct Fields<'t> {
    table: Table,
    title: String,
    entries: Option<&'t DeTable<'t>>,
    /// Keys that unknown keys most likely mean.
    meant: Vec<&'static str>,
}

/// What a reader of values is told: which key it reads, and where mistakes go.
pub(super) struct Context<'p, 's> {
    pub(super) key: &'static Key,
    pub(super) problems: &'p mut Problems<'s>,
}

impl<'t> Fields<'t> {
    /// Takes a table of the kind `table`, called `title` in messages, and reports keys that do not belong there.
    pub(super) fn new(table: Table, title: String, entries: &'t DeTable<'t>, problems: &mut Problems<'_>) -> Self {
        let mut meant = Vec::new();
        for key in entries.keys().filter(|key| Key::find(table, key.get_ref()).is_none()) {
            let problem = if is_planned(table, key.get_ref()) {
                not_yet(&format!("'{}' in {title}", key.get_ref()))
            } else {
                let near = nearest(key.get_ref(), Key::of(table).map(|key| key.name));
                meant.extend(near);
                unknown_key(table, &title, key.get_ref(), near)
            };
            problems.add(problem, key.span(), "");
        }
        Self { table, title, entries: Some(entries), meant }
    }

    /// A table that is left out.
    pub(super) fn absent(table: Table) -> Self {
        Self { table, title: table.header().to_owned(), entries: None, meant: Vec::new() }
    }

    /// What it is called in messages, such as `[check.fmt]`.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// Where the value of a key stands, valid or not.
    pub(super) fn span(&self, name: &str) -> Option<std::ops::Range<usize>> {
        self.value(name).map(Spanned::span)
    }

    /// The value of a key as it stands in the file.
    pub(super) fn value(&self, name: &str) -> Option<&'t Value<'t>> {
        self.entries.and_then(|entries| entries.get(name))
    }

    /// Reads a key with `read`, which gives `None` once it has reported what is wrong.
    pub(super) fn take<T>(
        &self,
        name: &str,
        problems: &mut Problems<'_>,
        read: impl FnOnce(&mut Context<'_, '_>, &Value<'_>) -> Option<T>,
    ) -> Field<T> {
        let (Some(key), Some(value)) = (Key::find(self.table, name), self.value(name)) else {
            return if self.meant.contains(&name) { Field::Bad } else { Field::Absent };
        };
        match read(&mut Context { key, problems }, value) {
            Some(read) => Field::Given(Spanned::new(value.span(), read)),
            None => Field::Bad,
        }
    }
}

impl<T> Field<T> {
    /// The value that is given.
    pub(super) fn given(&self) -> Option<&Spanned<T>> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Bad => None,
        }
    }

    /// Whether it is there and wrong.
    pub(super) fn is_bad(&self) -> bool {
        matches!(self, Self::Bad)
    }

    /// The value, or `fallback` where the key is left out.
    pub(super) fn or(self, fallback: T) -> Result<T, Reported> {
        self.optional().map(|value| value.unwrap_or(fallback))
    }

    /// The value, if the key is there.
    pub(super) fn optional(self) -> Result<Option<T>, Reported> {
        match self {
            Self::Given(value) => Ok(Some(value.into_inner())),
            Self::Absent => Ok(None),
            Self::Bad => Err(Reported),
        }
    }

    /// The value of a key that can't be left out.
    pub(super) fn required(self) -> Result<T, Reported> {
        self.optional()?.ok_or(Reported)
    }
}

impl<T> Items<T> {
    /// The items that are given.
    pub(super) fn items(&self) -> &[Spanned<T>] {
        self.given().map_or(&[], |items| items.get_ref())
    }

    /// The items, none where the key is left out.
    pub(super) fn values<C: FromIterator<T>>(self) -> Result<C, Reported> {
        self.optional().map(|items| items.into_iter().flatten().map(Spanned::into_inner).collect())
    }
}

fn unknown_key(table: Table, title: &str, name: &str, near: Option<&str>) -> Diagnostic {
    let hint = match near {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => {
            format!("{} takes {}", table.header(), Key::of(table).map(|key| key.name).collect::<Vec<_>>().join(", "))
        }
    };
    Diagnostic::error("config/unknown-key", format!("unknown key '{name}' in {title}")).hint(hint)
}

/// The answer to what a later version of gate is going to have.
pub(super) fn not_yet(what: &str) -> Diagnostic {
    let version = env!("CARGO_PKG_VERSION");
    Diagnostic::error("config/not-yet", format!("{what} is not in this version of gate ({version})"))
        .hint("remove it: gate refuses what it would have to pass over")
}
