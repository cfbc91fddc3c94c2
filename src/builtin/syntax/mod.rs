//! `syntax`: whether configuration files can be read.
//!
//! What a file is written in is told by its name alone; a name that tells nothing is passed over, so that broad patterns
//! do no harm. Texts are UTF-8; a byte order mark at the start is let through where readers of the format let it. XML may
//! say that it is in another encoding, and INI has none. What is nested deeper than the parsers go (128 levels in JSON,
//! 80 in TOML, 512 in the others) and what is larger than 50 MB is a problem: nobody has read it.

mod format;
mod json;
mod json5;
mod yaml;
mod toml_text;
mod xml;
mod ini;
mod env;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::file::{File, Found, MARK};
use crate::diagnostic::Diagnostic;

pub(super) use format::Format;
pub(super) use json::fault as json_fault;
pub(super) use yaml::range as yaml_range;

/// The largest file that is read, in bytes.
pub(super) const LARGEST: usize = 50 << 20;

/// How deep things may be nested where a parser has no limit of its own.
const DEEPEST: usize = 512;

pub(super) const CODE: &str = "builtin/syntax";

/// Something that a parser can't read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) span: Range<usize>,
    pub(super) what: String,
}

impl Fault {
    fn new(span: Range<usize>, what: impl Into<String>) -> Self {
        Self { span, what: what.into() }
    }
}

/// Reads a file that its name says a format of.
pub(super) fn look(file: &File<'_>, found: &mut Found<'_>) {
    let Some(format) = Format::of(file.path, file.bytes) else { return };
    for Fault { span, what } in faults(format, file.bytes) {
        found.at(span, "", Diagnostic::error(CODE, format!("invalid {}: {what}", format.name())));
    }
}

/// Everything that a parser of the format says of a text.
pub(super) fn faults(format: Format, bytes: &[u8]) -> Vec<Fault> {
    if bytes.len() > LARGEST {
        return vec![Fault::new(0..0, format!("with {} bytes it is too large to be read", bytes.len()))];
    }
    match format {
        Format::Ini(dialect) => return ini::faults(bytes, dialect),
        Format::Xml => return xml::faults(bytes),
        _ => {}
    }
    let (text, base) = match decoded(bytes) {
        Ok(decoded) => decoded,
        Err(fault) => return vec![fault],
    };
    let mut faults = match format {
        Format::Json => json::faults(text),
        Format::Jsonc => json5::faults(text, &json5::JSONC),
        Format::Json5 => json5::faults(text, &json5::JSON5),
        Format::Yaml => yaml::faults(text),
        Format::Toml => toml_text::faults(text),
        Format::Env if base > 0 => vec![Fault::new(0..0, "the byte order mark becomes part of the first name")],
        Format::Env => env::faults(text),
        Format::Ini(_) | Format::Xml => Vec::new(),
    };
    for Fault { span, .. } in &mut faults {
        *span = span.start + base..span.end + base;
    }
    faults
}

/// The value of a text that may be of any dialect of JSON.
pub(super) fn json5(text: &str) -> Result<jsonc_parser::ast::Value<'_>, Fault> {
    json5::read(text, &json5::JSON5)
}

/// A text without its byte order mark, and how long that was.
pub(super) fn decoded(bytes: &[u8]) -> Result<(&str, usize), Fault> {
    let rest = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let base = bytes.len() - rest.len();
    match std::str::from_utf8(rest) {
        Ok(text) => Ok((text, base)),
        Err(error) => {
            let at = base + error.valid_up_to();
            Err(Fault::new(at..at + error.error_len().unwrap_or(1), "it is not UTF-8"))
        }
    }
}

/// The first letter small: messages of gate begin so.
fn small(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
