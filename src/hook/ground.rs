//! Where git looks for the hooks of a repository, and where gate may put its own.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::Error;
use crate::git::{GitProgram, Repo};

/// The places that matter, and what git's configuration says of them.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    /// The folder in which git runs hooks.
    pub(super) runs_in: PathBuf,
    /// The folder that all worktrees have in common.
    pub(super) common: PathBuf,
    /// Whether the repository has no files of its own.
    pub(super) bare: bool,
    /// Every value of `core.hooksPath`, the one that holds last.
    pub(super) paths: Vec<HooksPath>,
}

/// A value of `core.hooksPath`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HooksPath {
    /// Which configuration it stands in: `system`, `global`, `local` or `worktree`.
    pub(super) scope: String,
    /// The value, with a `~` resolved.
    pub(super) value: OsString,
    /// Whether gate wrote it.
    pub(super) ours: bool,
}

impl Ground {
    /// Looks at a repository.
    ///
    /// # Errors
    /// When git can't tell.
    pub(super) fn of(repo: &Repo) -> Result<Self, Error> {
        let common = fs_err::canonicalize(repo.common_dir())?;
        let runs_in = fs_err::canonicalize(repo.work_dir().unwrap_or_else(|| repo.git_dir()))?;
        let mut ground = Self { runs_in, common, bare: repo.work_dir().is_none(), paths: Vec::new() };
        let asked = ["--show-scope", "--show-origin", "-z", "--type=path", "--get-all", "core.hooksPath"];
        let said = asked.iter().fold(GitProgram::new(repo, "config"), GitProgram::arg).run()?.stdout;
        let words: Vec<&[u8]> = said.split(|byte| *byte == 0).collect();
        for word in words.chunks_exact(3) {
            let scope = String::from_utf8_lossy(word[0]).into_owned();
            // What the command line says is what gate itself gives to git.
            if scope != "command" {
                let value = OsStr::from_bytes(word[2]).to_owned();
                let ours = ground.is_ours(word[1]);
                ground.paths.push(HooksPath { scope, value, ours });
            }
        }
        Ok(ground)
    }

    fn is_ours(&self, origin: &[u8]) -> bool {
        let Some(file) = origin.strip_prefix(b"file:") else { return false };
        let real = |path: &Path| path.canonicalize().ok();
        let file = real(&self.runs_in.join(OsStr::from_bytes(file)));
        file.is_some() && [self.settings(), self.settings_here()].iter().any(|own| real(own) == file)
    }

    /// The folder in which git looks unless it is told otherwise.
    pub(super) fn usual(&self) -> PathBuf {
        self.common.join("hooks")
    }

    /// gate's own folder of hooks.
    pub(super) fn own(&self) -> PathBuf {
        self.common.join("gate/hooks")
    }

    /// gate's own settings, which the repository's configuration includes.
    pub(super) fn settings(&self) -> PathBuf {
        self.common.join("gate/hooks.config")
    }

    /// Those that hold while the repository is where it was when they were written.
    pub(super) fn settings_here(&self) -> PathBuf {
        self.common.join("gate/hooks-here.config")
    }

    /// The repository's configuration.
    pub(super) fn config(&self) -> PathBuf {
        self.common.join("config")
    }

    /// What remembers that there was no folder of hooks.
    pub(super) fn made_folder(&self) -> PathBuf {
        self.common.join("gate/hooks-folder-is-new")
    }

    /// A folder that a setting names.
    pub(super) fn resolve(&self, value: &OsStr) -> PathBuf {
        self.runs_in.join(value)
    }

    /// The folder in which git looks now.
    pub(super) fn effective(&self) -> PathBuf {
        self.paths.last().map_or_else(|| self.usual(), |path| self.resolve(&path.value))
    }

    /// What the configuration would say without gate, if it says anything.
    pub(super) fn of_others(&self) -> Option<&HooksPath> {
        self.paths.iter().rfind(|path| !path.ours)
    }

    /// Whether git looks in gate's own folder.
    pub(super) fn looks_in_own(&self) -> bool {
        same_folder(&self.effective(), &self.own())
    }

    /// Whether git looks in the usual folder.
    pub(super) fn looks_in_usual(&self) -> bool {
        same_folder(&self.effective(), &self.usual())
    }

    /// gate's own folder, seen from where git runs hooks: found again after the repository was moved. Not in a linked
    /// worktree, from which the repository may be seen in any way.
    pub(super) fn own_from_runs_in(&self) -> Option<PathBuf> {
        let own = self.own();
        let above = self.runs_in.ancestors().find(|folder| own.starts_with(folder))?;
        let up = self.runs_in.strip_prefix(above).ok()?.components().map(|_| "..");
        let down = own.strip_prefix(above).ok()?;
        Some(up.collect::<PathBuf>().join(down))
    }
}

/// Whether two names stand for one folder.
pub(super) fn same_folder(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}
