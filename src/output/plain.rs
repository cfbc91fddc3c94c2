//! Lines of output without what is meant for a terminal only.

use bstr::ByteSlice;

/// How long a message or rule is at most, in characters.
const MESSAGE: usize = 1000;

/// The line without escape sequences (ECMA-48, sections 5.4 and 5.6) and control characters; tabs stay. After a carriage
/// return it begins anew, as on a terminal.
pub(super) fn plain(line: &[u8]) -> Vec<u8> {
    let line = line.trim_end_with(|c| matches!(c, '\r' | '\n'));
    let line = line.rsplit(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut plain = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            0x1b => rest = after_escape(after),
            b'\t' | 0x20..=0x7e | 0x80.. => plain.push(byte),
            _ => {}
        }
    }
    plain
}

/// What follows the escape sequence whose first character has been taken.
fn after_escape(rest: &[u8]) -> &[u8] {
    let Some((&kind, rest)) = rest.split_first() else { return rest };
    match kind {
        b'[' => {
            let length = rest.iter().take_while(|byte| (0x20..=0x3f).contains(*byte)).count();
            rest.get(length + 1..).unwrap_or_default()
        }
        // Strings, such as titles and links, end with BEL or with ESC \.
        b']' | b'P' | b'X' | b'^' | b'_' => {
            let end = rest.find_byteset([0x07, 0x1b]).unwrap_or(rest.len());
            let skip = if rest.get(end..end + 2) == Some(b"\x1b\\") { 2 } else { 1 };
            rest.get(end + skip..).unwrap_or_default()
        }
        0x20..=0x2f => rest.get(1..).unwrap_or_default(),
        _ => rest,
    }
}

/// The text of a message: trimmed, on one line, never endless, and with what is not UTF-8 replaced.
pub(super) fn text(bytes: &[u8]) -> String {
    let lossy = bytes.trim().to_str_lossy();
    let mut text = String::new();
    for c in lossy.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !c.is_control()).take(MESSAGE) {
        if c != ' ' || !text.ends_with(' ') {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_go_and_everything_else_stays() {
        for (line, expected) in [
            (&b"a.c:1:2: error\r\n"[..], &b"a.c:1:2: error"[..]),
            (b"\x1b[1;31merror\x1b[0m: x", b"error: x"),
            (b"\x1b]8;;http://x\x1b\\a\x1b]0;t\x07b", b"ab"),
            (b"10%\r20%\rdone", b"done"),
            (b"caf\xe9\x07\tx\x1b(B", b"caf\xe9\tx"),
            (b"x\x1b[31", b"x"),
            (b"x\x1b", b"x"),
        ] {
            assert_eq!(plain(line).as_bstr(), expected.as_bstr());
        }
    }

    #[test]
    fn messages_stay_on_a_line_and_end() {
        assert_eq!(text(b"  two  \t words\x00 caf\xe9 "), "two words caf\u{fffd}");
        assert_eq!(text(&b"x".repeat(1 << 20)).len(), MESSAGE);
    }
}
