//! The verdict on a change whose steps ran in several shards.

use std::collections::BTreeSet;

use super::decide::gravity;
use super::mend::{Seen, in_fewer, in_no_others, mends};
use super::{Cause, Finding, Kind, Proof, Standing, Verdict};
use crate::check::{FailedTests, Outcome, StepName};

/// What one shard says.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// What it says of the change by its own steps.
    pub kind: Kind,
    /// What its steps rest on.
    pub proof: Proof,
    /// What it knows of the base.
    pub standing: &'a Standing,
    /// What it found.
    pub findings: &'a [Finding],
}

/// What came of one step, in the shard that it is at home in.
#[derive(Clone, Debug)]
pub struct JoinedStep {
    /// The step.
    pub name: StepName,
    /// Whether nothing is deployable without its pass.
    pub required: bool,
    /// What it is worth, by its decision, reasons and outcome.
    pub worth: Worth,
    /// Whether all that its result depends on is as on the base.
    pub is_alike: bool,
    /// How it ended, if it ran.
    pub outcome: Option<Outcome>,
    /// Which of its tests fail, and which fail on the base, where its check is defined alike there and both are told.
    pub tests: Option<(FailedTests, FailedTests)>,
}

/// What a step is worth to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// It passed, or is proved.
    Passes,
    /// It is accepted without a proof.
    Accepted,
    /// Neither.
    Nothing,
}

/// Everything that a joined verdict rests on.
#[derive(Clone, Debug)]
pub struct Join<'a> {
    /// What each shard says.
    pub parts: Vec<Part<'a>>,
    /// Every step whose shard is there.
    pub steps: Vec<JoinedStep>,
    /// What keeps the documents from being the whole: each leaves the change undecided.
    pub gaps: Vec<Cause>,
}

impl Join<'_> {
    /// Says what is to be said of the change by all shards together.
    ///
    /// A shard can only take away from the verdict: what one rejects is rejected, and `deployable` needs every shard, with a
    /// pass, a reuse or an assumption for every required step.
    #[must_use]
    pub fn decide(&self) -> Verdict {
        let mut findings = self.findings();
        let standing = standing(self.parts.iter().map(|part| part.standing));
        let kind = self.kind(&mut findings, &standing);
        let proof = (kind == Kind::Deployable).then(|| self.rests_on());
        Verdict { kind, proof, standing, findings }
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = together(&self.gaps, self.parts.iter().flat_map(|part| part.findings));
        let is_told = |step: &StepName| {
            let of_step = |cause: &Cause| match cause {
                Cause::Step { step: named, .. } | Cause::SelectsNothing { step: named } => named == step,
                _ => false,
            };
            findings.iter().any(|finding| finding.leads_to.is_some() && of_step(&finding.cause))
        };
        // No document says so of itself; one that was cut or made up might.
        let silent =
            self.steps.iter().filter(|step| step.required && step.worth == Worth::Nothing && !is_told(&step.name));
        let silent: Vec<Finding> = silent.map(JoinedStep::against).collect();
        findings.extend(silent);
        findings
    }

    fn kind(&self, findings: &mut Vec<Finding>, standing: &Standing) -> Kind {
        let found = findings.iter().filter_map(|finding| finding.leads_to);
        let said = self.parts.iter().map(|part| part.kind);
        let worst = found.chain(said).max_by_key(|kind| gravity(*kind)).filter(|kind| gravity(*kind) > 0);
        let is_found = findings.iter().any(|finding| finding.leads_to == Some(Kind::Rejected));
        if worst == Some(Kind::Rejected) && is_found && self.gaps.is_empty() && mends(self, standing, findings) {
            return Kind::Mends;
        }
        if let Some(worst) = worst {
            return worst;
        }
        if self.parts.is_empty() || !self.steps.iter().any(|step| step.required) {
            findings.push(Finding { cause: Cause::NothingRequired, leads_to: Some(Kind::Undecided) });
            return Kind::Undecided;
        }
        Kind::Deployable
    }

    fn rests_on(&self) -> Proof {
        let is_relative = self.parts.iter().any(|part| part.proof == Proof::Relative);
        if is_relative { Proof::Relative } else { Proof::Proved }
    }

    fn step(&self, name: &StepName) -> Option<&JoinedStep> {
        self.steps.iter().find(|step| &step.name == name)
    }
}

impl Seen for Join<'_> {
    fn fails_alike(&self, step: &StepName) -> bool {
        self.step(step).is_some_and(|step| step.is_alike || step.fails(in_no_others))
    }

    fn fails_less(&self, step: &StepName) -> bool {
        self.step(step).is_some_and(|step| step.fails(in_fewer))
    }

    fn is_mended(&self, step: &StepName) -> bool {
        self.step(step).is_some_and(|step| step.worth == Worth::Passes && step.required && !step.is_alike)
    }
}

/// What was found by several, each once, after what is not known of the whole.
pub(super) fn together<'a>(gaps: &[Cause], told: impl Iterator<Item = &'a Finding>) -> Vec<Finding> {
    let gaps = gaps.iter().map(|cause| Finding { cause: cause.clone(), leads_to: Some(Kind::Undecided) });
    let mut findings: Vec<Finding> = Vec::new();
    for finding in gaps.chain(told.cloned()) {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// What several know of the base together: it is broken by whatever any of them saw fail there.
pub(super) fn standing<'a>(told: impl Iterator<Item = &'a Standing>) -> Standing {
    let told: Vec<&Standing> = told.collect();
    let mut broken: BTreeSet<StepName> = BTreeSet::new();
    let mut seen = None;
    for standing in &told {
        if let Standing::Broken { run, steps } = standing {
            broken.extend(steps.iter().cloned());
            seen.get_or_insert(run);
        }
    }
    if let Some(run) = seen {
        return Standing::Broken { run: run.clone(), steps: broken.into_iter().collect() };
    }
    match told.split_first() {
        Some((first, rest)) if rest.iter().all(|other| other == first) => (*first).clone(),
        _ => Standing::Unknown,
    }
}

impl JoinedStep {
    fn fails(&self, how: impl Fn((&FailedTests, &FailedTests)) -> bool) -> bool {
        self.tests.as_ref().is_some_and(|(here, base)| how((here, base)))
    }

    fn against(&self) -> Finding {
        let outcome = self.outcome.unwrap_or(Outcome::NotStarted);
        let kind = match outcome {
            Outcome::Failed | Outcome::TimedOut | Outcome::Leaked | Outcome::Modified => Kind::Rejected,
            Outcome::Passed | Outcome::Flaky | Outcome::Cancelled | Outcome::NotStarted => Kind::Undecided,
        };
        Finding { cause: Cause::Step { step: self.name.clone(), outcome }, leads_to: Some(kind) }
    }
}
