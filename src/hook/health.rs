//! What is examined of an installation, and what came of it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::Serialize;

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
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.problems.is_empty()
    }

    /// The document for programs.
    ///
    /// # Errors
    /// Never, as far as is known.
    pub fn document(&self) -> Result<String, serde_json::Error> {
        let problems = self.problems.iter().map(|problem| Problem {
            code: problem.code,
            severity: if problem.severity == Severity::Error { "error" } else { "warning" },
            message: &problem.message,
            hint: problem.hint.as_deref(),
        });
        let document = Document {
            schema: "gate.doctor/1",
            well: self.is_well(),
            hooks: self.hooks.iter().map(Shown::from).collect(),
            problems: problems.collect(),
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    well: bool,
    hooks: Vec<Shown>,
    problems: Vec<Problem<'a>>,
}

#[derive(Serialize)]
struct Shown {
    name: &'static str,
    shim: String,
    before: Option<String>,
}

#[derive(Serialize)]
struct Problem<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
}

impl From<&Answered> for Shown {
    fn from(answered: &Answered) -> Self {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        Self { name: answered.name, shim: text(&answered.shim), before: answered.before.as_ref().map(text) }
    }
}
