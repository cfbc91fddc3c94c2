//! Running the git program, so that it does the same thing on every machine and writes nothing of the user's.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::{Error, Repo};
use super::{path_list, version};
use crate::process::{Captured, Program};

/// Variables of git's that would make it work on something else than it is told, or in another way: those that
/// `git rev-parse --local-env-vars` prints, and some that it doesn't.
const SCRUBBED: [&str; 26] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DEFAULT_HASH",
    "GIT_DIFF_OPTS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INDEX_VERSION",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Settings that hold whatever the user's configuration says. Hooks of the user's (`post-index-change`), file system
/// monitors and housekeeping are not ours to start; a split index would be written beside the user's. What is fetched is
/// single objects by name, so there is nothing to negotiate.
const PINNED: [&str; 11] = [
    "core.fsmonitor=false",
    "core.fsyncMethod=batch",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "core.safecrlf=false",
    "core.splitIndex=false",
    "core.untrackedCache=false",
    "fetch.negotiationAlgorithm=noop",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
];

/// What holds of those where it is the user's own files that are written.
const USERS: [&str; 4] = ["core.hooksPath=/dev/null", "core.quotePath=false", "gc.auto=0", "maintenance.auto=false"];

/// One run of the git program on a repository. New objects go to gate's store where the repository has one.
#[derive(Clone, Debug)]
pub struct GitProgram {
    program: Program,
    command: String,
    /// Remembers that the git program is new enough.
    memo: Option<PathBuf>,
}

impl GitProgram {
    /// A command such as `write-tree`, run at the top of the working tree.
    #[must_use]
    pub fn new(repo: &Repo, command: &str) -> Self {
        Self::with(repo, command, &[])
    }

    /// The same, under further settings.
    pub(super) fn with(repo: &Repo, command: &str, settings: &[&str]) -> Self {
        Self::under(repo, command, PINNED.iter().chain(settings))
    }

    /// A command that writes the user's own files and index, which stay in the form that the user has chosen for them.
    pub(super) fn in_users_files(repo: &Repo, command: &str) -> Self {
        Self::under(repo, command, USERS.iter())
    }

    fn under<'a>(repo: &Repo, command: &str, settings: impl Iterator<Item = &'a &'a str>) -> Self {
        let mut program = Program::new("git").arg("--no-pager");
        for setting in settings {
            program = program.arg("-c").arg(setting);
        }
        if let Some(lfs) = lfs_storage(repo) {
            let mut setting = std::ffi::OsString::from("lfs.storage=");
            setting.push(lfs);
            program = program.arg("-c").arg(setting);
        }
        program = SCRUBBED.iter().fold(program.arg(command), Program::env_remove);
        program = program
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_DIR", repo.git_dir())
            .dir(repo.work_dir().unwrap_or_else(|| repo.git_dir()));
        if let Some(work_dir) = repo.work_dir() {
            program = program.env("GIT_WORK_TREE", work_dir);
        }
        let memo = repo.store().and_then(|store| Some(store.parent()?.join("git")));
        Self { program: objects(program, repo), command: command.to_owned(), memo }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.program = self.program.arg(arg);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.program = self.program.env(name, value);
        self
    }

    /// Takes an environment variable away.
    #[must_use]
    pub(super) fn env_remove(mut self, name: &str) -> Self {
        self.program = self.program.env_remove(name);
        self
    }

    /// Runs it in another folder.
    #[must_use]
    pub(super) fn dir(mut self, dir: &Path) -> Self {
        self.program = self.program.dir(dir);
        self
    }

    /// Gives it bytes on its standard input, which is empty otherwise.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.program = self.program.input(bytes);
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it can't be started, is too old, or fails.
    pub fn run(&self) -> Result<Captured, Error> {
        self.run_saying(message)
    }

    /// The same for a command that says something by this exit code, which is no failure then.
    pub(super) fn run_allowing(&self, code: i32) -> Result<Captured, Error> {
        version::check(self.memo.as_deref())?;
        let ran = self.program.run()?;
        if ran.status.success() || ran.status.code() == Some(code) {
            return Ok(ran);
        }
        Err(Error::Program { command: self.command.clone(), message: message(&ran) })
    }

    /// The same for a command that runs the user's own programs: when it fails, all that it said is told, since the reason
    /// may be in words of any kind.
    pub(super) fn run_telling_all(&self) -> Result<Captured, Error> {
        self.run_saying(|ran| ran.stderr.trim().to_str_lossy().into_owned())
    }

    fn run_saying(&self, message: impl FnOnce(&Captured) -> String) -> Result<Captured, Error> {
        version::check(self.memo.as_deref())?;
        let ran = self.program.run()?;
        if ran.status.success() {
            return Ok(ran);
        }
        Err(Error::Program { command: self.command.clone(), message: message(&ran) })
    }
}

/// Where new objects go and others are read from.
fn objects(program: Program, repo: &Repo) -> Program {
    let others = repo.objects_dirs();
    match repo.store() {
        Some(store) => {
            let lfs = repo.lfs_of_user();
            let others = others.iter().chain(&lfs).map(PathBuf::as_path);
            program.env("GIT_OBJECT_DIRECTORY", store).env("GIT_ALTERNATE_OBJECT_DIRECTORIES", path_list::join(others))
        }
        None if others.len() > 1 => {
            program.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", path_list::join(others[1..].iter().map(PathBuf::as_path)))
        }
        None => program,
    }
}

/// Where Git LFS puts the files that it takes in: beside gate's store, which is also where it looks for them on behalf of
/// a repository that has the store in its alternates.
fn lfs_storage(repo: &Repo) -> Option<PathBuf> {
    Some(repo.store()?.parent()?.join("lfs"))
}

/// What a failed run said, on one line: its errors, else its last words.
fn message(ran: &Captured) -> String {
    let tells = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"hint: ");
    let said: Vec<&[u8]> = ran.stderr.lines().map(ByteSlice::trim).filter(tells).collect();
    let errors = said.iter().filter_map(|line| line.strip_prefix(b"fatal: ").or_else(|| line.strip_prefix(b"error: ")));
    let errors: Vec<String> = errors.map(|line| line.to_str_lossy().into_owned()).collect();
    match (errors.is_empty(), said.last()) {
        (false, _) => errors.join("; "),
        (true, Some(last)) => last.to_str_lossy().into_owned(),
        (true, None) => ran.status.to_string(),
    }
}
