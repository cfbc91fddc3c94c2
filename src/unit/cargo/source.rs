//! What a Rust file reads besides itself, as far as its text tells.
//!
//! The file is lexed, and found anywhere in its tokens, those of macros and attributes included. What is no literal is
//! not known here; see [`Base`] for what is taken for a path and from where.

use bstr::ByteSlice;
use proc_macro2::TokenStream;
use serde::{Deserialize, Serialize};

use super::token::Scan;

/// What a Rust file reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    /// Whether it could not be lexed, so that nothing is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_unread: bool,
    /// What it reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reads: Vec<Read>,
    /// The modules that lie in files of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) modules: Vec<Submodule>,
}

/// Something that a file reads: what names it, from where its path starts, and the path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Read(pub(super) By, pub(super) Base, pub(super) String);

/// What names a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum By {
    /// `include!`, which compiles what is there.
    Include,
    /// `include_str!`.
    IncludeStr,
    /// `include_bytes!`.
    IncludeBytes,
    /// `concat!`, or calls, that put it together from the package's folder.
    Joined,
    /// Any text.
    Text,
}

/// From where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Base {
    /// The file's folder: built-in macros.
    File,
    /// The package's folder: what is put together from `CARGO_MANIFEST_DIR`, and paths that leave the folder in a file
    /// that mentions it.
    Package,
    /// Either, where there is something: a text that leaves its folder. Tests and build scripts run in the package's
    /// folder, and derived code reads from either.
    Either,
    /// The folder of the package, of its workspace or of the repository, where there is something: any text with a `/`
    /// in tests, build scripts, and where `CARGO_MANIFEST_DIR` is mentioned. It matters where another package is there.
    Below,
}

/// A module in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Submodule {
    /// The modules that it is declared in within the file, as a path; empty at the top.
    pub(super) within: String,
    /// Its name.
    pub(super) name: String,
    /// The path that an attribute says.
    pub(super) path: Option<String>,
}

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
