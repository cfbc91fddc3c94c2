//! One step from its start to its end: its batches, its attempts, its cleaning up.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use fs_err::File;

use super::attempt::{PartEnd, path_of, worst};
use super::batch::Batch;
use super::command::{CLEANUP_LIMIT, StepEnv, command_words};
use super::junit::{Junit, Scope};
use super::locks::Held;
use super::logs::{Joined, StepLogs};
use super::prepared::Prepared;
use super::recover::Began;
use super::scratch::Scratch;
use super::settings::Settings;
use crate::check::Ended;
use crate::check::Outcome;
use crate::output::{Told, told_tests};
use crate::plan::Step;
use crate::process::{Ending, Invocation, Limits, ProcessId, StartError};

/// A step that has begun and not ended.
pub(crate) struct Active<'a> {
    step: &'a Step,
    dir: PathBuf,
    env: StepEnv,
    batches: Vec<Batch>,
    scratch: Scratch,
    _held: Held,
    logs: StepLogs,
    junit: Option<Junit>,
    clock: Instant,
    began: SystemTime,
    attempt: u32,
    waiting: VecDeque<usize>,
    running: BTreeMap<ProcessId, usize>,
    cleaning: Option<ProcessId>,
    /// How each batch ended last.
    ends: Vec<Option<PartEnd>>,
    /// Whether each batch passed at its first attempt.
    proved: Vec<bool>,
    trouble: Option<String>,
}

/// A step that has ended.
pub(crate) struct Finished {
    /// How.
    pub(crate) ended: Ended,
    /// How long it took.
    pub(crate) duration: Duration,
    /// What another step can have.
    pub(crate) spare: Spare,
}

/// What a step left as it had been made. File systems take their time to make new files and folders.
#[derive(Default)]
pub(crate) struct Spare {
    /// An empty log file.
    pub(crate) log: Option<PathBuf>,
    /// An empty folder for temporary files.
    pub(crate) folder: Option<Scratch>,
}

impl<'a> Active<'a> {
    /// Begins a step: it knows its folder for temporary files now, and has no process yet. What [`Self::note`] says must
    /// be noted before anything is made.
    pub(crate) fn begin(
        step: &'a Step,
        prepared: Prepared,
        held: Held,
        settings: &Settings,
        spare: Spare,
    ) -> io::Result<Self> {
        let Prepared { mut env, batches } = prepared;
        let scratch = spare.folder.map_or_else(|| Scratch::choose(&settings.user_env), Ok)?;
        env.set("TMPDIR".into(), scratch.path().into());
        let count = batches.len();
        let dir = step.check.dir.as_ref().map_or_else(|| settings.dir.clone(), |dir| settings.dir.join(dir.as_path()));
        Ok(Self {
            step,
            junit: Junit::begin(&step.check, &dir),
            dir,
            env,
            batches,
            scratch,
            _held: held,
            logs: StepLogs::new(&settings.logs, step.name.as_str(), spare.log),
            clock: Instant::now(),
            began: SystemTime::now(),
            attempt: 1,
            waiting: (0..count).collect(),
            running: BTreeMap::new(),
            cleaning: None,
            ends: vec![None; count],
            proved: vec![false; count],
            trouble: None,
        })
    }

