//! Programs that are run for their output: git and the version commands of tools.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

/// A program to run to its end, with its output taken.
#[derive(Clone, Debug)]
pub struct Program {
    name: OsString,
    args: Vec<OsString>,
    dir: Option<PathBuf>,
    env: Vec<(OsString, Option<OsString>)>,
    clear_env: bool,
    input: Vec<u8>,
}

/// What a program left.
#[derive(Clone, Debug)]
pub struct Captured {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error.
    pub stderr: Vec<u8>,
}

/// A program that could not be run.
#[derive(Debug, thiserror::Error)]
#[error("can't run '{program}'")]
pub struct SpawnError {
    program: String,
    /// What the operating system said.
    pub source: io::Error,
}

impl Program {
    /// A program by its name, searched for in PATH, or by its path.
    pub fn new(name: impl Into<OsString>) -> Self {
        Self { name: name.into(), args: Vec::new(), dir: None, env: Vec::new(), clear_env: false, input: Vec::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Runs it in a folder.
    #[must_use]
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.dir = Some(dir.as_ref().to_owned());
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), Some(value.as_ref().to_owned())));
        self
    }

    /// Takes an environment variable away.
    #[must_use]
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), None));
        self
    }

    /// Starts from an empty environment; what `env` sets is all there is.
    #[must_use]
    pub fn env_clear(mut self) -> Self {
        self.clear_env = true;
        self
    }

    /// Gives it bytes on its standard input, which is empty otherwise.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it can't be started or its output can't be read. An exit code other than 0 is not an error here.
    pub fn run(&self) -> Result<Captured, SpawnError> {
        self.output().map_err(|source| SpawnError { program: self.name.to_string_lossy().into_owned(), source })
    }

    fn output(&self) -> io::Result<Captured> {
        let mut command = self.command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if self.input.is_empty() {
            let output = command.stdin(Stdio::null()).output()?;
            return Ok(Captured { status: output.status, stdout: output.stdout, stderr: output.stderr });
        }
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let output = std::thread::scope(|scope| {
            scope.spawn(move || {
                // A program that does not read its input to the end says what is wrong by its exit code.
                let _closed_early = stdin.map(|mut pipe| pipe.write_all(&self.input));
            });
            child.wait_with_output()
        })?;
        Ok(Captured { status: output.status, stdout: output.stdout, stderr: output.stderr })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the module that starts programs")]
    fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(&self.name);
        command.args(&self.args);
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        if self.clear_env {
            command.env_clear();
        }
        for (name, value) in &self.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_input_and_takes_both_outputs() {
        let ran = Program::new("sh").args(["-c", "cat; echo no >&2; exit 3"]).input("yes").run().unwrap();
        assert_eq!((ran.status.code(), &*ran.stdout, &*ran.stderr), (Some(3), &b"yes"[..], &b"no\n"[..]));
    }

    #[test]
    fn a_program_that_does_not_read_its_input_is_no_error() {
        let ran = Program::new("true").input(vec![b'x'; 1 << 20]).run().unwrap();
        assert!(ran.status.success());
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Program::new("no-such-program-anywhere").run().unwrap_err();
        assert_eq!(error.to_string(), "can't run 'no-such-program-anywhere'");
    }
}
