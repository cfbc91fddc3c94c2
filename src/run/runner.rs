//! Runs a plan: starts what the schedule says, hears what happens to it, and answers for every step once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant, SystemTime};

use super::junit::Writers;
use super::lifecycle::{Active, Finished, Spare};
use super::locks::{Held, Locks};
use super::names::file_name;
use super::prepared::Prepared;
use super::recover::Notes;
use super::schedule::{Order, Schedule, Start};
use super::scratch::Scratch;
use super::settings::Settings;
use super::tasks::tasks;
use super::trouble::unstarted;
use crate::check::{Ended, History};
use crate::check::{Outcome, StepName};
use crate::event::{Event, Sink};
use crate::plan::{Plan, Step};
use crate::process::{Control, Ending, Happening, Jobserver, ProcessId, StartError, Supervisor, Urgency};

/// How often a lock that another run holds is tried again.
const LOCK_POLL: Duration = Duration::from_millis(50);

/// Runs every step of a plan that is to run, and gives how each ended, in the plan's order.
///
/// `history` says what is known of earlier runs of a step. The run ends early when `control` is told so. Everything that
/// a step starts is gone when this returns.
pub fn run(
    plan: &Plan,
    settings: &Settings,
    history: &dyn Fn(&StepName) -> History,
    control: &Control,
    sink: &dyn Sink,
) -> Vec<Ended> {
    let mut runner = Runner::new(plan, settings, history, control, sink);
    runner.run();
    std::mem::take(&mut runner.ended).into_values().collect()
}

struct Runner<'a> {
    settings: &'a Settings,
    control: &'a Control,
    sink: &'a dyn Sink,
    /// The steps that run; the schedule's tasks have the same places.
    steps: Vec<&'a Step>,
    /// What each step starts with, or why it can't; taken when it starts.
    prepared: Vec<Option<Result<Prepared, String>>>,
    schedule: Schedule,
    supervisor: Supervisor<'a>,
    locks: Locks,
    notes: Result<Notes, String>,
    jobserver: Option<Jobserver>,
    active: BTreeMap<usize, Active<'a>>,
    owners: BTreeMap<ProcessId, usize>,
    ended: BTreeMap<usize, Ended>,
    cancelled: bool,
    /// Steps that were said to wait for a lock of another run.
    said: BTreeSet<usize>,
    /// What steps have left for others.
    spares: Vec<Spare>,
    /// Steps that ended and wrote JUnit files.
    writers: Writers,
}

impl Drop for Runner<'_> {
    fn drop(&mut self) {
        for log in self.spares.iter().filter_map(|spare| spare.log.as_ref()) {
            // What stays is empty, and goes with the run's other logs.
            let _stays = fs_err::remove_file(log);
        }
    }
}

/// Why a step has no process.
enum Unstarted {
    /// Its command makes none.
    Command(String),
    /// The machine does not let gate work: nothing is known of the step.
    Machine(String),
}

impl<'a> Runner<'a> {
    fn new(
        plan: &'a Plan,
        settings: &'a Settings,
        history: &dyn Fn(&StepName) -> History,
        control: &'a Control,
        sink: &'a dyn Sink,
    ) -> Self {
        let steps: Vec<&Step> = plan.running().collect();
        let slots = settings.slots.get();
        // A run on one slot has one step at a time, which may use the whole machine. Without a pipe each does.
        let jobserver = (slots > 1 && steps.len() > 1).then(|| Jobserver::new(slots).ok()).flatten();
        let prepared: Vec<_> =
            steps.iter().map(|step| Some(Prepared::new(step, settings, jobserver.as_ref()))).collect();
        let mut list = tasks(plan, &steps, history);
        for (task, prepared) in list.iter_mut().zip(&prepared) {
            task.parts = prepared.as_ref().and_then(|p| p.as_ref().ok()).map_or(1, |p| p.batches.len());
        }
        let order = if settings.fail_fast { Order::LikeliestFailure } else { Order::LongestChain };
        let ready = fs_err::create_dir_all(&settings.logs).and_then(|()| Notes::begin(&settings.state, &settings.run));
        Self {
            settings,
            control,
            sink,
            steps,
            prepared,
            schedule: Schedule::new(list, slots, order),
            supervisor: Supervisor::new(file_name(&settings.run), control),
            locks: Locks::below(&settings.state),
            notes: ready.map_err(|error| unstarted(&error)),
            jobserver,
            active: BTreeMap::new(),
            owners: BTreeMap::new(),
            ended: BTreeMap::new(),
            cancelled: false,
            said: BTreeSet::new(),
            spares: Vec::new(),
            writers: Writers::default(),
        }
    }

