//! Repositories to measure in.

use std::cell::Cell;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Fault;
use crate::program::Program;

/// A repository, with a home and caches of its own.
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
    stages: Cell<u64>,
}

impl Scratch {
    /// A repository of many small files, a hundred in each folder, beside some others; all committed.
    pub(crate) fn new(files: usize, others: &[(&str, String)]) -> Result<Self, Fault> {
        let scratch = Self { folder: tempfile::tempdir()?, stages: Cell::new(0) };
        for folder in ["home", "cache", "config"] {
            fs_err::create_dir_all(scratch.home().join(folder))?;
        }
        let settings =
            "[user]\n\tname = bench\n\temail = bench@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n";
        fs_err::write(scratch.home().join("home/.gitconfig"), settings)?;
        fs_err::create_dir_all(scratch.path())?;
        for number in 0..files {
            let folder = scratch.path().join(format!("dir{}", number / 100));
            if number % 100 == 0 {
                fs_err::create_dir_all(&folder)?;
            }
            fs_err::write(folder.join(format!("file{number}.txt")), format!("line {number}\n"))?;
        }
        for (path, text) in others {
            fs_err::write(scratch.path().join(path), text)?;
        }
        scratch.git(&["init", "--quiet"])?;
        scratch.git(&["add", "--all"])?;
        scratch.git(&["commit", "--quiet", "--message", "base"])?;
        Ok(scratch)
    }

    /// The repository.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    /// The folder of everything.
    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    /// A program that runs in the repository.
    pub(crate) fn program(&self, path: impl Into<PathBuf>, args: &[&str]) -> Program {
        Program::new(path, args, &self.path(), self.home())
    }

    /// gate.
    pub(crate) fn gate(&self, args: &[&str]) -> Program {
        self.program(env!("CARGO_BIN_EXE_gate"), args)
    }

    /// Runs git, which must succeed.
    pub(crate) fn git(&self, args: &[&str]) -> Result<Duration, Fault> {
        self.program("git", args).succeed()
    }

    /// Stages a blob that was never staged before.
    pub(crate) fn stage(&self) -> Result<(), Fault> {
        self.edit("dir0/file0.txt", &format!("staged {}\n", self.count()))?;
        self.git(&["add", "dir0/file0.txt"])?;
        Ok(())
    }

    /// A number that was never given before.
    pub(crate) fn count(&self) -> u64 {
        self.stages.set(self.stages.get() + 1);
        self.stages.get()
    }

    /// Writes a file, unstaged.
    pub(crate) fn edit(&self, path: &str, text: &str) -> Result<(), Fault> {
        Ok(fs_err::write(self.path().join(path), text)?)
    }
}

/// A gate.toml with as many checks as `run` gives, each with further lines.
pub(crate) fn gate_toml(checks: impl IntoIterator<Item = String>) -> String {
    let mut text = String::from("[main]\nbranches = [\"main\"]\n");
    for (number, check) in checks.into_iter().enumerate() {
        // Writing to a string can't fail.
        let _written = write!(text, "\n[check.c{number}]\n{check}\n");
    }
    text
}
