//! JSON: <https://www.rfc-editor.org/rfc/rfc8259>, with every name in an object once.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Fault;

/// Reads a text.
pub(in crate::builtin) fn faults(text: &str) -> Vec<Fault> {
    if text.trim().is_empty() {
        return vec![Fault::new(0..text.len(), "it is empty")];
    }
    match serde_json::from_str::<Checked>(text) {
        Ok(Checked) => Vec::new(),
        Err(error) => vec![fault(text, &error)],
    }
}

/// What serde says, where it says it.
pub(in crate::builtin) fn fault(text: &str, error: &serde_json::Error) -> Fault {
    let (line, column) = (error.line(), error.column());
    let told = error.to_string();
    let what = told.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&told).to_owned();
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    // Columns count bytes, and 0 is the line's end before.
    let end = (start + column).min(text.len());
    let from = text.floor_char_boundary(end.saturating_sub(1));
    if what.starts_with(TWICE) {
        let key = text[..from].rfind('"').unwrap_or(from);
        return Fault::new(key..end, what);
    }
    let what = if what == "recursion limit exceeded" { "it is nested too deep to be read".to_owned() } else { what };
    Fault::new(from..end, what)
}

const TWICE: &str = "the name stands here twice";

/// A value that has been read and forgotten.
struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Check)
    }
}

struct Check;

impl<'de> Visitor<'de> for Check {
    type Value = Checked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_str<E>(self, _: &str) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_unit<E>(self) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Checked, A::Error> {
        while elements.next_element::<Checked>()?.is_some() {}
        Ok(Checked)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Checked, A::Error> {
        let mut names = HashSet::new();
        while let Some(Name(name)) = entries.next_key::<Name<'de>>()? {
            if !names.insert(name) {
                return Err(A::Error::custom(TWICE));
            }
            entries.next_value::<Checked>()?;
        }
        Ok(Checked)
    }
}

/// A name, taken from the text itself where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Take;
        impl<'de> Visitor<'de> for Take {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Take)
    }
}
