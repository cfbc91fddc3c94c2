//! The course of landing: sets are composed, judged, and landed, halved or held.

use std::collections::{BTreeMap, VecDeque};

use super::blame::{Blame, blame};
use super::check::{Checker, Passed, Rejection, Said};
use super::compose::{Composed, Composer, Set};
use super::document::{BranchEntry, CheckEntry, Fate, Hold, Landing, Restart, SCHEMA, TargetEntry};
use super::guarded::guarded;
use super::members::{Member, Whereabouts};
use super::request::LandRequest;
use super::target::{Landed, Target};
use crate::change::Method;
use crate::digest::ObjectId;
use crate::event::Event;
use crate::git::Identity;
use crate::judge::{Refusal, Setting, Site};
use crate::verdict::{Cause, LandClearance};

/// Lands branches, as far as they may.
///
/// # Errors
/// A refusal: there was nothing that could be landed, or gate or the machine failed. What landed before has landed.
pub fn land(request: &LandRequest, setting: &Setting<'_>, site: &mut Site) -> Result<Landing, Refusal> {
    let by = site.repo.identity()?;
    let members = Member::find(&site.repo, &request.branches)?;
    let branch = if let Some(into) = &request.into {
        into.clone()
    } else {
        let head = request.branches.first().map_or("HEAD", String::as_str);
        guarded(site, head, request.remote.as_deref())?.short
    };
    let target = Target::find(site, &branch, request.remote.clone())?;
    let before = target.tip()?;
    if site.repo.is_shallow()? {
        target.deepen(before, &members.iter().map(|member| member.head).collect::<Vec<_>>())?;
        // How deep a clone is is read when it is opened.
        site.repo = site.repo.reopen()?;
    }
    let checker = Checker { request, setting, branch: &target.branch, members: &members };
    let state = State { ahead: None, last: before, landed: 0, fates: BTreeMap::new(), known: BTreeMap::new() };
    let told = Told { checks: Vec::new(), restarts: Vec::new() };
    let mut lander = Lander { checker, target: &target, by, site, state, told, again: VecDeque::new() };
    let ended = lander.all();
    let Lander { mut state, told, .. } = lander;
    let mut rest = Hold::Interrupted;
    if let Err(refusal) = ended {
        if state.landed == 0 {
            return Err(refusal);
        }
        // What has landed is told all the same.
        let problems = refusal.diagnostics.iter().map(|shown| shown.message.clone()).collect();
        rest = Hold::Undecided { run: None, causes: Vec::new(), problems };
        site.warnings.extend(refusal.diagnostics);
    }
    let branches = members.iter().enumerate().map(|(number, member)| {
        let fate = state.fates.remove(&number).unwrap_or_else(|| Fate::Held { why: rest.clone() });
        BranchEntry { name: member.name.clone(), head: member.head, fate }
    });
    Ok(Landing {
        schema: SCHEMA,
        branches: branches.collect(),
        target: TargetEntry { branch: target.branch.clone(), remote: target.remote.clone(), before, after: state.last },
        method: name(request.method),
        dry_run: request.dry_run,
        checks: told.checks,
        restarts: told.restarts,
        signal: setting.control.signal(),
    })
}

fn name(method: Method) -> &'static str {
    match method {
        Method::Merge => "merge",
        Method::Squash => "squash",
        Method::Rebase => "rebase",
    }
}

/// How far it has come.
struct State {
    /// Where the target would be, in a dry run.
    ahead: Option<ObjectId>,
    /// The last commit that landed, or would have.
    last: ObjectId,
    /// How many sets have landed.
    landed: usize,
    /// What became of the branches.
    fates: BTreeMap<usize, Fate>,
    /// Trees that were rejected: none is judged again.
    known: BTreeMap<ObjectId, Rejection>,
}

/// What is told of the course.
struct Told {
    checks: Vec<CheckEntry>,
    restarts: Vec<Restart>,
}

/// A branch that the target's own failures hold back, and how many sets had landed then.
struct Waiting {
    number: usize,
    landed: usize,
}

/// What comes after a set was looked at once.
enum Next {
    /// Nothing: every branch of it has its fate, or its place in the queue.
    Done,
    /// These, in order.
    Sets(Vec<Vec<usize>>),
    /// The target moved.
    Again,
}

struct Lander<'a> {
    checker: Checker<'a>,
    target: &'a Target,
    by: Identity,
    site: &'a mut Site,
    state: State,
    told: Told,
    again: VecDeque<Waiting>,
}

