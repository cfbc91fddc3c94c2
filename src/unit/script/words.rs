//! Words without which a file loads nothing.
//!
//! Parsing is what reading costs. What a file loads mostly stands at its beginning, so that all that comes after the last
//! of these words need not be parsed.

use bstr::ByteSlice;

/// Where the last word ends with which anything is loaded; `None` where there is none.
pub(super) fn last(content: &[u8]) -> Option<usize> {
    let mut found = None;
    let mut at = 0;
    while at < content.len() {
        if !is_part(content[at]) {
            at += 1;
            continue;
        }
        let length = content[at..].iter().position(|byte| !is_part(*byte)).unwrap_or(content.len() - at);
        if loads(&content[at..at + length], content, at, at + length) {
            found = Some(at + length);
        }
        at += length;
    }
    found
}

/// The first line after a place that may begin a statement of its own, as people lay out what they write: it begins with a
/// word, without indentation.
pub(super) fn next_statement(content: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += content.get(at..)?.find_byte(b'\n')? + 1;
        if content.get(at).is_some_and(|byte| is_part(*byte) && !byte.is_ascii_digit()) {
            return Some(at);
        }
    }
}

/// Whether a word may load something, by what stands around it.
fn loads(word: &[u8], content: &[u8], start: usize, end: usize) -> bool {
    let next = || content[end..].iter().find(|byte| !byte.is_ascii_whitespace()).copied();
    match word {
        b"import"
        | b"require"
        | b"mock"
        | b"unmock"
        | b"doMock"
        | b"dontMock"
        | b"doUnmock"
        | b"deepUnmock"
        | b"setMock"
        | b"requireActual"
        | b"requireMock"
        | b"importActual"
        | b"importMock"
        | b"createMockFromModule"
        | b"genMockFromModule"
        | b"unstable_mockModule"
        | b"unstable_unmockModule"
        | b"replaceEsm"
        | b"register"
        | b"createRequire"
        | b"proxyquire"
        | b"rewire"
        | b"esmock"
        | b"importFresh"
        | b"importScripts"
        | b"loadable"
        | b"Worker"
        | b"SharedWorker"
        | b"Runner"
        | b"__dirname"
        | b"__filename"
        | b"cwd"
        | b"jsxImportSource" => true,
        b"from" => matches!(next(), Some(b'\'' | b'"' | b'/')),
        b"module" | b"define" => matches!(next(), Some(b'(' | b'\'' | b'"' | b'/')),
        b"reference" => content[..start].ends_with(b"<"),
        b"environment" => content[..start].ends_with(b"@jest-") || content[..start].ends_with(b"@vitest-"),
        _ => false,
    }
}

/// Whether a byte can be part of a word; so are all of characters beyond ASCII, and escapes in names.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_what_holds_them() {
        let check = |text: &str, rest: Option<&str>| {
            assert_eq!(last(text.as_bytes()).map(|at| &text[at..]), rest, "{text}");
        };
        check("required importantly", None);
        check("x = Array.from(y)", None);
        check("export * from './a'; f()", Some(" './a'; f()"));
        check("import './a'\nvi.mock('./b')\nit()", Some("('./b')\nit()"));
        check("module.exports = {}; declare module 'x'", Some(" 'x'"));
        check("// @vitest-environment jsdom", Some(" jsdom"));
        check("environment", None);
    }

    #[test]
    fn statements_begin_without_indentation() {
        let check = |text: &str, rest: Option<&str>| {
            assert_eq!(next_statement(text.as_bytes(), 0).map(|at| &text[at..]), rest, "{text}");
        };
        check("import {\n  a\n} from './a'\n\nconst b", Some("const b"));
        check("f(\n  './a'\n)", None);
        check("", None);
    }
}
