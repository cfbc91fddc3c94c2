//! Runs fixers in a private checkout, and says what they changed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::blobs::Blobs;
use super::collect::{Collected, collect};
use super::fixers::Fixer;
use crate::check::{Ended as StepEnded, History, Outcome, StepName};
use crate::config::{Check, CommandLine, GitView};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, ObjectId};
use crate::event::{Event, Sink};
use crate::git::{Repo, Side};
use crate::input::Input;
use crate::judge::{self, Planned, Refusal, RefusalKind, Request, Setting, Site};
use crate::path::RepoPath;
use crate::plan::{Decision, FileWork, Plan, Reason, Step};
use crate::run;
use crate::workspace::{Spec, Workspace};

/// A private checkout, taken when the first command runs.
pub(super) struct Bench<'a> {
    pub(super) id: &'a str,
    pub(super) setting: &'a Setting<'a>,
    pub(super) site: &'a Site,
    pub(super) planned: &'a Planned,
    /// What the fixers made.
    pub(super) blobs: &'a Blobs<'a>,
    /// What is worth telling.
    pub(super) notes: Vec<Diagnostic>,
    slots: NonZeroUsize,
    checkout: Option<Workspace>,
    /// Whether the checkout was brought to a tree before.
    begun: bool,
    /// The tree that the checkout holds, but for leftovers, if that is certain.
    holds: Option<ObjectId>,
}

/// What came of running a fixer.
pub(super) struct Ran {
    pub(super) ended: Ended,
    pub(super) changed: BTreeMap<RepoPath, Side>,
    pub(super) left: BTreeMap<RepoPath, String>,
    pub(super) problem: Option<Problem>,
}

/// How a fixer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By itself.
    Done,
    /// It was cut off: what it was doing is half done.
    Cut,
}

/// What a fixer starts from.
struct Ready {
    env: Vec<(OsString, OsString)>,
    spec: Spec,
}

impl<'a> Bench<'a> {
    pub(super) fn new(
        id: &'a str,
        request: &Request,
        setting: &'a Setting<'a>,
        site: &'a Site,
        (planned, blobs): (&'a Planned, &'a Blobs<'a>),
    ) -> Self {
        let slots = judge::slots(request, planned);
        Self { id, setting, site, planned, blobs, notes: Vec::new(), slots, checkout: None, begun: false, holds: None }
    }

    pub(super) fn repo(&self) -> &'a Repo {
        &self.site.repo
    }

    /// Runs a fixer's command on files of a tree.
    pub(super) fn run(
        &mut self,
        fixer: &Fixer,
        command: &CommandLine,
        files: Vec<Input>,
        tree: ObjectId,
    ) -> Result<Ran, Refusal> {
        let (mut checkout, ready) = self.ready(tree, fixer.check.git)?;
        let began = Instant::now();
        self.setting.sink.emit(Event::FixStarted { check: fixer.name().clone() });
        let plan = plan(&fixer.check, command, files, self.planned);
        let told = Told(self.setting.sink);
        let settings = self.settings(checkout.dir(), ready.env);
        let mut ended = run::run(&plan, &settings, &|_| History::default(), self.setting.control, &told);
        if let Some(signal) = self.setting.control.signal() {
            return Err(interrupted(signal));
        }
        let judged = ended.pop().map_or((Ended::Cut, None, false), |ended| judged(&ended, &fixer.check));
        let (ended, problem, counts) = judged;
        let touched = checkout.verify(&self.site.repo, &ready.spec)?;
        let home = judge::config_home(self.setting.env);
        let from = (self.blobs, home.as_deref());
        let found = counts.then(|| collect(from, checkout.dir(), &touched, tree)).transpose()?;
        let Collected { changed, left } = found.unwrap_or_default();
        let new = self.repo().tree_with(tree, &changed)?;
        let adopted = counts && !touched.is_empty() && checkout.adopt(new, &changed, &touched)?;
        self.holds = (adopted || touched.is_empty()).then_some(new);
        self.checkout = Some(checkout);
        let (check, duration) = (fixer.name().clone(), began.elapsed());
        self.setting.sink.emit(Event::FixFinished { check, changed: changed.len(), duration });
        Ok(Ran { ended, changed, left, problem })
    }

    /// The checkout, brought to a tree.
    fn ready(&mut self, tree: ObjectId, view: GitView) -> Result<(Workspace, Ready), Refusal> {
        let kept = self.checkout.take();
        let mut checkout = kept.map_or_else(|| self.take(tree), Ok)?;
        let env = self.site.private_env(self.setting, checkout.dir());
        let both = judge::Env { private: &env, user: self.setting.env };
        let spec = judge::spec(self.setting.control, self.planned, view, &both);
        // It costs next to nothing where the checkout is at the tree already.
        if self.holds != Some(tree) {
            self.blobs.store()?;
        }
        let began = Instant::now();
        self.setting
            .sink
            .emit(Event::CheckoutStarted { cold: checkout.is_cold() && !std::mem::replace(&mut self.begun, true) });
        let told = |command: &str| self.setting.sink.emit(Event::PrepareStarted { command: command.to_owned() });
        let updated = checkout.update_telling(&self.site.repo, tree, &spec, &told)?;
        self.notes.extend(updated.notices);
        let duration = began.elapsed();
        self.setting.sink.emit(Event::CheckoutReady { written: updated.written, duration });
        Ok((checkout, Ready { env, spec }))
    }

