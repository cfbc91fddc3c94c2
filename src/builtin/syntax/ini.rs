//! INI, which nobody has specified: sections in brackets, keys with `=` or `:`, comments from `#` or `;`, indented lines
//! that go on with a value, and `\` at the end of a line that the next one goes on with.
//!
//! The grammar is gate's own: rust-ini takes a line without `=` for the beginning of the next key and says nothing.
//! Names that come twice are told by none: many programs want them.

use bstr::ByteSlice;

use super::Fault;
use crate::builtin::file::{MARK, lines};

/// What may stand in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::builtin) enum Dialect {
    /// A key has a value.
    Pairs,
    /// A key may stand alone, and behind a section.
    Bare,
}

/// Reads a text, in whatever encoding.
pub(super) fn faults(bytes: &[u8], dialect: Dialect) -> Vec<Fault> {
    if let Some(at) = bytes.find_byte(0) {
        return vec![Fault::new(at..at + 1, "it holds a NUL: it is no text, or in UTF-16")];
    }
    let base = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
    let mut faults = Vec::new();
    let (mut has_key, mut goes_on) = (false, false);
    for (start, line) in lines(&bytes[base..]) {
        let text = line.trim();
        let continues = std::mem::replace(&mut goes_on, text.ends_with(b"\\"));
        let is_indented = line.starts_with(b" ") || line.starts_with(b"\t");
        if continues || text.is_empty() || text.starts_with(b"#") || text.starts_with(b";") {
            continue;
        }
        if has_key && is_indented && dialect == Dialect::Pairs {
            continue;
        }
        let from = base + start + line.find(text).unwrap_or_default();
        match what_is_wrong(text, dialect) {
            Some(what) => faults.push(Fault::new(from..from + text.len(), what)),
            None => has_key = !text.starts_with(b"["),
        }
    }
    faults
}

fn what_is_wrong(text: &[u8], dialect: Dialect) -> Option<&'static str> {
    if text.starts_with(b"[") {
        let Some(end) = text.rfind_byte(b']') else { return Some("a section without its ']'") };
        let after = text[end + 1..].trim_start();
        let is_comment = after.is_empty() || after.starts_with(b"#") || after.starts_with(b";");
        return match () {
            () if text[1..end].trim().is_empty() => Some("a section without a name"),
            () if !is_comment && dialect == Dialect::Pairs => Some("something follows a section on its line"),
            () => None,
        };
    }
    match text.find_byteset(b"=:") {
        Some(0) => Some("a value without a key"),
        None if dialect == Dialect::Pairs => Some("neither a section, nor a key with a value"),
        _ => None,
    }
}
