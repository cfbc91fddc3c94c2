//! Starts processes, and sees each of them to its end, with everything that it started.
//!
//! The thread that holds the supervisor owns every process: it alone signals and reaps. A thread beside each process
//! starts it (a start holds its thread up for milliseconds) and then only watches: `waitid` with `NOWAIT` sees that a
//! process has ended and leaves its id reserved, so that what is still in its group can be ended without hitting a
//! stranger.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, select, unbounded};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use signal_hook::consts::{SIGTTIN, SIGTTOU};

use super::child::{Cause, Ending, Invocation, StartError};
use super::group::Group;
use super::life::{Life, Step};
use super::signals::{Control, Urgency};
use super::sweep::{self, Known};

/// How often logs and limits are looked at while something runs.
const LOOK: Duration = Duration::from_millis(100);

/// Of the thread beside a process, which does little.
const STACK: usize = 128 << 10;

/// Names a process for as long as its supervisor lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(u64);

/// Something that happened.
#[derive(Debug)]
pub enum Happening {
    /// A process is running; `pid` is also the id of its group.
    Started {
        /// Which one.
        id: ProcessId,
        /// The operating system's number of it.
        pid: u32,
    },
    /// A process and all that it started is gone, or it could not be started.
    Ended {
        /// Which one.
        id: ProcessId,
        /// How it ended.
        ending: Result<Ending, StartError>,
    },
    /// The control was told to end, or told more urgently. What runs goes on unless it is stopped.
    Told(Urgency),
    /// The moment that was waited for has come, or there is nothing to wait for.
    Woken,
}

/// Owns running processes. Dropped, it ends them at once.
pub struct Supervisor<'a> {
    control: &'a Control,
    /// Begins the mark of every process.
    name: String,
    started: u64,
    lives: BTreeMap<ProcessId, Life>,
    ready: VecDeque<Happening>,
    obeyed: Option<Urgency>,
    sender: Sender<Message>,
    messages: Receiver<Message>,
}

/// What the thread beside a process says.
enum Message {
    Started(ProcessId, Result<std::process::Child, StartError>),
    /// It was stopped because it wanted the terminal, which belongs to others.
    WantsTerminal(ProcessId),
    Ended(ProcessId),
}

impl<'a> Supervisor<'a> {
    /// A supervisor; `name` must be one that no other has, on the whole machine.
    #[must_use]
    pub fn new(name: impl Into<String>, control: &'a Control) -> Self {
        sweep::adopt();
        let (sender, messages) = unbounded();
        let (lives, ready) = (BTreeMap::new(), VecDeque::new());
        Self { control, name: name.into(), started: 0, lives, ready, obeyed: None, sender, messages }
    }

    /// Starts a process. Whether that succeeded is said by what happens next.
    pub fn start(&mut self, invocation: Invocation) -> ProcessId {
        self.started += 1;
        let id = ProcessId(self.started);
        let mark = format!("{}.{}{}", self.name, self.started, sweep::own_suffix());
        match self.begin(id, mark, invocation) {
            Ok(life) => {
                self.lives.insert(id, life);
            }
            Err(error) => self.ready.push_back(Happening::Ended { id, ending: Err(error) }),
        }
        id
    }

    fn begin(&self, id: ProcessId, mark: String, invocation: Invocation) -> Result<Life, StartError> {
        let log = |source| StartError::Log { source };
        let life = Life::new(mark.clone(), &invocation).map_err(log)?;
        let output = life.output().try_clone().map_err(log)?;
        let sender = self.sender.clone();
        let program = invocation.program.to_string_lossy().into_owned();
        let body = move || watch(id, invocation.start(&mark, &output), &sender);
        let thread = std::thread::Builder::new().name("process".into()).stack_size(STACK).spawn(body);
        thread.map(|_| life).map_err(|source| StartError::Refused { program, source })
    }

    /// Tells a process and its group to end: by TERM, with two seconds of grace, or at once.
    pub fn stop(&mut self, id: ProcessId, urgency: Urgency) {
        if let Some(life) = self.lives.get_mut(&id) {
            life.stop(Cause::Stopped, urgency, Instant::now());
        }
    }

    /// How many processes have not ended.
    #[must_use]
    pub fn running(&self) -> usize {
        self.lives.len()
    }

