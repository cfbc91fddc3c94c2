//! What the process was started with, read once.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use jiff::Timestamp;

use super::ColourChoice;

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
    /// Whether standard output gets colour.
    pub colour_on_stdout: bool,
    /// Whether standard error gets colour.
    pub colour_on_stderr: bool,
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
            colour_on_stdout: false,
            colour_on_stderr: false,
        })
    }

    /// Settles what gets colour: what was asked for, else `NO_COLOR` (<https://no-color.org>), `CLICOLOR_FORCE`
    /// (<https://bixense.com/clicolors/>), and whether each stream goes to a terminal.
    pub fn choose_colour(&mut self, choice: ColourChoice) {
        let forced = match choice {
            ColourChoice::Always => Some(true),
            ColourChoice::Never => Some(false),
            ColourChoice::Auto if self.variable("NO_COLOR").is_some() => Some(false),
            ColourChoice::Auto if self.variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") => Some(true),
            ColourChoice::Auto => None,
        };
        let dumb = self.variable("TERM").is_some_and(|term| term == "dumb");
        self.colour_on_stdout = forced.unwrap_or(self.stdout_is_terminal && !dumb);
        self.colour_on_stderr = forced.unwrap_or(self.stderr_is_terminal && !dumb);
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
