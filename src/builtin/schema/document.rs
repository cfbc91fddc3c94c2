//! The values that files hold, and where their parts stand.

use std::ops::Range;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use serde_json::Value;

use super::part::{Document, Step};
use super::{toml_value, yaml};
use crate::builtin::syntax::{self, Fault, Format};

/// How deep a value may go that is held to a schema.
const DEEPEST: usize = 128;

/// A text without its byte order mark, how long that was, and the values.
pub(super) type Read<'a> = (&'a str, usize, Vec<Document>);

/// Whether the format is one of values.
pub(super) fn has_values(format: Format) -> bool {
    matches!(format, Format::Json | Format::Jsonc | Format::Json5 | Format::Yaml | Format::Toml)
}

/// Reads the values; there is at least one.
pub(super) fn read(format: Format, bytes: &[u8]) -> Result<Read<'_>, Vec<Fault>> {
    let faults = syntax::faults(format, bytes);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (text, base) = syntax::decoded(bytes).map_err(|fault| vec![fault])?;
    let documents = values(format, text).map_err(|fault| vec![fault])?;
    let deep = documents.iter().find(|document| is_too_deep(&document.value));
    match deep {
        Some(deep) => {
            let at = base + deep.start;
            Err(vec![Fault { span: at..at, what: "it is nested too deep to be held to a schema".to_owned() }])
        }
        None => Ok((text, base, documents)),
    }
}

fn values(format: Format, text: &str) -> Result<Vec<Document>, Fault> {
    let one = |value| vec![Document { value, start: 0 }];
    match format {
        Format::Yaml => yaml::read(text),
        Format::Toml => Ok(one(toml_value::read(text))),
        Format::Jsonc | Format::Json5 => Ok(one(syntax::json5(text)?.into())),
        _ => match serde_json::from_str(text) {
            Ok(value) => Ok(one(value)),
            Err(error) => Err(syntax::json_fault(text, &error)),
        },
    }
}

/// Where the part of a document stands that steps lead to.
pub(super) fn locate(
    format: Format,
    text: &str,
    number: usize,
    document: &Document,
    steps: &[Step],
) -> Option<Range<usize>> {
    let found = match format {
        Format::Yaml => yaml::locate(text, number, steps),
        Format::Toml => toml_value::locate(text, steps),
        _ => in_json(&syntax::json5(text).ok()?, steps),
    };
    found.or(Some(document.start..document.start))
}

fn in_json(value: &ast::Value<'_>, steps: &[Step]) -> Option<Range<usize>> {
    let range = |range: jsonc_parser::common::Range| range.start..range.end;
    let Some((step, rest)) = steps.split_first() else { return Some(range(value.range())) };
    match (value, step) {
        (ast::Value::Object(object), Step::Name(name) | Step::Key(name)) => {
            let property = object.properties.iter().rfind(|property| property.name.as_str() == name)?;
            match step {
                Step::Key(_) => Some(range(property.name.range())),
                _ => in_json(&property.value, rest),
            }
        }
        (ast::Value::Array(array), Step::Position(position)) => in_json(array.elements.get(*position)?, rest),
        _ => None,
    }
}

/// Counted without going down: the value may be as deep as its parser went.
fn is_too_deep(value: &Value) -> bool {
    let mut pending = vec![(value, 0)];
    while let Some((value, depth)) = pending.pop() {
        if depth > DEEPEST {
            return true;
        }
        match value {
            Value::Array(elements) => pending.extend(elements.iter().map(|element| (element, depth + 1))),
            Value::Object(entries) => pending.extend(entries.values().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    false
}
