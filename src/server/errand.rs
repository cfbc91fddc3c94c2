//! The steps of another's push, run by a user who can't write to the repository.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::letter::{Ran, Reason, Reply};
use super::{Letter, Wanted};
use crate::change::{BaseSpec, ChangeSpec, Source};
use crate::check::{Ended, Stage};
use crate::diagnostic::Diagnostic;
use crate::event::Silent;
use crate::git::Repo;
use crate::judge::{self, Brought, Refusal, RefusalKind, Request, Setting, Site};
use crate::process::{Control, Urgency, can_write, is_local_to_git, keep_to_oneself, user};

/// How much of the end of a log is handed back.
const LOG: usize = 64 << 10;

/// What of the repository must not be writable, beside the repository itself.
const PARTS: [&str; 9] =
    ["objects", "objects/pack", "refs", "refs/heads", "hooks", "gate", "HEAD", "config", "packed-refs"];

/// Runs what a letter asks for, in a repository of its own that is gone afterwards.
#[must_use]
pub fn serve(letter: &Letter, env: &[(OsString, OsString)], control: &Control) -> Reply {
    match run(letter, env, control) {
        Ok(reply) => reply,
        Err(refusal) => Reply::Refused(refusal.diagnostics.into_iter().map(Reason::from).collect()),
    }
}

fn run(letter: &Letter, env: &[(OsString, OsString)], control: &Control) -> Result<Reply, Refusal> {
    refuse_writer(&letter.repository)?;
    // What is run has the same user, and must not write its own verdict into this process.
    keep_to_oneself().map_err(|error| failed(&error))?;
    let folder = tempfile::Builder::new().prefix("gate-run-").tempdir().map_err(|error| failed(&error))?;
    let scratch = folder.path().join("repository");
    Repo::scratch(&scratch, &letter.objects)?;
    let env = environment(env, &folder.path().join("home")).map_err(|error| failed(&error))?;
    let cache = folder.path().join("cache");
    let now = SystemTime::now();
    let setting = Setting { cwd: &scratch, env: &env, cache, now, control, sink: &Silent, elsewhere: None };
    let (source, base) = match &letter.branch {
        Some(branch) => {
            let source = Source::Received { branch: branch.clone(), onto: letter.onto, new: letter.commit };
            (source, BaseSpec::Usual)
        }
        None => (Source::Commit(letter.commit.to_string()), BaseSpec::Nothing),
    };
    let request = Request {
        trusts_ledger: false,
        starts: letter.starts,
        ..Request::new(ChangeSpec { source, base }, Stage::Merge)
    };
    let mut site = Site::open(&setting)?;
    end_in(Duration::from_millis(letter.budget_ms), control);
    if letter.wanted == Wanted::Surroundings {
        return Ok(Reply::Surroundings(judge::surroundings_for(&request, &setting, &mut site)?));
    }
    let brought = judge::run_for(&request, &letter.checks, &setting, &mut site)?;
    Ok(Reply::Ran(brought.into_iter().map(ran).collect()))
}

/// Refuses to run anything as a user who could change what the verdict is about.
fn refuse_writer(repository: &Path) -> Result<(), Refusal> {
    let parts = PARTS.iter().map(|part| repository.join(part)).filter(|path| path.exists());
    let mut all = [repository.to_owned()].into_iter().chain(parts);
    let me = user();
    let owned = |path: &Path| fs_err::metadata(path).is_ok_and(|found| found.uid() == me);
    let Some(found) = all.find(|path| me == 0 || owned(path) || can_write(path)) else { return Ok(()) };
    let message = format!("the user who is to run what is pushed can write to '{}'", found.display());
    let shown = Diagnostic::error("server/run-as-writer", message);
    let hint = "make a user of its own who can only read the repository, and name it: git config gate.run-as 'sudo -n -u gate-steps --'";
    Err(Refusal::new(RefusalKind::Undecided, shown.hint(hint)))
}

/// What steps may see of the environment: nothing of git's or of the server's; and a home that they can write to.
fn environment(env: &[(OsString, OsString)], home: &Path) -> io::Result<Vec<(OsString, OsString)>> {
    let of_server = |name: &OsStr| {
        let name = name.as_encoded_bytes();
        [&b"GIT_"[..], b"GL_", b"GITEA_", b"GITHUB_", b"SSH_", b"SUDO_"].iter().any(|start| name.starts_with(start))
    };
    let mut kept: Vec<(OsString, OsString)> =
        env.iter().filter(|(name, _)| !is_local_to_git(name) && !of_server(name)).cloned().collect();
    let usable = |path: &OsString| fs_err::metadata(path).is_ok_and(|found| found.uid() == user());
    if !kept.iter().any(|(name, value)| name == "HOME" && usable(value)) {
        fs_err::create_dir_all(home)?;
        kept.retain(|(name, _)| name != "HOME");
        kept.push(("HOME".into(), home.into()));
    }
    Ok(kept)
}

/// Ends what runs when the time is over: whoever asked may have no right to do that.
fn end_in(budget: Duration, control: &Control) {
    let control = control.clone();
    std::thread::spawn(move || {
        std::thread::sleep(budget);
        if control.urgency() < Some(Urgency::AtOnce) {
            control.tell(TERM);
        }
    });
}

/// What asks a process to end.
const TERM: i32 = 15;

/// How a step ended, with its output, since the file is about to be gone.
fn ran(Brought { ended, fingerprint }: Brought) -> Ran {
    let Ended { step, outcome, exit, signal, span, attempts, log, passed_files, tests, failed_tests, together, note } =
        ended;
    let log = log.and_then(|log| fs_err::read(log).ok());
    let log = log.map(|log| String::from_utf8_lossy(&log[log.len().saturating_sub(LOG)..]).into_owned());
    let since = |time: SystemTime| {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    };
    let span = span.map(|(began, ended)| (since(began), since(ended)));
    // A name that is not UTF-8 earns nothing.
    let names = passed_files.iter().filter_map(|path| std::str::from_utf8(path.as_bstr()).ok());
    let passed_files = names.map(str::to_owned).collect();
    Ran {
        step,
        outcome,
        exit,
        signal,
        span,
        attempts,
        tests,
        failed_tests,
        passed_files,
        together,
        note,
        log,
        fingerprint,
    }
}

fn failed(error: &io::Error) -> Refusal {
    Refusal::new(RefusalKind::Internal, Diagnostic::error("server/run", error.to_string()))
}

impl From<Diagnostic> for Reason {
    fn from(shown: Diagnostic) -> Self {
        Self { message: shown.message, hint: shown.hint }
    }
}
