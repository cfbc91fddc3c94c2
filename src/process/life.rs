//! One process from its start until nothing of it is left.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use rustix::process::Pid;

use super::child::{Cause, Ending, Invocation, Limits, StartError};
use super::group::{self, Group};
use super::log::Log;
use super::mask::Mask;
use super::signals::Urgency;
use super::sweep::{self, Known, Question, Survivor};

/// Between TERM and KILL.
const GRACE: Duration = Duration::from_secs(2);

/// What ends by itself this soon after its parent has not outlived it.
const LINGER: Duration = Duration::from_millis(300);

/// How long dying may take after KILL.
const DYING: Duration = Duration::from_secs(5);

/// How often it is looked whether what was left is gone.
const POLL: Duration = Duration::from_millis(4);

/// A process.
pub(super) struct Life {
    mark: String,
    limits: Limits,
    secrets: Vec<Vec<u8>>,
    program: String,
    log: Log,
    child: Option<std::process::Child>,
    began: Instant,
    cause: Cause,
    /// When what does not heed TERM is ended, if it was told to end.
    kill_at: Option<Instant>,
    sweep: Option<Sweep>,
    trouble: Option<String>,
    unkept: Option<String>,
}

/// What is done about what a process left.
struct Sweep {
    /// Until then it may end by itself.
    grace: Instant,
    /// The processes that did not.
    outlived: Vec<Survivor>,
    /// Those that were told to end.
    told: Vec<Pid>,
    /// When it is given up.
    give_up: Instant,
    next_look: Instant,
    over: bool,
}

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Going,
    Over,
}

impl Life {
    /// A process that is about to be started.
    pub(super) fn new(mark: String, invocation: &Invocation) -> io::Result<Self> {
        Ok(Self {
            mark,
            limits: invocation.limits,
            secrets: invocation.secrets.clone(),
            program: invocation.program.to_string_lossy().into_owned(),
            log: Log::create(&invocation.log, invocation.limits.log_bytes)?,
            child: None,
            began: Instant::now(),
            cause: Cause::Exited,
            kill_at: None,
            sweep: None,
            trouble: None,
            unkept: None,
        })
    }

    pub(super) fn output(&self) -> &File {
        self.log.output()
    }

    /// Whether it is not running yet.
    pub(super) fn is_starting(&self) -> bool {
        self.child.is_none()
    }

    /// What is needed to tell its descendants from those of others.
    pub(super) fn known(&self) -> Known {
        Known { mark: self.mark.clone(), pid: self.group().map(|group| group.0) }
    }

    fn group(&self) -> Option<Group> {
        self.child.as_ref().and_then(Group::of)
    }

    /// It is running now; it may have been told to end before that.
    pub(super) fn started(&mut self, child: std::process::Child, now: Instant) {
        self.child = Some(child);
        self.began = now;
        if let Some(kill_at) = self.kill_at {
            let urgency = if kill_at <= now { Urgency::AtOnce } else { Urgency::Gently };
            self.signal(urgency);
        }
    }

    /// Tells it to end. The first cause counts; a second word only makes it quicker.
    pub(super) fn stop(&mut self, cause: Cause, urgency: Urgency, now: Instant) {
        if let (Some(sweep), None) = (&mut self.sweep, self.kill_at) {
            // It had ended by itself; what it left has had its time.
            sweep.grace = sweep.grace.min(now);
            return;
        }
        if self.kill_at.is_none() {
            self.cause = cause;
        }
        let kill_at = if urgency == Urgency::AtOnce { now } else { now + GRACE };
        let kill_at = self.kill_at.map_or(kill_at, |known| known.min(kill_at));
        self.kill_at = Some(kill_at);
        match &mut self.sweep {
            Some(sweep) => sweep.grace = sweep.grace.min(kill_at),
            None => self.signal(urgency),
        }
    }

    fn signal(&self, urgency: Urgency) {
        match (self.group(), urgency) {
            (Some(group), Urgency::Gently) => group.terminate(),
            (Some(group), Urgency::AtOnce) => group.kill(),
            (None, _) => {}
        }
    }

    /// It was stopped by the terminal, from which it would never get an answer.
    pub(super) fn wants_terminal(&mut self, now: Instant) {
        let text = "it asked for input on the terminal, where no check is answered";
        self.trouble.get_or_insert(text.to_owned());
        self.stop(Cause::Stopped, Urgency::Gently, now);
    }

    /// The process itself has ended. Its id stays its own until it is reaped, in [`Self::finish`].
    pub(super) fn ended(&mut self, now: Instant) {
        let grace = self.kill_at.unwrap_or(now + LINGER);
        let give_up = grace.max(now) + DYING;
        self.sweep =
            Some(Sweep { grace, outlived: Vec::new(), told: Vec::new(), give_up, next_look: now, over: false });
    }

