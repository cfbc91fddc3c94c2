//! String literals of Go: <https://go.dev/ref/spec#String_literals>.

use bstr::ByteSlice;

/// How many bytes a literal has at the start of a text, quotes and all; `None` where it isn't closed in its line.
pub(super) fn length(text: &[u8]) -> Option<usize> {
    let quote = *text.first()?;
    let mut at = 1;
    loop {
        match *text.get(at)? {
            b'\n' => return None,
            byte if byte == quote => return Some(at + 1),
            b'\\' if quote == b'"' => at += 2,
            _ => at += 1,
        }
    }
}

/// What a literal with its quotes means; `None` where it isn't one, or not UTF-8.
pub(super) fn text(literal: &[u8]) -> Option<String> {
    let inner = |quote: &[u8; 1]| literal.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(raw) = inner(b"`") {
        return raw.to_str().ok().map(|raw| raw.replace('\r', ""));
    }
    let inner = inner(b"\"")?;
    if !inner.contains(&b'\\') {
        return inner.to_str().ok().map(str::to_owned);
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&byte, after)) = rest.split_first() {
        rest = if byte == b'\\' { escape(after, &mut bytes)? } else { after };
        if byte != b'\\' {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Reads one escape after its backslash; what follows it.
fn escape<'t>(text: &'t [u8], bytes: &mut Vec<u8>) -> Option<&'t [u8]> {
    let (&kind, rest) = text.split_first()?;
    let plain = |byte: u8| Some((vec![byte], rest));
    let number = |from: &'t [u8], digits: usize, radix: u32| {
        let digits = from.get(..digits)?.to_str().ok()?;
        u32::from_str_radix(digits, radix).ok()
    };
    let byte = |value: u32| u8::try_from(value).ok().map(|byte| vec![byte]);
    let rune = |value: u32| char::from_u32(value).map(|c| c.to_string().into_bytes());
    let (value, rest) = match kind {
        b'a' => plain(7)?,
        b'b' => plain(8)?,
        b'f' => plain(12)?,
        b'n' => plain(b'\n')?,
        b'r' => plain(b'\r')?,
        b't' => plain(b'\t')?,
        b'v' => plain(11)?,
        b'\\' | b'"' | b'\'' => plain(kind)?,
        b'x' => (byte(number(rest, 2, 16)?)?, &rest[2..]),
        b'u' => (rune(number(rest, 4, 16)?)?, &rest[4..]),
        b'U' => (rune(number(rest, 8, 16)?)?, &rest[8..]),
        b'0'..=b'7' => (byte(number(text, 3, 8)?)?, &text[3..]),
        _ => return None,
    };
    bytes.extend(value);
    Some(rest)
}

/// The arguments of `//go:embed`: words, each bare or a literal; `None` where they can't be read.
/// <https://pkg.go.dev/embed#hdr-Directives>
pub(super) fn words(text: &[u8]) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.first() {
        let length = match first {
            b'"' | b'`' => length(rest)?,
            _ => rest.find_byteset(b" \t\r").unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(length);
        let bare = || word.to_str().ok().map(str::to_owned);
        words.push(if matches!(first, b'"' | b'`') { self::text(word)? } else { bare()? });
        rest = after.trim_start();
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_as_go_reads_them() {
        let shown = |literal: &str| text(literal.as_bytes());
        assert_eq!(shown(r#""a/b""#).as_deref(), Some("a/b"));
        assert_eq!(shown("`a\\n`").as_deref(), Some("a\\n"));
        assert_eq!(shown(r#""\x61\u00e9\U0001F600\101\n\"""#).as_deref(), Some("a\u{e9}\u{1F600}A\n\""));
        assert_eq!(shown(r#""\xff""#), None);
        assert_eq!(shown(r#""\q""#), None);
        assert_eq!(shown("\"a"), None);
        assert_eq!(shown("\""), None);
        assert_eq!(shown(r#""\x""#), None);
    }

    #[test]
    fn embedded_names_may_be_quoted() {
        let shown = |text: &str| words(text.as_bytes()).map(|words| words.join("|"));
        assert_eq!(shown(" a/*.txt  \"b c\" `d`\t all:e \r").as_deref(), Some("a/*.txt|b c|d|all:e"));
        assert_eq!(shown("\"a"), None);
    }
}
