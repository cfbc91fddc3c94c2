//! YAML as JSON has it: by the core schema of YAML 1.2, aliases and merge keys followed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use saphyr::Scalar;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Number, Value};

use super::part::{Document, Step};
use crate::builtin::syntax::{Fault, yaml_range};

/// How deep aliases may lead. A document in which one leads to itself has no end.
const DEEPEST: usize = 129;

/// How many values a stream may come to when its aliases are followed.
const MOST: usize = 1_000_000;

/// <https://yaml.org/type/merge.html>
const MERGE: &str = "<<";

/// Every document of a text that is known to be YAML; an empty text is one of null.
pub(super) fn read(text: &str) -> Result<Vec<Document>, Fault> {
    let stream = Stream::read(text);
    let mut left = MOST;
    let document = |root: &usize| {
        let span = yaml_range(text, stream.nodes[*root].span);
        let value = stream.value(*root, 0, &mut left);
        let start = span.start;
        value.map(|value| Document { value, start }).map_err(|what| Fault { span: start..start, what: what.to_owned() })
    };
    let documents = stream.roots.iter().map(document).collect::<Result<Vec<_>, _>>()?;
    Ok(if documents.is_empty() { vec![Document { value: Value::Null, start: 0 }] } else { documents })
}

/// Where the part of a document stands that steps lead to.
pub(super) fn locate(text: &str, number: usize, steps: &[Step]) -> Option<Range<usize>> {
    let stream = Stream::read(text);
    let mut at = *stream.roots.get(number)?;
    for step in steps {
        at = match (step, &stream.nodes[at].kind) {
            (Step::Position(position), Kind::Sequence(elements)) => *elements.get(*position)?,
            (Step::Name(name), Kind::Mapping(_)) => stream.entry(at, name, 0)?.1,
            (Step::Key(name), Kind::Mapping(_)) => stream.entry(at, name, 0)?.0,
            _ => return None,
        };
    }
    Some(yaml_range(text, stream.nodes[at].span))
}

/// The nodes of a stream. An alias is the node that it leads to, so that nothing is held twice.
#[derive(Default)]
struct Stream {
    nodes: Vec<Node>,
    roots: Vec<usize>,
    anchors: HashMap<usize, usize>,
    open: Vec<usize>,
}

struct Node {
    kind: Kind,
    span: Span,
}

enum Kind {
    /// What it says, and what it means.
    Scalar(String, Value),
    Sequence(Vec<usize>),
    /// Keys and values by turns.
    Mapping(Vec<usize>),
}

impl Stream {
    fn read(text: &str) -> Self {
        let mut stream = Self::default();
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            stream.take(event, span);
        }
        stream
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let kind = Kind::Scalar(text.to_string(), meaning(text, style, tag.as_ref()));
                self.node(kind, span, anchor);
            }
            Event::SequenceStart(anchor, _) => self.enter(Kind::Sequence(Vec::new()), span, anchor),
            Event::MappingStart(anchor, _) => self.enter(Kind::Mapping(Vec::new()), span, anchor),
            Event::SequenceEnd | Event::MappingEnd => drop(self.open.pop()),
            Event::Alias(anchor) => {
                if let Some(node) = self.anchors.get(&anchor) {
                    self.put(*node);
                }
            }
            _ => {}
        }
    }

    fn enter(&mut self, kind: Kind, span: Span, anchor: usize) {
        let node = self.node(kind, span, anchor);
        self.open.push(node);
    }

    fn node(&mut self, kind: Kind, span: Span, anchor: usize) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Node { kind, span });
        // The parser counts anchors from 1.
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
        self.put(node);
        node
    }

    /// Puts a node where the parser stands.
    fn put(&mut self, node: usize) {
        match self.open.last().map(|open| &mut self.nodes[*open].kind) {
            Some(Kind::Sequence(nodes) | Kind::Mapping(nodes)) => nodes.push(node),
            _ => self.roots.push(node),
        }
    }

    fn value(&self, node: usize, depth: usize, left: &mut usize) -> Result<Value, &'static str> {
        *left = left.checked_sub(1).ok_or("its aliases come to more than can be held to a schema")?;
        if depth > DEEPEST {
            return Err("it is nested too deep to be held to a schema");
        }
        match &self.nodes[node].kind {
            Kind::Scalar(_, meaning) => Ok(meaning.clone()),
            Kind::Sequence(elements) => elements.iter().map(|element| self.value(*element, depth + 1, left)).collect(),
            Kind::Mapping(_) => {
                let mut entries = Map::new();
                self.collect(node, depth, left, &mut entries)?;
                Ok(Value::Object(entries))
            }
        }
    }

    /// Adds the entries of a mapping that are not there yet, its own before those that it merges.
    fn collect(
        &self,
        node: usize,
        depth: usize,
        left: &mut usize,
        entries: &mut Map<String, Value>,
    ) -> Result<(), &'static str> {
        if depth > DEEPEST {
            return Err("it is nested too deep to be held to a schema");
        }
        let Kind::Mapping(nodes) = &self.nodes[node].kind else { return Err("it merges what is no mapping") };
        for pair in nodes.chunks_exact(2) {
            let Kind::Scalar(name, _) = &self.nodes[pair[0]].kind else {
                return Err("it has a key that is a collection, which JSON has not");
            };
            if name != MERGE && !entries.contains_key(name) {
                entries.insert(name.clone(), self.value(pair[1], depth + 1, left)?);
            }
        }
        for merged in self.merged(nodes) {
            *left = left.checked_sub(1).ok_or("its aliases come to more than can be held to a schema")?;
            self.collect(merged, depth + 1, left, entries)?;
        }
        Ok(())
    }

    /// The mappings that a mapping merges.
    fn merged(&self, nodes: &[usize]) -> Vec<usize> {
        let merges = |pair: &&[usize]| matches!(&self.nodes[pair[0]].kind, Kind::Scalar(name, _) if name == MERGE);
        let sources = |pair: &[usize]| match &self.nodes[pair[1]].kind {
            Kind::Sequence(elements) => elements.clone(),
            _ => vec![pair[1]],
        };
        nodes.chunks_exact(2).filter(merges).flat_map(sources).collect()
    }

    /// The key and the value of a name.
    fn entry(&self, node: usize, name: &str, depth: usize) -> Option<(usize, usize)> {
        let Kind::Mapping(nodes) = &self.nodes[node].kind else { return None };
        let is_it = |pair: &&[usize]| matches!(&self.nodes[pair[0]].kind, Kind::Scalar(key, _) if key == name);
        let own = nodes.chunks_exact(2).find(is_it).map(|pair| (pair[0], pair[1]));
        own.or_else(|| {
            let merged = if depth > DEEPEST { Vec::new() } else { self.merged(nodes) };
            merged.into_iter().find_map(|merged| self.entry(merged, name, depth + 1))
        })
    }
}

fn meaning(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Value {
    let string = text.to_string();
    match Scalar::parse_from_cow_and_metadata(text, style, tag) {
        Some(Scalar::Null) => Value::Null,
        Some(Scalar::Boolean(flag)) => Value::Bool(flag),
        Some(Scalar::Integer(number)) => Value::Number(number.into()),
        // JSON has neither infinity nor NaN, and such a text fits no number.
        Some(Scalar::FloatingPoint(number)) => {
            Number::from_f64(number.into_inner()).map_or(Value::String(string), Value::Number)
        }
        Some(Scalar::String(_)) | None => Value::String(string),
    }
}