    fn run(&mut self) {
        if let Some(urgency) = self.control.urgency() {
            self.told(urgency);
        }
        loop {
            for task in self.schedule.end_hopeless() {
                let why = self.what_it_lacks(task);
                self.never_started(task, &why);
            }
            let wake = self.start_ready().then(|| Instant::now() + LOCK_POLL);
            if self.schedule.is_over() {
                return;
            }
            if self.schedule.is_stuck() {
                self.end_waiting("it waits for itself");
                continue;
            }
            match self.supervisor.next(wake) {
                Happening::Started { id, pid } => self.note_process(id, pid),
                Happening::Ended { id, ending } => self.process_ended(id, ending),
                Happening::Told(urgency) => self.told(urgency),
                Happening::Woken => {}
            }
        }
    }

    /// Starts what can start now; gives whether a step waits for a lock of another run.
    fn start_ready(&mut self) -> bool {
        let mut held: BTreeMap<usize, Held> = BTreeMap::new();
        let mut busy = BTreeSet::new();
        let mut broken: BTreeMap<usize, String> = BTreeMap::new();
        loop {
            let (steps, locks) = (&self.steps, &self.locks);
            let next = self.schedule.next(&mut |task| match locks.try_take(&steps[task].check.locks) {
                Ok(Some(taken)) => held.insert(task, taken).is_none(),
                Ok(None) => {
                    busy.insert(task);
                    false
                }
                Err(error) => broken.insert(task, unstarted(&error)).is_none(),
            });
            match next {
                Some(Start { task, first: true }) => {
                    let lock = broken.remove(&task).map_or_else(|| Ok(held.remove(&task).unwrap_or_default()), Err);
                    self.begin(task, lock);
                }
                Some(Start { task, first: false }) => self.start_part(task),
                None => break,
            }
        }
        for task in &busy {
            if self.said.insert(*task) {
                let text = format!("'{}' waits for a lock that another run holds", self.steps[*task].name);
                self.sink.emit(Event::Notice { text });
            }
        }
        !busy.is_empty()
    }

    fn begin(&mut self, task: usize, lock: Result<Held, String>) {
        let step = self.steps[task];
        self.sink.emit(Event::StepStarted { step: step.name.clone(), attempt: 1 });
        match self.activate(task, step, lock) {
            Ok(active) if active.is_attempt_over() => {
                self.active.insert(task, active);
                self.schedule.end_part(task);
                self.conclude(task);
            }
            Ok(active) => {
                self.active.insert(task, active);
                self.start_part(task);
            }
            Err(Unstarted::Machine(note)) => {
                self.schedule.end_part(task);
                self.answer(task, Ended::never(&step.name, note), Duration::ZERO);
            }
            Err(Unstarted::Command(note)) => {
                self.schedule.end_part(task);
                let now = std::time::SystemTime::now();
                let failed = Ended { outcome: Outcome::Failed, attempts: 1, ..Ended::never(&step.name, note) };
                self.answer(task, Ended { span: Some((now, now)), ..failed }, Duration::ZERO);
            }
        }
    }

