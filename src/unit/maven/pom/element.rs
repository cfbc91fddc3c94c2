//! XML as elements.

use std::borrow::Cow;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::digest::{Digest, Hasher};

/// How deep elements may lie in each other.
const DEEPEST: usize = 128;

/// An element.
#[derive(Default)]
pub(super) struct Element {
    /// Without a namespace's prefix.
    pub(super) name: String,
    pub(super) attributes: Vec<String>,
    /// All text that lies directly in it, trimmed.
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

/// A document: its outermost element, and the digest of what can be inherited.
pub(super) struct Document {
    pub(super) root: Element,
    pub(super) digest: Digest,
}

impl Element {
    /// The first child of a name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of a name; `None` where it is empty.
    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        self.child(name).map(|child| child.text.clone()).filter(|text| !text.is_empty())
    }

    /// The children of all children of a name.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name).flat_map(|child| &child.children)
    }
}

/// Reads a document.
pub(super) fn document(content: &[u8]) -> Result<Document, String> {
    let text = decoded(content)?;
    let mut reader = Reader::from_str(&text);
    let mut builder = Builder { open: Vec::new(), root: None, text: String::new(), hasher: Hasher::new("unit-pom", 1) };
    loop {
        match reader.read_event().map_err(|error| format!("can't be read: {error}"))? {
            Event::Start(tag) => builder.start(&tag)?,
            Event::Empty(tag) => {
                builder.start(&tag)?;
                builder.end();
            }
            Event::End(_) => builder.end(),
            Event::Text(text) => builder.text.push_str(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => builder.text.push_str(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) => builder.text.push(character(&reference)),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
        }
    }
    if !builder.open.is_empty() {
        return Err("can't be read: an element is not closed at the end".to_owned());
    }
    let root = builder.root.ok_or("can't be read: there is no element")?;
    Ok(Document { root, digest: builder.hasher.finish() })
}

/// The text of a file. Of encodings other than UTF-8 and UTF-16, the characters that markup and names of artifacts are
/// made of are those of ASCII.
fn decoded(content: &[u8]) -> Result<Cow<'_, str>, String> {
    let units = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map(Cow::Owned).map_err(|_| "can't be read: it is not UTF-16".to_owned())
    };
    match content {
        [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => Ok(String::from_utf8_lossy(rest)),
    }
}

fn character(reference: &BytesRef<'_>) -> char {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character;
    }
    match &**reference {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

struct Builder {
    open: Vec<Element>,
    root: Option<Element>,
    /// Since the last tag.
    text: String,
    hasher: Hasher,
}

impl Builder {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        self.flush(false);
        if self.open.len() >= DEEPEST {
            return Err("can't be read: it is nested too deep".to_owned());
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err("can't be read: there is a second element beside the first".to_owned());
        }
        let name = tag.local_name().as_ref().to_owned();
        self.open.push(Element { name, ..Element::default() });
        self.digest("element", None);
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| format!("can't be read: {error}"))?;
            let (key, raw): (&str, &str) = (attribute.key.as_ref(), &attribute.value);
            let value = quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw));
            self.digest("attribute", Some(key));
            self.digest("value", Some(&value));
            let is_about_names = key == "xmlns" || key.starts_with("xmlns:") || key.starts_with("xsi:");
            if let Some(element) = self.open.last_mut().filter(|_| !is_about_names) {
                element.attributes.push(cleaned(&value).into_owned());
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        self.flush(true);
        self.digest("end", None);
        let Some(mut element) = self.open.pop() else { return };
        element.text.truncate(element.text.trim_end().len());
        element.text.drain(..element.text.len() - element.text.trim_start().len());
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    /// Takes the text since the last tag. Blanks between elements mean nothing, while those that are all that an element
    /// holds may.
    fn flush(&mut self, is_end: bool) {
        let text = std::mem::take(&mut self.text);
        let Some(element) = self.open.last_mut() else { return };
        let is_leaf = is_end && element.children.is_empty();
        if !text.is_empty() && (is_leaf || !text.trim().is_empty()) {
            element.text.push_str(&cleaned(&text));
            self.digest("text", Some(&text));
        }
    }

    /// Adds to the digest, but for what lies in a list of modules: that is not inherited.
    fn digest(&mut self, what: &str, text: Option<&str>) {
        if self.open.iter().any(|element| is_list_of_modules(&element.name)) && self.is_in_modules() {
            return;
        }
        let name = self.open.last().map_or("", |element| element.name.as_str());
        self.hasher.field(what, text.unwrap_or(name));
    }

    /// Whether the innermost element is, or lies in, a list of modules of the project or of a profile.
    fn is_in_modules(&self) -> bool {
        let names: Vec<&str> = self.open.iter().take(4).map(|element| element.name.as_str()).collect();
        match names.as_slice() {
            [_, list, ..] if is_list_of_modules(list) => true,
            [_, "profiles", "profile", list] => is_list_of_modules(list),
            _ => false,
        }
    }
}

fn is_list_of_modules(name: &str) -> bool {
    matches!(name, "modules" | "subprojects")
}

/// Without the control characters that stand for something in texts whose properties are replaced.
fn cleaned(text: &str) -> Cow<'_, str> {
    let is_mark = |c: char| c < '\t';
    if text.contains(is_mark) {
        return Cow::Owned(text.replace(is_mark, "\u{fffd}"));
    }
    Cow::Borrowed(text)
}
