//! Values of TOML tables by the paths of their keys.

use toml::{Table, Value};

/// The value at a path of keys.
pub(super) fn at_value<'t>(table: &'t Table, path: &str) -> Option<&'t Value> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let value = table.get(first)?;
    match rest {
        Some(rest) => at_value(value.as_table()?, rest),
        None => Some(value),
    }
}

/// The table at a path of keys.
pub(super) fn at<'t>(table: &'t Table, path: &str) -> Option<&'t Table> {
    at_value(table, path)?.as_table()
}

/// What the table at a path of keys holds.
pub(super) fn entries<'t>(table: &'t Table, path: &str) -> impl Iterator<Item = (&'t str, &'t Value)> {
    at(table, path).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// A text, or the texts of a list.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
