//! TOML as JSON has it.

use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::part::Step;

/// The value of a text that is known to be TOML.
pub(super) fn read(text: &str) -> Value {
    let (table, _) = DeTable::parse_recoverable(text);
    object(table.get_ref())
}

/// Where the part stands that steps lead to.
pub(super) fn locate(text: &str, steps: &[Step]) -> Option<Range<usize>> {
    let (table, _) = DeTable::parse_recoverable(text);
    let mut at: Option<&Spanned<DeValue<'_>>> = None;
    for step in steps {
        let here = at.map(Spanned::get_ref);
        at = match (step, here) {
            (Step::Position(position), Some(DeValue::Array(array))) => array.get(*position),
            (Step::Name(name), Some(DeValue::Table(inner))) => inner.get(name.as_str()),
            (Step::Name(name), None) => table.get_ref().get(name.as_str()),
            (Step::Key(name), Some(DeValue::Table(inner))) => return key(inner, name),
            (Step::Key(name), None) => return key(table.get_ref(), name),
            _ => return None,
        };
        at?;
    }
    at.map(Spanned::span)
}

fn key(table: &DeTable<'_>, name: &str) -> Option<Range<usize>> {
    table.get_key_value(name).map(|(key, _)| key.span())
}

fn object(table: &DeTable<'_>) -> Value {
    let entries = table.iter().map(|(name, entry)| (name.get_ref().to_string(), value(entry.get_ref())));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn value(of: &DeValue<'_>) -> Value {
    match of {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        // What JSON has no number for stays a text, which fits no number.
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Number(number.into()),
            Err(_) => Value::String(number.to_string()),
        },
        DeValue::Float(number) => {
            let parsed = number.as_str().parse().ok().and_then(Number::from_f64);
            parsed.map_or_else(|| Value::String(number.to_string()), Value::Number)
        }
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(elements) => elements.iter().map(|element| value(element.get_ref())).collect(),
        DeValue::Table(table) => object(table),
    }
}
