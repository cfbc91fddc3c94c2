//! Programs that are run for their output: git and the version commands of tools.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::child::{MARK, OWN_MARK, find};

/// A program to run to its end, with its output taken.
#[derive(Clone, Debug)]
pub struct Program {
    name: OsString,
    args: Vec<OsString>,
    dir: Option<PathBuf>,
    env: Vec<(OsString, Option<OsString>)>,
    clear_env: bool,
    input: Vec<u8>,
    limit: Option<Duration>,
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
        Self {
            name: name.into(),
            args: Vec::new(),
            dir: None,
            env: Vec::new(),
            clear_env: false,
            input: Vec::new(),
            limit: None,
        }
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

    /// Ends it, and what it started in its process group, when it takes longer; that is an error of kind `TimedOut`.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Where PATH has it now; `None` if it is nowhere.
    #[must_use]
    pub fn location(&self) -> Option<PathBuf> {
        #[expect(clippy::disallowed_methods, reason = "it is started with this process's PATH, and so found in it")]
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
        find(&self.name, &path, Path::new("."))
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
        if let Some(limit) = self.limit {
            return limited(&mut command, self.input.clone(), limit);
        }
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
    fn command(&self) -> Command {
        let mut command = Command::new(&self.name);
        command.args(&self.args);
        if self.clear_env {
            command.env_clear();
        }
        command.env(MARK, OWN_MARK);
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
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

/// Runs a command for at most `limit`.
///
/// The pipes are read by threads of their own, which are left behind if something outside the group holds a pipe open.
fn limited(command: &mut Command, input: Vec<u8>, limit: Duration) -> io::Result<Captured> {
    let deadline = Instant::now() + limit;
    command.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
    let mut child = command.process_group(0).spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        thread::spawn(move || pipe.write_all(&input));
    }
    let captured = collect(&mut child, deadline);
    if captured.is_err() {
        // It may be gone already; what matters is that nothing of it is left.
        let _gone = rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&child),
            rustix::process::Signal::KILL,
        );
        child.wait()?;
    }
    captured
}

fn collect(child: &mut Child, deadline: Instant) -> io::Result<Captured> {
    let left = || deadline.saturating_duration_since(Instant::now());
    let late = || io::Error::from(io::ErrorKind::TimedOut);
    let stdout = child.stdout.take().map(read_apart);
    let stderr = child.stderr.take().map(read_apart);
    let taken = |reading: Option<mpsc::Receiver<io::Result<Vec<u8>>>>| match reading {
        Some(reading) => reading.recv_timeout(left()).map_err(|_| late())?,
        None => Ok(Vec::new()),
    };
    let (stdout, stderr) = (taken(stdout)?, taken(stderr)?);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Captured { status, stdout, stderr });
        }
        if left().is_zero() {
            return Err(late());
        }
        // It closed its outputs and is about to end.
        thread::sleep(Duration::from_millis(1));
    }
}

fn read_apart(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // Nobody listens any more once the time is up.
        let _unheard = send.send(pipe.read_to_end(&mut bytes).map(|_| bytes));
    });
    receive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_takes_too_long_is_ended_with_what_it_started() {
        let slow = Program::new("sh").args(["-c", "sleep 600 & sleep 600"]).timeout(Duration::from_millis(50));
        assert_eq!(slow.run().unwrap_err().source.kind(), io::ErrorKind::TimedOut);
        let quick = Program::new("sh").args(["-c", "cat; echo no >&2; exit 3"]).input("yes");
        let ran = quick.timeout(Duration::from_mins(1)).run().unwrap();
        assert_eq!((ran.status.code(), &*ran.stdout, &*ran.stderr), (Some(3), &b"yes"[..], &b"no\n"[..]));
    }

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
