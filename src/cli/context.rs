//! What the process was started with, read once.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use super::{Exit, Failure};
use crate::config::Loaded;
use crate::diagnostic::Diagnostic;
use crate::event::{Silent, Sink};
use crate::judge::{self, Planned, Request, Setting, Site};
use crate::process::{Control, window};
use crate::report::{self, Detail, Hints, Look, Style, Terminal, View};

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
    /// How standard output is coloured.
    pub stdout_style: Style,
    /// How standard error is coloured.
    pub stderr_style: Style,
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
            stdout_style: Style::plain(),
            stderr_style: Style::plain(),
        })
    }

    /// Settles what gets colour.
    pub(super) fn choose_colour(&mut self, choice: report::Choice) {
        let hints = Hints {
            no_color: self.value("NO_COLOR"),
            clicolor_force: self.value("CLICOLOR_FORCE"),
            term: self.value("TERM"),
        };
        let stdout = Style::new(choice, &hints, self.stdout_is_terminal);
        let stderr = Style::new(choice, &hints, self.stderr_is_terminal);
        (self.stdout_style, self.stderr_style) = (stdout, stderr);
    }

    /// Where results go.
    pub fn stdout(&self) -> io::StdoutLock<'static> {
        io::stdout().lock()
    }

    /// Where everything else goes.
    pub fn stderr(&self) -> io::StderrLock<'static> {
        io::stderr().lock()
    }

    /// A variable of the environment that is set and not empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.value(name).filter(|value| !value.is_empty())
    }

    fn value(&self, name: &str) -> Option<&OsStr> {
        self.env.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_os_str())
    }

    /// How results for people are laid out on standard output.
    #[must_use]
    pub(super) fn view(&self) -> View<'_> {
        View {
            style: self.stdout_style,
            width: self.width(),
            now: self.now,
            logs: None,
            detail: Detail::Notable,
            recorded: true,
        }
    }

    /// Shows a run on standard error while it goes on.
    #[must_use]
    pub(super) fn terminal(&self) -> Terminal {
        let live = self.stderr_is_terminal && self.variable("TERM").is_none_or(|term| term != "dumb");
        Terminal::new(Box::new(io::stderr()), Look { style: self.stderr_style, live, size: window })
    }

    /// Whether what is shown meanwhile and the result come to the same eyes.
    #[must_use]
    pub(super) fn is_one_terminal(&self) -> bool {
        self.stdout_is_terminal && self.stderr_is_terminal
    }

    fn width(&self) -> usize {
        let columns = self.variable("COLUMNS").and_then(|value| value.to_str()?.parse().ok());
        let window = || self.stdout_is_terminal.then(|| window().0.into());
        columns.or_else(window).unwrap_or(80)
    }

    /// What judge works with.
    ///
    /// # Errors
    /// When there is nowhere to put private checkouts.
    pub(super) fn setting<'a>(&'a self, control: &'a Control, sink: &'a dyn Sink) -> Result<Setting<'a>, Failure> {
        let cache = self.cache_dir().ok_or_else(|| {
            let shown =
                Diagnostic::error("workspace/no-cache", "there is no folder for private checkouts: HOME is not set");
            Failure::new(Exit::Internal, shown.hint("set HOME, XDG_CACHE_HOME or GATE_CACHE_DIR"))
        })?;
        Ok(Setting { cwd: &self.cwd, env: &self.env, cache, now: self.now, control, sink, elsewhere: None })
    }

    /// What opens a repository, without anything of gate's.
    pub(super) fn outside<'a>(&'a self, control: &'a Control) -> Setting<'a> {
        let (cwd, env, cache) = (&self.cwd, &self.env, PathBuf::new());
        Setting { cwd, env, cache, now: self.now, control, sink: &Silent, elsewhere: None }
    }

    /// Where judge works, for commands that run nothing.
    ///
    /// # Errors
    /// When there is no repository, or it can't be read.
    pub(super) fn site(&self) -> Result<Site, Failure> {
        let control = Control::new();
        Ok(Site::open(&self.setting(&control, &Silent)?)?)
    }

    /// The plan for a request, for commands that run nothing.
    ///
    /// # Errors
    /// When there is nothing that could be judged.
    pub(super) fn plan(&self, request: &Request) -> Result<(Planned, Site), Failure> {
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
    pub(super) fn rules(&self) -> Result<Loaded, Failure> {
        Ok(judge::rules_here(&self.site()?)?)
    }

    /// Tells what is worth telling and refuses nothing.
    pub(super) fn warn(&self, warnings: &[Diagnostic]) {
        let mut stderr = self.stderr();
        for warning in warnings {
            // There is nowhere left to say that standard error can't be written.
            let _unwritten = writeln!(stderr, "{}", warning.render(self.stderr_style.has_colour()));
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
        // A relative one would lie in whatever folder gate is called in.
        let home = self.variable("HOME").map(PathBuf::from).filter(|dir| dir.is_absolute())?;
        let caches = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        Some(home.join(caches).join("gate"))
    }
}

/// What ends a run early: the signals that ask the process to end.
///
/// # Errors
/// When they can't be listened to.
pub(super) fn control() -> Result<Control, Failure> {
    Ok(Control::install()?)
}
