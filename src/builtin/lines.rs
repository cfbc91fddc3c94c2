//! How lines and texts end: `line-endings`, `trailing-whitespace` and `final-newline`.
//!
//! Binary files are left out. Blanks are spaces and tabs; a form feed is a page break and no blank. In Markdown, two
//! spaces or more after a text break the line: exactly two are let through there, and more are mended to two.

use std::borrow::Cow;

use bstr::ByteSlice;

use super::file::{File, Found, is_binary};
use crate::check::{Builtin, LineEnding};
use crate::diagnostic::Diagnostic;
use crate::path::RepoPath;

const MARKDOWN: &[&[u8]] = &[b"md", b"markdown", b"mdown", b"mkd", b"mdx", b"qmd", b"rmd"];

/// What breaks a line in Markdown.
const HARD_BREAK: &[u8] = b"  ";

/// What ends a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Lf,
    Crlf,
    /// As old Macs wrote it.
    Cr,
}

/// Whether a path's name says that it is Markdown.
pub(super) fn is_markdown(path: &RepoPath) -> bool {
    let name = path.file_name();
    let ending = name.rfind_byte(b'.').map(|dot| name[dot + 1..].to_ascii_lowercase());
    ending.is_some_and(|ending| MARKDOWN.contains(&&*ending))
}

/// Looks for lines that end otherwise than they should.
pub(super) fn look_at_endings(file: &File<'_>, wanted: LineEnding, found: &mut Found<'_>) {
    if file.is_binary() {
        return;
    }
    let Some(wanted_ending) = wrong(file.bytes, wanted) else { return };
    let code = "builtin/line-ending";
    for (at, ending) in endings(file.bytes).filter(|(_, ending)| *ending != wanted_ending) {
        let message = match wanted {
            LineEnding::Consistent => {
                format!("a line ends in {}, most of the file's end in {}", ending.name(), wanted_ending.name())
            }
            LineEnding::Lf | LineEnding::Crlf => {
                format!("a line ends in {}, not in {}", ending.name(), wanted_ending.name())
            }
        };
        found.at(at..at, "", Diagnostic::error(code, message));
        if found.is_full() {
            return;
        }
    }
}

/// Looks for lines that end in blanks.
pub(super) fn look_at_blanks(file: &File<'_>, found: &mut Found<'_>) {
    if file.is_binary() {
        return;
    }
    let markdown = is_markdown(file.path);
    for (start, line) in trailing(file.bytes) {
        let kept = kept(line, markdown);
        if kept < line.len() {
            let problem = Diagnostic::error("builtin/trailing-whitespace", "a line ends in blanks");
            found.at(start + kept..start + line.len(), "", problem);
        }
        if found.is_full() {
            return;
        }
    }
}

/// Looks at how the text ends.
pub(super) fn look_at_end(file: &File<'_>, found: &mut Found<'_>) {
    if file.is_binary() || file.bytes.is_empty() {
        return;
    }
    let code = "builtin/final-newline";
    let body = without_breaks(file.bytes);
    match &file.bytes[body.len()..] {
        b"" => found.at(body.len()..body.len(), "", Diagnostic::error(code, "the last line does not end in a newline")),
        b"\n" | b"\r\n" | b"\r" if !body.is_empty() => {}
        rest => {
            let first = rest.find_byte(b'\n').map_or(0, |newline| newline + 1);
            let at = body.len() + if body.is_empty() { 0 } else { first };
            found.at(at..at, "", Diagnostic::error(code, "there are empty lines at the end"));
        }
    }
}

/// What a text should be, if a check would change it.
pub(super) fn fix(builtin: &Builtin, markdown: bool, bytes: &[u8]) -> Option<Vec<u8>> {
    if is_binary(bytes) {
        return None;
    }
    let fixed = match builtin {
        Builtin::LineEndings(wanted) => ended(bytes, wrong(bytes, *wanted)?),
        Builtin::TrailingWhitespace => without_blanks(bytes, markdown),
        Builtin::FinalNewline => with_final_newline(bytes),
        _ => return None,
    };
    (fixed != bytes).then_some(fixed)
}

impl Ending {
    fn name(self) -> &'static str {
        match self {
            Self::Lf => "LF",
            Self::Crlf => "CRLF",
            Self::Cr => "CR",
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::Crlf => b"\r\n",
            Self::Cr => b"\r",
        }
    }
}

