//! YAML as package managers write it, with every scalar as its text: `1.10` is a version and no number.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// How deep collections may lie in each other; nobody's are near it.
const DEEPEST: usize = 64;

/// How many nodes aliases may add.
const MOST_COPIES: usize = 1 << 20;

/// The documents of a stream. Scalars are strings, or null where the text says nothing.
///
/// An error says what is wrong with it, in a few words.
pub(super) fn documents(text: &str) -> Result<Vec<Value>, String> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| format!("line {}: {}", error.marker().line(), error.info()))?;
        reader.take(event)?;
    }
    Ok(reader.documents)
}

#[derive(Default)]
struct Reader {
    documents: Vec<Value>,
    open: Vec<Open>,
    anchors: HashMap<usize, Value>,
    copies: usize,
}

struct Open {
    anchor: usize,
    node: Node,
}

enum Node {
    List(Vec<Value>),
    Table(Map<String, Value>, Option<String>),
}

impl Reader {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, _) => self.value(scalar(text, style), anchor),
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned().unwrap_or(Value::Null);
                self.copies += size(&value);
                if self.copies > MOST_COPIES {
                    Err("its aliases stand for too much".to_owned())
                } else {
                    self.value(value, 0)
                }
            }
            Event::SequenceStart(anchor, _) => self.enter(anchor, Node::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.enter(anchor, Node::Table(Map::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { anchor, node: Node::List(items) }) => self.value(Value::Array(items), anchor),
                Some(Open { anchor, node: Node::Table(entries, _) }) => self.value(Value::Object(entries), anchor),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn enter(&mut self, anchor: usize, node: Node) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err("it is nested too deep to be read".to_owned());
        }
        self.open.push(Open { anchor, node });
        Ok(())
    }

    fn value(&mut self, value: Value, anchor: usize) -> Result<(), String> {
        if anchor > 0 {
            self.copies += size(&value);
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|open| &mut open.node) {
            None => self.documents.push(value),
            Some(Node::List(items)) => items.push(value),
            Some(Node::Table(entries, key)) => match key.take() {
                None => *key = Some(name(value)),
                Some(key) if key == "<<" => merge(entries, value),
                Some(key) => {
                    if entries.insert(key.clone(), value).is_some() {
                        return Err(format!("the key '{key}' stands twice"));
                    }
                }
            },
        }
        Ok(())
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Value {
    if style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null") {
        return Value::Null;
    }
    Value::String(text.into_owned())
}

fn name(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// What `<<` brings, where nothing of that name stands yet.
fn merge(entries: &mut Map<String, Value>, value: Value) {
    match value {
        Value::Object(other) => other.into_iter().for_each(|(key, value)| {
            entries.entry(key).or_insert(value);
        }),
        Value::Array(others) => others.into_iter().for_each(|other| merge(entries, other)),
        _ => {}
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(entries) => 1 + entries.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_keep_their_text() {
        let text = "a: 1.10\nb: '9.0'\nc: true\nd:\ne: [x, 0x1]\n---\n*: &x {y: ~}\nz: *x\n";
        assert_eq!(
            documents(&text.replace("*:", "w:")).unwrap(),
            [
                json!({"a": "1.10", "b": "9.0", "c": "true", "d": null, "e": ["x", "0x1"]}),
                json!({"w": {"y": null}, "z": {"y": null}}),
            ]
        );
    }

    #[test]
    fn what_is_malformed_or_hostile_is_an_error() {
        let line = |i: usize| format!("a{}: &a{} [{}]\n", i + 1, i + 1, vec![format!("*a{i}"); 9].join(","));
        let bomb = "a0: &a0 [x]\n".to_owned() + &(0..20).map(line).collect::<Vec<_>>().concat();
        let deep = (0..2000).map(|depth| " ".repeat(depth) + "a:\n").collect::<Vec<_>>().concat();
        for text in [
            "a: [",
            "a: b: c",
            &bomb,
            &deep,
            "a: 1\na: 2\n",
            &"- ".repeat(20_000),
            &"[".repeat(20_000),
            &"{a: ".repeat(9_000),
        ] {
            let start: String = text.chars().take(20).collect();
            assert!(documents(text).is_err(), "{start}");
        }
    }
}