    fn activate(&mut self, task: usize, step: &'a Step, lock: Result<Held, String>) -> Result<Active<'a>, Unstarted> {
        let machine = |error: std::io::Error| Unstarted::Machine(unstarted(&error));
        let prepared = self.prepared[task].take().unwrap_or_else(|| Err("it was started before".to_owned()));
        let prepared = prepared.map_err(Unstarted::Command)?;
        let (lock, spare) = (lock.map_err(Unstarted::Machine)?, self.spares.pop().unwrap_or_default());
        let mut active = Active::begin(step, prepared, lock, self.settings, spare).map_err(machine)?;
        let notes = self.notes.as_mut().map_err(|error| Unstarted::Machine(error.clone()))?;
        notes.began(active.note()).map_err(machine)?;
        if let Err(error) = active.make_scratch() {
            // A note that stays costs the next run one look.
            let _stays = notes.ended(step.name.as_str(), None);
            return Err(machine(error));
        }
        Ok(active)
    }

    fn start_part(&mut self, task: usize) {
        let Some(active) = self.active.get_mut(&task) else { return };
        if let Some((part, invocation)) = active.next_part() {
            let id = self.supervisor.start(invocation);
            active.started(id, part);
            self.owners.insert(id, task);
        }
    }

    fn note_process(&mut self, id: ProcessId, pid: u32) {
        let Some(task) = self.owners.get(&id) else { return };
        if let Ok(notes) = &mut self.notes
            && let Err(error) = notes.process(self.steps[*task].name.as_str(), pid)
        {
            // Only a run that is killed would have used it.
            self.sink.emit(Event::Notice { text: format!("what runs can't be noted: {error}") });
        }
    }

    fn process_ended(&mut self, id: ProcessId, ending: Result<Ending, StartError>) {
        let Some(task) = self.owners.remove(&id) else { return };
        let Some(active) = self.active.get_mut(&task) else { return };
        if active.cleaned(id, &ending) {
            self.attempt_over(task);
            return;
        }
        let last = active.is_last_attempt();
        let end = active.ended(id, ending);
        let failed = end.is_some_and(|end| is_failure(end.outcome) && (last || !end.worth_retrying));
        let over = active.is_attempt_over();
        self.schedule.end_part(task);
        if over {
            self.clean_up(task);
        }
        if failed {
            self.fail_fast(task);
        }
    }

    fn clean_up(&mut self, task: usize) {
        let Some(active) = self.active.get_mut(&task) else { return };
        match active.cleanup() {
            Some(invocation) => {
                let id = self.supervisor.start(invocation);
                active.cleaning(id);
                self.owners.insert(id, task);
            }
            None => self.attempt_over(task),
        }
    }

    fn attempt_over(&mut self, task: usize) {
        let Some(active) = self.active.get_mut(&task) else { return };
        let failed_attempt = active.attempt();
        let again = if self.cancelled { None } else { active.retry() };
        let Some((outcome, parts)) = again else { return self.conclude(task) };
        let step = active.step().name.clone();
        self.schedule.again(task, parts);
        self.sink.emit(Event::StepRetried { step: step.clone(), attempt: failed_attempt, outcome });
        self.sink.emit(Event::StepStarted { step, attempt: failed_attempt + 1 });
    }

    fn conclude(&mut self, task: usize) {
        let Some(active) = self.active.remove(&task) else { return };
        let scope = active.junit().cloned();
        let meanwhile = self.writers.since(active.began()).chain(self.active.values().filter_map(Active::junit));
        let Finished { ended, duration, spare } = active.finish(meanwhile);
        if let Some(scope) = scope {
            self.writers.ended(scope, SystemTime::now());
        }
        if let Ok(notes) = &mut self.notes {
            // A note that stays costs the next run a second cleaning up.
            let _stays = notes.ended(ended.step.as_str(), spare.folder.as_ref().map(Scratch::path));
        }
        self.spares.push(spare);
        self.answer(task, ended, duration);
        if self.supervisor.running() == 0
            && let Some(jobserver) = &mut self.jobserver
        {
            // Without the tokens that killed processes took along, the next ones run with fewer jobs.
            let _fewer = jobserver.refill();
        }
    }

    /// The one answer for a step that had begun.
    fn answer(&mut self, task: usize, ended: Ended, duration: Duration) {
        let outcome = ended.outcome;
        self.schedule.end(task, outcome.lets_dependents_start());
        self.sink.emit(ended.event(duration));
        self.ended.insert(task, ended);
        if is_failure(outcome) {
            self.fail_fast(task);
        }
    }

    fn never_started(&mut self, task: usize, why: &str) {
        let ended = Ended::never(&self.steps[task].name, why.to_owned());
        self.sink.emit(ended.event(Duration::ZERO));
        self.ended.insert(task, ended);
    }

    /// Why a task whose needs did not all pass can't start.
    fn what_it_lacks(&self, task: usize) -> String {
        let names: Vec<&str> = self.schedule.failed_needs(task).map(|need| self.steps[need].name.as_str()).collect();
        match names.as_slice() {
            [] => "something that it needs did not pass".to_owned(),
            names => format!("it needs {}, which did not pass", names.join(" and ")),
        }
    }

    fn end_waiting(&mut self, why: &str) {
        for task in self.schedule.cancel() {
            self.never_started(task, why);
        }
    }

    fn fail_fast(&mut self, task: usize) {
        if self.settings.fail_fast && self.steps[task].check.blocks() {
            self.cancel("fail-fast");
        }
    }

    fn told(&mut self, urgency: Urgency) {
        self.cancel(self.control.signal_name().unwrap_or("a signal"));
        if urgency == Urgency::AtOnce {
            self.owners.keys().for_each(|id| self.supervisor.stop(*id, urgency));
        }
    }

    /// Ends the run: what runs is stopped and cleaned up after, and nothing else starts.
    fn cancel(&mut self, cause: &str) {
        if self.cancelled {
            return;
        }
        self.cancelled = true;
        self.sink.emit(Event::Cancelling { cause: cause.to_owned() });
        self.end_waiting("the run was ended first");
        for active in self.active.values_mut() {
            active.cancel();
            active.processes().for_each(|id| self.supervisor.stop(id, Urgency::Gently));
        }
        let idle: Vec<usize> =
            self.active.iter().filter(|(_, active)| active.is_attempt_over()).map(|(task, _)| *task).collect();
        for task in idle {
            // It was between two attempts, and cleaned up after the first.
            self.conclude(task);
        }
    }
}

fn is_failure(outcome: Outcome) -> bool {
    !outcome.lets_dependents_start() && !matches!(outcome, Outcome::Cancelled | Outcome::NotStarted)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::num::NonZeroUsize;
    use std::path::Path;
    use std::sync::Mutex;

    use Outcome::{Cancelled, Failed, Flaky, Leaked, NotStarted, Passed, TimedOut};

    use super::*;
    use crate::path::{Mode, RepoPath};
    use crate::plan::{Check, CommandLine, Decision, FileWork, Input};
    use crate::run::testing::{check, plan, step};

    /// A sink that keeps events, and may do something about them.
    struct Kept<'a>(Mutex<Vec<Event>>, &'a (dyn Fn(&Event) + Sync));

