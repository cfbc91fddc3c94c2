//! XML: <https://www.w3.org/TR/xml/>, well-formed.
//!
//! A text may say that it is in another encoding. UTF-16 is read as such; of all others that are in use, the characters
//! that markup is made of are those of ASCII, and no more is needed to see whether it is well-formed.

use std::borrow::Cow;

use bstr::ByteSlice;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{DEEPEST, Fault};
use crate::builtin::file::MARK;

/// Reads a text.
pub(super) fn faults(bytes: &[u8]) -> Vec<Fault> {
    let Some(text) = decoded(bytes) else {
        let at = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| 0);
        return vec![Fault::new(at..at + 1, "it is not UTF-8, and names no other encoding")];
    };
    let base = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
    match (Document { text: &text, depth: 0, has_root: false, has_doctype: false }).read() {
        Ok(()) => Vec::new(),
        Err(Fault { span, what }) => vec![Fault::new(span.start + base..span.end + base, what)],
    }
}

fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let units = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok().filter(|_| rest.len().is_multiple_of(2)).map(Cow::Owned)
    };
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return units(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return units(rest, u16::from_be_bytes);
    }
    match std::str::from_utf8(bytes.strip_prefix(MARK).unwrap_or(bytes)) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => names_encoding(bytes).then(|| bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// Whether the declaration names an encoding other than UTF-8.
fn names_encoding(bytes: &[u8]) -> bool {
    let end = bytes.find("?>").unwrap_or_default();
    let declaration = bytes[..end].to_ascii_lowercase();
    let after = declaration.find("encoding").map(|at| &declaration[at..]);
    declaration.starts_with(b"<?xml") && after.is_some_and(|after| after.find("utf-8").is_none())
}

struct Document<'a> {
    text: &'a str,
    depth: usize,
    has_root: bool,
    has_doctype: bool,
}

impl Document<'_> {
    fn read(mut self) -> Result<(), Fault> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().check_comments = true;
        loop {
            let start = position(reader.buffer_position());
            let event = reader.read_event().map_err(|error| {
                let at = position(reader.error_position());
                Fault::new(at..(at + 1).min(self.text.len()).max(at), error.to_string().replace('`', "'"))
            })?;
            let end = position(reader.buffer_position());
            if matches!(event, Event::Eof) {
                return self.end();
            }
            self.take(&event, start).map_err(|what| Fault::new(start..end, what))?;
        }
    }

    fn end(&self) -> Result<(), Fault> {
        let at = self.text.len();
        match (self.depth, self.has_root) {
            (0, true) => Ok(()),
            (0, false) => Err(Fault::new(at..at, "there is no element")),
            _ => Err(Fault::new(at..at, "an element is not closed at the end")),
        }
    }

    fn take(&mut self, event: &Event<'_>, start: usize) -> Result<(), String> {
        match event {
            Event::Start(tag) => {
                self.open(tag)?;
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err("it is nested too deep to be read".to_owned());
                }
            }
            Event::Empty(tag) => self.open(tag)?,
            Event::End(_) => self.depth -= 1,
            Event::Text(text) => self.text(text)?,
            Event::CData(_) if self.depth == 0 => return Err("there is text outside of the element".to_owned()),
            Event::GeneralRef(reference) => {
                if self.depth == 0 {
                    return Err("there is a reference outside of the element".to_owned());
                }
                self.reference(reference)?;
            }
            Event::Decl(_) if start > 0 => return Err("the declaration is not at the start".to_owned()),
            Event::DocType(_) => self.has_doctype = true,
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.depth == 0 && std::mem::replace(&mut self.has_root, true) {
            return Err("there is a second element beside the first".to_owned());
        }
        name(tag.name().as_ref())?;
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| error.to_string().replace('`', "'"))?;
            name(attribute.key.as_ref())?;
            let value: &str = attribute.value.as_ref();
            if value.contains('<') {
                return Err("the value of an attribute holds '<'".to_owned());
            }
            for (_, rest) in value.match_indices('&').map(|(at, _)| value.split_at(at + 1)) {
                let reference = rest.split_once(';').map(|(reference, _)| reference);
                self.reference(reference.ok_or("a '&' begins no reference")?)?;
            }
        }
        Ok(())
    }

    fn text(&self, text: &str) -> Result<(), String> {
        if self.depth == 0 && !text.trim().is_empty() {
            return Err("there is text outside of the element".to_owned());
        }
        if text.contains("]]>") {
            return Err("the text holds ']]>'".to_owned());
        }
        let is_illegal = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{7f}');
        match text.chars().find(|c| is_illegal(*c)) {
            Some(c) => Err(format!("the text holds the control character U+{:04X}", u32::from(c))),
            None => Ok(()),
        }
    }

    /// A character by its number, or an entity; a document type may define any.
    fn reference(&self, reference: &str) -> Result<(), String> {
        let number = match reference.strip_prefix('#') {
            Some(number) => match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => number.parse().ok(),
            },
            None if ["lt", "gt", "amp", "apos", "quot"].contains(&reference) => return Ok(()),
            None if self.has_doctype && name(reference).is_ok() => return Ok(()),
            None => return Err(format!("'&{reference};' is not defined")),
        };
        let is_there = number.and_then(char::from_u32).is_some_and(|c| !c.is_ascii_control() || c.is_whitespace());
        if is_there { Ok(()) } else { Err(format!("'&{reference};' is no character")) }
    }
}

fn name(name: &str) -> Result<(), String> {
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':');
    let goes_on = |c: char| c.is_alphanumeric() || !c.is_ascii() || "_:.-".contains(c);
    if begins && name.chars().all(goes_on) { Ok(()) } else { Err(format!("'{name}' is no name")) }
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