/// What the lines should end in, if one doesn't.
fn wrong(bytes: &[u8], wanted: LineEnding) -> Option<Ending> {
    // Most texts hold no CR, and need no more than this look.
    if wanted != LineEnding::Crlf && bytes.find_byte(b'\r').is_none() {
        return None;
    }
    let mut counts = [0_usize; 3];
    endings(bytes).for_each(|(_, ending)| counts[ending as usize] += 1);
    let most =
        [Ending::Lf, Ending::Crlf, Ending::Cr].into_iter().rev().max_by_key(|ending| counts[*ending as usize])?;
    let wanted = match wanted {
        LineEnding::Consistent => most,
        LineEnding::Lf => Ending::Lf,
        LineEnding::Crlf => Ending::Crlf,
    };
    let others = counts.iter().sum::<usize>() - counts[wanted as usize];
    (others > 0).then_some(wanted)
}

/// Where each ending begins, and which it is.
fn endings(bytes: &[u8]) -> impl Iterator<Item = (usize, Ending)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].find_byteset(b"\r\n")?;
        let ending = match &bytes[start..] {
            [b'\r', b'\n', ..] => Ending::Crlf,
            [b'\r', ..] => Ending::Cr,
            _ => Ending::Lf,
        };
        at = start + ending.bytes().len();
        Some((start, ending))
    })
}

fn ended(bytes: &[u8], wanted: Ending) -> Vec<u8> {
    let mut fixed = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for (at, ending) in endings(bytes) {
        fixed.extend_from_slice(&bytes[from..at]);
        fixed.extend_from_slice(wanted.bytes());
        from = at + ending.bytes().len();
    }
    fixed.extend_from_slice(&bytes[from..]);
    fixed
}

/// The lines that end in a blank, each with where it starts and without its ending.
fn trailing(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    super::file::lines(bytes).filter(|(_, line)| line.ends_with(b" ") || line.ends_with(b"\t"))
}

/// How much of a line stays.
fn kept(line: &[u8], markdown: bool) -> usize {
    // A CR that would come to stand before the LF goes too: it would end the line with it.
    let text = line.trim_end_with(|c| matches!(c, ' ' | '\t' | '\r'));
    let breaks = markdown && !text.is_empty() && line[text.len()..].starts_with(HARD_BREAK);
    text.len() + if breaks { HARD_BREAK.len() } else { 0 }
}

fn without_blanks(bytes: &[u8], markdown: bool) -> Vec<u8> {
    let mut fixed = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for (start, line) in trailing(bytes) {
        fixed.extend_from_slice(&bytes[from..start + kept(line, markdown)]);
        from = start + line.len();
    }
    fixed.extend_from_slice(&bytes[from..]);
    fixed
}

fn without_breaks(bytes: &[u8]) -> &[u8] {
    bytes.trim_end_with(|c| c == '\n' || c == '\r')
}