    /// Waits for the next thing to happen, at most until `wake`.
    pub fn next(&mut self, wake: Option<Instant>) -> Happening {
        loop {
            self.listen();
            if let Some(happening) = self.ready.pop_front() {
                return happening;
            }
            let now = Instant::now();
            if wake.is_some_and(|wake| now >= wake) || (wake.is_none() && self.lives.is_empty()) {
                return Happening::Woken;
            }
            let look = (!self.lives.is_empty()).then(|| now + LOOK);
            let moments = self.lives.values().filter_map(Life::next_moment);
            let until = moments.chain(wake).chain(look).min().unwrap_or(now);
            self.wait(until);
            self.look(Instant::now());
        }
    }

    /// Whether the control says something new.
    fn listen(&mut self) {
        let urgency = self.control.urgency();
        if urgency > self.obeyed {
            self.obeyed = urgency;
            self.ready.extend(urgency.map(Happening::Told));
        }
    }

    fn wait(&mut self, until: Instant) {
        let message = select! {
            recv(self.messages) -> message => message.ok(),
            recv(self.control.woken()) -> _ => None,
            default(until.saturating_duration_since(Instant::now())) => None,
        };
        let more: Vec<Message> = message.into_iter().chain(self.messages.try_iter()).collect();
        for message in more {
            self.take(message);
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Started(id, Ok(child)) => {
                let Some(life) = self.lives.get_mut(&id) else { return end_at_once(child) };
                self.ready.push_back(Happening::Started { id, pid: child.id() });
                life.started(child, Instant::now());
            }
            Message::Started(id, Err(error)) => {
                self.lives.remove(&id);
                self.ready.push_back(Happening::Ended { id, ending: Err(error) });
            }
            Message::WantsTerminal(id) => {
                if let Some(life) = self.lives.get_mut(&id) {
                    life.wants_terminal(Instant::now());
                }
            }
            Message::Ended(id) => {
                if let Some(life) = self.lives.get_mut(&id) {
                    life.ended(Instant::now());
                }
            }
        }
    }

    /// Looks after every process: its limits, its log, what is left of it.
    fn look(&mut self, now: Instant) {
        let prefix = format!("{}.", self.name);
        let known: Vec<Known> = self.lives.values().map(Life::known).collect();
        let looked = self.lives.iter_mut().map(|(id, life)| (*id, life.look(now, (&prefix, &known))));
        let gone: Vec<ProcessId> = looked.filter(|(_, step)| *step == Step::Over).map(|(id, _)| id).collect();
        for id in gone {
            if let Some(ending) = self.lives.remove(&id).and_then(Life::finish) {
                self.ready.push_back(Happening::Ended { id, ending });
            }
        }
    }
}

impl Drop for Supervisor<'_> {
    fn drop(&mut self) {
        // A process that is just being started is waited for: nobody else could end it.
        while self.lives.values().any(Life::is_starting) {
            match self.messages.recv() {
                Ok(message) => self.take(message),
                Err(_) => break,
            }
        }
        for life in std::mem::take(&mut self.lives).into_values() {
            life.abandon();
        }
    }
}

/// The life of the thread beside a process.
fn watch(id: ProcessId, child: Result<std::process::Child, StartError>, sender: &Sender<Message>) {
    let pid = child.as_ref().ok().and_then(Group::of).map(|group| group.0);
    if let Err(unsent) = sender.send(Message::Started(id, child)) {
        if let Message::Started(_, Ok(child)) = unsent.0 {
            end_at_once(child);
        }
        return;
    }
    let Some(pid) = pid else { return };
    while !has_ended(pid, || sender.send(Message::WantsTerminal(id))) {}
    // Nobody listens any more once the supervisor is gone, and it takes its processes along.
    let _unheard = sender.send(Message::Ended(id));
}

/// Waits until a process changes; gives whether it has ended, which leaves it as it is.
fn has_ended<T>(pid: Pid, wants_terminal: impl FnOnce() -> T) -> bool {
    let changes = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
    match waitid(WaitId::Pid(pid), changes) {
        Err(rustix::io::Errno::INTR) => false,
        Ok(Some(status)) if status.stopped() => {
            // Takes the news, or it would be told again at once.
            let _taken = waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG);
            let of_terminal = [SIGTTIN, SIGTTOU].contains(&status.stopping_signal().unwrap_or(0));
            of_terminal.then(wants_terminal);
            false
        }
        Ok(_) | Err(_) => true,
    }
}

