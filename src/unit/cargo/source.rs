//! What a Rust file reads besides itself, as far as its text tells.
//!
//! The file is lexed, and found anywhere in its tokens, those of macros and attributes included. What is no literal is
//! not known here; see [`Base`] for what is taken for a path and from where.

use bstr::ByteSlice;
use proc_macro2::TokenStream;

use super::token::Scan;

pub(super) use super::reads::{Base, By, Read, Source, Submodule};

impl Source {
    /// Reads a file. Of tests, benchmarks, examples and build scripts, `is_run` is true: they run in the package's
    /// folder.
    pub(super) fn read(content: &[u8], is_run: bool) -> Self {
        if !is_run && !may_tell(content) {
            return Self::default();
        }
        let Some(stream) = lexed(content) else { return Self { is_unread: true, ..Self::default() } };
        Scan::of(stream, is_run)
    }
}

fn lexed(content: &[u8]) -> Option<TokenStream> {
    let text = std::str::from_utf8(content).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // <https://doc.rust-lang.org/reference/input-format.html#shebang-removal>
    let is_shebang = text.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    let text = if is_shebang { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
    text.parse().ok()
}

/// Whether there can be anything to find, by bytes alone: most files are not worth lexing.
fn may_tell(content: &[u8]) -> bool {
    [&b"../"[..], b"\"..", b"CARGO_MANIFEST_DIR"].iter().any(|text| content.find(text).is_some())
        || content.find_iter(b"include").any(|at| {
            let rest = content[at..].trim_start_with(|c| c.is_alphanumeric() || c == '_');
            rest.trim_start().starts_with(b"!")
        })
        || content.find_iter(b"path").any(|at| {
            let rest = content[at + 4..].trim_start();
            rest.starts_with(b"=") && !rest.starts_with(b"==") || rest.starts_with(b"/*") || rest.starts_with(b"//")
        })
        || content.find_iter(b"mod").any(|at| declares_module(content, at))
}

fn declares_module(content: &[u8], at: usize) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    if content[..at].last().is_some_and(is_word) {
        return false;
    }
    let rest = &content[at + 3..];
    let name = rest.trim_start();
    if name.len() == rest.len() {
        return false;
    }
    // Between the words there may be a comment, which is for the lexer.
    let name = name.strip_prefix(b"r#").unwrap_or(name);
    let after = &name[name.iter().take_while(|byte| is_word(byte)).count()..];
    matches!(after.trim_start().first(), Some(b';' | b'/')) || name.starts_with(b"/")
}
