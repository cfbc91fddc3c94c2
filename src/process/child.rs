//! What a process is started with, and how it can end.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

/// The variable by which the descendants of a process are known, wherever they moved to. Whoever finds it set in the
/// environment that gate was started with knows that gate runs inside a check.
pub const MARK: &str = "GATE_PROCESS";

/// The mark of programs that gate itself runs for their output: they are nobody's leftovers.
pub(super) const OWN_MARK: &str = "own";

/// A process to start: in a group of its own, without input, its output going to a file.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The program: a name to look up in the PATH of `env`, or a path, seen from `dir` if it is relative.
    pub program: OsString,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Where it runs.
    pub dir: PathBuf,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// The file that takes its output; one that is there is replaced.
    pub log: PathBuf,
    /// Values that the file must not hold once the process has ended.
    pub secrets: Vec<Vec<u8>>,
    /// What it may use.
    pub limits: Limits,
}

/// What a process may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest it may take.
    pub timeout: Option<Duration>,
    /// The longest it may go without writing anything.
    pub idle: Option<Duration>,
    /// The most bytes of output that are kept; of more than that, the beginning and the end are.
    pub log_bytes: u64,
}

/// Why a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// By itself.
    Exited,
    /// It took longer than it may.
    TimedOut,
    /// It wrote nothing for longer than it may.
    Idle,
    /// It was told to.
    Stopped,
}

/// How a process ended.
#[derive(Debug)]
pub struct Ending {
    /// What it left as its status.
    pub status: ExitStatus,
    /// Why it ended.
    pub cause: Cause,
    /// The processes that it had started and that were still alive some time after it had ended by itself. They are
    /// dead now.
    pub outlived: Vec<String>,
    /// What is wrong with it beside its status: it wanted the terminal, or something that it started could not be ended.
    pub trouble: Option<String>,
    /// Why its output could not be kept, if so: the machine's fault, so that nothing is known of the process either.
    pub unkept: Option<String>,
}

/// A process that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No folder of PATH holds such a program.
    #[error("'{program}' is in no folder of PATH")]
    NotFound {
        /// The program.
        program: String,
    },
    /// The operating system refused.
    #[error("can't start '{program}': {source}")]
    Refused {
        /// The program.
        program: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Its output has nowhere to go.
    #[error("can't write its log: {source}")]
    Log {
        /// What the operating system said.
        source: io::Error,
    },
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: None, idle: None, log_bytes: 64 << 20 }
    }
}

impl Invocation {
    /// Starts it, with `mark` in its environment and `output` as both of its outputs.
    pub(super) fn start(&self, mark: &str, output: &std::fs::File) -> Result<std::process::Child, StartError> {
        let shown = || self.program.to_string_lossy().into_owned();
        let path = self.variable("PATH").unwrap_or_default();
        let program = find(&self.program, path, &self.dir).ok_or_else(|| StartError::NotFound { program: shown() })?;
        let outputs = || Ok((output.try_clone()?, output.try_clone()?));
        let (stdout, stderr) = outputs().map_err(|source| StartError::Log { source })?;
        // The program's own path, and no change that only `fork` can make: std then takes the faster `posix_spawn`.
        #[expect(clippy::disallowed_methods, reason = "this is the module that starts programs")]
        let mut command = std::process::Command::new(program);
        command.arg0(&self.program).args(&self.args).current_dir(&self.dir).process_group(0);
        command.env_clear().envs(self.env.iter().map(|(name, value)| (name, value))).env(MARK, mark);
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        command.spawn().map_err(|source| StartError::Refused { program: shown(), source })
    }

    fn variable(&self, name: &str) -> Option<&OsStr> {
        self.env.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_os_str())
    }
}

/// The path of a program, as a shell would find it from `dir` with this PATH.
#[must_use]
pub fn find(program: &OsStr, path: &OsStr, dir: &Path) -> Option<PathBuf> {
    if program.is_empty() {
        return None;
    }
    if program.as_bytes().contains(&b'/') {
        return Some(dir.join(program));
    }
    let folders = path.as_bytes().split(|byte| *byte == b':').map(OsStr::from_bytes);
    folders.map(|folder| dir.join(folder).join(program)).find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    fs_err::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_programs_as_a_shell_does() {
        let dir = tempfile::tempdir().unwrap();
        let bin = dir.path().join("bin");
        fs_err::create_dir_all(bin.join("folder")).unwrap();
        fs_err::write(bin.join("plain"), "").unwrap();
        fs_err::write(bin.join("tool"), "").unwrap();
        fs_err::set_permissions(bin.join("tool"), std::fs::Permissions::from_mode(0o755)).unwrap();
        let look = |name: &str, path: &str| find(OsStr::new(name), OsStr::new(path), dir.path());
        assert_eq!(look("tool", "/nowhere:bin"), Some(bin.join("tool")), "relative entries are seen from the folder");
        assert_eq!(look("plain", "bin"), None, "a file that may not be executed is passed over");
        assert_eq!(look("folder", "bin"), None);
        assert_eq!(look("bin/tool", ""), Some(bin.join("tool")));
        assert_eq!(look("/x/y", ""), Some(PathBuf::from("/x/y")));
        assert_eq!(look("", "bin"), None);
    }
}
