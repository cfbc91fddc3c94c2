//! Has steps run by another user, to whom the repository is closed.

use std::cell::{Cell, OnceCell};
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

use tempfile::TempDir;

use super::letter::{Ran, Reply};
use super::{Letter, Wanted};
use crate::check::Ended;
use crate::diagnostic::Diagnostic;
use crate::event::Event;
use crate::git::Repo;
use crate::judge::{Brought, Elsewhere, Errand, Refusal, RefusalKind, Setting, Surroundings};
use crate::path::RepoPath;
use crate::process::{Captured, Program};
use crate::run;

/// The setting of git's that says how a program is started as the other user.
const SETTING: &str = "gate.run-as";
/// The command of gate's that reads a letter.
pub const COMMAND: &str = "run-steps";
/// How long the other gate may take to tidy up when the time is over.
const GRACE: Duration = Duration::from_secs(10);
/// What of the environment goes with it; the rest is the server's own.
const PASSED: [&str; 6] = ["PATH", "LANG", "LC_ALL", "TZ", "TERM", "TMPDIR"];

/// Has steps run by another user.
pub(super) struct Runner<'a> {
    setting: &'a Setting<'a>,
    /// The quarantine, if what is pushed is in one.
    quarantine: Option<PathBuf>,
    /// A copy of it, once something was to be run; none where there is nothing to copy.
    copy: OnceCell<Option<TempDir>>,
    budget: Cell<Duration>,
    /// When the first step of the push was handed over.
    began: Cell<Option<Instant>>,
}

impl<'a> Runner<'a> {
    pub(super) fn new(setting: &'a Setting<'a>) -> Self {
        let quarantine = setting.variable("GIT_QUARANTINE_PATH").or_else(|| setting.variable("GIT_OBJECT_DIRECTORY"));
        let quarantine = quarantine.map(|folder| setting.cwd.join(folder));
        Self { setting, quarantine, copy: OnceCell::new(), budget: Cell::default(), began: Cell::default() }
    }

    /// How long everything may take together that is run from now on, what ran before for the same push included.
    pub(super) fn allow(&self, budget: Duration) {
        self.budget.set(budget);
    }

    fn left(&self) -> Duration {
        let began = self.began.get().unwrap_or_else(Instant::now);
        self.began.set(Some(began));
        self.budget.get().saturating_sub(began.elapsed())
    }
}

impl Elsewhere for Runner<'_> {
    fn run(&self, errand: &Errand<'_>) -> Result<Vec<Brought>, Refusal> {
        match self.send(Wanted::Run, errand)? {
            Some(Reply::Ran(ran)) => Ok(brought(ran, errand)),
            None => Ok(Vec::new()),
            Some(_) => Err(failed("it answers what nobody asked")),
        }
    }

    fn surroundings(&self, errand: &Errand<'_>) -> Result<Option<Surroundings>, Refusal> {
        match self.send(Wanted::Surroundings, errand)? {
            Some(Reply::Surroundings(told)) => Ok(told),
            None => Ok(None),
            Some(_) => Err(failed("it answers what nobody asked")),
        }
    }
}

impl Runner<'_> {
    /// Asks the other gate; `None` if there is no time left, or nothing to ask about.
    fn send(&self, wanted: Wanted, errand: &Errand<'_>) -> Result<Option<Reply>, Refusal> {
        let line = errand.repo.config(SETTING)?.unwrap_or_default();
        let words = shlex::split(&line).ok_or_else(|| failed(&format!("{SETTING} leaves a quote open: {line}")))?;
        let Some((first, rest)) = words.split_first() else { return Err(not_set()) };
        let left = self.left();
        let Some(commit) = errand.change.candidate.commit.filter(|_| !left.is_zero()) else { return Ok(None) };
        let copy = self.copy(errand.repo).map_err(|error| failed(&error.to_string()))?;
        let letter = Letter {
            wanted,
            repository: absolute(errand.repo.common_dir()),
            objects: objects(errand.repo, self.quarantine.as_deref(), copy.map(TempDir::path)),
            branch: errand.branch.map(str::to_owned),
            onto: errand.change.base_commit(),
            commit,
            checks: errand.checks.clone(),
            starts: errand.starts,
            budget_ms: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
        };
        let letter = serde_json::to_vec(&letter).map_err(|error| failed(&error.to_string()))?;
        let gate = std::env::current_exe().map_err(|error| failed(&error.to_string()))?;
        if wanted == Wanted::Run {
            let seconds = left.as_secs_f64();
            let steps = match errand.checks.len() {
                1 => "1 step is run".to_owned(),
                number => format!("{number} steps are run"),
            };
            let text = format!("{steps} on the server, for at most {seconds:.0}s");
            self.setting.sink.emit(Event::Notice { text });
        }
        let program = Program::new(first).args(rest).arg(gate).arg(COMMAND).dir("/").env_clear();
        let given = PASSED.iter().filter_map(|name| Some((name, self.setting.variable(name)?)));
        let program = given.fold(program, |program, (name, value)| program.env(name, value));
        let ran = program.input(letter).timeout(left + GRACE).run();
        read(&ran.map_err(|error| failed(&format!("{error}: {}", error.source)))?).map(Some)
    }

    /// A copy of what is pushed that anybody can read: the quarantine is closed to all but git's own user.
    fn copy(&self, repo: &Repo) -> io::Result<Option<&TempDir>> {
        if let Some(made) = self.copy.get() {
            return Ok(made.as_ref());
        }
        let made = self.make_copy(repo)?;
        Ok(self.copy.get_or_init(|| made).as_ref())
    }

    fn make_copy(&self, repo: &Repo) -> io::Result<Option<TempDir>> {
        let main = absolute(&repo.common_dir().join("objects"));
        let Some(quarantine) = self.quarantine.as_deref().filter(|folder| absolute(folder) != main) else {
            return Ok(None);
        };
        let folder = tempfile::Builder::new().prefix("gate-pushed-").tempdir()?;
        // Whoever knows its name can read it, and it is nowhere listed but in a folder that is for this.
        fs_err::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
        let objects = folder.path().join("objects");
        copy(quarantine, &objects)?;
        Ok(Some(folder))
    }
}

