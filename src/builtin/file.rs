//! A file that a check looks at, and what it finds there.

use std::ops::Range;
use std::sync::Arc;

use super::findings::in_words;
use crate::diagnostic::{Diagnostic, Place};
use crate::path::{Mode, RepoPath};

/// How many problems of a file are told.
const MOST: usize = 20;

/// The longest text that a problem takes along, in bytes. In longer ones a problem says its line and column in words.
const MOST_TEXT: usize = 1 << 20;

/// Git's rule for what is not text: a NUL near the start.
/// <https://github.com/git/git/blob/v2.45.0/xdiff-interface.c#L189-L197>
const SNIFFED: usize = 8000;

/// The byte order mark of UTF-8.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// A file that a check looks at.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    /// Where it lies.
    pub(super) path: &'a RepoPath,
    /// Whether it may be executed.
    pub(super) mode: Mode,
    /// What it holds.
    pub(super) bytes: &'a [u8],
}

impl File<'_> {
    /// Whether git would take it for binary.
    pub(super) fn is_binary(&self) -> bool {
        is_binary(self.bytes)
    }
}

/// Whether git would take it for binary.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(SNIFFED)].contains(&0)
}

/// What was found in one text.
pub(super) struct Found<'a> {
    name: String,
    bytes: &'a [u8],
    shown: Option<Shown>,
    list: Vec<Diagnostic>,
}

/// The text as it can be shown.
#[derive(Clone)]
struct Shown {
    text: Arc<str>,
    /// Whether it has the bytes of the text itself, so that positions are the same.
    is_exact: bool,
}

impl<'a> Found<'a> {
    /// Nothing so far, in a text of a name.
    pub(super) fn new(name: impl Into<String>, bytes: &'a [u8]) -> Self {
        Self { name: name.into(), bytes, shown: None, list: Vec::new() }
    }

    /// Whether more would not be told.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    /// Adds something that is wrong at a place.
    pub(super) fn at(&mut self, span: Range<usize>, label: &str, problem: Diagnostic) {
        if self.is_full() {
            return;
        }
        let place = self.place(span, label);
        let problem = problem.at(place);
        self.list.push(if self.bytes.len() > MOST_TEXT { in_words(problem) } else { problem });
    }

    /// Adds something that is wrong with the file as a whole.
    pub(super) fn whole(&mut self, problem: Diagnostic) {
        if !self.is_full() {
            self.list.push(problem);
        }
    }

    /// Everything, in the order of the places.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|problem| problem.place.as_ref().map_or(0, |place| place.span.start));
        self.list
    }

    fn place(&mut self, span: Range<usize>, label: &str) -> Place {
        // Nobody counts the byte order mark.
        let bytes = self.bytes.strip_prefix(MARK).unwrap_or(self.bytes);
        let base = self.bytes.len() - bytes.len();
        let shown = self.shown.get_or_insert_with(|| {
            let text = String::from_utf8_lossy(bytes);
            Shown { is_exact: matches!(text, std::borrow::Cow::Borrowed(_)), text: text.into() }
        });
        let text = Arc::clone(&shown.text);
        let moved = |at: usize| {
            let at = at.saturating_sub(base).min(bytes.len());
            if shown.is_exact { at } else { String::from_utf8_lossy(&bytes[..at]).len() }
        };
        let start = text.floor_char_boundary(moved(span.start));
        let end = text.ceil_char_boundary(moved(span.end)).max(start);
        Place { file: self.name.clone(), text, span: start..end, label: label.to_owned() }
    }
}

/// The lines of a text, each with where it starts and without what ends it.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    use bstr::ByteSlice;
    bytes.lines_with_terminator().scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        let line = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n")).unwrap_or(line);
        Some((start, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_right_where_the_text_is_not_utf_8() {
        let mut found = Found::new("f", b"caf\xe9 \xff\xfe x\nabc");
        found.at(11..12, "", Diagnostic::error("a/b", "c"));
        let place = found.finish().remove(0).place.unwrap();
        assert_eq!(place.line_and_column(), (2, 2));
        assert_eq!(&place.text[place.span], "b");
    }

    #[test]
    fn no_place_lies_outside_of_its_text() {
        let mut found = Found::new("f", "\u{e4}".as_bytes());
        found.at(1..1, "", Diagnostic::error("a/b", "c"));
        found.at(7..9, "", Diagnostic::error("a/b", "c"));
        let spans: Vec<_> = found.finish().into_iter().map(|found| found.place.unwrap().span).collect();
        assert_eq!(spans, [0..2, 2..2]);
    }

    #[test]
    fn a_long_text_is_not_taken_along() {
        let text = "x".repeat(MOST_TEXT) + "\nyy";
        let mut found = Found::new("f", text.as_bytes());
        found.at(text.len() - 1..text.len(), "", Diagnostic::error("a/b", "wrong"));
        let problem = found.finish().remove(0);
        assert_eq!((problem.message.as_str(), problem.place), ("wrong at f:2:2", None));
    }

    #[test]
    fn lines_know_where_they_start() {
        let found: Vec<_> = lines(b"a\r\n\nb\rc\n").collect();
        assert_eq!(found, [(0, &b"a"[..]), (3, b""), (4, b"b\rc")]);
    }
}
