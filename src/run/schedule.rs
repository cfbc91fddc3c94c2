//! Which step starts next. Pure: no clock, no processes; whoever asks says what has ended.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::check::History;

/// A step, as the schedule sees it. Others are named by their place in the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Task {
    /// Tasks that must have passed before it starts.
    pub(crate) needs: Vec<usize>,
    /// Tasks that must have ended before it starts.
    pub(crate) after: Vec<usize>,
    /// Something it needs can't pass, as is known beforehand.
    pub(crate) hopeless: bool,
    /// How many slots each of its parts takes.
    pub(crate) slots: usize,
    /// Names that no two running tasks share.
    pub(crate) locks: BTreeSet<String>,
    /// How many parts it has, which can run at once.
    pub(crate) parts: usize,
    /// What is known of earlier runs.
    pub(crate) history: History,
}

/// What goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The longest chain of steps that wait for each other: it decides when everything is done.
    LongestChain,
    /// What is likeliest to fail, for the time it takes to find out.
    LikeliestFailure,
}

/// Decides what starts, and keeps account of what runs.
pub(crate) struct Schedule {
    tasks: Vec<Task>,
    states: Vec<State>,
    /// Places in `tasks`, first come first.
    order: Vec<usize>,
    free: usize,
    held: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Running { waiting: usize, running: usize },
    Ended { passed: bool },
}

/// What to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// The task.
    pub(crate) task: usize,
    /// Whether this is the first part of it.
    pub(crate) first: bool,
}

impl Schedule {
    /// A schedule of tasks over some slots.
    pub(crate) fn new(mut tasks: Vec<Task>, slots: usize, order: Order) -> Self {
        let slots = slots.max(1);
        for task in &mut tasks {
            task.slots = task.slots.clamp(1, slots);
        }
        let states = vec![State::Waiting; tasks.len()];
        let order = ranked(&tasks, order);
        Self { tasks, states, order, free: slots, held: BTreeSet::new() }
    }

    /// The next part to start now, if any. `lock` takes the locks of a task that could start, or refuses because somebody
    /// outside holds one. What it took for a task that is not given then may be let go.
    ///
    /// What comes first waits for as many slots as it takes; nothing that comes later overtakes it, or a step that takes
    /// many slots would never start. It is overtaken only while it waits for others or for a lock.
    pub(crate) fn next(&mut self, lock: &mut dyn FnMut(usize) -> bool) -> Option<Start> {
        for place in 0..self.order.len() {
            let task = self.order[place];
            let first = match self.states[task] {
                State::Running { waiting, .. } if waiting > 0 => false,
                State::Waiting if self.may_start(task) => true,
                _ => continue,
            };
            if first && !lock(task) {
                continue;
            }
            if self.tasks[task].slots > self.free {
                return None;
            }
            self.start(task);
            return Some(Start { task, first });
        }
        None
    }

    fn may_start(&self, task: usize) -> bool {
        let Task { needs, after, locks, .. } = &self.tasks[task];
        needs.iter().all(|need| self.states[*need] == State::Ended { passed: true })
            && after.iter().all(|before| matches!(self.states[*before], State::Ended { .. }))
            && locks.is_disjoint(&self.held)
    }

    fn start(&mut self, task: usize) {
        self.free -= self.tasks[task].slots;
        self.held.extend(self.tasks[task].locks.iter().cloned());
        self.states[task] = match self.states[task] {
            State::Running { waiting, running } => State::Running { waiting: waiting - 1, running: running + 1 },
            _ => State::Running { waiting: self.tasks[task].parts.saturating_sub(1), running: 1 },
        };
    }

    /// A part of a task has ended.
    pub(crate) fn end_part(&mut self, task: usize) {
        if let State::Running { running, .. } = &mut self.states[task] {
            *running -= 1;
            self.free += self.tasks[task].slots;
        }
    }

    /// Some parts of a running task are to run once more.
    pub(crate) fn again(&mut self, task: usize, parts: usize) {
        if let State::Running { waiting, .. } = &mut self.states[task] {
            *waiting += parts;
        }
    }

    /// A running task has ended; its parts have ended before.
    pub(crate) fn end(&mut self, task: usize, passed: bool) {
        for lock in &self.tasks[task].locks {
            self.held.remove(lock);
        }
        self.states[task] = State::Ended { passed };
    }

