//! The fixers of a plan, in the order in which they run.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::change::Base;
use crate::check::{Builtin, CheckName};
use crate::config::{Check, CommandLine};
use crate::input::{self, Input};
use crate::judge::{Planned, Refusal, Request, Site};
use crate::path::{RepoPath, Selection};
use crate::plan::Step;

/// A fixer.
pub(super) struct Fixer {
    pub(super) check: Arc<Check>,
    pub(super) how: How,
    /// The files of the candidate that it is to mend.
    pub(super) pending: BTreeSet<RepoPath>,
    /// The files that it is about.
    pub(super) scope: Selection,
}

/// What a fixer does.
pub(super) enum How {
    /// gate mends it itself.
    Own(Builtin),
    /// It runs a command.
    Command(CommandLine),
}

impl Fixer {
    /// The check's name.
    pub(super) fn name(&self) -> &CheckName {
        &self.check.name
    }

    /// Whether it is given files; it mends whatever it finds otherwise.
    pub(super) fn takes_files(&self) -> bool {
        match &self.how {
            How::Own(_) => true,
            How::Command(command) => command.takes_files(),
        }
    }
}

/// Whether a check of the stage has a fixer.
pub(super) fn can_fix(check: &Check, request: &Request) -> bool {
    check.on.contains(&request.stage) && check.can_fix() && !check.is_about_message()
}

/// The fixers of the steps that would run: what is proved needs no mending. In the order of their names, but each after
/// those that its check comes after.
pub(super) fn of(planned: &Planned, request: &Request, site: &Site) -> Result<Vec<Fixer>, Refusal> {
    let mut waiting: Vec<&Step> = planned.plan.running().filter(|step| can_fix(&step.check, request)).collect();
    let mut fixers = Vec::new();
    while !waiting.is_empty() {
        let free = |step: &&Step| {
            let mut before = step.after.iter().chain(&step.needs);
            !before.any(|name| waiting.iter().any(|other| other.name == *name))
        };
        let next = waiting.iter().position(free).unwrap_or(0);
        fixers.extend(fixer(waiting.remove(next), planned, site)?);
    }
    Ok(fixers)
}

fn fixer(step: &Step, planned: &Planned, site: &Site) -> Result<Option<Fixer>, Refusal> {
    let check = &step.check;
    let how = match (&check.fix, check.builtin()) {
        (Some(command), _) => How::Command(command.clone()),
        (None, Some(builtin)) => How::Own(builtin.clone()),
        (None, None) => return Ok(None),
    };
    let scope = if check.files.is_empty() { check.scope() } else { check.file_scope() };
    let pending = match &step.files {
        Some(work) => work.pending.iter().map(|input| input.path.clone()).collect(),
        None => pending(&scope, planned, site)?,
    };
    Ok(Some(Fixer { check: Arc::clone(check), how, pending, scope }))
}

/// The files of a check whose command takes none: those that the change touches, or every one where there is no base.
fn pending(scope: &Selection, planned: &Planned, site: &Site) -> Result<BTreeSet<RepoPath>, Refusal> {
    let change = &planned.change;
    if let Base::None(_) = change.base {
        let all = input::list(&site.repo, change.candidate.tree, scope)?;
        return Ok(all.into_iter().filter(|input: &Input| input.mode.is_file()).map(|input| input.path).collect());
    }
    let touched = change
        .deltas
        .iter()
        .filter(|delta| delta.new.is_some_and(|side| side.mode.is_file() && scope.matches(&delta.path, side.mode)));
    Ok(touched.map(|delta| delta.path.clone()).collect())
}
