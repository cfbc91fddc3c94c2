//! Texts that others wrote, made fit for a terminal: nothing in them can move the cursor, hide text or fake a line.

use std::fmt::Write as _;

/// The text with control characters, and characters that reorder or hide what is beside them, as escapes; on one line.
#[must_use]
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if disturbs(c) {
            // Writing to a `String` can't fail.
            let _ = write!(cleaned, "{}", c.escape_default());
        } else {
            cleaned.push(c);
        }
    }
    cleaned
}

/// The line with nothing in it that the runner of GitHub Actions takes for a command: `::` at its beginning, and `##[`
/// anywhere. The second colon, and the second number sign, are written in another way.
#[must_use]
pub(super) fn muted(line: &str, colon: &str, sign: &str) -> String {
    let line = line.replace("##[", &format!("#{sign}["));
    let start = line.len() - line.trim_start().len();
    match line[start..].strip_prefix("::") {
        Some(rest) => format!("{}:{colon}{rest}", &line[..start]),
        None => line,
    }
}

/// A JSON document of which no line is a command to that runner, with a newline at the end.
#[must_use]
pub(super) fn muted_json(document: &str) -> String {
    // Number signs stand in strings only.
    document.replace("##[", "#\\u0023[") + "\n"
}

/// The text in at most `width` columns; what is cut off is shown as an ellipsis.
#[must_use]
pub(super) fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('\u{2026}');
    cut
}

/// The text in lines of at most `width` columns, broken at spaces; words that are longer stay whole. The first line begins
/// at column `indent`, and the others are indented to there; or to 2 if that is 0.
#[must_use]
pub(super) fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut wrapped = String::new();
    let mut column = indent;
    let (start, indent) = (indent, if indent == 0 { 2 } else { indent });
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > start && column + 1 + length > width {
            wrapped.push('\n');
            wrapped.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if !wrapped.is_empty() {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

/// A line of a program's output, without what could disturb a terminal; its colours stay if they are wanted.
///
/// After a carriage return the line begins anew, as on a terminal.
#[must_use]
pub(super) fn output_line(line: &str, colour: bool) -> String {
    let line = line.trim_end_matches(['\r', '\n']);
    let line = line.rsplit('\r').next().unwrap_or_default();
    let mut cleaned = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    let mut coloured = false;
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => {
                let sequence = escape_sequence(&mut rest);
                if colour && is_colour(&sequence) {
                    coloured = true;
                    cleaned.push('\u{1b}');
                    cleaned.push_str(&sequence);
                }
            }
            '\t' => cleaned.push_str("    "),
            c if disturbs(c) => {}
            c => cleaned.push(c),
        }
    }
    if coloured {
        cleaned.push_str("\u{1b}[0m");
    }
    cleaned
}

/// Takes what follows an escape character up to the end of the sequence: ECMA-48, sections 5.4 and 5.6.
fn escape_sequence(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut sequence = String::new();
    let Some(kind) = rest.next() else { return sequence };
    sequence.push(kind);
    match kind {
        '[' => {
            while let Some(c) = rest.next_if(|c| ('\u{20}'..='\u{3f}').contains(c)) {
                sequence.push(c);
            }
            sequence.extend(rest.next_if(|c| ('\u{40}'..='\u{7e}').contains(c)));
        }
        // Strings, such as titles and links, end with BEL or with ESC \.
        ']' | 'P' | 'X' | '^' | '_' => {
            while let Some(c) = rest.next_if(|c| !matches!(c, '\u{7}' | '\u{1b}')) {
                sequence.push(c);
            }
            if rest.next() == Some('\u{1b}') {
                rest.next_if_eq(&'\\');
            }
        }
        '\u{20}'..='\u{2f}' => sequence.extend(rest.next()),
        _ => {}
    }
    sequence
}

/// Whether a sequence only sets colours and the like (SGR).
fn is_colour(sequence: &str) -> bool {
    let inner = sequence.strip_prefix('[').and_then(|rest| rest.strip_suffix('m'));
    inner.is_some_and(|inner| inner.chars().all(|c| c.is_ascii_digit() || matches!(c, ';' | ':')))
}

/// Control characters; and those of Unicode that change the direction of what is beside them, or break lines.
fn disturbs(c: char) -> bool {
    let reorders = matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || reorders || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_visible() {
        for (text, expected) in [
            ("plain gr\u{fc}n \u{1f600}", "plain gr\u{fc}n \u{1f600}"),
            ("a\nb\tc\rd", r"a\nb\tc\rd"),
            ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
            ("x\u{9b}2J", r"x\u{9b}2J"),
            ("\u{202e}txt.exe", r"\u{202e}txt.exe"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }

    #[test]
    fn commands_to_a_host_are_muted() {
        for (line, expected) in [
            ("::error::x", ":Cerror::x".to_owned()),
            ("  ::x", "  :Cx".to_owned()),
            ("a ::x", "a ::x".to_owned()),
            ("a ##[error]x", "a #S[error]x".to_owned()),
        ] {
            assert_eq!(muted(line, "C", "S"), expected);
        }
    }

    #[test]
    fn texts_fit() {
        assert_eq!(fit("a-long-name", 20), "a-long-name");
        assert_eq!(fit("a-long-name", 11), "a-long-name");
        assert_eq!(fit("a-long-name", 6), "a-lon\u{2026}");
        assert_eq!(wrap("one two three", 7, 0), "one two\n  three");
        assert_eq!(wrap("incomprehensibilities are long", 10, 0), "incomprehensibilities\n  are long");
        assert_eq!(wrap("one two three", 12, 4), "one two\n    three");
    }

    #[test]
    fn output_keeps_colours_at_most() {
        for (line, plain, coloured) in [
            ("ok\r\n", "ok", "ok"),
            ("10%\r50%\r100%", "100%", "100%"),
            ("\u{1b}[1;31merror\u{1b}[0m: x", "error: x", "\u{1b}[1;31merror\u{1b}[0m: x\u{1b}[0m"),
            ("a\u{1b}[2J\u{1b}[Hb\u{1b}[?25l", "ab", "ab"),
            ("\u{1b}]0;title\u{7}a\u{1b}]8;;http://x\u{1b}\\b", "ab", "ab"),
            ("a\u{8}\u{7}b\u{9b}c\tx", "abc    x", "abc    x"),
            ("\u{1b}(Bx\u{1b}c\u{1b}", "x", "x"),
            ("\u{1b}[31", "", ""),
            ("\u{1b}[38:5:9mx", "x", "\u{1b}[38:5:9mx\u{1b}[0m"),
        ] {
            assert_eq!(output_line(line, false), plain, "{line:?}");
            assert_eq!(output_line(line, true), coloured, "{line:?}");
        }
    }
}
