//! A value, and what can be asked of it.

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::adopt::migrate) enum Pkl {
    /// A text, number, or `true` or `false`, as text.
    Text(String),
    /// A list.
    List(Vec<Pkl>),
    /// An object or mapping: its entries, in order.
    Object(Vec<(String, Pkl)>),
    /// A name that leads out of the file, with the entries that amend what it stands for.
    Outside(String, Vec<(String, Pkl)>),
    /// Something that has to be computed.
    Unknown,
}

impl Pkl {
    /// The entry of this name.
    pub(in crate::adopt::migrate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) | Self::Outside(_, entries) => {
                entries.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The text.
    pub(in crate::adopt::migrate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of an object.
    pub(in crate::adopt::migrate) fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Object(entries) | Self::Outside(_, entries) => entries,
            _ => &[],
        }
    }

    /// The texts of a list, or one text by itself; `None` if any has to be computed.
    pub(in crate::adopt::migrate) fn texts(&self) -> Option<Vec<String>> {
        match self {
            Self::Text(text) => Some(vec![text.clone()]),
            Self::List(items) => items.iter().map(|item| item.text().map(str::to_owned)).collect(),
            Self::Object(entries) if entries.is_empty() => Some(Vec::new()),
            _ => None,
        }
    }
}

/// A value with entries put over its own.
pub(super) fn amended(value: Pkl, body: Vec<(String, Pkl)>) -> Pkl {
    let over = |mut entries: Vec<(String, Pkl)>| {
        for (key, value) in body {
            match entries.iter_mut().find(|(other, _)| *other == key && !key.is_empty()) {
                Some((_, old)) => *old = value,
                None => entries.push((key, value)),
            }
        }
        entries
    };
    match value {
        Pkl::Object(entries) => Pkl::Object(over(entries)),
        Pkl::Outside(name, entries) => Pkl::Outside(name, over(entries)),
        _ => Pkl::Unknown,
    }
}

/// How many values there are in one.
pub(super) fn size(value: &Pkl) -> usize {
    match value {
        Pkl::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Pkl::Object(entries) | Pkl::Outside(_, entries) => {
            1 + entries.iter().map(|(_, value)| size(value)).sum::<usize>()
        }
        Pkl::Text(_) | Pkl::Unknown => 1,
    }
}