    /// The next moment at which something must be done about it, if nothing happens before.
    pub(super) fn next_moment(&self) -> Option<Instant> {
        match &self.sweep {
            Some(sweep) => Some(sweep.next_look),
            None => match self.kill_at {
                Some(kill_at) => Some(kill_at),
                None => [self.deadline(), self.idle_deadline()].into_iter().flatten().min(),
            },
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.limits.timeout.and_then(|limit| self.began.checked_add(limit))
    }

    fn idle_deadline(&self) -> Option<Instant> {
        self.limits.idle.and_then(|limit| self.began.max(self.log.changed()).checked_add(limit))
    }

    /// Looks after it. `known` are all processes of the same supervisor, and `prefix` begins their marks.
    pub(super) fn look(&mut self, now: Instant, (prefix, known): (&str, &[Known])) -> Step {
        if let Err(error) = self.log.look(now) {
            self.unkept.get_or_insert(format!("its log can't be kept within bounds: {error}"));
            self.stop(Cause::Stopped, Urgency::AtOnce, now);
        }
        if self.sweep.is_some() {
            return self.sweep(now, (prefix, known));
        }
        let is_over = |moment: Option<Instant>| moment.is_some_and(|moment| now >= moment);
        if self.kill_at.is_some() {
            if is_over(self.kill_at) {
                self.signal(Urgency::AtOnce);
                // It dies as soon as the system lets it.
                self.kill_at = Some(now + DYING);
            }
        } else if is_over(self.deadline()) {
            self.stop(Cause::TimedOut, Urgency::Gently, now);
        } else if is_over(self.idle_deadline()) {
            self.stop(Cause::Idle, Urgency::Gently, now);
        }
        Step::Going
    }

    fn sweep(&mut self, now: Instant, (prefix, known): (&str, &[Known])) -> Step {
        let (Some(group), Some(sweep)) = (self.group(), &mut self.sweep) else { return Step::Over };
        let left = sweep::survivors(&Question { group, mark: &self.mark, prefix, known });
        sweep.told.iter().for_each(|pid| sweep::reap(*pid));
        sweep.over = left.is_empty();
        if sweep.over || now >= sweep.give_up {
            // Those of the group that are being born while it is looked at.
            group.kill();
            return Step::Over;
        }
        sweep.next_look = now + POLL;
        let ended = now >= sweep.grace;
        for survivor in &left {
            if ended {
                group::kill(survivor.pid);
            } else if self.kill_at.is_some() && !sweep.told.contains(&survivor.pid) {
                group::terminate(survivor.pid);
            }
            if (ended || self.kill_at.is_some()) && !sweep.told.contains(&survivor.pid) {
                sweep.told.push(survivor.pid);
            }
        }
        if ended {
            group.kill();
            let new = left.into_iter().filter(|one| !sweep.outlived.iter().any(|known| known.pid == one.pid));
            let new: Vec<Survivor> = new.collect();
            sweep.outlived.extend(new);
        }
        Step::Going
    }

    /// Reaps it and brings its log into the form that stays. Nothing if it was never started.
    pub(super) fn finish(self) -> Option<Result<Ending, StartError>> {
        let mut child = self.child?;
        let status = match child.wait() {
            Ok(status) => status,
            Err(source) => return Some(Err(StartError::Refused { program: self.program, source })),
        };
        let (mut trouble, mut unkept) = (self.trouble, self.unkept);
        let mask = Mask::new(&self.secrets);
        let short = status.signal().is_some() || self.cause != Cause::Exited;
        if let Err(error) = self.log.finish(&mask, short) {
            unkept.get_or_insert(format!("its log could not be kept: {error}"));
        }
        let (outlived, over) = self.sweep.map_or((Vec::new(), true), |sweep| (sweep.outlived, sweep.over));
        if !over {
            let names: Vec<String> = outlived.iter().map(|one| mask.text(&one.name)).collect();
            trouble.get_or_insert(format!("it left processes that could not be ended: {}", names.join(", ")));
        }
        let outlived = if self.cause == Cause::Exited { outlived } else { Vec::new() };
        let outlived = outlived.into_iter().map(|one| mask.text(&one.name)).collect();
        Some(Ok(Ending { status, cause: self.cause, outlived, trouble, unkept }))
    }

    /// Ends it at once, without looking for what left its group.
    pub(super) fn abandon(self) {
        if let Some(group) = self.group() {
            group.kill();
        }
        if let Some(mut child) = self.child {
            let _status = child.wait();
        }
        let _gone = self.log.finish(&Mask::new(&self.secrets), true);
    }
}
