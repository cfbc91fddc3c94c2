//! Patterns over repository paths.
//!
//! A pattern is anchored at the root. `*` and `?` do not cross `/`; `**/` matches any number of folders, none included;
//! `/**` at the end matches everything below; `{a,b}` and `[abc]` as in a shell; a leading dot is matched like any other
//! character; matching is by bytes and case-sensitive; there is no negation.

use std::sync::Arc;

use bstr::BStr;

use super::{Mode, RepoPath};

/// One pattern, as the user wrote it and ready to match.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Arc<str>,
}

/// Why a text is not a pattern.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {}

/// The paths that match any of some patterns and none of some others.
///
/// Equal selections have equal [`Selection::canonical`] texts.
#[derive(Clone, Debug)]
pub struct Selection {}

/// Where a walk stands: what of the selection's patterns is still open below a folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Empty text, a leading `/` or `!`, a trailing `/`, a `.` or `..` component, an unclosed bracket or brace.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        todo!("{text}")
    }

    /// The text it was read from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Selection {
    /// Selects what any of `include` matches and none of `exclude` does.
    #[must_use]
    pub fn new(_include: &[Pattern], _exclude: &[Pattern]) -> Self {
        todo!()
    }

    /// A text that is equal for selections that were made of the same patterns.
    #[must_use]
    pub fn canonical(&self) -> &str {
        todo!()
    }

    /// Whether the selection takes the path. A link or submodule also matches patterns for what would lie below it.
    #[must_use]
    pub fn matches(&self, _path: &RepoPath, _mode: Mode) -> bool {
        todo!()
    }

    /// Whether every path of every tree is selected, so that a tree's own id says all.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        todo!()
    }

    /// A cursor at the root.
    #[must_use]
    pub fn start(&self) -> Cursor {
        todo!()
    }

    /// The cursor inside the folder `name`.
    #[must_use]
    pub fn enter(&self, _at: &Cursor, _name: &BStr) -> Cursor {
        todo!()
    }

    /// Whether the entry `name` of the folder at the cursor is selected.
    #[must_use]
    pub fn takes(&self, _at: &Cursor, _name: &BStr, _mode: Mode) -> bool {
        todo!()
    }

    /// Whether nothing below the cursor can be selected any more.
    #[must_use]
    pub fn is_dead(&self, _at: &Cursor) -> bool {
        todo!()
    }
}
