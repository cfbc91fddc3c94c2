//! `unicode-bidi`: characters that make a text read otherwise than it is: <https://trojansource.codes>.
//!
//! Some of them are needed to write what people write, and are let through there: joiners in emoji and in the scripts
//! that join their letters, variation selectors after what has variants, marks of direction in lines that have letters
//! from right to left, tags in flags. Soft hyphens are let through: they are shown where they count.

use super::file::{File, Found};
use crate::diagnostic::Diagnostic;

const CODE: &str = "builtin/unicode-bidi";

/// Looks for characters that are not seen.
pub(super) fn look(file: &File<'_>, found: &mut Found<'_>) {
    if file.bytes.is_ascii() || file.is_binary() {
        return;
    }
    // What is not UTF-8 has no such characters; the rest of it still may.
    let mut at = 0;
    for chunk in bstr::ByteSlice::utf8_chunks(file.bytes) {
        text(chunk.valid(), at, found);
        at += chunk.valid().len() + chunk.invalid().len();
    }
}

fn text(text: &str, offset: usize, found: &mut Found<'_>) {
    let mut line_start = 0;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            line_start = at + 1;
        }
        if u32::from(c) < 0x34f || found.is_full() {
            continue;
        }
        let Some(what) = kind(c) else { continue };
        let around = Around { line: &text[line_start..], text, at, end: at + c.len_utf8() };
        // A byte order mark belongs at the very start.
        let is_mark = c == '\u{feff}' && offset + at == 0;
        if is_mark || around.lets(c) {
            continue;
        }
        let message = format!("{what} U+{:04X}, which is not seen", u32::from(c));
        found.at(offset + at..offset + around.end, "", Diagnostic::error(CODE, message));
    }
}

/// What a character is, if it can't be seen.
fn kind(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "the bidirectional control",
        '\u{200e}' | '\u{200f}' | '\u{61c}' => "the mark of direction",
        '\u{200b}'..='\u{200d}' | '\u{2060}' => "the zero-width character",
        '\u{feff}' => "the byte order mark, not at the start,",
        '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0100}'..='\u{e01ef}' => {
            "the variation selector"
        }
        '\u{e0000}'..='\u{e007f}' => "the tag",
        '\u{34f}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180e}'
        | '\u{2061}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0080}'..='\u{e00ff}'
        | '\u{e01f0}'..='\u{e0fff}' => "the invisible character",
        _ => return None,
    })
}

/// A character's surroundings.
struct Around<'a> {
    /// From the start of its line.
    line: &'a str,
    text: &'a str,
    at: usize,
    end: usize,
}

impl Around<'_> {
    /// Whether the character is needed where it stands.
    fn lets(&self, c: char) -> bool {
        let (before, after) = (self.before(), self.text[self.end..].chars().next());
        let is = |c: Option<char>, test: fn(char) -> bool| c.is_some_and(test);
        match c {
            '\u{200d}' => {
                let joined = self.base_before();
                (is(joined, is_emoji) && is(after, is_emoji)) || is(before, joins)
            }
            '\u{200c}' | '\u{180b}'..='\u{180d}' | '\u{180f}' => is(before, joins),
            '\u{200b}' | '\u{2060}' => is(before, has_no_spaces) && is(after, has_no_spaces),
            '\u{fe00}'..='\u{fe0f}' => is(before, has_variants),
            '\u{e0100}'..='\u{e01ef}' => is(before, is_ideograph),
            '\u{200e}' | '\u{200f}' | '\u{61c}' => {
                self.line.lines().next().is_some_and(|line| line.chars().any(is_right_to_left))
            }
            '\u{e0020}'..='\u{e007f}' => self.is_in_flag(),
            _ => false,
        }
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// The character that selectors and tones of skin before this one belong to.
    fn base_before(&self) -> Option<char> {
        let belongs = |c: &char| matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
        self.text[..self.at].chars().rev().find(|c| !belongs(c)).or_else(|| self.before())
    }

    /// A flag of a region is a black flag, a few tags and the last tag:
    /// <https://www.unicode.org/reports/tr51/#def_std_emoji_tag_sequence_set>.
    fn is_in_flag(&self) -> bool {
        const MOST: usize = 7;
        let is_tag = |c: &char| ('\u{e0020}'..='\u{e007f}').contains(c);
        let from = self.text[..self.at].chars().rev().take_while(is_tag).take(MOST).map(char::len_utf8).sum::<usize>();
        let start = self.at - from;
        let tags: Vec<char> = self.text[start..].chars().take_while(is_tag).take(MOST + 1).collect();
        let ends = tags.iter().position(|c| *c == '\u{e007f}') == Some(tags.len().saturating_sub(1));
        self.text[..start].ends_with('\u{1f3f4}') && tags.len() <= MOST && ends
    }
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c),
        0xa9 | 0xae | 0x203c | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x2bff | 0x3030 | 0x303d | 0x3297 | 0x3299
        | 0x1f000..=0x1faff)
}