/// Ends a process that nobody owns any more.
fn end_at_once(mut child: std::process::Child) {
    if let Some(group) = Group::of(&child) {
        group.kill();
    }
    let _status = child.wait();
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::path::Path;

    use super::super::child::Limits;
    use super::super::testing::has_own_process;
    use super::*;

    fn shell(dir: &Path, name: &str, script: &str) -> Invocation {
        Invocation {
            program: "sh".into(),
            args: vec!["-c".into(), script.into()],
            dir: dir.to_owned(),
            env: vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())],
            log: dir.join(format!("{name}.log")),
            secrets: Vec::new(),
            limits: Limits::default(),
        }
    }

    fn run(invocation: Invocation) -> Ending {
        super::super::run_to_end(invocation, &Control::new()).unwrap()
    }

    /// Whether the process whose number a script wrote to a file is gone.
    #[track_caller]
    fn assert_gone(dir: &Path, name: &str) {
        let text = fs_err::read_to_string(dir.join(name)).unwrap();
        let pid = rustix::process::Pid::from_raw(text.trim().parse().unwrap()).unwrap();
        assert!(rustix::process::test_kill_process(pid).is_err(), "{name} is alive");
    }

    fn log(dir: &Path, name: &str) -> String {
        fs_err::read_to_string(dir.join(format!("{name}.log"))).unwrap()
    }

    #[test]
    fn a_process_gets_what_it_is_given_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let mut invocation = shell(dir.path(), "a", "cat; pwd -P; env | sed 's/=.*//' | sort; echo no >&2; exit 3");
        invocation.env.push(("MINE".into(), "1".into()));
        let ending = run(invocation);
        assert_eq!((ending.status.code(), ending.cause, ending.trouble), (Some(3), Cause::Exited, None));
        let real = dir.path().canonicalize().unwrap();
        let lines = log(dir.path(), "a");
        let lines: Vec<&str> = lines.lines().filter(|name| !["PWD", "SHLVL", "_", "OLDPWD"].contains(name)).collect();
        assert_eq!(lines, [real.to_str().unwrap(), "GATE_PROCESS", "MINE", "PATH", "no"]);
    }

    #[test]
    fn a_signal_of_its_own_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let ending = run(shell(dir.path(), "a", "kill -SEGV $$"));
        assert_eq!((ending.status.signal(), ending.cause), (Some(11), Cause::Exited));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let missing = Invocation { program: "no-such-program".into(), ..shell(dir.path(), "a", "") };
        let error = super::super::run_to_end(missing, &Control::new()).unwrap_err();
        assert_eq!(error.to_string(), "'no-such-program' is in no folder of PATH");
        let plain = Invocation { program: "./plain".into(), ..shell(dir.path(), "a", "") };
        fs_err::write(dir.path().join("plain"), "#!/bin/sh").unwrap();
        let error = super::super::run_to_end(plain, &Control::new()).unwrap_err();
        assert!(matches!(error, StartError::Refused { .. }), "{error}");
        let no_log = Invocation { log: dir.path().join("no/such/folder"), ..shell(dir.path(), "a", "") };
        let error = super::super::run_to_end(no_log, &Control::new()).unwrap_err();
        assert!(matches!(error, StartError::Log { .. }), "{error}");
    }

    #[test]
    fn a_tree_that_ignores_term_is_ended_when_its_time_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let script = "trap '' TERM; echo $$ >leader; (trap '' TERM; sh -c 'echo $$ >inner; exec sleep 1000') & sleep 1000; sleep 1000";
        let mut invocation = shell(dir.path(), "a", script);
        invocation.limits.timeout = Some(Duration::from_millis(300));
        let ending = run(invocation);
        assert_eq!((ending.status.signal(), ending.cause), (Some(9), Cause::TimedOut));
        assert_gone(dir.path(), "leader");
        assert_gone(dir.path(), "inner");
    }

    #[test]
    fn silence_is_ended_and_output_keeps_it_alive() {
        let dir = tempfile::tempdir().unwrap();
        let mut silent = shell(dir.path(), "a", "echo x; sleep 1000");
        silent.limits.idle = Some(Duration::from_millis(300));
        assert_eq!(run(silent).cause, Cause::Idle);
        let mut talking = shell(dir.path(), "b", "for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.1; done");
        talking.limits.idle = Some(Duration::from_millis(600));
        assert_eq!(run(talking).cause, Cause::Exited);
    }

    #[test]
    fn what_outlives_it_is_told_and_ended() {
        let dir = tempfile::tempdir().unwrap();
        let ending = run(shell(dir.path(), "a", "sleep 1000 & echo $! >child"));
        assert_eq!((ending.status.code(), ending.cause), (Some(0), Cause::Exited));
        assert_eq!(ending.outlived.len(), 1);
        assert_gone(dir.path(), "child");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn leaving_the_group_does_not_save_it() {
        let dir = tempfile::tempdir().unwrap();
        let script = "setsid sh -c 'echo $$ >child; (sleep 1000; sleep 1000) & echo $! >grandchild; wait' & while ! [ -s grandchild ]; do sleep 0.01; done";
        let ending = run(shell(dir.path(), "a", script));
        assert_eq!((ending.status.code(), ending.cause), (Some(0), Cause::Exited));
        assert!(!ending.outlived.is_empty());
        assert_gone(dir.path(), "child");
        assert_gone(dir.path(), "grandchild");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nor_does_hiding_its_environment() {
        if !has_own_process("process::supervisor::tests::nor_does_hiding_its_environment") {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let script = "env -i PATH=\"$PATH\" setsid sh -c 'echo $$ >child; exec sleep 1000' & while ! [ -s child ]; do sleep 0.01; done";
        assert!(!run(shell(dir.path(), "a", script)).outlived.is_empty());
        assert_gone(dir.path(), "child");
    }

    #[test]
    fn what_ends_soon_by_itself_has_not_outlived_it() {
        let dir = tempfile::tempdir().unwrap();
        let ending = run(shell(dir.path(), "a", "(:; echo late) &"));
        assert_eq!(ending.outlived, [""; 0]);
        assert_eq!(log(dir.path(), "a"), "late\n");
    }

    #[test]
    fn a_stopped_one_may_tidy_up() {
        let dir = tempfile::tempdir().unwrap();
        let control = Control::new();
        let mut supervisor = Supervisor::new(format!("tidy-{}", std::process::id()), &control);
        let script = "(trap 'sleep 0.1; echo tidy; exit' TERM; echo up; while :; do sleep 0.01; done) & wait";
        let id = supervisor.start(shell(dir.path(), "a", script));
        while !log(dir.path(), "a").contains("up") {
            let _happening = supervisor.next(Some(Instant::now() + Duration::from_millis(5)));
        }
        control.tell(15);
        let ending = loop {
            match supervisor.next(None) {
                Happening::Told(urgency) => supervisor.stop(id, urgency),
                Happening::Ended { ending, .. } => break ending.unwrap(),
                Happening::Started { .. } | Happening::Woken => {}
            }
        };
        assert_eq!((ending.cause, ending.status.signal()), (Cause::Stopped, Some(15)));
        assert!(
            log(dir.path(), "a").ends_with("tidy\n"),
            "a member of the group has its grace though its leader is gone"
        );
    }

    #[test]
    fn who_waits_for_the_terminal_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let ending = run(shell(dir.path(), "a", "kill -TTIN $$; sleep 1000"));
        assert!(ending.trouble.unwrap().contains("terminal"));
        let mut paused = shell(dir.path(), "b", "(sleep 0.1; kill -CONT $$) & kill -STOP $$; exit 4");
        paused.limits.timeout = Some(Duration::from_secs(20));
        assert_eq!(run(paused).status.code(), Some(4), "somebody who stops it by hand may let it go on");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_of_what_outlives_it_hold_no_secret() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = vec![b"31415".to_vec()];
        let ending = run(Invocation { secrets, ..shell(dir.path(), "a", "sleep 31415 &") });
        assert_eq!(ending.outlived, ["sleep ***"]);
    }

    #[test]
    fn a_flood_of_output_stays_within_bounds() {
        let dir = tempfile::tempdir().unwrap();
        let mut invocation =
            shell(dir.path(), "a", "echo first; head -c 300000000 /dev/zero | tr '\\0' 'x'; echo; echo last");
        invocation.limits.log_bytes = 8 << 20;
        assert_eq!(run(invocation).status.code(), Some(0));
        let text = log(dir.path(), "a");
        assert!(text.len() <= 9 << 20, "{} bytes", text.len());
        assert!(text.starts_with("first\n") && text.ends_with("x\nlast\n") && text.contains(" bytes left out]"));
    }

    #[test]
    fn a_dropped_supervisor_takes_its_processes_along() {
        let dir = tempfile::tempdir().unwrap();
        let control = Control::new();
        let mut supervisor = Supervisor::new(format!("drop-{}", std::process::id()), &control);
        supervisor.start(shell(dir.path(), "a", "echo $$ >child; sleep 1000; sleep 1000"));
        while !dir.path().join("child").metadata().is_ok_and(|found| found.len() > 0) {
            let _happening = supervisor.next(Some(Instant::now() + Duration::from_millis(5)));
        }
        drop(supervisor);
        assert_gone(dir.path(), "child");
    }
}
