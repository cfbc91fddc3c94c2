//! A problem that a tool reported, and where.

use crate::path::RepoPath;

/// A problem that a tool reported at a place in the repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The file.
    pub path: RepoPath,
    /// Where in it; `None` where the tool names the file only.
    pub region: Option<Region>,
    /// How bad the tool says it is.
    pub severity: Severity,
    /// What it says, on one line, without control characters.
    pub message: String,
    /// The tool's name for problems of this kind: `E0308`, `no-unused-vars`, …
    pub rule: Option<String>,
}

/// A place in a file. Lines and columns count from 1; columns are those that the tool counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// The line it begins in.
    pub line: u32,
    /// The column it begins at, if it is known.
    pub column: Option<u32>,
    /// The line it ends in, if it is known; never before `line`.
    pub end_line: Option<u32>,
    /// The column after its last character, if it is known; then `end_line` and `column` are too.
    pub end_column: Option<u32>,
}

impl Region {
    /// A place of which only the beginning is known. Some tools count columns from 0: what is not known is better than what
    /// is wrong.
    #[must_use]
    pub fn at(line: u32, column: Option<u32>) -> Self {
        Self { line, column: column.filter(|column| *column > 0), end_line: None, end_column: None }
    }
}

/// How bad a tool says a problem is. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It makes the tool fail.
    Error,
    /// It should be looked at.
    Warning,
    /// It explains another one.
    Note,
}

impl Severity {
    /// The name as reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    /// The severity that a tool's word means; `None` for words that mean none.
    pub(super) fn of(word: &[u8]) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        Some(match word.as_slice() {
            b"error" | b"fatal error" | b"fatal" | b"failure" | b"failed" => Self::Error,
            b"warning" | b"warn" => Self::Warning,
            b"note" | b"info" | b"information" | b"help" | b"remark" | b"hint" | b"convention" | b"refactor" => {
                Self::Note
            }
            _ => return None,
        })
    }
}