    /// Ends the tasks that can't start any more because something they need did not pass, and gives them.
    pub(crate) fn end_hopeless(&mut self) -> Vec<usize> {
        let mut ended = Vec::new();
        loop {
            let hopeless = |task: &usize| {
                let failed = |need: &usize| self.states[*need] == State::Ended { passed: false };
                self.states[*task] == State::Waiting
                    && (self.tasks[*task].hopeless || self.tasks[*task].needs.iter().any(failed))
            };
            let found: Vec<usize> = (0..self.tasks.len()).filter(hopeless).collect();
            if found.is_empty() {
                return ended;
            }
            for task in &found {
                self.states[*task] = State::Ended { passed: false };
            }
            ended.extend(found);
        }
    }

    /// What a task needs and did not pass.
    pub(crate) fn failed_needs(&self, task: usize) -> impl Iterator<Item = usize> {
        let failed = |need: &usize| self.states[*need] == State::Ended { passed: false };
        self.tasks[task].needs.iter().copied().filter(failed)
    }

    /// Nothing starts any more: ends the tasks that have not started, and gives them.
    pub(crate) fn cancel(&mut self) -> Vec<usize> {
        let waiting: Vec<usize> = (0..self.tasks.len()).filter(|task| self.states[*task] == State::Waiting).collect();
        for state in &mut self.states {
            match state {
                State::Waiting => *state = State::Ended { passed: false },
                State::Running { waiting, .. } => *waiting = 0,
                State::Ended { .. } => {}
            }
        }
        waiting
    }

    /// Whether every task has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.states.iter().all(|state| matches!(state, State::Ended { .. }))
    }

    /// Whether nothing runs and nothing ever will: what is left waits for itself.
    pub(crate) fn is_stuck(&self) -> bool {
        !self.is_over()
            && !self.states.iter().any(|state| matches!(state, State::Running { .. }))
            && (0..self.tasks.len()).all(|task| self.states[task] != State::Waiting || !self.may_start(task))
    }
}

/// The order in which tasks start if nothing else decides.
fn ranked(tasks: &[Task], order: Order) -> Vec<usize> {
    let seconds = expected(tasks);
    let chains = chains(tasks, &seconds);
    let mut places: Vec<usize> = (0..tasks.len()).collect();
    match order {
        Order::LongestChain => places.sort_by(|a, b| chains[*b].total_cmp(&chains[*a])),
        Order::LikeliestFailure => {
            let rates = failures(tasks, &seconds);
            places.sort_by(|a, b| rates[*b].total_cmp(&rates[*a]).then(chains[*b].total_cmp(&chains[*a])));
        }
    }
    places
}

/// How long each task is expected to take, in seconds: what never ran is taken for the median of what did.
fn expected(tasks: &[Task]) -> Vec<f64> {
    let mut known: Vec<Duration> = tasks.iter().filter_map(|task| task.history.duration).collect();
    known.sort_unstable();
    let median = known.get(known.len() / 2).copied().unwrap_or(Duration::from_secs(1));
    tasks.iter().map(|task| task.history.duration.unwrap_or(median).as_secs_f64()).collect()
}

/// For each task the longest time from its start to the end of what waits for it, one after the other.
fn chains(tasks: &[Task], seconds: &[f64]) -> Vec<f64> {
    let mut chains = seconds.to_vec();
    for task in dependents_first(tasks) {
        for before in tasks[task].needs.iter().chain(&tasks[task].after) {
            chains[*before] = chains[*before].max(seconds[*before] + chains[task]);
        }
    }
    chains
}

/// For each task the best chance of a failure for each second, in it or at the end of a chain that begins with it.
fn failures(tasks: &[Task], seconds: &[f64]) -> Vec<f64> {
    let rate = |(chance, time): (f64, f64)| chance / time.max(1e-3);
    let own = tasks.iter().zip(seconds).map(|(task, time)| (task.history.failure_rate, *time));
    let mut best: Vec<(f64, f64)> = own.collect();
    for task in dependents_first(tasks) {
        for before in tasks[task].needs.iter().chain(&tasks[task].after) {
            let through = (best[task].0, best[task].1 + seconds[*before]);
            if rate(through) > rate(best[*before]) {
                best[*before] = through;
            }
        }
    }
    best.into_iter().map(rate).collect()
}

