//! What a program is, once it was told.

use std::path::PathBuf;

use crate::digest::Hasher;

/// What a program is.
#[derive(Debug)]
pub(super) struct Identity {
    /// A digest; or `missing`, `unresolved: …` or `unreadable: …`.
    pub(super) value: String,
    /// The program that would really run; `None` if none would.
    pub(super) path: Option<PathBuf>,
    /// The files that it was told from.
    pub(super) files: Vec<PathBuf>,
}

impl Identity {
    /// Nothing that would run, and why.
    pub(super) fn nothing(value: impl Into<String>) -> Self {
        Self { value: value.into(), path: None, files: Vec::new() }
    }

    /// Whether the machine has no such program.
    pub(super) fn is_missing(&self) -> bool {
        self.value == "missing"
    }

    /// Takes in what else the program is.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.value = Hasher::new("program", 1).field("content", &self.value).field(name, value).finish().to_string();
    }
}
