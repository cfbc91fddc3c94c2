//! Patterns over repository paths.
//!
//! A pattern is anchored at the root. `*` and `?` do not cross `/`; `**/` matches any number of folders, none included;
//! `/**` at the end matches everything below; `{a,b}` and `[abc]` as in a shell; a leading dot is matched like any other
//! character; matching is by bytes and case-sensitive; there is no negation. Braces apart, a pattern means what git's
//! `:(glob)` means: <https://git-scm.com/docs/gitglossary#Documentation/gitglossary.txt-glob>.

use std::sync::Arc;

use super::braces;
use super::pattern_error::{MAX_BYTES, PatternError};
use super::segment::{self, Segment};

/// One pattern, as the user wrote it and ready to match.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Arc<str>,
    alternatives: Arc<[Box<[Segment]>]>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Empty text, a leading `/` or `!`, a trailing `/`, a `.` or `..` component, an unclosed bracket or brace.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        match text.as_bytes() {
            [] => return Err(PatternError::Empty),
            [b'!', ..] => return Err(PatternError::Negated(text.to_owned())),
            bytes if bytes.len() > MAX_BYTES => return Err(PatternError::TooLong),
            _ => {}
        }
        let alternatives: Result<_, _> =
            braces::expand(text)?.iter().map(|text| segment::split(text).map(Vec::into_boxed_slice)).collect();
        Ok(Self { text: text.into(), alternatives: alternatives? })
    }

    /// The text it was read from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it matches, as lists of segments any of which may match.
    pub(super) fn alternatives(&self) -> &[Box<[Segment]>] {
        &self.alternatives
    }

    /// Whether it matches every path.
    pub(super) fn is_by_name(&self) -> bool {
        let is_name = |segment: &Segment| !matches!(segment, Segment::AnyDepth);
        self.alternatives.iter().all(|segments| matches!(&**segments, [Segment::AnyDepth, name] if is_name(name)))
    }

    pub(super) fn is_everything(&self) -> bool {
        self.alternatives.iter().any(|segments| matches!(**segments, [Segment::AnyDepth, Segment::Any]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_and_what_to_do() {
        let message = |text: &str| {
            let error = Pattern::parse(text).unwrap_err();
            assert!(error.hint().is_some() || matches!(error, PatternError::Glob(..)), "{text} has no hint");
            error.to_string()
        };
        assert_eq!(message(""), "the pattern is empty");
        assert_eq!(message("!a"), "'!a' begins with '!': patterns have no negation");
        assert_eq!(message("/a"), "'/a' begins with '/'");
        assert_eq!(message("/"), "'/' begins with '/'");
        assert_eq!(message("a/"), "'a/' ends in '/'");
        assert_eq!(message("a//b"), "'a//b' has a folder without a name");
        assert_eq!(message("./a"), "'./a' has the component '.'");
        assert_eq!(message("a/../b"), "'a/../b' has the component '..'");
        assert_eq!(message(r"a/\../b"), r"'a/\../b' has the component '..'");
        assert_eq!(message("a[b"), "'a[b' has a '[' that is not closed");
        assert_eq!(message("a[]"), "'a[]' has a '[' that is not closed");
        assert_eq!(message("a[b/c]"), "'a[b/c]' has '/' between brackets");
        assert_eq!(message(r"a[\]]"), r"'a[\]]' has '\' between brackets");
        assert_eq!(message("a[\u{e9}]"), "'a[\u{e9}]' has '\u{e9}' between brackets");
        assert_eq!(message("{a,b"), "'{a,b' has a '{' that is not closed");
        assert_eq!(message("{a,[}]"), "'{a,[}]' has a '{' that is not closed");
        assert_eq!(message("a}"), "'a}' has a '}' that closes nothing");
        assert_eq!(message("a\\"), "'a\\' has a backslash that escapes nothing");
        assert_eq!(message(r"a\/b"), r"'a\/b' has a backslash that escapes nothing");
        assert_eq!(message("{a,b/}"), "'b/' ends in '/'");
        assert!(message("a[z-a]").starts_with("'a[z-a]' can't be matched: "));
        assert_eq!(message(&"a".repeat(5000)), "the pattern is longer than 4096 bytes");
        assert_eq!(
            message(&"{a,b}".repeat(10)),
            format!("'{}' stands for more than 1000 patterns", "{a,b}".repeat(10))
        );
    }

    #[test]
    fn keeps_its_text() {
        assert_eq!(Pattern::parse("src/**/{a,b}.rs").unwrap().as_str(), "src/**/{a,b}.rs");
    }
}
