//! Where judge works: the repository, gate's own state beside it, and the pool of private checkouts.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Refusal, Setting};
use crate::config::{Main, Source};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::git::{Environment, Repo};
use crate::path::{Mode, RepoPath, Selection};
use crate::process::{self, Checkouts};
use crate::record::Ledger;
use crate::workspace::Pool;

/// Where judge works.
pub struct Site {
    /// The repository, reading gate's own objects too.
    pub repo: Repo,
    /// The private checkouts.
    pub pool: Pool,
    /// Where the objects go that gate makes.
    pub store: PathBuf,
    /// gate's own state: the folder `gate` of the common git folder.
    pub state: PathBuf,
    /// What earlier runs left.
    pub ledger: Ledger,
    /// What is worth telling and refuses nothing.
    pub warnings: Vec<Diagnostic>,
}

impl Site {
    /// Opens everything. The ledger always opens: one that can't be read is told of, and nothing is reused.
    ///
    /// # Errors
    /// When there is no repository, it can't be read, or the cache folder can't be written.
    pub fn open(setting: &Setting<'_>) -> Result<Self, Refusal> {
        let repo = repository(setting)?;
        let pool = Pool::new(&setting.cache, &repo);
        let store = pool.store()?;
        let repo = repo.with_store(&store)?;
        let state = repo.common_dir().join("gate");
        let (ledger, warnings) = Ledger::open(&state.join("ledger.db"));
        Ok(Self { repo, pool, store, state, ledger, warnings })
    }

    /// Whether a branch is one that must stay deployable.
    pub(super) fn guards(main: &Main, branch: &str) -> bool {
        Selection::new(&main.branches, &[]).matches(&RepoPath::from(branch), Mode::File)
    }

    /// The environment that steps start from, before a private checkout is known: what programs are looked up in.
    #[must_use]
    pub fn step_env(setting: &Setting<'_>) -> Vec<(OsString, OsString)> {
        process::environment(setting.env, None).variables
    }

    /// Stands for any private checkout, where none is known yet: nothing is ever there.
    pub(super) fn some_checkout(&self) -> PathBuf {
        self.pool.dir().join("any")
    }

    /// The environment that steps start from in a private checkout: what points into the user's checkout points there.
    #[must_use]
    pub fn private_env(&self, setting: &Setting<'_>, private: &Path) -> Vec<(OsString, OsString)> {
        let real = |path: &Path| path.canonicalize().ok();
        let user = self.repo.work_dir().and_then(real);
        let checkouts = user.as_deref().map(|user| Checkouts { user, private, real: &real });
        process::environment(setting.env, checkouts.as_ref()).variables
    }

    /// gate.local.toml of the working tree, if there is one.
    pub(super) fn local_rules(&self, name: &str) -> Result<Option<Source>, Refusal> {
        let Some(path) = self.repo.work_dir().map(|dir| dir.join(name)) else { return Ok(None) };
        match fs_err::read_to_string(&path) {
            Ok(text) => Ok(Some(Source { name: name.to_owned(), text: Arc::from(text) })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Refusal::new(
                super::RefusalKind::Configuration,
                Diagnostic::error("config/unreadable", error.to_string()),
            )),
        }
    }

    /// What a shared file holds, and whether it may be executed; of a folder only that it is there, because runs with
    /// shared folders prove nothing for the merge stage.
    pub(super) fn shared_digest(&self, path: &RepoPath) -> String {
        let Some(there) = self.repo.work_dir().map(|dir| dir.join(path.as_path())) else { return "absent".to_owned() };
        let executable = |found: std::fs::Metadata| found.permissions().mode() & 0o100 != 0;
        match (fs_err::read(&there), fs_err::metadata(&there).map(executable)) {
            (Ok(content), Ok(false)) => Digest::of(&content).to_string(),
            (Ok(content), Ok(true)) => format!("{} executable", Digest::of(&content)),
            _ if there.is_dir() => "folder".to_owned(),
            _ => "absent".to_owned(),
        }
    }

    /// Whether a shared path is a folder of the user's checkout.
    pub(super) fn is_shared_folder(&self, path: &RepoPath) -> bool {
        self.repo.work_dir().is_some_and(|dir| dir.join(path.as_path()).is_dir())
    }

    /// The folder of a run's logs.
    #[must_use]
    pub fn logs(&self, run: &str) -> PathBuf {
        self.state.join("logs").join(Path::new(run))
    }
}

/// The users, by their numbers, who have run steps on this machine, so far as it can be seen from here.
#[must_use]
pub fn runners(site: &Site, cache: &Path) -> Vec<u32> {
    let mut runners = BTreeSet::new();
    let owner = |path: &Path| fs_err::metadata(path).ok().map(|found| found.uid());
    if site.ledger.runs(1).is_ok_and(|runs| !runs.is_empty()) {
        runners.extend(owner(&site.state.join("ledger.db")));
    }
    // A run in the user's own tree leaves nothing but its logs.
    let logs = fs_err::read_dir(site.state.join("logs")).into_iter().flatten().flatten();
    runners.extend(logs.filter_map(|run| owner(&run.path())));
    for pool in fs_err::read_dir(cache).into_iter().flatten().flatten() {
        let is_checkout = |name: &OsStr| name.to_str().is_some_and(|name| name.parse::<u32>().is_ok());
        let inside = fs_err::read_dir(pool.path()).into_iter().flatten().flatten();
        let mut checkouts = inside.filter(|entry| is_checkout(&entry.file_name()));
        runners.extend(checkouts.next().and_then(|checkout| owner(&checkout.path())));
    }
    runners.into_iter().collect()
}

/// The user's folder of settings, where git attributes can lie:
/// <https://specifications.freedesktop.org/basedir-spec/latest/>.
#[must_use]
pub fn config_home(env: &[(OsString, OsString)]) -> Option<PathBuf> {
    let variable = |name: &str| env.iter().find(|(key, value)| key == name && !value.is_empty());
    let named = variable("XDG_CONFIG_HOME").map(|(_, value)| PathBuf::from(value));
    named.or_else(|| variable("HOME").map(|(_, value)| PathBuf::from(value).join(".config")))
}

/// Git's own variables, which say in a hook what git is working on.
/// The repository that a command works on, without anything of gate's: what is fetched goes where git puts it.
///
/// # Errors
/// When there is none, or it can't be read.
pub fn repository(setting: &Setting<'_>) -> Result<Repo, Refusal> {
    Ok(Repo::open(setting.cwd, &environment(setting))?)
}

fn environment(setting: &Setting<'_>) -> Environment {
    let variable = |name: &str| setting.variable(name).cloned();
    Environment {
        dir: variable("GIT_DIR"),
        work_tree: variable("GIT_WORK_TREE"),
        index_file: variable("GIT_INDEX_FILE"),
        object_directory: variable("GIT_OBJECT_DIRECTORY"),
        alternate_object_directories: variable("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
        config_global: variable("GIT_CONFIG_GLOBAL"),
        config_system: variable("GIT_CONFIG_SYSTEM"),
        config_no_system: variable("GIT_CONFIG_NOSYSTEM"),
    }
}
