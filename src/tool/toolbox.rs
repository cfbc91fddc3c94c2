//! Identifies programs and toolchains, with a memo on disk.

use std::ffi::OsString;
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::Repo;

/// One fact about the machine that a result depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// What it is about, such as `program:rustfmt`, `toolchain:rustc` or `platform`.
    pub name: String,
    /// What it is: a digest, or what the tool said of itself.
    pub value: String,
}

/// The programs of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The shell line; `None` if the command is words.
    pub shell: Option<&'a str>,
    /// The words; empty if the command is a shell line.
    pub words: &'a [String],
    /// The folder it runs in, relative to the root; empty for the root.
    pub dir: &'a Path,
    /// Programs that are declared beside it.
    pub tools: &'a [String],
}

/// Identifies programs and toolchains.
pub struct Toolbox {}

impl Toolbox {
    /// A toolbox that looks programs up in the PATH of `env` (the environment that steps get), with the memo at `path`.
    #[must_use]
    pub fn open(_path: &Path, _env: &[(OsString, OsString)]) -> Self {
        todo!()
    }

    /// The facts that hold for every step of a tree: platform and the toolchains of every ecosystem that it shows.
    ///
    /// # Errors
    /// When the tree can't be read. A toolchain that the machine does not have is a fact too.
    pub fn of_tree(&mut self, _repo: &Repo, _tree: ObjectId) -> Result<Vec<Fact>, Diagnostic> {
        todo!()
    }

    /// The facts about the programs of one check. A program of the tree itself (`./build.sh`) is an input and no fact.
    ///
    /// # Errors
    /// When the tree can't be read. A program that the machine does not have is a fact too.
    pub fn of_check(&mut self, _repo: &Repo, _tree: ObjectId, _request: &Request<'_>) -> Result<Vec<Fact>, Diagnostic> {
        todo!()
    }

    /// Writes the memo if it changed; replaced in one step.
    ///
    /// # Errors
    /// A warning: tools will be asked again the next time.
    pub fn save(&self) -> Result<(), Diagnostic> {
        todo!()
    }
}