    impl Sink for Kept<'_> {
        fn emit(&self, event: Event) {
            (self.1)(&event);
            self.0.lock().unwrap().push(event);
        }
    }

    /// A folder to run in, and what came of it.
    struct Ground {
        dir: tempfile::TempDir,
        control: Control,
    }

    struct Ran {
        ended: Vec<Ended>,
        events: Vec<Event>,
    }

    impl Ground {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            fs_err::create_dir(dir.path().join("tree")).unwrap();
            Self { dir, control: Control::new() }
        }

        fn tree(&self) -> std::path::PathBuf {
            self.dir.path().join("tree")
        }

        fn read(&self, name: &str) -> String {
            fs_err::read_to_string(self.tree().join(name)).unwrap_or_default()
        }

        fn settings(&self, run: &str, slots: usize) -> Settings {
            let env: Vec<(OsString, OsString)> = vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())];
            let mut user_env = env.clone();
            user_env.push(("TOKEN".into(), "sesame-open".into()));
            Settings {
                run: format!("{run}-{}", self.dir.path().display()),
                dir: self.tree(),
                env,
                user_env,
                logs: self.dir.path().join("logs").join(run),
                state: self.dir.path().join("state"),
                slots: NonZeroUsize::new(slots).unwrap(),
                fail_fast: false,
                message: None,
            }
        }

        fn run(&self, steps: Vec<Step>) -> Ran {
            self.run_with(steps, &self.settings("run", 2), &|_| {})
        }

        fn run_with(&self, steps: Vec<Step>, settings: &Settings, react: &(dyn Fn(&Event) + Sync)) -> Ran {
            let sink = Kept(Mutex::new(Vec::new()), react);
            let plan = plan(steps);
            let ended = run(&plan, settings, &|_| History::default(), &self.control, &sink);
            let names: Vec<&str> = ended.iter().map(|ended| ended.step.as_str()).collect();
            let running: Vec<&str> = plan.running().map(|step| step.name.as_str()).collect();
            assert_eq!(names, running, "every step that runs is answered for once");
            let ran = Ran { ended, events: sink.0.into_inner().unwrap() };
            for ended in &ran.ended {
                let finished =
                    |event: &&Event| matches!(event, Event::StepFinished { step, .. } if *step == ended.step);
                assert_eq!(ran.events.iter().filter(finished).count(), 1, "{}", ended.step);
            }
            assert_eq!(fs_err::read_dir(settings.state.join("runs")).unwrap().count(), 0, "no notes are left");
            ran
        }
    }

    impl Ran {
        fn of(&self, name: &str) -> &Ended {
            self.ended.iter().find(|ended| ended.step.as_str() == name).unwrap()
        }

        fn outcome(&self, name: &str) -> Outcome {
            self.of(name).outcome
        }

        fn note(&self, name: &str) -> &str {
            self.of(name).note.as_deref().unwrap_or_default()
        }

        fn log(&self, name: &str) -> String {
            self.of(name).log.as_ref().map(|log| fs_err::read_to_string(log).unwrap()).unwrap_or_default()
        }
    }

    fn shell(name: &str, line: &str) -> Step {
        step(Check { work: CommandLine::Shell(line.into()).into(), ..check(name) })
    }

    fn with(mut step: Step, change: impl FnOnce(&mut Check)) -> Step {
        let mut check = (*step.check).clone();
        change(&mut check);
        step.check = check.into();
        step
    }

    fn with_files(step: Step, names: &[&[u8]]) -> Step {
        let id = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391".parse().unwrap();
        let input = |name: &&[u8]| Input { path: RepoPath::new(*name), mode: Mode::File, id, through: false };
        let pending: Vec<Input> = names.iter().map(input).collect();
        Step {
            files: Some(FileWork {
                total: pending.len() as u64,
                pending,
                assumed: false,
                common: crate::plan::Fingerprint::new(Vec::new()).digest(),
                proved: None,
            }),
            ..step
        }
    }

    #[track_caller]
    fn assert_gone(file: &Path) {
        let pid: i32 = fs_err::read_to_string(file).unwrap().trim().parse().unwrap();
        // `kill -0` of the shell, since only `process` may ask the system itself.
        let asked = crate::process::Program::new("sh").args(["-c", &format!("kill -0 {pid}")]).run().unwrap();
        assert!(!asked.status.success(), "{pid} is alive");
    }

    #[test]
    fn steps_end_as_they_end() {
        let ground = Ground::new();
        let ran = ground.run(vec![
            shell("pass", "echo fine"),
            shell("fail", "echo bad >&2; exit 3"),
            shell("crash", "kill -SEGV $$"),
            shell("leak", "sleep 1000 & echo $! >child"),
            with(shell("slow", "sleep 1000"), |check| check.timeout = Duration::from_millis(200)),
            with(shell("silent", "sleep 1000"), |check| check.idle_timeout = Some(Duration::from_millis(200))),
            shell("missing", "no-such-program-here"),
            step(Check { work: CommandLine::Words(vec!["no-such-program".into()]).into(), ..check("absent") }),
            step(Check { work: CommandLine::Words(Vec::new()).into(), ..check("empty") }),
        ]);
        let found: Vec<Outcome> = ran.ended.iter().map(|ended| ended.outcome).collect();
        assert_eq!(found, [Passed, Failed, Failed, Leaked, TimedOut, TimedOut, Failed, Failed, Failed]);
        assert_eq!((ran.log("pass").as_str(), ran.log("fail").as_str()), ("fine\n", "bad\n"));
        assert_eq!((ran.of("fail").exit, ran.of("crash").signal, ran.of("pass").attempts), (Some(3), Some(11), 1));
        assert!(ran.note("leak").contains("outlived it"), "{}", ran.note("leak"));
        assert_eq!(ran.note("slow"), "it took longer than 200ms");
        assert_eq!(ran.note("missing"), "can't start 'no-such-program-here': no such program");
        assert_eq!(ran.note("absent"), "'no-such-program' is in no folder of PATH");
        assert_eq!(ran.note("empty"), "its command is empty");
        assert_eq!(ran.of("crash").log, None, "it wrote nothing");
        assert_gone(&ground.tree().join("child"));
    }

    #[test]
    fn what_needs_a_failure_does_not_start_and_what_comes_after_one_does() {
        let ground = Ground::new();
        let fail = shell("fail", "exit 1");
        let user = Step { needs: [fail.name.clone()].into(), ..shell("user", "echo >user") };
        let indirect = Step { needs: [user.name.clone()].into(), ..shell("indirect", "echo >indirect") };
        let later = Step { after: [fail.name.clone(), user.name.clone()].into(), ..shell("later", "echo >later") };
        let reused = Step { decision: Decision::Reuse, ..shell("reused", "echo >reused") };
        let on_reused = Step { needs: [reused.name.clone()].into(), ..shell("on-reused", "true") };
        let ran = ground.run(vec![fail, user, indirect, later, reused, on_reused]);
        let outcomes = ["user", "indirect", "later", "on-reused"].map(|name| ran.outcome(name));
        assert_eq!(outcomes, [NotStarted, NotStarted, Passed, Passed]);
        assert_eq!((ran.of("user").attempts, ran.of("user").span), (0, None));
        let files = ["user", "indirect", "reused"].map(|name| ground.tree().join(name).exists());
        assert_eq!(files, [false; 3]);
    }

    #[test]
    fn a_pass_on_a_retry_is_flaky_and_its_log_holds_both() {
        let ground = Ground::new();
        let line = "echo try; if [ -e tried ]; then exit 0; fi; touch tried; exit 1";
        let retried = |name: &str, line: &str| with(shell(name, line), |check| check.retries = 2);
        let ran =
            ground.run(vec![retried("flaky", line), retried("bad", "exit 7"), retried("absent", "exec nothing-here")]);
        assert_eq!((ran.outcome("flaky"), ran.of("flaky").attempts), (Flaky, 2));
        assert_eq!(ran.log("flaky"), "try\n[gate: attempt 2]\ntry\n");
        assert_eq!((ran.outcome("bad"), ran.of("bad").attempts, ran.of("bad").exit), (Failed, 3, Some(7)));
        let again = |event: &&Event| matches!(event, Event::StepRetried { step, .. } if step.as_str() == "bad");
        assert_eq!(ran.events.iter().filter(again).count(), 2);
    }

    #[test]
    fn cleanup_follows_every_end() {
        let ground = Ground::new();
        let cleaned = |name: &str, line: &str| {
            let cleanup = CommandLine::Shell("echo $GATE_STEP >>cleaned; echo tidy".into());
            with(shell(name, line), |check| check.cleanup = Some(cleanup))
        };
        let slow = with(cleaned("slow", "sleep 1000"), |check| check.timeout = Duration::from_millis(100));
        let retried = with(cleaned("retried", "echo x; exit 1"), |check| check.retries = 1);
        let broken = with(shell("broken", "true"), |check| check.cleanup = Some(CommandLine::Shell("exit 9".into())));
        let ran = ground.run(vec![cleaned("pass", "true"), slow, retried, broken]);
        let cleaned = ground.read("cleaned");
        let mut names: Vec<&str> = cleaned.lines().collect();
        names.sort_unstable();
        assert_eq!(names, ["pass", "retried", "retried", "slow"]);
        assert_eq!(ran.log("retried"), "x\n[gate: cleanup]\ntidy\n[gate: attempt 2]\nx\n[gate: cleanup]\ntidy\n");
        assert_eq!((ran.outcome("broken"), ran.note("broken")), (Passed, "its cleanup failed: exit status: 9"));
    }

    #[test]
    fn secrets_and_temporary_files_are_gone_and_the_environment_is_its_own() {
        let ground = Ground::new();
        let line = "echo $TOKEN $GATE_STEP; echo $TMPDIR >where; touch $TMPDIR/x; [ -z \"$HOME\" ]";
        let secret = with(shell("secret", line), |check| check.pass_env = vec!["TOKEN".into()]);
        let ran = ground.run(vec![secret, shell("other", "echo ${TOKEN-none} $CARGO_MAKEFLAGS")]);
        assert_eq!(ran.log("secret"), "*** secret\n");
        assert!(ran.log("other").starts_with("none -j --jobserver-fds="), "{}", ran.log("other"));
        assert!(!Path::new(ground.read("where").trim()).exists());
    }

    #[test]
    fn hostile_names_reach_the_command_as_they_are() {
        let ground = Ground::new();
        let names: [&[u8]; 9] =
            [b"-rf", b"a b", b"a\nb", b"$(touch pwned)", b"'q\"", b"back\\slash", b"caf\xe9", b"*", b"~"];
        for name in names {
            fs_err::write(ground.tree().join(RepoPath::new(name).as_path()), name).unwrap();
        }
        let line = r#"for f in {files}; do cat -- "$f"; printf '|'; done"#;
        let words = ["sh", "-c", r#"for f; do cat "$f"; printf '|'; done"#, "x", "{files}"].map(str::to_owned).to_vec();
        let words = step(Check { work: CommandLine::Words(words).into(), ..check("words") });
        let ran = ground.run(vec![with_files(shell("shell", line), &names), with_files(words, &names)]);
        let expected: Vec<u8> = names.iter().flat_map(|name| [name, &b"|"[..]].concat()).collect();
        for name in ["shell", "words"] {
            let log = fs_err::read(ran.of(name).log.as_ref().unwrap()).unwrap();
            assert_eq!(bstr::BString::from(log), bstr::BString::from(expected.clone()), "{name}");
            assert_eq!((ran.outcome(name), ran.of(name).passed_files.len()), (Passed, 9));
        }
        assert!(!ground.tree().join("pwned").exists());
    }

    #[test]
    fn a_failing_batch_fails_its_step_and_takes_no_other_along() {
        let ground = Ground::new();
        let names: Vec<String> = (0..64).map(|n| format!("f{n:02}")).collect();
        let bytes: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
        let line = "echo {files}; for f in {files}; do [ $f != f40 ] || exit 5; done";
        let step = with_files(shell("files", line), &bytes);
        let ran = ground.run_with(vec![step], &ground.settings("run", 4), &|_| {});
        assert_eq!((ran.outcome("files"), ran.of("files").exit), (Failed, Some(5)));
        let passed: Vec<String> = ran.of("files").passed_files.iter().map(ToString::to_string).collect();
        assert_eq!(passed, [&names[..32], &names[48..]].concat(), "all but the third of four batches");
        assert_eq!(ran.log("files").split_whitespace().collect::<Vec<_>>(), names, "in order");
        let started = ran.events.iter().filter(|event| matches!(event, Event::StepStarted { .. })).count();
        assert_eq!(started, 1);
    }

    #[test]
    fn a_signal_ends_the_run() {
        let ground = Ground::new();
        let line = "trap 'echo bye; exit 0' TERM; echo up >up; while :; do sleep 0.01; done";
        let steps = vec![
            with(shell("runs", line), |check| check.cleanup = Some(CommandLine::Shell("touch cleaned".into()))),
            shell("quick", "while ! [ -s up ]; do sleep 0.01; done"),
            Step { after: [shell("runs", "").name].into(), ..shell("waits", "touch waits") },
        ];
        let react = |event: &Event| {
            if matches!(event, Event::StepFinished { step, .. } if step.as_str() == "quick") {
                ground.control.tell(15);
            }
        };
        let ran = ground.run_with(steps, &ground.settings("run", 2), &react);
        let outcomes = ["runs", "quick", "waits"].map(|name| ran.outcome(name));
        assert_eq!(outcomes, [Cancelled, Passed, NotStarted]);
        assert!(ran.events.contains(&Event::Cancelling { cause: "SIGTERM".into() }));
        assert!(ran.log("runs").contains("bye\n") && ground.tree().join("cleaned").exists());
        let again = ground.run_with(vec![shell("late", "touch late")], &ground.settings("again", 2), &|_| {});
        assert_eq!(again.outcome("late"), NotStarted, "a run that begins after the signal starts nothing");
    }

    #[test]
    fn the_second_signal_waits_for_nobody() {
        let ground = Ground::new();
        let line = "trap '' TERM; echo $$ >pid; touch up; while :; do sleep 0.01; done";
        let steps = vec![shell("deaf", line), shell("quick", "while ! [ -e up ]; do sleep 0.01; done")];
        let react = |event: &Event| {
            if matches!(event, Event::StepFinished { step, .. } if step.as_str() == "quick") {
                ground.control.tell(2);
                ground.control.tell(2);
            }
        };
        let ran = ground.run_with(steps, &ground.settings("run", 2), &react);
        assert_eq!((ran.outcome("deaf"), ran.of("deaf").signal), (Cancelled, Some(9)));
        assert_gone(&ground.tree().join("pid"));
    }

    #[test]
    fn fail_fast_ends_the_run_at_a_required_failure_only() {
        let ground = Ground::new();
        let settings = Settings { fail_fast: true, ..ground.settings("run", 2) };
        let optional = with(shell("a-optional", "exit 1"), |check| check.required = false);
        let fail = Step {
            after: [optional.name.clone()].into(),
            ..shell("b-fail", "while ! [ -s pid ]; do sleep 0.01; done; exit 1")
        };
        let sibling =
            Step { after: [optional.name.clone()].into(), ..shell("c-sibling", "echo $$ >pid; exec sleep 1000") };
        let waits = Step { after: [fail.name.clone()].into(), ..shell("d-waits", "true") };
        let ran = ground.run_with(vec![optional, fail, sibling, waits], &settings, &|_| {});
        let outcomes: Vec<Outcome> = ran.ended.iter().map(|ended| ended.outcome).collect();
        assert_eq!(outcomes, [Failed, Failed, Cancelled, NotStarted]);
        assert_gone(&ground.tree().join("pid"));
    }

    #[test]
    fn locks_hold_between_runs() {
        let ground = Ground::new();
        // Each run sees whether the other one is inside.
        let line = "mkdir inside && sleep 0.05 && rmdir inside";
        let locked = || with(shell("locked", line), |check| check.locks = ["a/b".to_owned()].into());
        let free = || shell("free", "true");
        std::thread::scope(|scope| {
            let one = |n: usize| {
                let settings = ground.settings(&format!("run{n}"), 1);
                let plan = plan(vec![locked(), free()]);
                run(&plan, &settings, &|_| History::default(), &ground.control, &crate::event::Silent)
            };
            let runs: Vec<_> = (0..4).map(|n| scope.spawn(move || one(n))).collect();
            for ended in runs.into_iter().flat_map(|run| run.join().unwrap()) {
                assert_eq!(ended.outcome, Passed, "{ended:?}");
            }
        });
    }

    #[test]
    fn many_steps_at_once_all_end_right() {
        let ground = Ground::new();
        let steps = (0..100).map(|n| {
            let line = if n % 7 == 0 { "echo $GATE_STEP; exit 1".into() } else { format!("echo {n}") };
            shell(&format!("s{n:03}"), &line)
        });
        let ran = ground.run_with(steps.collect(), &ground.settings("run", 20), &|_| {});
        for (n, ended) in ran.ended.iter().enumerate() {
            let expected = if n % 7 == 0 { Failed } else { Passed };
            assert_eq!(ended.outcome, expected, "{ended:?}");
            let text = if n % 7 == 0 { format!("s{n:03}\n") } else { format!("{n}\n") };
            assert_eq!(ran.log(ended.step.as_str()), text);
        }
    }

    #[test]
    fn what_can_not_be_noted_or_logged_is_no_pass() {
        let ground = Ground::new();
        fs_err::write(ground.dir.path().join("file"), "").unwrap();
        let blocked = ground.dir.path().join("file/below");
        let sink = Kept(Mutex::new(Vec::new()), &|_| {});
        let (first, second) = (ground.settings("a", 2), ground.settings("b", 2));
        for settings in [Settings { state: blocked.clone(), ..first }, Settings { logs: blocked.clone(), ..second }] {
            let plan = plan(vec![shell("a", "true"), shell("b", "true")]);
            let ended = run(&plan, &settings, &|_| History::default(), &ground.control, &sink);
            let unknown = |ended: &Ended| ended.outcome == NotStarted && ended.note.is_some();
            assert!(ended.len() == 2 && ended.iter().all(unknown), "{ended:?}");
        }
    }
}
