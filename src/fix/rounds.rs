//! The rounds: every fixer in turn on the last one's tree, until nothing changes any more.
//!
//! A fixer runs again on what another one has changed since, and on what it changed itself, to see whether it leaves that
//! as it is. Of many files of its own it is given a few first, and the rest only if it changes one of those.

use std::collections::{BTreeMap, BTreeSet};

use super::bench::{Bench, Ended, Problem};
use super::blobs::Blobs;
use super::fixers::{Fixer, How};
use super::outcome::{Left, Mended};
use crate::builtin;
use crate::check::{Builtin, CheckName};
use crate::digest::ObjectId;
use crate::git::Side;
use crate::input::Input;
use crate::judge::Refusal;
use crate::path::{Mode, RepoPath};

/// How often the fixers are gone through.
const ROUNDS: usize = 3;
/// How many of its own files a fixer is given at first, to see whether it leaves them.
const SAMPLE: usize = 16;

/// What the rounds came to.
#[derive(Default)]
pub(super) struct Outcome {
    /// The files that differ, settled ones only.
    pub(super) mended: Vec<Mended>,
    pub(super) left: Vec<Left>,
    pub(super) unsettled: Vec<CheckName>,
    pub(super) failed: Vec<(CheckName, String)>,
}

/// Goes through the fixers.
pub(super) fn run(fixers: &[Fixer], bench: &mut Bench<'_>, candidate: ObjectId) -> Result<Outcome, Refusal> {
    let turns = fixers.iter().map(|fixer| Turn { due: fixer.pending.clone(), own: BTreeSet::new() });
    let mut rounds = Rounds {
        fixers,
        turns: turns.collect(),
        bench,
        candidate,
        tree: candidate,
        sides: BTreeMap::new(),
        left: BTreeMap::new(),
        problems: BTreeMap::new(),
        useful: BTreeSet::new(),
    };
    let mut last = BTreeMap::new();
    for _ in 0..ROUNDS {
        last = BTreeMap::new();
        for number in 0..fixers.len() {
            let Some(changed) = rounds.turn(number)? else { return Ok(rounds.given_up()) };
            for path in changed {
                last.insert(path, number);
            }
        }
        if last.is_empty() {
            break;
        }
    }
    rounds.outcome(&last)
}

/// What a fixer is to be given when its turn comes.
struct Turn {
    /// Files that it has not seen as they are.
    due: BTreeSet<RepoPath>,
    /// Files that are as it made them.
    own: BTreeSet<RepoPath>,
}

struct Rounds<'a, 'b> {
    fixers: &'a [Fixer],
    turns: Vec<Turn>,
    bench: &'a mut Bench<'b>,
    candidate: ObjectId,
    /// What the fixers have made of the candidate.
    tree: ObjectId,
    /// What differs.
    sides: BTreeMap<RepoPath, Side>,
    left: BTreeMap<RepoPath, String>,
    /// What was wrong with fixers, and which of them changed anything.
    problems: BTreeMap<usize, Problem>,
    useful: BTreeSet<usize>,
}

impl Rounds<'_, '_> {
    /// A fixer's turn: the files that it changed, or nothing where all is to be given up.
    fn turn(&mut self, number: usize) -> Result<Option<BTreeSet<RepoPath>>, Refusal> {
        let mut all = BTreeSet::new();
        loop {
            // Without names it sees all of them anyway.
            let few = if self.fixers[number].takes_files() { SAMPLE } else { usize::MAX };
            let own = &mut self.turns[number].own;
            let rest = own.iter().nth(few).cloned().map(|first| own.split_off(&first)).unwrap_or_default();
            let sample = std::mem::replace(own, rest);
            let mut files = std::mem::take(&mut self.turns[number].due);
            files.extend(sample.iter().cloned());
            if files.is_empty() {
                return Ok(Some(all));
            }
            let Some(changed) = self.run(number, &files)? else { return Ok(None) };
            let again = changed.iter().any(|path| sample.contains(path));
            all.extend(changed.iter().cloned());
            let Turn { due, own } = &mut self.turns[number];
            if again && !own.is_empty() {
                // It does not leave what it made: the others are to be seen as well.
                due.append(own);
            } else {
                own.clone_from(&all);
                return Ok(Some(all));
            }
        }
    }