impl Lander<'_> {
    /// Lands all, set by set.
    fn all(&mut self) -> Result<(), Refusal> {
        let all: Vec<usize> = (0..self.checker.members.len()).collect();
        let mut queue: VecDeque<Vec<usize>> = self.batches(&all).into();
        while let Some(set) = queue.pop_front() {
            let mut next = self.settle(&set)?;
            // What a set is split into comes before what waits behind it.
            while let Some(set) = next.pop() {
                queue.push_front(set);
            }
            if queue.is_empty() {
                let landed = self.state.landed;
                let ready = self.again.iter().filter(|waiting| waiting.landed < landed).map(|waiting| waiting.number);
                queue = self.batches(&ready.collect::<Vec<_>>()).into();
                self.again.retain(|waiting| waiting.landed >= landed);
            }
        }
        Ok(())
    }

    /// Branches by as many as are judged together; those apart whose commit allows or overrides something.
    fn batches(&self, numbers: &[usize]) -> Vec<Vec<usize>> {
        let mut batches: Vec<Vec<usize>> = Vec::new();
        let mut is_open = false;
        for &number in numbers {
            let is_apart = self.checker.members[number].is_apart;
            match batches.last_mut() {
                Some(last) if is_open && !is_apart && last.len() < self.checker.request.batch.get() => {
                    last.push(number);
                }
                _ => batches.push(vec![number]),
            }
            is_open = !is_apart;
        }
        batches
    }

    /// Does what can be done with a set, and gives what it has to be split into.
    fn settle(&mut self, set: &[usize]) -> Result<Vec<Vec<usize>>, Refusal> {
        let mut times = 0;
        loop {
            if self.checker.setting.control.urgency().is_some() {
                self.hold(set, &Hold::Interrupted);
                return Ok(Vec::new());
            }
            let base = self.tip()?;
            match self.once(set, base)? {
                Next::Done => return Ok(Vec::new()),
                Next::Sets(sets) => return Ok(sets),
                Next::Again if times == self.checker.request.retries => {
                    self.hold(set, &Hold::TargetMoved { times });
                    return Ok(Vec::new());
                }
                Next::Again => {
                    times += 1;
                    self.start_again(base, times)?;
                }
            }
        }
    }

    /// Notes that the target moved while a set was looked at.
    fn start_again(&mut self, from: ObjectId, times: u32) -> Result<(), Refusal> {
        let to = self.tip()?;
        if to != from {
            // What was rejected was so on another target.
            self.state.known.clear();
        }
        let (branch, most) = (&self.target.branch, self.checker.request.retries);
        self.say(format!(
            "{branch} moved to {} meanwhile: starting again from the plan ({times} of {most})",
            to.short()
        ));
        self.told.restarts.push(Restart { from, to });
        Ok(())
    }

    fn tip(&self) -> Result<ObjectId, Refusal> {
        self.state.ahead.map_or_else(|| self.target.tip(), Ok)
    }

    /// Composes and judges what is left of a set, and lands it if it may.
    fn once(&mut self, set: &[usize], base: ObjectId) -> Result<Next, Refusal> {
        let set = self.unmoved(set);
        let by_set = Composer {
            repo: &self.site.repo,
            by: self.by,
            method: self.checker.request.method,
            target: &self.target.branch,
            members: self.checker.members,
        };
        let Set { composed, contained, conflicting, impossible, apart } = by_set.compose(base, &set)?;
        for number in contained {
            self.state.fates.insert(number, Fate::Contained);
        }
        for (number, conflicts) in conflicting {
            self.state.fates.insert(number, Fate::Conflict { causes: conflicts.iter().map(Cause::from).collect() });
        }
        for (number, why) in impossible {
            self.hold(&[number], &Hold::Undecided { run: None, causes: Vec::new(), problems: vec![why] });
        }
        let mut later: Vec<Vec<usize>> = apart.into_iter().map(|number| vec![number]).collect();
        let Some(composed) = composed else { return Ok(Next::Sets(later)) };
        let next = match self.say_of(base, &composed)? {
            Said::Cleared(clearance, passed) => self.land(clearance, &composed, &passed)?,
            Said::Undecided(open) if open.is_interrupted => {
                self.hold(&composed.members, &Hold::Interrupted);
                Next::Done
            }
            Said::Undecided(Rejection { run, causes, problems, .. }) => {
                self.hold(&composed.members, &Hold::Undecided { run, causes, problems });
                Next::Done
            }
            Said::Rejected(rejection) => self.split(base, &composed, &rejection)?,
        };
        Ok(match next {
            Next::Done => Next::Sets(later),
            Next::Sets(mut sets) => {
                sets.append(&mut later);
                Next::Sets(sets)
            }
            Next::Again => Next::Again,
        })
    }

    /// Those of a set whose branches are still where they were.
    fn unmoved(&mut self, set: &[usize]) -> Vec<usize> {
        let mut left = Vec::new();
        for &number in set {
            match self.checker.members[number].whereabouts(&self.site.repo) {
                Whereabouts::Same => left.push(number),
                Whereabouts::Moved(to) => self.hold(&[number], &Hold::BranchMoved { to }),
            }
        }
        left
    }

    /// What is said of a set; what is known already is not asked again.
    fn say_of(&mut self, base: ObjectId, composed: &Composed) -> Result<Said, Refusal> {
        if let Some(known) = self.state.known.get(&composed.tree) {
            return Ok(Said::Rejected(known.clone()));
        }
        let names = self.names(&composed.members);
        self.say(format!("{names} on {} {}", self.target.branch, base.short()));
        let (said, told) = self.checker.check(self.site, base, composed)?;
        if !self.told.restarts.is_empty() {
            self.say(format!("{} of its steps ran, {} were reused", told.ran, told.reused));
        }
        self.told.checks.push(told);
        if let Said::Rejected(rejection) = &said {
            self.state.known.insert(composed.tree, rejection.clone());
        }
        Ok(said)
    }

    /// Lands a set, if its branches are still where they were.
    fn land(&mut self, clearance: LandClearance, composed: &Composed, passed: &Passed) -> Result<Next, Refusal> {
        if self.checker.setting.control.urgency().is_some() {
            self.hold(&composed.members, &Hold::Interrupted);
            return Ok(Next::Done);
        }
        let left = self.unmoved(&composed.members);
        if left.len() < composed.members.len() {
            return Ok(Next::Sets(vec![left]));
        }
        let (commit, Passed { run, verdict, proof, overridden }) = (composed.tip, passed.clone());
        if self.checker.request.dry_run {
            self.state.ahead = Some(commit);
            self.landed(composed, &Fate::Ready { run, verdict, proof, overridden });
            return Ok(Next::Done);
        }
        let why = format!("gate land: {}", self.names(&composed.members));
        match self.target.land(self.site, clearance, composed, &why)? {
            Landed::Done => self.landed(composed, &Fate::Landed { commit, run, verdict, proof, overridden }),
            Landed::Moved => return Ok(Next::Again),
            Landed::Blocked(shown) => {
                self.hold(&composed.members, &Hold::Blocked { message: shown.message, hint: shown.hint });
            }
        }
        Ok(Next::Done)
    }

    fn landed(&mut self, composed: &Composed, fate: &Fate) {
        self.state.last = composed.tip;
        self.state.landed += 1;
        self.state.fates.extend(composed.members.iter().map(|number| (*number, fate.clone())));
    }

    /// Splits a set that was rejected, or says who is to blame.
    fn split(&mut self, base: ObjectId, composed: &Composed, rejection: &Rejection) -> Result<Next, Refusal> {
        let set = &composed.members;
        let blamed = blame(&self.checker, self.site, base, (set, rejection))?;
        let is_targets = matches!(blamed, Blame::Target(_));
        let (Blame::Among(suspects) | Blame::Target(suspects)) = blamed;
        let innocent: Vec<usize> = set.iter().copied().filter(|number| !suspects.contains(number)).collect();
        let (run, causes) = (rejection.run.clone(), rejection.causes.clone());
        if is_targets && (suspects.is_empty() || !innocent.is_empty()) {
            self.wait(&innocent, &Hold::TargetBroken { run, causes });
            return Ok(Next::Sets(if suspects.is_empty() { Vec::new() } else { vec![suspects] }));
        }
        if suspects.is_empty() {
            self.hold(set, &Hold::NotItsDoing { run, causes });
            return Ok(Next::Done);
        }
        if !innocent.is_empty() {
            return Ok(Next::Sets(vec![innocent, suspects]));
        }
        if let [number] = suspects[..] {
            if is_targets {
                self.wait(&[number], &Hold::TargetBroken { run, causes });
                return Ok(Next::Done);
            }
            let with = rejection.members.iter().filter(|other| **other != number);
            let with = with.map(|other| self.checker.members[*other].name.clone()).collect();
            let problems = rejection.problems.clone();
            self.state.fates.insert(number, Fate::Rejected { run, causes, problems, with });
            return Ok(Next::Done);
        }
        let (first, second) = suspects.split_at(suspects.len().div_ceil(2));
        Ok(Next::Sets(vec![first.to_vec(), second.to_vec()]))
    }

    fn hold(&mut self, set: &[usize], why: &Hold) {
        self.state.fates.extend(set.iter().map(|number| (*number, Fate::Held { why: why.clone() })));
    }

    /// Holds branches for as long as nothing else lands that may mend the target.
    fn wait(&mut self, set: &[usize], why: &Hold) {
        self.hold(set, why);
        let landed = self.state.landed;
        self.again.extend(set.iter().map(|number| Waiting { number: *number, landed }));
    }

    fn names(&self, set: &[usize]) -> String {
        set.iter().map(|number| self.checker.members[*number].name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn say(&self, text: String) {
        self.checker.setting.sink.emit(Event::Notice { text });
    }
}
