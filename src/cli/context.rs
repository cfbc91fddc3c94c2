//! What the process was started with, read once.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use super::{ColourChoice, Exit, Failure};
use crate::config::Loaded;
use crate::diagnostic::Diagnostic;
use crate::event::{Silent, Sink};
use crate::judge::{self, Planned, Request, Setting, Site};
use crate::process::Control;

/// What the process was started with. Nothing below `cli` asks the process for any of it.
#[derive(Debug)]
pub struct Context {
    /// The folder it was called in.
    pub cwd: PathBuf,
    /// The environment.
    pub env: Vec<(OsString, OsString)>,
    /// When it was started.
    pub now: SystemTime,
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
            now: SystemTime::now(),
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

    /// What judge works with.
    ///
    /// # Errors
    /// When there is nowhere to put private checkouts.
    pub fn setting<'a>(&'a self, control: &'a Control, sink: &'a dyn Sink) -> Result<Setting<'a>, Failure> {
        let cache = self.cache_dir().ok_or_else(|| {
            let shown =
                Diagnostic::error("workspace/no-cache", "there is no folder for private checkouts: HOME is not set");
            Failure::new(Exit::Internal, shown.hint("set HOME, XDG_CACHE_HOME or GATE_CACHE_DIR"))
        })?;
        Ok(Setting { cwd: &self.cwd, env: &self.env, cache, now: self.now, control, sink })
    }

    /// Where judge works, for commands that run nothing.
    ///
    /// # Errors
    /// When there is no repository, or it can't be read.
    pub fn site(&self) -> Result<Site, Failure> {
        let control = Control::new();
        Ok(Site::open(&self.setting(&control, &Silent)?)?)
    }

    /// The plan for a request, for commands that run nothing.
    ///
    /// # Errors
    /// When there is nothing that could be judged.
    pub fn plan(&self, request: &Request) -> Result<(Planned, Site), Failure> {
        let control = Control::new();
        let setting = self.setting(&control, &Silent)?;
        let mut site = Site::open(&setting)?;
        let planned = judge::plan(request, &setting, &mut site)?;
        self.warn(&site.warnings);
        Ok((planned, site))
    }

    /// The rules of the working tree's gate.toml.
    ///
    /// # Errors
    /// Every mistake in it; when there is none.
    pub fn rules(&self) -> Result<Loaded, Failure> {
        Ok(judge::rules_here(&self.site()?)?)
    }

    /// Tells what is worth telling and refuses nothing.
    pub fn warn(&self, warnings: &[Diagnostic]) {
        let mut stderr = self.stderr();
        for warning in warnings {
            // There is nowhere left to say that standard error can't be written.
            let _unwritten = writeln!(stderr, "{}", warning.render(self.colour_on_stderr));
        }
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

/// What ends a run early: the signals that ask the process to end.
///
/// # Errors
/// When they can't be listened to.
pub fn control() -> Result<Control, Failure> {
    Ok(Control::install()?)
}
