//! The JSON Schema of gate.toml, for editors.

use serde_json::{Map, Value, json};

use super::Doing;
use super::hook_draft::HOOKS;
use super::keys::{Fallback, Key, Kind, Table};
use crate::check::{Hook, Stage, UnitKind};

/// The JSON Schema (draft 2020-12) of gate.toml, with what every key means and its default.
///
/// It accepts whatever [`super::load`] accepts. What is wrong between keys only `load` can tell.
#[must_use]
pub fn schema() -> Value {
    let tops = Table::ALL.into_iter().filter(|table| table.is_top() && *table != Table::Local);
    let properties: Map<String, Value> = tops.map(|table| (table.name().to_owned(), top(table))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gate.toml",
        "description": "The rules by which gate keeps a main branch deployable.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// A table as it stands at the top of the file.
fn top(table: Table) -> Value {
    let (description, names) = match table {
        Table::Check => ("The checks, by name.", json!({ "pattern": NAME })),
        Table::Unit => ("Units, by name.", json!({ "pattern": FILLED })),
        Table::Hook => ("The git hooks, by name.", json!({ "enum": HOOKS.map(Hook::as_str) })),
        _ => return object(table),
    };
    json!({
        "description": description,
        "type": "object",
        "propertyNames": names,
        "additionalProperties": object(table),
    })
}

fn object(table: Table) -> Value {
    let properties: Map<String, Value> = Key::of(table).map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<&str> =
        Key::of(table).filter(|key| key.fallback == Fallback::Required).map(|key| key.name).collect();
    let mut object = json!({
        "description": table.doc(),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn property(key: &Key) -> Value {
    let mut schema = key.kind.schema();
    schema["description"] = json!(key.doc);
    if let Some(default) = key.default_value() {
        schema["default"] = default;
    }
    schema
}

/// What can name a check or a lock.
const NAME: &str = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
/// What can name a variable that a step is given.
const VARIABLE: &str = "^(?!GIT_)[A-Za-z_][A-Za-z0-9_]*$";
/// A duration that is longer than nothing, its units in order.
const DURATION: &str = "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$";
/// A number of bytes with a unit.
const SIZE: &str = "^[0-9]+ *([kKmMgGtT][iI]?)?[bB]$";
/// A path below the root: no component is empty, `.`, `..` or git's folder.
const PATH: &str = r"^(?=.*\S)(?!(\.{1,2}|\.[gG][iI][tT])(/|$))[^/]+(/(?!(\.{1,2}|\.[gG][iI][tT])(/|$))[^/]+)*$";
/// A public key as a `.pub` file holds it.
const PUBLIC_KEY: &str = r"^(ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp256|ecdsa-sha2-nistp384|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]+={0,2}( .*)?$";
/// A name and a pattern.
const CONDITION: &str = "^[^=]+=";
/// A text with something in it.
const FILLED: &str = r"\S";

impl Kind {
    fn schema(self) -> Value {
        match self {
            Self::Bool => json!({ "type": "boolean" }),
            Self::Text | Self::Version => filled(),
            Self::Texts | Self::Patterns => list(&filled()),
            Self::Checks | Self::Names => list(&text(NAME)),
            Self::Stages => list(&json!({ "enum": Stage::ALL.map(Stage::as_str) })),
            Self::Variables => list(&text(VARIABLE)),
            Self::Path => text(PATH),
            Self::Paths => list(&text(PATH)),
            Self::Command => {
                let first = [filled()];
                let words = json!({
                    "type": "array",
                    "prefixItems": first,
                    "items": { "type": "string" },
                    "minItems": 1,
                });
                json!({ "anyOf": [filled(), words] })
            }
            Self::Duration => text(DURATION),
            Self::Reuse => json!({ "anyOf": [{ "type": "boolean" }, text(DURATION)] }),
            Self::Size => json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, text(SIZE)] }),
            Self::Count(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Self::Choice(words) => json!({ "enum": words }),
            Self::Doings => list(&json!({ "enum": Doing::ALL.map(|(word, _)| word) })),
            Self::PublicKey => text(PUBLIC_KEY),
            Self::Conditions => list(&text(CONDITION)),
            Self::Units => json!({ "anyOf": [{ "enum": UnitKind::ALL.map(UnitKind::as_str) }, list(&filled())] }),
            Self::Tables(table) => json!({ "type": "array", "items": object(table) }),
        }
    }
}

impl Key {
    /// The default as JSON.
    fn default_value(&self) -> Option<Value> {
        let Fallback::Value(text) = self.fallback else { return None };
        let document: toml::Table = format!("default = {text}").parse().ok()?;
        serde_json::to_value(document.get("default")?).ok()
    }
}

fn filled() -> Value {
    text(FILLED)
}

fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items, "uniqueItems": true })
}
