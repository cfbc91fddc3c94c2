//! What is said of a set of branches.

use std::time::SystemTime;

use super::compose::Composed;
use super::document::CheckEntry;
use super::members::Member;
use super::request::LandRequest;
use crate::change::Method;
use crate::digest::ObjectId;
use crate::judge::{self, Judged, Refusal, RefusalKind, Setting, Site};
use crate::plan::Decision;
use crate::record::Entry;
use crate::verdict::{Cause, Kind, LandClearance, Overridden, Proof, Standing};

/// What is said of a set.
pub(super) enum Said {
    /// It may land.
    Cleared(LandClearance, Passed),
    /// It may not.
    Rejected(Rejection),
    /// It could not be worked out.
    Undecided(Rejection),
}

/// What lands a set.
#[derive(Clone, Debug)]
pub(super) struct Passed {
    /// The run.
    pub(super) run: String,
    /// What was said.
    pub(super) verdict: Kind,
    /// What it rests on.
    pub(super) proof: Option<Proof>,
    /// Who lets it land though the verdict does not.
    pub(super) overridden: Option<Overridden>,
}

/// What speaks against a set, or leaves it open.
#[derive(Clone, Debug)]
pub(super) struct Rejection {
    /// The run; `None` where there was no verdict.
    pub(super) run: Option<String>,
    /// What was found.
    pub(super) causes: Vec<Cause>,
    /// What is known of the target.
    pub(super) standing: Standing,
    /// Why there was no verdict.
    pub(super) problems: Vec<String>,
    /// The branches of the set.
    pub(super) members: Vec<usize>,
    /// Whether a signal ended it.
    pub(super) is_interrupted: bool,
}

/// With what sets are judged.
pub(super) struct Checker<'a> {
    /// What is asked.
    pub(super) request: &'a LandRequest,
    /// With what judge works.
    pub(super) setting: &'a Setting<'a>,
    /// The branch that is landed on.
    pub(super) branch: &'a str,
    /// All branches.
    pub(super) members: &'a [Member],
}

impl Checker<'_> {
    /// Judges a set on the target's tip.
    ///
    /// # Errors
    /// When gate or the machine failed, or it was ended by a signal before there was a verdict.
    pub(super) fn check(
        &self,
        site: &mut Site,
        base: ObjectId,
        composed: &Composed,
    ) -> Result<(Said, CheckEntry), Refusal> {
        let (from, method) = self.from(composed);
        let request = self.request.judge((base, self.branch), from, method);
        let told = CheckEntry {
            branches: composed.members.iter().map(|number| self.members[*number].name.clone()).collect(),
            base,
            tree: composed.tree,
            run: None,
            verdict: None,
            ran: 0,
            reused: 0,
        };
        match judge::judge(&request, &self.now(), site) {
            Ok(judged) => {
                let told = of(&judged.entry, told);
                Ok((said(judged, composed)?, told))
            }
            Err(refusal) if self.members.len() > 1 => Ok((refused(refusal, composed)?, told)),
            Err(refusal) => Err(refusal),
        }
    }

    /// The commit to judge, and how it is brought onto the target: a branch by itself as it is, so that what its author
    /// may allow is seen; several as what they come to together.
    fn from(&self, composed: &Composed) -> (ObjectId, Method) {
        match composed.members[..] {
            [number] => (self.members[number].head, self.request.method),
            _ => (composed.tip, Method::Merge),
        }
    }

    /// The setting, with a run's own time of start.
    pub(super) fn now(&self) -> Setting<'_> {
        Setting { now: SystemTime::now(), cache: self.setting.cache.clone(), ..*self.setting }
    }
}

fn said(judged: Judged, composed: &Composed) -> Result<Said, Refusal> {
    let entry = &judged.entry;
    if entry.candidate.tree != composed.tree {
        return Err(Refusal::internal("what was judged is not what would land"));
    }
    if let Some(clearance) = judged.clearance {
        let overridden = entry.overridden.clone();
        let passed = Passed { run: entry.id.clone(), verdict: entry.verdict, proof: entry.proof, overridden };
        return Ok(Said::Cleared(clearance, passed));
    }
    let against = entry.findings.iter().filter(|finding| finding.leads_to == Some(entry.verdict));
    let rejection = Rejection {
        run: Some(entry.id.clone()),
        causes: against.map(|finding| finding.cause.clone()).collect(),
        standing: entry.standing.clone(),
        problems: Vec::new(),
        members: composed.members.clone(),
        is_interrupted: judged.signal.is_some(),
    };
    Ok(if entry.verdict == Kind::Rejected { Said::Rejected(rejection) } else { Said::Undecided(rejection) })
}

/// A set of which nothing could be made. A gate.toml that is wrong is somebody's doing; the rest is nobody's.
fn refused(refusal: Refusal, composed: &Composed) -> Result<Said, Refusal> {
    let rejection = Rejection {
        run: None,
        causes: Vec::new(),
        standing: Standing::Unknown,
        problems: refusal.diagnostics.iter().map(|shown| shown.message.clone()).collect(),
        members: composed.members.clone(),
        is_interrupted: false,
    };
    match refusal.kind {
        RefusalKind::Configuration => Ok(Said::Rejected(rejection)),
        RefusalKind::Undecided => Ok(Said::Undecided(rejection)),
        _ => Err(refusal),
    }
}

fn of(entry: &Entry, told: CheckEntry) -> CheckEntry {
    let count = |decision| entry.steps.iter().filter(|step| step.decision == decision).count();
    let (ran, reused) = (count(Decision::Run), count(Decision::Reuse));
    CheckEntry { run: Some(entry.id.clone()), verdict: Some(entry.verdict), ran, reused, ..told }
}
