//! What is running is noted, so that the next run can end what a killed one has left.
//!
//! A run keeps one file, of a line for each thing that happens, and holds it locked while it lives. A file that can be
//! locked is what a dead run left.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::TryLockError;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err::{File, OpenOptions};
use serde::{Deserialize, Serialize};

use super::command::{CLEANUP_LIMIT, StepEnv, Variables, command_words};
use super::names::file_name;
use super::scratch::remove_folder;
use crate::diagnostic::Diagnostic;
use crate::plan::CommandLine;
use crate::process::{Control, Invocation, Limits, end_leftovers, identity, run_to_end_as};

/// Begins the name of a file that is not yet locked; no other name of a run begins like it.
const NEW: &str = ".new-";

/// How old a file is that was not locked in time because its run was killed between the two.
const ABANDONED: Duration = Duration::from_hours(1);

/// How often it is looked whether another run has cleared up.
const POLL: Duration = Duration::from_millis(20);

/// The notes of a run that is under way. They go when it is dropped after every step has ended.
pub(crate) struct Notes {
    file: File,
    path: PathBuf,
    open: usize,
}

/// What has to be done for a step if its run dies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Began {
    /// Its name.
    pub(crate) step: String,
    /// Where it runs.
    pub(crate) dir: OsString,
    /// What to run after it.
    pub(crate) cleanup: Option<Command>,
    /// Names of the user's variables that it gets.
    pub(crate) env: Vec<String>,
    /// Its folder for temporary files.
    pub(crate) tmp: OsString,
    /// Begins the names of files that may hold secrets.
    pub(crate) secret_logs: Option<OsString>,
}

/// A command, as it is noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Command {
    Shell(String),
    Words(Vec<String>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Began(Began),
    Process {
        step: String,
        pid: u32,
        identity: String,
    },
    Ended {
        step: String,
        /// The folder for temporary files that it left for another step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        folder: Option<OsString>,
    },
}

impl Notes {
    /// Begins the notes of a run.
    pub(crate) fn begin(state: &Path, run: &str) -> io::Result<Self> {
        let folder = folder(state);
        fs_err::create_dir_all(&folder)?;
        let (path, new) = (folder.join(file_name(run)), folder.join(format!("{NEW}{}", file_name(run))));
        // Locked before it can be found.
        let file = OpenOptions::new().create_new(true).append(true).open(&new)?;
        file.file().try_lock().map_err(io::Error::from)?;
        fs_err::rename(new, &path)?;
        Ok(Self { file, path, open: 0 })
    }

    /// A step is about to start.
    pub(crate) fn began(&mut self, began: Began) -> io::Result<()> {
        self.open += 1;
        self.write(&Line::Began(began))
    }

    /// A process of a step is running.
    pub(crate) fn process(&mut self, step: &str, pid: u32) -> io::Result<()> {
        // Gone already: nothing to end.
        let Some(identity) = identity(pid) else { return Ok(()) };
        self.write(&Line::Process { step: step.to_owned(), pid, identity })
    }

    /// A step has ended, and its cleaning up too. Its folder for temporary files may stay for another one.
    pub(crate) fn ended(&mut self, step: &str, folder: Option<&Path>) -> io::Result<()> {
        self.open = self.open.saturating_sub(1);
        self.write(&Line::Ended { step: step.to_owned(), folder: folder.map(Into::into) })
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        if self.open == 0 {
            // A file that stays costs the next run one look.
            let _stays = fs_err::remove_file(&self.path);
        }
    }
}

impl From<&CommandLine> for Command {
    fn from(command: &CommandLine) -> Self {
        match command {
            CommandLine::Shell(line) => Self::Shell(line.clone()),
            CommandLine::Words(words) => Self::Words(words.clone()),
        }
    }
}

fn folder(state: &Path) -> PathBuf {
    state.join("runs")
}

/// Ends what runs that were killed have left: their processes, their temporary files, and what their checks' `cleanup` is
/// for. Says what it did and what it could not do.
///
/// `taken` is the checkout that this run holds, not yet brought to anything: a run that worked in it before and did not
/// end its steps is dead, so where another run is clearing up after it, this waits for that.
///
/// `env` and `user_env` are what [`super::Settings`] has under these names.
#[must_use]
pub fn recover(
    state: &Path,
    (env, user_env): (Variables<'_>, Variables<'_>),
    taken: Option<&Path>,
    control: &Control,
) -> Vec<Diagnostic> {
    let Ok(entries) = fs_err::read_dir(folder(state)) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    let mut said = Vec::new();
    for path in paths {
        if path.file_name().unwrap_or_default().as_encoded_bytes().starts_with(NEW.as_bytes()) {
            remove_abandoned(&path);
            continue;
        }
        match clear_or_wait(&path, (env, user_env), taken, control) {
            Ok(more) => said.extend(more),
            Err(error) => said.push(
                Diagnostic::warning("run/recover", format!("can't clear up after a killed run: {error}"))
                    .hint(format!("see what is running and remove '{}'", path.display())),
            ),
        }
    }
    said
}

