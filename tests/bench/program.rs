//! Programs, run and timed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Fault;

/// A program with arguments, in a folder, with nothing of the machine's environment but PATH.
#[derive(Clone)]
pub(crate) struct Program {
    path: PathBuf,
    args: Vec<String>,
    dir: PathBuf,
    env: Vec<(&'static str, OsString)>,
}

/// How a program ended.
pub(crate) struct Ran {
    /// How long it took.
    pub(crate) time: Duration,
    /// Its exit code, where no signal ended it.
    pub(crate) code: Option<i32>,
    /// Its output.
    pub(crate) stdout: String,
}

impl Program {
    /// A program, by its path or by a name in PATH. `home` is the folder above its HOME and its caches.
    pub(crate) fn new(path: impl Into<PathBuf>, args: &[&str], dir: &Path, home: &Path) -> Self {
        let text = |text: &str| OsString::from(text);
        let env = vec![
            ("PATH", machine("PATH").unwrap_or_default()),
            ("HOME", home.join("home").into()),
            ("XDG_CACHE_HOME", home.join("cache").into()),
            ("XDG_CONFIG_HOME", home.join("config").into()),
            ("GIT_CONFIG_NOSYSTEM", text("1")),
            ("LANG", text("C.UTF-8")),
            ("TERM", text("dumb")),
        ];
        let args = args.iter().map(ToString::to_string).collect();
        Self { path: path.into(), args, dir: dir.to_owned(), env }
    }

    /// Starts it, with its output taken.
    #[expect(clippy::disallowed_methods, reason = "a benchmark starts programs as a user would")]
    pub(crate) fn start(&self) -> Result<Child, Fault> {
        let mut command = Command::new(&self.path);
        command.args(&self.args).current_dir(&self.dir).env_clear().envs(self.env.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().map_err(|error| format!("{}: {error}", self.path.display()).into())
    }

    /// Runs it to its end.
    pub(crate) fn run(&self) -> Result<Ran, Fault> {
        let start = Instant::now();
        let output = self.start()?.wait_with_output()?;
        let time = start.elapsed();
        Ok(Ran { time, code: output.status.code(), stdout: String::from_utf8_lossy(&output.stdout).into_owned() })
    }

    /// Runs it, which must succeed.
    pub(crate) fn succeed(&self) -> Result<Duration, Fault> {
        let start = Instant::now();
        let output = self.start()?.wait_with_output()?;
        let time = start.elapsed();
        if output.status.success() {
            return Ok(time);
        }
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        let said = said.trim().lines().rev().take(5).collect::<Vec<_>>();
        let said = said.into_iter().rev().collect::<Vec<_>>().join(" / ");
        Err(format!("{} {:?}: {}: {said}", self.path.display(), self.args, output.status).into())
    }
}

/// A variable of the machine's environment.
#[expect(clippy::disallowed_methods, reason = "programs and toolchains are found through the environment")]
pub(crate) fn machine(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
