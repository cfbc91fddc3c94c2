//! Conditions on the environment of a run.

use std::fmt;

/// A condition on one part of an environment: a name, and a pattern for its value in which `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The name.
    pub name: String,
    /// The pattern.
    pub pattern: String,
}

impl Condition {
    /// Reads `NAME=PATTERN`; `None` if there is no name or no `=`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, pattern) = text.split_once('=').filter(|(name, _)| !name.is_empty())?;
        Some(Self { name: name.to_owned(), pattern: pattern.to_owned() })
    }

    /// Whether a value is what the pattern says.
    #[must_use]
    pub fn holds(&self, value: &str) -> bool {
        let Some((first, rest)) = self.pattern.split_once('*') else { return self.pattern == value };
        let Some(mut left) = value.strip_prefix(first) else { return false };
        let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        for part in middle.split('*') {
            // The earliest place leaves the most for what comes after it.
            let Some(at) = left.find(part) else { return false };
            left = &left[at + part.len()..];
        }
        left.ends_with(last)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.pattern)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(pattern: &str, value: &str) -> bool {
        Condition { name: "n".to_owned(), pattern: pattern.to_owned() }.holds(value)
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, value, expected) in [
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a", "ab", false),
            ("a", "", false),
            ("*", "", true),
            ("*", "anything *", true),
            ("**", "", true),
            ("a*", "a", true),
            ("a*", "ba", false),
            ("*a", "a", true),
            ("*a", "ab", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("a*bc*c", "abc", false),
            ("*aa*aa*", "aaa", false),
            ("*aa*aa*", "aaaa", true),
            ("*ab", "aab", true),
            ("a**b", "ab", true),
            ("linux x86_64 *", "linux x86_64 glibc debian 12", true),
            ("linux x86_64 *", "linux x86_64", false),
            ("\u{e9}*\u{e9}", "\u{e9}\u{e9}", true),
            ("\u{e9}*\u{e9}", "\u{e9}", false),
            ("A", "a", false),
            (".", "a", false),
            ("a*", "a\nb", true),
        ] {
            assert_eq!(holds(pattern, value), expected, "{pattern:?} {value:?}");
        }
    }

    #[test]
    fn a_condition_has_a_name_and_a_pattern() {
        let parsed = |text: &str| Condition::parse(text).map(|condition| (condition.name, condition.pattern));
        assert_eq!(parsed("a=b=*"), Some(("a".to_owned(), "b=*".to_owned())));
        assert_eq!(parsed("a="), Some(("a".to_owned(), String::new())));
        assert_eq!((parsed("=b"), parsed("a"), parsed("")), (None, None, None));
    }

    /// The same by definition: a star is nothing, or one character and a star.
    fn by_definition(pattern: &[char], value: &[char]) -> bool {
        match pattern.split_first() {
            None => value.is_empty(),
            Some(('*', rest)) => (0..=value.len()).any(|at| by_definition(rest, &value[at..])),
            Some((first, rest)) => value.split_first().is_some_and(|(c, left)| c == first && by_definition(rest, left)),
        }
    }

    proptest! {
        #[test]
        fn patterns_hold_as_they_are_defined(pattern in "[ab*]{0,7}", value in "[ab]{0,7}") {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            prop_assert_eq!(holds(&pattern, &value), by_definition(&chars(&pattern), &chars(&value)));
        }
    }
}