/// Copies a folder, for everybody to read.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs_err::create_dir_all(to)?;
    fs_err::set_permissions(to, Permissions::from_mode(0o755))?;
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&entry.path(), &to)?;
        } else if kind.is_file() {
            fs_err::copy(entry.path(), &to)?;
            fs_err::set_permissions(&to, Permissions::from_mode(0o644))?;
        }
    }
    Ok(())
}

/// Every folder of objects, with the copy in place of what it is of.
fn objects(repo: &Repo, quarantine: Option<&Path>, copy: Option<&Path>) -> Vec<PathBuf> {
    let copied = |folder: &PathBuf| copy.is_some() && quarantine.is_some_and(|it| absolute(it) == *folder);
    let others = repo.objects_dirs().iter().map(|folder| absolute(folder)).filter(|folder| !copied(folder));
    copy.map(|copy| copy.join("objects")).into_iter().chain(others).collect()
}

fn absolute(path: &Path) -> PathBuf {
    fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn read(ran: &Captured) -> Result<Reply, Refusal> {
    match serde_json::from_slice(&ran.stdout) {
        Ok(reply @ (Reply::Ran(_) | Reply::Surroundings(_))) => Ok(reply),
        Ok(Reply::Refused(reasons)) => {
            let told = |message, hint| Diagnostic { hint, ..Diagnostic::error("server/run-as", message) };
            let diagnostics = reasons.into_iter().map(|reason| told(reason.message, reason.hint)).collect();
            Err(Refusal { kind: RefusalKind::Undecided, diagnostics })
        }
        Err(_) => {
            let said = String::from_utf8_lossy(&ran.stderr);
            let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing").to_owned();
            let shown = failed(&format!("what {SETTING} names ended with {}: {last}", ran.status));
            Err(shown)
        }
    }
}

fn brought(ran: Vec<Ran>, errand: &Errand<'_>) -> Vec<Brought> {
    let brought = ran.into_iter().map(|ran| {
        let at = |millis: u64| UNIX_EPOCH + Duration::from_millis(millis.min(u64::from(u32::MAX) * 1000));
        let log = ran.log.as_deref().and_then(|log| run::keep_log(&errand.logs, &ran.step, log.as_bytes()).ok());
        let ended = Ended {
            step: ran.step,
            outcome: ran.outcome,
            exit: ran.exit,
            signal: ran.signal,
            span: ran.span.map(|(began, ended)| (at(began), at(ended))),
            attempts: ran.attempts,
            log,
            passed_files: ran.passed_files.into_iter().map(RepoPath::new).collect(),
            together: ran.together,
            tests: ran.tests,
            failed_tests: ran.failed_tests,
            note: ran.note,
        };
        Brought { ended, fingerprint: ran.fingerprint }
    });
    brought.collect()
}

fn not_set() -> Refusal {
    let message = "[server] run = true, and nobody is named who may run what is pushed";
    let hint = "on the server, a user who can read the repository and not write to it: git config gate.run-as 'sudo -n -u gate-steps --'";
    Refusal::new(RefusalKind::Undecided, Diagnostic::error("server/run-as-missing", message).hint(hint))
}

fn failed(why: &str) -> Refusal {
    let shown = Diagnostic::error("server/run-as-failed", format!("what is pushed could not be run: {why}"));
    let hint = "see on the server that the program which gate.run-as names starts gate, and may read the repository";
    Refusal::new(RefusalKind::Undecided, shown.hint(hint))
}
