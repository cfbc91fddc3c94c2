//! Values of TOML documents: what they hold, and digests of what they mean.

use toml::{Table, Value};

use crate::digest::{Digest, Hasher};

/// The document of a file, or why it is none, for people.
pub(super) fn parse(content: &[u8]) -> Result<Table, String> {
    let text = std::str::from_utf8(content).map_err(|_| "can't be read: it is not UTF-8".to_owned())?;
    text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.split('\n').count());
        format!("can't be read: {} in line {line}", error.message().replace('\n', ", "))
    })
}

/// A digest of what a value means: it differs neither by order, nor by comments, nor by spelling.
pub(super) fn digest(value: &Value) -> Digest {
    // Every value of TOML has a text.
    Hasher::new("unit-cargo-toml", 1).field("value", serde_json::to_vec(value).unwrap_or_default()).finish()
}

/// A digest of a table without some of its keys.
pub(super) fn digest_without(table: &Table, keys: &[&str]) -> Digest {
    let mut hasher = Hasher::new("unit-cargo-toml", 1);
    for (key, value) in table.iter().filter(|(key, _)| !keys.contains(&key.as_str())) {
        hasher.field(key, digest(value).as_bytes());
    }
    hasher.finish()
}

/// The text of a key.
pub(super) fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key)?.as_str().map(str::to_owned)
}

/// The table of a key; an empty one where there is none.
pub(super) fn table<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = (&'t String, &'t Value)> {
    table.get(key).and_then(Value::as_table).into_iter().flatten()
}

/// The texts of a key's list; of a single text, that one.
pub(super) fn texts(table: &Table, key: &str) -> Vec<String> {
    match table.get(key) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Whether a key says `workspace = true`.
pub(super) fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}
