//! Opening a repository, as git's own variables or the current folder name it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use git2::{Config, ConfigLevel, ErrorCode, Repository, RepositoryOpenFlags};

use super::environment::Environment;
use super::path_list;
use super::repo::add_objects;
use super::{Error, Repo};

impl Repo {
    /// Opens the repository that `start` lies in, whatever git's variables say.
    ///
    /// # Errors
    /// When there is none, or libgit2 can't read its format.
    pub fn discover(start: &Path) -> Result<Self, Error> {
        Self::open(start, &Environment::default())
    }

    /// Opens the repository that git's variables name, or else the one that `cwd` lies in.
    ///
    /// # Errors
    /// When there is none, it belongs to another user, or libgit2 can't read its format.
    pub fn open(cwd: &Path, environment: &Environment) -> Result<Self, Error> {
        let named = environment.dir.as_ref().map(|dir| cwd.join(dir));
        let start = named.as_deref().unwrap_or(cwd);
        // A named repository is that one, not one that its folder lies in.
        let flags = if named.is_some() { RepositoryOpenFlags::NO_SEARCH } else { RepositoryOpenFlags::CROSS_FS };
        let inner =
            Repository::open_ext(start, flags, &[] as &[&OsStr]).map_err(|error| refusal(start.to_owned(), &error))?;
        set_config(&inner, cwd, environment)?;
        set_work_tree(&inner, cwd, environment)?;
        let objects = object_folders(&inner, cwd, environment);
        for extra in &objects[1..] {
            add_objects(&inner, extra)?;
        }
        Ok(Self::new(inner, cwd.to_owned(), environment.clone(), objects))
    }

    /// Opens the same repository once more, for another thread.
    ///
    /// # Errors
    /// As [`Repo::open`].
    pub fn reopen(&self) -> Result<Self, Error> {
        let (cwd, environment) = self.opened_as();
        let named = Environment { dir: Some(self.git_dir().into()), ..environment.clone() };
        let again = Self::open(cwd, &named)?;
        match self.store() {
            Some(store) => again.with_store(store),
            None => Ok(again),
        }
    }
}

fn refusal(path: PathBuf, error: &git2::Error) -> Error {
    let reason = error.message().to_owned();
    let format = ["unsupported extension", "unknown object format", "unsupported repository version"];
    match error.code() {
        ErrorCode::NotFound => Error::NotARepository(path),
        ErrorCode::Owner => Error::Owner(owned_path(&reason).unwrap_or(path)),
        _ if format.iter().any(|words| reason.contains(words)) => Error::Format { path, reason },
        _ => Error::Open { path, reason },
    }
}

/// The repository that libgit2 quotes when it refuses one of another user.
fn owned_path(message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once('\'')?;
    let (path, _) = rest.rsplit_once('\'')?;
    Some(PathBuf::from(path.trim_end_matches('/')))
}

/// Takes the configuration from the files that git's variables name; libgit2 itself doesn't look at them.
/// <https://git-scm.com/docs/git-config#ENVIRONMENT>
fn set_config(inner: &Repository, cwd: &Path, environment: &Environment) -> Result<(), Error> {
    let Environment { config_global, config_system, config_no_system, .. } = environment;
    if config_global.is_none() && config_system.is_none() && config_no_system.is_none() {
        return Ok(());
    }
    let no_system = config_no_system.as_deref().and_then(OsStr::to_str).is_some_and(is_true);
    let system = config_system.as_ref().map(|file| cwd.join(file)).or_else(|| Config::find_system().ok());
    let (xdg, global) = match config_global {
        Some(file) => (None, Some(cwd.join(file))),
        None => (Config::find_xdg().ok(), Config::find_global().ok()),
    };
    let own = inner.commondir().join("config");
    let of_worktree = inner.path().join("config.worktree");
    let by_worktree = inner.config()?.get_bool("extensions.worktreeConfig").unwrap_or_default();
    let mut config = Config::new()?;
    for (file, level) in [
        (system.filter(|_| !no_system), ConfigLevel::System),
        (xdg, ConfigLevel::XDG),
        (global, ConfigLevel::Global),
        (Some(own), ConfigLevel::Local),
        (by_worktree.then_some(of_worktree), ConfigLevel::Worktree),
    ] {
        // A device such as /dev/null is an empty file to git, and none to libgit2.
        if let Some(file) = file.filter(|file| file.is_file()) {
            config.add_file(&file, level, false)?;
        }
    }
    Ok(inner.set_config(&config)?)
}

fn is_true(value: &str) -> bool {
    Config::parse_bool(value).unwrap_or(true)
}

/// Git's rule: `GIT_WORK_TREE`, else `core.worktree`, else what the place of the repository says; and for one that is
/// named and lies nowhere in particular, the current folder.
fn set_work_tree(inner: &Repository, cwd: &Path, environment: &Environment) -> Result<(), Error> {
    if let Some(work_tree) = &environment.work_tree {
        return Ok(inner.set_workdir(&cwd.join(work_tree), false)?);
    }
    let in_place = inner.path().file_name() == Some(OsStr::new(".git"));
    let told = in_place || inner.is_bare() || inner.is_worktree() || inner.config()?.get_path("core.worktree").is_ok();
    if environment.dir.is_some() && !told {
        inner.set_workdir(cwd, false)?;
    }
    Ok(())
}

/// The folders of objects: the repository's own first, then the quarantine, then the alternates.
fn object_folders(inner: &Repository, cwd: &Path, environment: &Environment) -> Vec<PathBuf> {
    let own = inner.commondir().join("objects");
    let mut folders = vec![own];
    let quarantine = environment.object_directory.iter().map(|dir| cwd.join(dir));
    let alternates = environment.alternate_object_directories.as_deref().map(path_list::split).unwrap_or_default();
    for folder in quarantine.chain(alternates.iter().map(|dir| cwd.join(dir))) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}
