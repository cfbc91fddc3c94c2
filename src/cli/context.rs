//! What the process was started with, read once.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use jiff::Timestamp;

/// What the process was started with. Nothing below `cli` asks the process for any of it.
#[derive(Debug)]
pub struct Context {
    /// The folder it was called in.
    pub cwd: PathBuf,
    /// The environment.
    pub env: Vec<(OsString, OsString)>,
    /// When it was started.
    pub now: Timestamp,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
}

impl Context {
    /// Reads it from the process.
    ///
    /// # Errors
    /// When the current folder is gone.
    pub fn from_process() -> io::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "this is where the environment is read once")]
        let env = std::env::vars_os().collect();
        Ok(Self {
            cwd: std::env::current_dir()?,
            env,
            now: Timestamp::now(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
        })
    }

    /// Where results go.
    #[must_use]
    pub fn stdout(&self) -> io::StdoutLock<'static> {
        io::stdout().lock()
    }

    /// Where everything else goes.
    #[must_use]
    pub fn stderr(&self) -> io::StderrLock<'static> {
        io::stderr().lock()
    }

    /// A variable of the environment that is set and not empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&OsString> {
        self.env.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value)
    }

    /// The folder for what can be made again: `GATE_CACHE_DIR`, else the user's cache folder
    /// (<https://specifications.freedesktop.org/basedir-spec/latest/>; `~/Library/Caches` on macOS), with `gate` in it.
    #[must_use]
    pub fn cache_dir(&self) -> Option<PathBuf> {
        if let Some(dir) = self.variable("GATE_CACHE_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute()) {
            return Some(dir);
        }
        if let Some(dir) = self.variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute()) {
            return Some(dir.join("gate"));
        }
        let home = PathBuf::from(self.variable("HOME")?);
        let caches = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        Some(home.join(caches).join("gate"))
    }
}