fn has_variants(c: char) -> bool {
    let is_keycap = c.is_ascii_digit() || c == '#' || c == '*';
    is_keycap || is_emoji(c) || is_ideograph(c) || joins(c) || matches!(u32::from(c), 0x2200..=0x22ff | 0x1000..=0x109f)
}

fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x2e80..=0x2fdf | 0x3001..=0x3163 | 0x3165..=0x9fff | 0xf900..=0xfaff | 0xff01..=0xff9f
        | 0x20000..=0x3ffff)
}

/// Arabic, Syriac, N'Ko, Mandaic, the scripts of India, Tibetan, Burmese, Khmer and Mongolian.
fn joins(c: char) -> bool {
    matches!(u32::from(c), 0x620..=0x6ff | 0x700..=0x8ff | 0x900..=0xdff | 0xf00..=0x109f | 0x1780..=0x17b3
        | 0x17b6..=0x17ff | 0x1800..=0x180a | 0x1810..=0x18af | 0x1cd0..=0x1cff | 0xa800..=0xabff | 0xfb50..=0xfdff
        | 0xfe70..=0xfefc | 0x10a00..=0x10fff | 0x11000..=0x1194f)
}

/// Thai, Lao, Tibetan, Burmese, Khmer, Chinese and Japanese, where a break in a line has to be written.
fn has_no_spaces(c: char) -> bool {
    is_ideograph(c) || matches!(u32::from(c), 0xe00..=0xfff | 0x1000..=0x109f | 0x1780..=0x17b3 | 0x17b6..=0x17ff)
}

fn is_right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x590..=0x61b | 0x61d..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefc | 0x10800..=0x10fff
        | 0x1e800..=0x1efff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::sample::at;

    #[track_caller]
    fn check(text: &str, columns: &[usize]) {
        let found: Vec<usize> = at(look, "f", text.as_bytes()).into_iter().map(|(_, column)| column).collect();
        assert_eq!(found, columns, "{}", text.escape_unicode());
    }

    #[test]
    fn what_deceives_is_found() {
        check("if a\u{202e} } \u{2066}b", &[5, 9]);
        check("ad\u{200b}min", &[3]);
        check("ad\u{200d}min\u{200c}", &[3, 7]);
        check("x\u{feff}", &[2]);
        check("a\u{e0041}\u{e0042}", &[2, 3]);
        check("a\u{fe00}\u{fe01}\u{e0100}", &[2, 3, 4]);
        check("\u{1f600}\u{fe0f}\u{fe0e}\u{e0101}", &[3, 4]);
        check("\u{3164}", &[1]);
        check("a\u{200f}", &[2]);
    }

    #[test]
    fn what_people_write_is_let_through() {
        check("\u{feff}gr\u{fc}n \u{4f60}\u{597d}", &[]);
        check("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f44d}\u{1f3fd}\u{200d}\u{2642}\u{fe0f}", &[]);
        check("\u{2764}\u{fe0f}\u{200d}\u{1f525} 1\u{fe0f}\u{20e3} \u{a9}\u{fe0f}", &[]);
        check("\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}", &[]);
        check("\u{915}\u{94d}\u{200d}\u{937}", &[]);
        check("\u{5d0}\u{5d1} (c)\u{200f}", &[]);
        check("\u{8fbb}\u{e0100}", &[]);
        check("\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", &[]);
        check("\u{e20}\u{e32}\u{200b}\u{e29}", &[]);
    }

    #[test]
    fn tags_without_their_flag_are_found() {
        check("\u{1f3f4}\u{e0067}x", &[2]);
        check("x\u{e0067}\u{e007f}", &[2, 3]);
        check(&format!("\u{1f3f4}{}\u{e007f}", "\u{e0041}".repeat(9)), &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    }

    #[test]
    fn what_is_not_utf_8_hides_nothing() {
        assert_eq!(at(look, "f", b"\xff\xe2\x80\xae\xfe\n\xe2\x80\xae"), [(1, 2), (2, 1)]);
        assert_eq!(at(look, "f", b"\xe2\x80\xae\0"), []);
    }
}