    pub(crate) fn step(&self) -> &'a Step {
        self.step
    }

    /// The attempt that is under way, from 1.
    pub(crate) fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Where it writes JUnit files, if it does.
    pub(crate) fn junit(&self) -> Option<&Scope> {
        self.junit.as_ref().map(Junit::scope)
    }

    /// When it began.
    pub(crate) fn began(&self) -> SystemTime {
        self.began
    }

    /// What must be noted before it starts.
    pub(crate) fn note(&self) -> Began {
        let check = &self.step.check;
        Began {
            step: self.step.name.as_str().to_owned(),
            dir: self.dir.clone().into(),
            cleanup: check.cleanup.as_ref().map(Into::into),
            env: check.env.iter().chain(&check.pass_env).cloned().collect(),
            tmp: self.scratch.path().into(),
            secret_logs: (!self.env.secrets.is_empty()).then(|| self.logs.part_prefix().into()),
        }
    }

    /// Makes its folder for temporary files.
    pub(crate) fn make_scratch(&mut self) -> io::Result<()> {
        self.scratch.make()
    }

    /// The next batch of this attempt; `started` must follow.
    pub(crate) fn next_part(&mut self) -> Option<(usize, Invocation)> {
        let part = self.waiting.pop_front()?;
        let Batch { program, args, .. } = self.batches[part].clone();
        let check = &self.step.check;
        let limits = Limits { timeout: Some(check.timeout), idle: check.idle_timeout, ..Limits::default() };
        let heading = (self.attempt > 1).then(|| format!("attempt {}", self.attempt));
        Some((part, self.invocation((program, args), heading, limits)))
    }

    fn invocation(
        &mut self,
        (program, args): (OsString, Vec<OsString>),
        heading: Option<String>,
        limits: Limits,
    ) -> Invocation {
        let log = self.logs.part(heading);
        let env = self.env.variables.clone();
        Invocation { program, args, dir: self.dir.clone(), env, log, secrets: self.env.secrets.clone(), limits }
    }

    /// A batch has a process now.
    pub(crate) fn started(&mut self, id: ProcessId, part: usize) {
        self.running.insert(id, part);
    }

    /// The processes of its batches.
    pub(crate) fn processes(&self) -> impl Iterator<Item = ProcessId> {
        self.running.keys().copied()
    }

    /// A batch's process has ended. Gives how.
    pub(crate) fn ended(&mut self, id: ProcessId, ending: Result<Ending, StartError>) -> Option<&PartEnd> {
        let part = self.running.remove(&id)?;
        let end = PartEnd::new(ending, &self.step.check, path_of(&self.env.variables), &self.dir);
        self.proved[part] = self.attempt == 1 && end.outcome == Outcome::Passed;
        Some(self.ends[part].insert(end))
    }

    /// Nothing more of it starts.
    pub(crate) fn cancel(&mut self) {
        self.waiting.clear();
    }

    /// Whether every batch of the attempt has ended.
    pub(crate) fn is_attempt_over(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty() && self.cleaning.is_none()
    }

    /// What to run after an attempt, if anything; `cleaning` must follow.
    pub(crate) fn cleanup(&mut self) -> Option<Invocation> {
        let command = command_words(self.step.check.cleanup.as_ref()?)?;
        let limits = Limits { timeout: Some(CLEANUP_LIMIT), ..Limits::default() };
        Some(self.invocation(command, Some("cleanup".into()), limits))
    }

    /// The process that cleans up.
    pub(crate) fn cleaning(&mut self, id: ProcessId) {
        self.cleaning = Some(id);
    }

    /// Whether this process cleans up; if so it has ended.
    pub(crate) fn cleaned(&mut self, id: ProcessId, ending: &Result<Ending, StartError>) -> bool {
        if self.cleaning != Some(id) {
            return false;
        }
        self.cleaning = None;
        let trouble = match ending {
            Ok(ending) if ending.status.success() => None,
            Ok(ending) => Some(format!("its cleanup failed: {}", ending.status)),
            Err(error) => Some(format!("its cleanup failed: {error}")),
        };
        self.trouble = trouble.or(self.trouble.take());
        true
    }

    /// Whether a failure now would be the last word.
    pub(crate) fn is_last_attempt(&self) -> bool {
        self.attempt > self.step.check.retries
    }

    /// Begins another attempt at the batches that failed, if there is one left and it may help. Gives how the last one
    /// ended and how many batches run again.
    pub(crate) fn retry(&mut self) -> Option<(Outcome, usize)> {
        let failed = |end: &&PartEnd| end.outcome != Outcome::Passed;
        let worth = self
            .ends
            .iter()
            .all(|end| end.as_ref().is_some_and(|end| end.outcome == Outcome::Passed || end.worth_retrying));
        let outcome = worst(self.ends.iter().flatten().filter(failed))?.outcome;
        if self.is_last_attempt() || !worth {
            return None;
        }
        self.attempt += 1;
        let again = |part: &usize| self.ends[*part].as_ref().is_some_and(|end| end.outcome != Outcome::Passed);
        self.waiting = (0..self.ends.len()).filter(again).collect();
        Some((outcome, self.waiting.len()))
    }

    /// Ends it: its log is put together and its temporary files are removed. `writers` have written JUnit files meanwhile.
    pub(crate) fn finish<'s>(self, writers: impl Iterator<Item = &'s Scope>) -> Finished {
        let duration = self.clock.elapsed();
        let stopped = PartEnd { outcome: Outcome::Cancelled, ..PartEnd::failed("") };
        let stopped = PartEnd { note: None, ..stopped };
        let passed = PartEnd { outcome: Outcome::Passed, ..stopped.clone() };
        let end = worst(self.ends.iter().map(|end| end.as_ref().unwrap_or(&stopped))).unwrap_or(&passed).clone();
        let flaky = end.outcome == Outcome::Passed && self.attempt > 1;
        let mut outcome = if flaky { Outcome::Flaky } else { end.outcome };
        let mut notes: Vec<String> = end.note.into_iter().chain(self.trouble).collect();
        // What passed has left no process behind, as far as this system can tell.
        let is_closed = cfg!(target_os = "linux") && outcome == Outcome::Passed && self.env.secrets.is_empty();
        let Joined { log, spare: spare_log } = self.logs.join(is_closed).unwrap_or_else(|error| {
            notes.push(format!("its log could not be kept: {error}"));
            outcome = if outcome.lets_dependents_start() { Outcome::Cancelled } else { outcome };
            Joined { log: None, spare: None }
        });
        let mut folder = Some(self.scratch);
        if let Some(used) = folder.take_if(|folder| !is_closed || !folder.is_as_new())
            && let Err(error) = used.remove()
        {
            notes.push(format!("its temporary files could not be removed: {error}"));
        }
        let runs = Runs { attempts: self.attempt, parts: self.batches.len(), outcome };
        let told = runs.told(log.as_deref(), self.junit.map(|junit| junit.finish(writers)));
        let proved = self.batches.iter().zip(&self.proved).filter(|(_, proved)| **proved);
        let ended = Ended {
            step: self.step.name.clone(),
            outcome,
            exit: end.exit,
            signal: end.signal,
            span: Some((self.began, SystemTime::now())),
            attempts: self.attempt,
            log,
            together: 1,
            tests: told.counts,
            // What is told in parts has the tests of more than one run.
            failed_tests: told.failed.filter(|_| outcome == Outcome::Failed && self.step.files.is_none()),
            passed_files: proved.flat_map(|(batch, _)| batch.files.iter().cloned()).collect(),
            note: (!notes.is_empty()).then(|| notes.join("; ")),
        };
        Finished { ended, duration, spare: Spare { log: spare_log, folder } }
    }
}

/// What a step's log and files are of.
struct Runs {
    attempts: u32,
    parts: usize,
    outcome: Outcome,
}

impl Runs {
    /// What is told of its tests. A log of several attempts has more tests in it than there are, and one of a step that was
    /// stopped has fewer.
    fn told(&self, log: Option<&Path>, files: Option<Told>) -> Told {
        let has_ended = matches!(self.outcome, Outcome::Passed | Outcome::Failed | Outcome::Leaked);
        if !has_ended || self.attempts != 1 || (files.is_some() && self.parts != 1) {
            return Told::default();
        }
        // What can't be read tells nothing.
        let read = |log| File::open(log).and_then(|file| told_tests(BufReader::new(file))).unwrap_or_default();
        let of_log = log.map(read).unwrap_or_default();
        match files {
            Some(files) => of_log.with_files(files),
            None => of_log,
        }
    }
}
