//! A finished run together with what its steps wrote: what every file format is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::Path;
use std::time::SystemTime;

use super::tail;
use crate::check::{Outcome, StepName};
use crate::output::{Place, Problem, Root, problems};
use crate::path::RepoPath;
use crate::record::{Entry, StepEntry};

/// A finished run together with what its steps wrote. Every file format is a pure function of it.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    /// The run.
    pub entry: &'a Entry,
    /// The time that ages are reckoned from.
    pub now: SystemTime,
    /// Whether the run stands in the ledger, so that it can be shown again.
    pub recorded: bool,
    /// The paths in which candidate and base differ.
    pub changed: BTreeSet<RepoPath>,
    /// What the steps wrote that did not pass.
    pub outputs: BTreeMap<StepName, Output>,
}

/// What a step wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The problems in it, in its order.
    pub problems: Vec<Problem>,
    /// Its last lines, without control characters.
    pub tail: Vec<String>,
}

/// Where an account comes from beside the entry.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The folder that holds a folder of logs for each run; without it, logs are where the entry says.
    pub logs: Option<&'a Path>,
    /// The folders that absolute paths in logs may lie in.
    pub roots: &'a [Root],
    /// Whether the candidate has a file at a path.
    pub holds: &'a dyn Fn(&RepoPath) -> bool,
}

impl<'a> Account<'a> {
    /// Reads what the steps wrote that did not pass. A log that can't be read says so in its last line.
    #[must_use]
    pub fn read(entry: &'a Entry, changed: BTreeSet<RepoPath>, source: Source<'_>, now: SystemTime) -> Self {
        let steps = entry.steps.iter().filter(|step| needs_attention(step));
        let outputs = steps.map(|step| (step.name.clone(), output(entry, step, source))).collect();
        Self { entry, now, recorded: true, changed, outputs }
    }
}

/// Whether a step began and did not pass.
pub(super) fn needs_attention(step: &StepEntry) -> bool {
    step.outcome.is_some_and(|outcome| !matches!(outcome, Outcome::Passed | Outcome::NotStarted))
}

fn output(entry: &Entry, step: &StepEntry, source: Source<'_>) -> Output {
    let Some(log) = tail::path(entry, step, source.logs) else { return Output::default() };
    let dir = step.dir.as_deref().map(RepoPath::from);
    let place = Place { roots: source.roots, dir: dir.as_ref(), holds: source.holds };
    let found = fs_err::File::open(&log).and_then(|file| problems(BufReader::new(file), &place));
    let tail = tail::read(&log, false);
    let tail = tail.unwrap_or_else(|error| vec![format!("its output can't be read: {error}")]);
    Output { problems: found.unwrap_or_default(), tail }
}
