//! The checks that gate brings with it: which there are, and what can be set of them.

use crate::path::RepoPath;

/// A check in gate itself, with its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// Configuration files can be read: TOML, JSON, JSON5, YAML, XML, INI and `.env`, by their names.
    Syntax,
    /// JSON, YAML and TOML files fit a JSON Schema of the repository, which lies here.
    Schema(RepoPath),
    /// No file holds the marks of a merge that was left unfinished.
    MergeConflict,
    /// No file is larger than this, in bytes.
    LargeFiles(u64),
    /// No file holds a private key.
    PrivateKey,
    /// No two paths differ only in the case of letters.
    CaseConflict,
    /// Every link leads to something in the tree.
    Symlinks,
    /// What begins with `#!` can be executed, and what can be executed is a program.
    Executables,
    /// Lines end alike.
    LineEndings(LineEnding),
    /// No line ends in blanks.
    TrailingWhitespace,
    /// Every text ends in one line ending.
    FinalNewline,
    /// Every name can be checked out on Windows.
    Filenames,
    /// Every submodule has its entry in `.gitmodules`, and every entry its submodule.
    Submodules,
    /// No text holds invisible or bidirectional control characters.
    UnicodeBidi,
    /// The message of a commit is in order.
    CommitMessage(MessageRules),
}

/// How lines are to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnding {
    /// All of a file alike.
    #[default]
    Consistent,
    /// In LF.
    Lf,
    /// In CRLF.
    Crlf,
}

/// What the message of a commit is held to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRules {
    /// Whether its subject is one of Conventional Commits: <https://www.conventionalcommits.org/en/v1.0.0/>.
    pub conventional: bool,
    /// The types that a subject may begin with.
    pub types: Vec<String>,
    /// The scopes that it may have; empty where any will do.
    pub scopes: Vec<String>,
    /// How many characters a subject has at most.
    pub max_subject: u32,
    /// Trailers that it must have, such as `Signed-off-by`.
    pub trailers: Vec<String>,
    /// Words that it must not hold, in any case of letters.
    pub forbid: Vec<String>,
}

impl Builtin {
    /// Every name, in the order in which people should read them.
    pub const NAMES: &'static [&'static str] = &[
        "syntax",
        "schema",
        "merge-conflict",
        "large-files",
        "private-key",
        "case-conflict",
        "symlinks",
        "executables",
        "line-endings",
        "trailing-whitespace",
        "final-newline",
        "filenames",
        "submodules",
        "unicode-bidi",
        "commit-message",
    ];

    /// The largest file that `large-files` lets through where nothing else is said, in bytes.
    pub const LARGE: u64 = 500_000;

    /// The name, as configuration writes it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Schema(_) => "schema",
            Self::MergeConflict => "merge-conflict",
            Self::LargeFiles(_) => "large-files",
            Self::PrivateKey => "private-key",
            Self::CaseConflict => "case-conflict",
            Self::Symlinks => "symlinks",
            Self::Executables => "executables",
            Self::LineEndings(_) => "line-endings",
            Self::TrailingWhitespace => "trailing-whitespace",
            Self::FinalNewline => "final-newline",
            Self::Filenames => "filenames",
            Self::Submodules => "submodules",
            Self::UnicodeBidi => "unicode-bidi",
            Self::CommitMessage(_) => "commit-message",
        }
    }

    /// Whether what it says of a file depends on that file alone (and on a schema).
    #[must_use]
    pub fn is_per_file(&self) -> bool {
        !matches!(self, Self::CaseConflict | Self::Symlinks | Self::Submodules | Self::CommitMessage(_))
    }

    /// Whether it is about the message of a commit, not about its tree.
    #[must_use]
    pub fn is_about_message(&self) -> bool {
        matches!(self, Self::CommitMessage(_))
    }

    /// Whether it can mend what it finds.
    #[must_use]
    pub fn can_fix(&self) -> bool {
        matches!(self, Self::LineEndings(_) | Self::TrailingWhitespace | Self::FinalNewline)
    }
}

impl MessageRules {
    /// The longest subject where nothing else is said, in characters: what git's own tools show of it.
    pub const MAX_SUBJECT: u32 = 72;

    /// The types where nothing else is said: those of the convention's own examples.
    pub const TYPES: &'static [&'static str] =
        &["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];
}