/// Removes a file that a run had made and not yet locked when it was killed.
fn remove_abandoned(path: &Path) {
    let age = fs_err::metadata(path).and_then(|found| found.modified()).map(|made| made.elapsed());
    if age.is_ok_and(|age| age.is_ok_and(|age| age > ABANDONED)) {
        // A file that stays costs the next run one look.
        let _stays = fs_err::remove_file(path);
    }
}

fn clear_or_wait(
    path: &Path,
    envs: (Variables<'_>, Variables<'_>),
    taken: Option<&Path>,
    control: &Control,
) -> io::Result<Vec<Diagnostic>> {
    loop {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            // Another run was quicker.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            file => file?,
        };
        match file.file().try_lock() {
            Err(TryLockError::WouldBlock) => {}
            Ok(()) => return clear(path, envs, control),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let concerns = |taken| read(&fs_err::read(path).unwrap_or_default()).0.iter().any(|began| is_in(began, taken));
        if control.urgency().is_some() || !taken.is_some_and(concerns) {
            return Ok(Vec::new());
        }
        std::thread::sleep(POLL);
    }
}

fn is_in(began: &Began, checkout: &Path) -> bool {
    Path::new(&began.dir).starts_with(checkout)
}

fn clear(path: &Path, envs: (Variables<'_>, Variables<'_>), control: &Control) -> io::Result<Vec<Diagnostic>> {
    let notes = match fs_err::read(path) {
        // Another run cleared up before this one had the lock.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        notes => notes?,
    };
    let (steps, leaders) = read(&notes);
    let run = path.file_name().unwrap_or_default().to_string_lossy();
    let ended = end_leftovers(&run, &leaders);
    let mut said = Vec::new();
    if ended > 0 {
        let text = format!("ended {ended} processes that a killed run had left");
        said.push(Diagnostic::warning("run/leftovers", text));
    }
    for began in steps {
        if let Some(Err(why)) = began.cleanup.as_ref().map(|cleanup| clean((&run, &began), cleanup, envs, control)) {
            let text = format!("the cleanup of '{}', which a killed run owed, failed: {why}", began.step);
            said.push(Diagnostic::warning("run/cleanup", text).hint("run it by hand"));
        }
        remove_secret_logs(&began)?;
        remove_folder(Path::new(&began.tmp))?;
    }
    if control.urgency().is_some() {
        // Some cleaning up was cut short: the next run does it once more.
        return Ok(said);
    }
    match fs_err::remove_file(path) {
        // It was about to go by itself.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(said),
        removed => removed.map(|()| said),
    }
}

/// The steps that had begun and not ended, and the leaders of their groups; of one that left its folder, only that. A last line that was cut off is passed over.
fn read(bytes: &[u8]) -> (Vec<Began>, Vec<(u32, String)>) {
    let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    let mut open: BTreeMap<String, (Began, Vec<(u32, String)>)> = BTreeMap::new();
    for line in lines {
        match line {
            Line::Began(began) => {
                open.insert(began.step.clone(), (began, Vec::new()));
            }
            Line::Process { step, pid, identity } => {
                if let Some((_, leaders)) = open.get_mut(&step) {
                    leaders.push((pid, identity));
                }
            }
            Line::Ended { step, folder: None } => {
                open.remove(&step);
            }
            Line::Ended { step, folder: Some(tmp) } => {
                let left = Began { step: step.clone(), tmp, ..Began::default() };
                open.insert(step, (left, Vec::new()));
            }
        }
    }
    let (steps, leaders): (Vec<_>, Vec<_>) = open.into_values().unzip();
    (steps, leaders.concat())
}