/// Every task after all that wait for it; tasks that wait for themselves are left out.
fn dependents_first(tasks: &[Task]) -> Vec<usize> {
    let befores = |task: usize| tasks[task].needs.iter().chain(&tasks[task].after).copied();
    let mut waiting = vec![0_usize; tasks.len()];
    (0..tasks.len()).flat_map(befores).for_each(|before| waiting[before] += 1);
    let mut sorted: Vec<usize> = (0..tasks.len()).filter(|task| waiting[*task] == 0).collect();
    let mut at = 0;
    while let Some(task) = sorted.get(at).copied() {
        at += 1;
        for before in befores(task) {
            waiting[before] -= 1;
            if waiting[before] == 0 {
                sorted.push(before);
            }
        }
    }
    sorted
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the numbers of these tests are small"
)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use proptest::prelude::*;

    use super::*;

    fn task(slots: usize, seconds: u64) -> Task {
        let history = History { duration: Some(Duration::from_secs(seconds)), failure_rate: 0.0 };
        Task { slots, parts: 1, history, ..Task::default() }
    }

    /// Runs a schedule on a clock that is only counted. `fails` says which tasks fail. Gives the time at the end and for
    /// each task when it ran.
    fn simulate(tasks: &[Task], slots: usize, fails: &[bool]) -> (u64, Vec<Option<(u64, u64)>>) {
        let mut schedule = Schedule::new(tasks.to_vec(), slots, Order::LongestChain);
        let (mut now, mut running) = (0, BinaryHeap::new());
        let mut spans: Vec<Option<(u64, u64)>> = vec![None; tasks.len()];
        let mut left: Vec<usize> = tasks.iter().map(|task| task.parts).collect();
        loop {
            schedule.end_hopeless();
            while let Some(Start { task, first }) = schedule.next(&mut |_| true) {
                assert_eq!(first, spans[task].is_none());
                let end = now + tasks[task].history.duration.unwrap().as_millis() as u64;
                running.push(Reverse((end, task)));
                let began = spans[task].map_or(now, |(began, _)| began);
                spans[task] = Some((began, end));
            }
            let Some(Reverse((end, task))) = running.pop() else {
                assert!(schedule.is_over(), "nothing runs and nothing starts");
                return (now, spans);
            };
            now = end;
            schedule.end_part(task);
            left[task] -= 1;
            if left[task] == 0 {
                schedule.end(task, !fails[task]);
            }
        }
    }

    fn graph() -> impl Strategy<Value = (Vec<Task>, usize, Vec<bool>)> {
        let one = (1_usize..4, 1_u64..20, 1_usize..4, proptest::collection::vec(any::<prop::sample::Index>(), 0..4));
        let extra = (any::<[bool; 4]>(), proptest::option::of("[abc]"), any::<bool>());
        (proptest::collection::vec((one, extra), 1..40), 1_usize..6).prop_map(|(raw, slots)| {
            let mut fails = Vec::new();
            let tasks =
                raw.into_iter().enumerate().map(|(n, ((slots, seconds, parts, befores), (kinds, lock, fail)))| {
                    let mut task = Task { parts, locks: lock.into_iter().collect(), ..task(slots, seconds) };
                    let befores =
                        befores.iter().zip(kinds).filter(|_| n > 0).map(|(before, kind)| (before.index(n), kind));
                    let (needs, after): (Vec<_>, Vec<_>) = befores.partition(|(_, needed)| *needed);
                    task.needs = needs.into_iter().map(|(before, _)| before).collect();
                    task.after = after.into_iter().map(|(before, _)| before).collect();
                    fails.push(fail && n % 3 == 0);
                    task
                });
            (tasks.collect(), slots, fails)
        })
    }

    proptest! {
        #[test]
        fn every_task_runs_once_within_the_rules((tasks, slots, fails) in graph()) {
            let (_, spans) = simulate(&tasks, slots, &fails);
            for (n, task) in tasks.iter().enumerate() {
                let passed = |need: &usize| spans[*need].is_some() && !fails[*need];
                prop_assert_eq!(spans[n].is_some(), task.needs.iter().all(passed), "a task runs iff its needs passed");
                let Some((began, ended)) = spans[n] else { continue };
                for before in task.needs.iter().chain(&task.after) {
                    prop_assert!(spans[*before].is_none_or(|(_, ended)| ended <= began), "{} before {}", n, before);
                }
                let meets = |other: &usize| spans[*other].is_some_and(|(b, e)| b < ended && began < e);
                for other in (n + 1..tasks.len()).filter(meets) {
                    prop_assert!(task.locks.is_disjoint(&tasks[other].locks), "{} and {} share a lock", n, other);
                }
            }
        }

        #[test]
        fn running_slots_never_exceed((tasks, slots, _) in graph()) {
            let mut schedule = Schedule::new(tasks.clone(), slots, Order::LikeliestFailure);
            let mut running: Vec<usize> = Vec::new();
            let mut left: Vec<usize> = tasks.iter().map(|task| task.parts).collect();
            loop {
                while let Some(start) = schedule.next(&mut |_| true) {
                    running.push(start.task);
                    let taken: usize = running.iter().map(|task| tasks[*task].slots.min(slots)).sum();
                    prop_assert!(taken <= slots);
                }
                let Some(task) = running.pop() else { break };
                schedule.end_part(task);
                left[task] -= 1;
                if left[task] == 0 {
                    schedule.end(task, true);
                }
            }
            prop_assert!(schedule.is_over());
        }
    }

    #[test]
    fn a_cycle_is_stuck_and_not_waited_for() {
        let tasks = vec![Task { needs: vec![1], ..task(1, 1) }, Task { after: vec![0], ..task(1, 1) }, task(1, 1)];
        let mut schedule = Schedule::new(tasks, 2, Order::LongestChain);
        assert_eq!(schedule.next(&mut |_| true), Some(Start { task: 2, first: true }));
        assert!(schedule.next(&mut |_| true).is_none() && !schedule.is_stuck());
        schedule.end_part(2);
        schedule.end(2, true);
        assert!(schedule.is_stuck());
        assert_eq!(schedule.cancel(), [0, 1]);
        assert!(schedule.is_over());
    }

    #[test]
    fn what_waits_for_a_lock_outside_holds_no_slot() {
        let mut schedule = Schedule::new(vec![task(1, 9), task(1, 1)], 1, Order::LongestChain);
        assert_eq!(schedule.next(&mut |task| task != 0), Some(Start { task: 1, first: true }));
        let mut schedule = Schedule::new(vec![task(1, 20), task(2, 9), task(1, 1)], 2, Order::LongestChain);
        assert_eq!(schedule.next(&mut |_| true), Some(Start { task: 0, first: true }));
        assert_eq!(
            schedule.next(&mut |task| task != 1),
            Some(Start { task: 2, first: true }),
            "nor does it hold one up"
        );
    }

    #[test]
    fn the_longest_chain_goes_first() {
        let tasks = vec![
            task(1, 8),
            task(1, 2),
            Task { needs: vec![1], ..task(1, 7) },
            Task { history: History::default(), ..task(1, 0) },
        ];
        let schedule = Schedule::new(tasks, 1, Order::LongestChain);
        assert_eq!(schedule.order, [1, 0, 2, 3], "what never ran counts as the median, 7, and keeps its place");
    }

    #[test]
    fn the_likeliest_failure_for_its_time_goes_first() {
        let rated = |seconds, failure_rate| Task {
            history: History { duration: Some(Duration::from_secs(seconds)), failure_rate },
            ..task(1, 0)
        };
        let mut tasks = vec![rated(10, 0.5), rated(1, 0.1), rated(100, 0.0), rated(1, 0.0), rated(1, 0.9)];
        tasks[4].needs = vec![3];
        let schedule = Schedule::new(tasks, 1, Order::LikeliestFailure);
        assert_eq!(schedule.order, [4, 3, 1, 0, 2], "3 leads to 4 in two seconds");
    }

    /// xorshift, so that the graphs are the same everywhere.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % limit
        }
    }

    fn random_graph(seed: u64, steps: usize, slots: u64) -> Vec<Task> {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut tasks: Vec<Task> = Vec::new();
        for n in 0..steps {
            let mut one = task(1, 0);
            one.history.duration = Some(Duration::from_millis(1 + random.below(10_000)));
            let befores = if n > 0 { random.below(4) } else { 0 };
            let befores: Vec<usize> = (0..befores).map(|_| n - 1 - random.below(n.min(60) as u64) as usize).collect();
            let needed = random.below(befores.len() as u64 + 1) as usize;
            (one.needs, one.after) = (befores[..needed].to_vec(), befores[needed..].to_vec());
            tasks.push(one);
        }
        let work: u64 = tasks.iter().map(|task| task.history.duration.unwrap().as_millis() as u64).sum();
        let most = Duration::from_millis(work / slots / 20);
        for task in &mut tasks {
            task.history.duration = task.history.duration.map(|time| time.min(most));
        }
        tasks
    }

    #[test]
    fn the_makespan_is_near_the_least_possible() {
        for slots in [2, 4, 8] {
            for seed in 1..=100 {
                let tasks = random_graph(seed, 200, slots);
                let seconds = expected(&tasks);
                let longest = chains(&tasks, &seconds).into_iter().fold(0.0, f64::max);
                let least = longest.max(seconds.iter().sum::<f64>() / slots as f64);
                let (end, _) = simulate(&tasks, slots as usize, &vec![false; tasks.len()]);
                let ratio = end as f64 / 1000.0 / least;
                assert!(
                    (0.999..=1.05).contains(&ratio),
                    "graph {seed} on {slots} slots: {ratio:.3} of the least possible"
                );
            }
        }
    }
}
