//! What is examined of an installation, and what came of it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::check::Hook;
use crate::diagnostic::{Diagnostic, Severity};
use crate::git::Repo;

/// What gate.toml calls for.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// The hooks.
    pub hooks: BTreeSet<Hook>,
    /// The programs that it has started.
    pub programs: Vec<Program>,
}

/// A program that gate.toml has started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Who starts it, in words.
    pub whose: String,
}

/// What is examined.
#[derive(Clone, Copy)]
pub struct Examination<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// What gate.toml calls for; `None` if that can't be told.
    pub needs: Option<&'a Needs>,
    /// The program that is running.
    pub program: &'a Path,
    /// PATH as it is now.
    pub path: &'a OsStr,
}

/// How an installation is.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// The hooks that gate answers.
    pub hooks: Vec<Answered>,
    /// What is wrong, with what to do about it.
    pub problems: Vec<Diagnostic>,
}

/// A hook that gate answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its name.
    pub name: &'static str,
    /// Where the shim is.
    pub shim: PathBuf,
    /// The hook that runs first, if there is one.
    pub before: Option<PathBuf>,
}

impl Health {
    /// Whether the installation works: nothing is wrong, or only what a warning says.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }
}