/// Cleans up under the name of the dead run, so that whoever comes after this run would end that too.
fn clean(
    (run, began): (&str, &Began),
    cleanup: &Command,
    envs: (Variables<'_>, Variables<'_>),
    control: &Control,
) -> Result<(), String> {
    let command = match cleanup {
        Command::Shell(line) => CommandLine::Shell(line.clone()),
        Command::Words(words) => CommandLine::Words(words.clone()),
    };
    let (program, args) = command_words(&command).ok_or("it is empty")?;
    let log = tempfile::Builder::new().prefix("gate-cleanup").tempdir().map_err(|error| error.to_string())?;
    let StepEnv { variables, secrets } = StepEnv::new(envs, &began.env, &[], &began.step);
    let invocation = Invocation {
        program,
        args,
        dir: PathBuf::from(&began.dir),
        env: variables,
        log: log.path().join("log"),
        secrets,
        limits: Limits { timeout: Some(CLEANUP_LIMIT), ..Limits::default() },
    };
    match run_to_end_as(run, invocation, control, &mut |_| ()) {
        Ok(ending) if ending.status.success() => Ok(()),
        Ok(ending) => Err(ending.status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

fn remove_secret_logs(began: &Began) -> io::Result<()> {
    let Some(start) = began.secret_logs.as_ref().map(Path::new) else { return Ok(()) };
    let (Some(folder), Some(name)) = (start.parent(), start.file_name()) else { return Ok(()) };
    let Ok(entries) = fs_err::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(name.as_encoded_bytes()) {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::event::Silent;
    use crate::plan::Check;
    use crate::process::testing::has_own_process;
    use crate::run::testing::{check, plan, step};
    use crate::run::{History, Settings, run};

    /// Names the folder for the run that is killed.
    const GROUND: &str = "GATE_TEST_GROUND";

    const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

    fn env() -> Vec<(OsString, OsString)> {
        vec![("PATH".into(), PATH.into())]
    }

    fn user_env() -> Vec<(OsString, OsString)> {
        [env(), vec![("TOKEN".into(), "sesame-open".into())]].concat()
    }

    /// Not a test: what the test below starts and kills.
    #[test]
    #[ignore = "run by another test"]
    #[expect(clippy::disallowed_methods, reason = "the other test says by a variable where")]
    fn a_run_that_is_killed() {
        let ground = PathBuf::from(std::env::var_os(GROUND).unwrap());
        let line =
            "echo $TOKEN; echo $$ >pid; echo $TMPDIR >tmp; setsid sh -c 'echo $$ >far; exec sleep 1000' & sleep 1000";
        let killed = Check {
            work: CommandLine::Shell(line.into()).into(),
            cleanup: Some(CommandLine::Shell("echo $TOKEN $GATE_STEP >cleaned".into())),
            pass_env: vec!["TOKEN".into()],
            ..check("killed")
        };
        let settings = Settings {
            run: "killed-run".into(),
            dir: ground.clone(),
            env: env(),
            user_env: user_env(),
            logs: ground.join("logs"),
            state: ground.join("state"),
            slots: NonZeroUsize::MIN,
            fail_fast: false,
            message: None,
        };
        run(&plan(vec![step(killed)]), &settings, &|_| History::default(), &Control::new(), &Silent);
    }

    fn is_alive(ground: &Path, name: &str) -> bool {
        let text = fs_err::read_to_string(ground.join(name)).unwrap();
        identity(text.trim().parse().unwrap()).is_some()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the process that is killed is this test program")]
    fn what_a_killed_run_left_is_cleared_up_once_it_is_dead() {
        if !has_own_process("run::recover::tests::what_a_killed_run_left_is_cleared_up_once_it_is_dead") {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let ground = dir.path();
        let name = "run::recover::tests::a_run_that_is_killed";
        let mut gate = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", name])
            .env(GROUND, ground)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let filled = |name: &str| fs_err::metadata(ground.join(name)).is_ok_and(|found| found.len() > 0);
        while !["pid", "tmp", "far"].iter().all(|name| filled(name)) {
            assert!(gate.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::yield_now();
        }
        let clear = || recover(&ground.join("state"), (&env(), &user_env()), None, &Control::new());
        assert_eq!(clear(), [], "a living run is left alone");
        assert!(is_alive(ground, "pid") && !ground.join("cleaned").exists());
        gate.kill().unwrap();
        gate.wait().unwrap();
        assert!(is_alive(ground, "pid"));
        let said: Vec<&str> = clear().iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(said, ["run/leftovers"]);
        assert!(!is_alive(ground, "pid") && (!is_alive(ground, "far") || cfg!(not(target_os = "linux"))));
        assert_eq!(fs_err::read_to_string(ground.join("cleaned")).unwrap(), "sesame-open killed\n");
        let tmp = fs_err::read_to_string(ground.join("tmp")).unwrap();
        assert!(!Path::new(tmp.trim()).exists(), "its temporary files are gone");
        assert_eq!(fs_err::read_dir(ground.join("logs")).unwrap().count(), 0, "so is a log with a secret in it");
        assert_eq!(clear(), [], "it is done once");
    }

    #[test]
    fn a_cleanup_that_fails_and_notes_that_are_cut_off_are_no_end() {
        let dir = tempfile::tempdir().unwrap();
        let began = |step: &str, line: &str| Began {
            step: step.into(),
            dir: dir.path().into(),
            cleanup: Some(Command::Shell(line.into())),
            env: Vec::new(),
            tmp: dir.path().join("none").into(),
            secret_logs: None,
        };
        let mut notes = Notes::begin(dir.path(), "run").unwrap();
        notes.began(began("done", "touch done")).unwrap();
        notes.ended("done", None).unwrap();
        notes.began(began("bad", "exit 3")).unwrap();
        notes.began(began("good", "touch good")).unwrap();
        notes.file.write_all(b"{\"ended\":{\"step\":\"go").unwrap();
        // A program that another thread is just starting has a copy of the file, and with it the lock, for a moment.
        notes.file.file().unlock().unwrap();
        drop(notes);
        let said = recover(dir.path(), (&env(), &env()), None, &Control::new());
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].message, "the cleanup of 'bad', which a killed run owed, failed: exit status: 3");
        assert!(dir.path().join("good").exists() && !dir.path().join("done").exists());
    }
}
