//! What one component of a pattern matches.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, OnceLock};

use bstr::{BStr, ByteSlice};
use globset::{Glob, GlobBuilder, GlobMatcher};

use super::pattern_error::PatternError;

/// One component of a pattern.
///
/// What nearly every pattern is made of is matched without the glob library: patterns are read on every run, and compiling
/// one with it takes 60 µs, as long as matching it against thousands of names.
#[derive(Clone, Debug)]
pub(super) enum Segment {
    /// Any number of components, also none (`**`).
    AnyDepth,
    /// Any one component (`*`).
    Any,
    /// A component of this name.
    Name(Box<[u8]>),
    /// A component made of these pieces with anything between them (`test_*.py`): its beginning, its end, and what lies
    /// between those, in order.
    Stars(Arc<Pieces>),
    /// Anything else.
    Glob(Arc<Lazy>),
}

/// The texts around the stars of a component.
#[derive(Debug)]
pub(super) struct Pieces {
    start: Vec<u8>,
    middle: Vec<Vec<u8>>,
    end: Vec<u8>,
}

/// A glob that is compiled when the first name reaches it, which in most runs is never.
#[derive(Debug)]
pub(super) struct Lazy {
    glob: Glob,
    matcher: OnceLock<GlobMatcher>,
}

impl Segment {
    /// Whether it matches a component; never, for any number of them.
    pub(super) fn matches(&self, name: &BStr) -> bool {
        match self {
            Self::AnyDepth => false,
            Self::Any => true,
            Self::Name(expected) => **expected == **name,
            Self::Stars(pieces) => pieces.matches(name),
            Self::Glob(lazy) => lazy.matches(name),
        }
    }
}

impl Pieces {
    fn matches(&self, name: &[u8]) -> bool {
        let inner = name.strip_prefix(&*self.start).and_then(|rest| rest.strip_suffix(&*self.end));
        // The leftmost place of each piece leaves the most for the next ones.
        let after = |rest: &[u8], piece: &Vec<u8>| rest.find(piece).map(|at| at + piece.len());
        let mut pieces = self.middle.iter();
        inner.is_some_and(|inner| pieces.try_fold(inner, |rest, piece| Some(&rest[after(rest, piece)?..])).is_some())
    }
}

impl Lazy {
    fn matches(&self, name: &[u8]) -> bool {
        self.matcher.get_or_init(|| self.glob.compile_matcher()).is_match(OsStr::from_bytes(name))
    }
}

/// The segments of a pattern without braces.
pub(super) fn split(text: &str) -> Result<Vec<Segment>, PatternError> {
    let parts = components(text)?;
    let mut segments: Vec<Segment> = Vec::with_capacity(parts.len() + 1);
    for (at, part) in parts.iter().enumerate() {
        match read(part, text)? {
            Segment::AnyDepth if matches!(segments.last(), Some(Segment::AnyDepth)) => {}
            segment => segments.push(segment),
        }
        if at + 1 == parts.len() && matches!(segments.last(), Some(Segment::AnyDepth)) {
            // A path below a folder has at least one component more than the folder.
            segments.push(Segment::Any);
        }
    }
    Ok(segments)
}

/// The position of the `]` that closes the class that `[` opens at `open`.
pub(super) fn class_end(text: &str, open: usize) -> Result<usize, PatternError> {
    let unclosed = || PatternError::UnclosedClass(text.to_owned());
    let mut rest = text.get(open + 1..).unwrap_or_default();
    rest = rest.strip_prefix(['!', '^']).unwrap_or(rest);
    let mut at = text.len() - rest.len();
    // A `]` that comes first is a member.
    at += usize::from(rest.starts_with(']'));
    loop {
        let rest = text.get(at..).unwrap_or_default();
        match rest.chars().next().ok_or_else(unclosed)? {
            ']' => return Ok(at),
            '[' if rest.starts_with("[:") => at += rest.find(":]").ok_or_else(unclosed)? + 2,
            member @ ('/' | '\\') => return Err(PatternError::Class(text.to_owned(), member)),
            member if !member.is_ascii() => return Err(PatternError::Class(text.to_owned(), member)),
            _ => at += 1,
        }
    }
}

fn components(text: &str) -> Result<Vec<&str>, PatternError> {
    let bytes = text.as_bytes();
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if matches!(bytes.get(at + 1), None | Some(b'/')) => {
                return Err(PatternError::Escape(text.to_owned()));
            }
            b'\\' => at += 1,
            b'[' => at = class_end(text, at)?,
            b'/' => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(&text[start..]);
    match *parts {
        [""] => Err(PatternError::Empty),
        ["", ..] => Err(PatternError::Absolute(text.to_owned())),
        [.., ""] => Err(PatternError::TrailingSlash(text.to_owned())),
        _ if parts.contains(&"") => Err(PatternError::EmptyComponent(text.to_owned())),
        _ => Ok(parts),
    }
}

fn read(part: &str, pattern: &str) -> Result<Segment, PatternError> {
    if part.len() > 1 && part.bytes().all(|byte| byte == b'*') {
        return Ok(Segment::AnyDepth);
    }
    let Some(mut pieces) = literals(part) else { return glob(part, pattern) };
    let start = pieces.remove(0);
    Ok(match pieces.pop() {
        None if matches!(start.as_slice(), b"." | b"..") => {
            return Err(PatternError::Dots(pattern.to_owned(), start.as_bstr().to_string()));
        }
        None => Segment::Name(start.into()),
        Some(end) if start.is_empty() && end.is_empty() && pieces.is_empty() => Segment::Any,
        Some(end) => Segment::Stars(Arc::new(Pieces { start, middle: pieces, end })),
    })
}

/// The unescaped texts between stars, at least one, where neighbouring stars are one; `None` where there is more than stars.
fn literals(part: &str) -> Option<Vec<Vec<u8>>> {
    let mut pieces = vec![Vec::new()];
    let mut bytes = part.bytes();
    let mut after_star = false;
    while let Some(byte) = bytes.next() {
        let star = byte == b'*';
        match byte {
            b'?' | b'[' => return None,
            b'*' if after_star => {}
            b'*' => pieces.push(Vec::new()),
            b'\\' => pieces.last_mut()?.push(bytes.next()?),
            _ => pieces.last_mut()?.push(byte),
        }
        after_star = star;
    }
    Some(pieces)
}

fn glob(part: &str, pattern: &str) -> Result<Segment, PatternError> {
    let refuse = |error: globset::Error| PatternError::Glob(pattern.to_owned(), error.kind().to_string());
    let glob = GlobBuilder::new(&one_star(part)?)
        .literal_separator(true)
        .backslash_escape(true)
        .case_insensitive(false)
        .build()
        .map_err(refuse)?;
    Ok(Segment::Glob(Arc::new(Lazy { glob, matcher: OnceLock::new() })))
}

/// The component with one star for every run of stars, which the glob library would read otherwise or refuse.
fn one_star(part: &str) -> Result<String, PatternError> {
    let (mut text, mut at, mut after_star) = (String::with_capacity(part.len()), 0, false);
    while let Some(next) = part.get(at..).and_then(|rest| rest.chars().next()) {
        let end = match next {
            '\\' => at + 1 + part[at + 1..].chars().next().map_or(0, char::len_utf8),
            '[' => class_end(part, at)? + 1,
            _ => at + next.len_utf8(),
        };
        if next != '*' || !after_star {
            text.push_str(&part[at..end]);
        }
        after_star = next == '*';
        at = end;
    }
    Ok(text)
}
