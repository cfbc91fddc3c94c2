//! YAML: <https://yaml.org/spec/1.2.2>, all documents of a stream, with every key in a mapping once.
//!
//! Only the parser's events are followed: tags mean what they may, and aliases lead nowhere, so that no text can grow.
//! Keys that are collections or aliases themselves are not compared.

use std::borrow::Cow;
use std::collections::HashSet;

use saphyr::Scalar;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::{DEEPEST, Fault};

/// Reads a text.
pub(super) fn faults(text: &str) -> Vec<Fault> {
    let mut nesting = Nesting::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = offset(text, error.marker());
                return vec![Fault::new(at..at, error.info())];
            }
        };
        if let Err(what) = nesting.take(event) {
            return vec![Fault::new(range(text, span), what)];
        }
    }
    Vec::new()
}

/// The bytes of a span, which counts characters.
pub(in crate::builtin) fn range(text: &str, span: Span) -> std::ops::Range<usize> {
    let start = offset(text, &span.start);
    start..offset(text, &span.end).max(start)
}

fn offset(text: &str, marker: &Marker) -> usize {
    text.char_indices().nth(marker.index()).map_or(text.len(), |(at, _)| at)
}

/// The collections that are open.
#[derive(Default)]
struct Nesting<'a> {
    open: Vec<Open<'a>>,
}

enum Open<'a> {
    Sequence,
    Mapping { keys: HashSet<Key<'a>>, has_key: bool },
}

/// What keys are told apart by: what they say, and whether they are strings or what their tag says.
type Key<'a> = (Cow<'a, str>, Option<Cow<'a, Tag>>, bool);

impl<'a> Nesting<'a> {
    fn take(&mut self, event: Event<'a>) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, _, tag) => self.node(Some((text, style, tag))),
            Event::Alias(_) => self.node(None),
            Event::SequenceStart(..) => self.enter(Open::Sequence),
            Event::MappingStart(..) => self.enter(Open::Mapping { keys: HashSet::new(), has_key: false }),
            Event::SequenceEnd | Event::MappingEnd => {
                drop(self.open.pop());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn enter(&mut self, open: Open<'a>) -> Result<(), &'static str> {
        self.node(None)?;
        if self.open.len() >= DEEPEST {
            return Err("it is nested too deep to be read");
        }
        self.open.push(open);
        Ok(())
    }

    /// A node is a key or a value by turns.
    fn node(&mut self, scalar: Option<(Cow<'a, str>, ScalarStyle, Option<Cow<'a, Tag>>)>) -> Result<(), &'static str> {
        let Some(Open::Mapping { keys, has_key }) = self.open.last_mut() else { return Ok(()) };
        *has_key = !*has_key;
        let Some((text, style, tag)) = scalar.filter(|_| *has_key) else { return Ok(()) };
        let is_plain = style == ScalarStyle::Plain && tag.is_none();
        let is_other = is_plain && !matches!(Scalar::parse_from_cow(Cow::Borrowed(&text)), Scalar::String(_));
        if keys.insert((text, tag, is_other)) { Ok(()) } else { Err("the key stands here twice") }
    }
}