fn with_final_newline(bytes: &[u8]) -> Vec<u8> {
    let body = without_breaks(bytes);
    if body.is_empty() {
        return Vec::new();
    }
    let rest = &bytes[body.len()..];
    if matches!(rest, b"\n" | b"\r\n" | b"\r") {
        return bytes.to_owned();
    }
    // As the first line ends, and in a text of one line as it was ended too often.
    let ending = endings(bytes).next().map_or(Ending::Lf, |(_, ending)| ending);
    [Cow::Borrowed(body), Cow::Borrowed(ending.bytes())].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::path::Mode;

    const ALL: [Builtin; 5] = [
        Builtin::LineEndings(LineEnding::Consistent),
        Builtin::LineEndings(LineEnding::Lf),
        Builtin::LineEndings(LineEnding::Crlf),
        Builtin::TrailingWhitespace,
        Builtin::FinalNewline,
    ];

    fn look(builtin: &Builtin, name: &str, bytes: &[u8]) -> Vec<(usize, usize)> {
        let path = RepoPath::from(name);
        let file = File { path: &path, mode: Mode::File, bytes };
        let mut found = Found::new(name, bytes);
        match builtin {
            Builtin::LineEndings(ending) => look_at_endings(&file, *ending, &mut found),
            Builtin::TrailingWhitespace => look_at_blanks(&file, &mut found),
            _ => look_at_end(&file, &mut found),
        }
        found.finish().iter().map(|found| found.place.as_ref().unwrap().line_and_column()).collect()
    }

    fn fixed(builtin: &Builtin, markdown: bool, text: &str) -> String {
        fix(builtin, markdown, text.as_bytes())
            .map_or_else(|| text.to_owned(), |bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_file_ends_its_lines_alike() {
        let [consistent, lf, crlf, ..] = &ALL;
        assert_eq!(look(consistent, "f", b"a\r\nb\r\nc\n"), [(3, 2)]);
        assert_eq!(look(consistent, "f", b"a\nb\n"), []);
        assert_eq!(look(consistent, "f", b"a\r\nb\r\n"), []);
        assert_eq!(look(lf, "f", b"a\r\nb\n"), [(1, 2)]);
        assert_eq!(look(crlf, "f", b"a\r\nb\n"), [(2, 2)]);
        assert_eq!(look(crlf, "f", b"a\0b\n"), []);
        assert_eq!(fixed(consistent, false, "a\r\nb\n"), "a\nb\n", "of as many it is LF that stays");
        assert_eq!(fixed(consistent, false, "a\r\nb\r\nc\rd\ne"), "a\r\nb\r\nc\r\nd\r\ne");
        assert_eq!(fixed(lf, false, "a\r\r\nb"), "a\n\nb");
    }

    #[test]
    fn no_line_ends_in_blanks() {
        let blanks = &ALL[3];
        assert_eq!(look(blanks, "f.rs", b"a \r\n\t\nb\nc\x0c\nd  "), [(1, 2), (2, 1), (5, 2)]);
        assert_eq!(fixed(blanks, false, "a \r\n\t\nb\nc\x0c\nd  "), "a\r\n\nb\nc\x0c\nd");
        assert_eq!(look(blanks, "f.bin", b"\0 \n"), []);
    }

    #[test]
    fn markdown_keeps_its_breaks() {
        let blanks = &ALL[3];
        assert_eq!(look(blanks, "a/README.MD", b"a  \nb   \nc \n  \nd\t\n"), [(2, 4), (3, 2), (4, 1), (5, 2)]);
        assert_eq!(fixed(blanks, true, "a  \nb   \nc \n  \nd\t\n"), "a  \nb  \nc\n\nd\n");
        assert!(!is_markdown(&RepoPath::from("md")) && !is_markdown(&RepoPath::from("a.md/x")));
    }

    #[test]
    fn a_text_ends_in_one_newline() {
        let end = &ALL[4];
        assert_eq!(look(end, "f", b""), []);
        assert_eq!(look(end, "f", b"a\n"), []);
        assert_eq!(look(end, "f", b"a\r\n"), []);
        assert_eq!(look(end, "f", b"a"), [(1, 2)]);
        assert_eq!(look(end, "f", b"a\n\n\n"), [(2, 1)]);
        assert_eq!(look(end, "f", b"\n"), [(1, 1)]);
        for (text, wanted) in [
            ("a", "a\n"),
            ("a\r\nb", "a\r\nb\r\n"),
            ("a\n\n\n", "a\n"),
            ("a\r\n\r\n", "a\r\n"),
            ("a\r\r\n", "a\r"),
            ("\n\n", ""),
            ("a\n  ", "a\n  \n"),
        ] {
            assert_eq!(fixed(end, false, text), wanted, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_mended_needs_no_more(bytes in prop::collection::vec(prop::sample::select(&b"ab \t\r\n\n\xff\x0c"[..]), 0..60)) {
            for builtin in &ALL {
                for (name, markdown) in [("f", false), ("f.md", true)] {
                    let found = look(builtin, name, &bytes);
                    let fixed = fix(builtin, markdown, &bytes);
                    prop_assert_eq!(fixed.is_some(), !found.is_empty(), "what is found can be mended, and nothing else");
                    let fixed = fixed.unwrap_or_else(|| bytes.clone());
                    prop_assert_eq!(look(builtin, name, &fixed), vec![]);
                    prop_assert_eq!(fix(builtin, markdown, &fixed), None);
                }
            }
        }
    }
}