    fn take(&mut self, tree: ObjectId) -> Result<Workspace, Refusal> {
        let taken = self.site.pool.take(tree)?;
        let env = Site::step_env(self.setting);
        // Whoever had it before is dead or done; what a dead one left may still be writing in it.
        let found =
            run::recover(&self.setting.cache, (&env, self.setting.env), Some(taken.dir()), self.setting.control);
        self.notes.extend(found);
        Ok(taken)
    }

    fn settings(&self, dir: &Path, env: Vec<(OsString, OsString)>) -> run::Settings {
        run::Settings {
            run: format!("{}-fix", self.id),
            dir: dir.to_owned(),
            env,
            user_env: self.setting.env.to_vec(),
            // The checks of the same run have the same names.
            logs: self.site.logs(self.id).join("fix"),
            state: self.setting.cache.clone(),
            slots: self.slots,
            fail_fast: false,
            message: None,
        }
    }
}

pub(super) fn interrupted(signal: i32) -> Refusal {
    let told = format!("it was ended by signal {signal} while fixers ran: nothing was written");
    Refusal::new(RefusalKind::Interrupted(signal), Diagnostic::error("fix/interrupted", told))
}

/// A plan of one step: the fixer.
fn plan(check: &Check, command: &CommandLine, files: Vec<Input>, planned: &Planned) -> Plan {
    let takes_files = command.takes_files();
    let work =
        FileWork { total: files.len() as u64, pending: files, assumed: true, common: Digest::of(b"fix"), proved: None };
    let check = Check {
        work: command.clone().into(),
        fix: None,
        needs: BTreeSet::new(),
        after: BTreeSet::new(),
        // How long a check may be silent says nothing of its fixer, and what it has to clean up neither.
        idle_timeout: None,
        cleanup: None,
        retries: 0,
        ..check.clone()
    };
    let name = StepName::from(&check.name);
    let found = planned.plan.step(&name).map(|step| step.fingerprint.clone());
    let step = Step {
        elsewhere: [].into(),
        name,
        check: Arc::new(check),
        decision: Decision::Run,
        reasons: vec![Reason::Fresh],
        fingerprint: found.unwrap_or_else(|| crate::plan::Fingerprint::new(Vec::new())),
        base: None,
        files: takes_files.then_some(work),
        needs: BTreeSet::new(),
        after: BTreeSet::new(),
    };
    Plan { stage: planned.plan.stage, steps: vec![step], narrowed: true }
}

/// What is wrong with a fixer.
pub(super) struct Problem {
    pub(super) text: String,
    /// Whether it is worth telling although files were changed.
    pub(super) always: bool,
}

/// How it ended, what is wrong with it, and whether what it changed counts. Many exit with 1 because they changed
/// something.
fn judged(ended: &StepEnded, check: &Check) -> (Ended, Option<Problem>, bool) {
    let text = ended.note.clone();
    let problem = |always| {
        let how = match (ended.exit, ended.signal) {
            (_, Some(signal)) => format!("it was ended by signal {signal}"),
            (Some(code), None) => format!("it exited with {code} and changed nothing"),
            (None, None) => ended.outcome.to_string(),
        };
        let log = ended.log.as_ref().map_or_else(String::new, |log| format!("; log: {}", log.display()));
        Problem { text: text.clone().unwrap_or(how) + &log, always }
    };
    // Of several batches only the worst is told: one that failed may stand before one that was cut off.
    let length = ended.span.and_then(|(begin, end)| end.duration_since(begin).ok()).unwrap_or_default();
    match ended.outcome {
        Outcome::Passed | Outcome::Leaked | Outcome::Flaky | Outcome::Modified => (Ended::Done, None, true),
        Outcome::Failed if length >= check.timeout => (Ended::Cut, Some(problem(true)), false),
        Outcome::Failed if matches!(ended.exit, Some(126 | 127)) => (Ended::Done, Some(problem(true)), true),
        Outcome::Failed if ended.exit.is_some() => (Ended::Done, Some(problem(false)), true),
        // It never began, or broke down in the middle of something.
        Outcome::Failed => (Ended::Done, Some(problem(true)), false),
        Outcome::TimedOut | Outcome::Cancelled | Outcome::NotStarted => (Ended::Cut, Some(problem(true)), false),
    }
}

/// Tells of a fixer's run what is not said of it by the fixer's own events.
struct Told<'a>(&'a dyn Sink);

impl Sink for Told<'_> {
    fn emit(&self, event: Event) {
        if !matches!(event, Event::StepStarted { .. } | Event::StepRetried { .. } | Event::StepFinished { .. }) {
            self.0.emit(event);
        }
    }
}