    /// Runs a fixer on files, and takes in what it changed.
    fn run(&mut self, number: usize, files: &BTreeSet<RepoPath>) -> Result<Option<BTreeSet<RepoPath>>, Refusal> {
        let fixer = &self.fixers[number];
        let there = self.bench.repo().leaves(self.tree, files.iter())?;
        let there = there.into_iter().filter(|(_, side)| side.mode.is_file());
        let inputs: Vec<Input> =
            there.map(|(path, side)| Input { path, mode: side.mode, id: side.id, through: false }).collect();
        if inputs.is_empty() {
            return Ok(Some(BTreeSet::new()));
        }
        let changed = match &fixer.how {
            How::Own(builtin) => mend(builtin, self.bench.blobs, &inputs)?,
            How::Command(command) => {
                let ran = self.bench.run(fixer, command, inputs, self.tree)?;
                self.left.extend(ran.left);
                if let Some(problem) = ran.problem {
                    self.problems.insert(number, problem);
                }
                match ran.ended {
                    Ended::Done => ran.changed,
                    Ended::Cut => return Ok(None),
                }
            }
        };
        if changed.is_empty() {
            return Ok(Some(BTreeSet::new()));
        }
        self.useful.insert(number);
        self.tree = self.bench.repo().tree_with(self.tree, &changed)?;
        for (other, (fixer, turn)) in self.fixers.iter().zip(&mut self.turns).enumerate() {
            if other != number {
                turn.own.retain(|path| !changed.contains_key(path));
                let about = changed.iter().filter(|(path, side)| fixer.scope.matches(path, side.mode));
                turn.due.extend(about.map(|(path, _)| path.clone()));
            }
        }
        let paths = changed.keys().cloned().collect();
        self.sides.extend(changed);
        Ok(Some(paths))
    }

    /// Everything that fixers did is dropped: one of them was cut off in the middle of something.
    fn given_up(self) -> Outcome {
        Outcome { failed: self.failed(), ..Outcome::default() }
    }

    fn failed(&self) -> Vec<(CheckName, String)> {
        let told = self.problems.iter().filter(|(number, problem)| problem.always || !self.useful.contains(number));
        told.map(|(number, problem)| (self.fixers[*number].name().clone(), problem.text.clone())).collect()
    }

    /// `last` are the files that were still changed in the last round, each with who did.
    fn outcome(mut self, last: &BTreeMap<RepoPath, usize>) -> Result<Outcome, Refusal> {
        let restless: BTreeSet<usize> = last.values().copied().collect();
        for path in last.keys() {
            let why = "the fixers do not agree on what it is to be: it stays as it was";
            self.left.insert(path.clone(), why.to_owned());
        }
        let mut mended = Vec::new();
        let before = self.bench.repo().leaves(self.candidate, self.sides.keys())?;
        for (path, new) in &self.sides {
            let old = before.get(path).copied();
            if let Some(old) = old.filter(|old| old != new && !last.contains_key(path)) {
                mended.push(Mended { path: path.clone(), old, new: *new });
            }
        }
        let left = self.left.iter().map(|(path, why)| Left::new(path, why));
        Ok(Outcome {
            mended,
            left: left.collect(),
            unsettled: restless.iter().map(|number| self.fixers[*number].name().clone()).collect(),
            failed: self.failed(),
        })
    }
}

/// What gate itself mends of files.
fn mend(builtin: &Builtin, blobs: &Blobs<'_>, files: &[Input]) -> Result<BTreeMap<RepoPath, Side>, Refusal> {
    let mut changed = BTreeMap::new();
    for file in files.iter().filter(|file| matches!(file.mode, Mode::File | Mode::Executable)) {
        let bytes = blobs.get(file.id)?;
        if let Some(mended) = builtin::fix(builtin, &file.path, &bytes).filter(|mended| **mended != *bytes) {
            let id = blobs.put(&mended)?;
            changed.insert(file.path.clone(), Side { mode: file.mode, id });
        }
    }
    Ok(changed)
}
