//! Configuration in YAML, TOML, JSON and JSON with comments, read into one kind of value.

use jsonc_parser::{CollectOptions, ParseOptions};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// Larger files are nobody's configuration.
const MOST_BYTES: usize = 1 << 20;

/// How many times a line of YAML may open something in another: each costs the parser's stack.
const DEPTH: usize = 64;

/// A notation that values are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// YAML, and JSON with it.
    Yaml,
    /// TOML.
    Toml,
    /// JSON, comments and commas too many allowed.
    Json,
}

impl Notation {
    /// What a file's name says; YAML where it says nothing.
    pub(super) fn of(path: &str) -> Self {
        let ends = |ending| std::path::Path::new(path).extension().is_some_and(|found| found == ending);
        if ends("toml") {
            Self::Toml
        } else if ends("json") || ends("jsonc") {
            Self::Json
        } else {
            Self::Yaml
        }
    }
}

/// Reads a text; an error says what is wrong with it, in one line.
pub(super) fn read(text: &str, notation: Notation) -> Result<Value, String> {
    if text.len() > MOST_BYTES {
        return Err("it is too large to be configuration".to_owned());
    }
    match notation {
        Notation::Yaml => yaml(text),
        Notation::Toml => toml::from_str::<Value>(text).map_err(|error| format!("it is no TOML: {}", error.message())),
        Notation::Json => json(text),
    }
}

fn json(text: &str) -> Result<Value, String> {
    let read = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let document = read.map_err(|error| format!("it is no JSON: {error}"))?;
    Ok(document.value.map_or(Value::Null, Into::into))
}

fn yaml(text: &str) -> Result<Value, String> {
    let opens =
        |line: &str| line.chars().take_while(|c| matches!(c, ' ' | '-' | '?' | ':')).filter(|c| *c != ' ').count();
    if text.lines().any(|line| opens(line) > DEPTH) {
        return Err("it is no YAML: nested too deep".to_owned());
    }
    let documents = Yaml::load_from_str(text).map_err(|error| format!("it is no YAML: {error}"))?;
    documents.first().map_or(Ok(Value::Null), |document| value(document, 0))
}

fn value(node: &Yaml<'_>, depth: usize) -> Result<Value, String> {
    if depth > DEPTH {
        return Err("it is no YAML: nested too deep".to_owned());
    }
    Ok(match node {
        Yaml::Value(Scalar::Boolean(is)) => Value::Bool(*is),
        Yaml::Value(Scalar::Integer(number)) => Value::from(*number),
        Yaml::Value(Scalar::FloatingPoint(number)) => Value::from(number.into_inner()),
        Yaml::Value(Scalar::String(text)) | Yaml::Representation(text, ..) => Value::String(text.to_string()),
        Yaml::Sequence(items) => {
            Value::Array(items.iter().map(|item| value(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(entries) => mapping(entries.iter(), depth)?,
        Yaml::Tagged(_, node) => value(node, depth + 1)?,
        Yaml::Value(Scalar::Null) | Yaml::Alias(_) | Yaml::BadValue => Value::Null,
    })
}

/// A mapping, with what `<<` merges into it.
fn mapping<'a, 'b: 'a>(
    entries: impl Iterator<Item = (&'a Yaml<'b>, &'a Yaml<'b>)>,
    depth: usize,
) -> Result<Value, String> {
    let (mut map, mut merged) = (Map::new(), Map::new());
    for (key, node) in entries {
        let key = match value(key, depth + 1)? {
            Value::String(key) => key,
            other => other.to_string(),
        };
        match (key.as_str(), value(node, depth + 1)?) {
            ("<<", Value::Object(other)) => merged.extend(other),
            ("<<", Value::Array(others)) => {
                let others = others.into_iter().filter_map(|other| match other {
                    Value::Object(other) => Some(other),
                    _ => None,
                });
                merged.extend(others.flatten());
            }
            (_, value) => drop(map.insert(key, value)),
        }
    }
    for (key, value) in merged {
        map.entry(key).or_insert(value);
    }
    Ok(Value::Object(map))
}

/// A value's text; nothing for lists and tables.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// A list of texts, or one text by itself.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// Whether it says yes, in the words of YAML 1.1 too.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is) => *is,
        Value::String(word) => ["true", "yes", "on"].contains(&word.to_lowercase().as_str()),
        _ => false,
    }
}

/// The same, for no.
pub(super) fn is_false(value: &Value) -> bool {
    match value {
        Value::Bool(is) => !*is,
        Value::String(word) => ["false", "no", "off"].contains(&word.to_lowercase().as_str()),
        _ => false,
    }
}

/// The entries of a list; none for anything else.
pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The entries of a table; none for anything else.
pub(super) fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_notation() {
        let expected = serde_json::json!({"a": ["b", 1], "c": {"d": true}});
        for (text, notation) in [
            ("a: [b, 1]\nc:\n  d: true\n", Notation::of(".lintstagedrc")),
            ("x: &x\n  d: true\na:\n- b\n- 1\nc:\n  <<: *x\n", Notation::of("a.yaml")),
            ("a = [\"b\", 1]\n[c]\nd = true\n", Notation::of("a.toml")),
            ("{\"a\": [\"b\", 1,], // why\n \"c\": {\"d\": true}}", Notation::of("a.jsonc")),
        ] {
            let mut found = read(text, notation).unwrap();
            found.as_object_mut().unwrap().remove("x");
            assert_eq!(found, expected, "{text}");
        }
        assert!(is_true(&Value::from("Yes")) && is_false(&Value::from("no")) && !is_true(&Value::Null));
    }

    #[test]
    fn what_is_malformed_or_hostile_is_an_error() {
        let line = |i: usize| format!("a{}: &a{} [{}]\n", i + 1, i + 1, vec![format!("*a{i}"); 9].join(","));
        let bomb = "a0: &a0 [x]\n".to_owned() + &(0..20).map(line).collect::<Vec<_>>().concat();
        let deep = (0..2000).map(|depth| " ".repeat(depth) + "a:\n").collect::<Vec<_>>().concat();
        for (text, notation) in [
            ("a: [", Notation::Yaml),
            ("a: b: c", Notation::Yaml),
            (bomb.as_str(), Notation::Yaml),
            (deep.as_str(), Notation::Yaml),
            (&"- ".repeat(200_000), Notation::Yaml),
            (&"? ".repeat(200_000), Notation::Yaml),
            (&"[".repeat(200_000), Notation::Yaml),
            (&"{a: ".repeat(100_000), Notation::Yaml),
            (&"[".repeat(200_000), Notation::Json),
            ("{", Notation::Json),
            ("a = [", Notation::Toml),
            (&"a = ".repeat(1 << 20), Notation::Toml),
        ] {
            let start: String = text.chars().take(20).collect();
            assert!(read(text, notation).is_err(), "{start}");
        }
    }
}
