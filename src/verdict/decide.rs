//! The verdict on a change.

use std::collections::{BTreeMap, BTreeSet};

use super::mend::{Seen, Tests, in_fewer, in_no_others, is_defined_alike, mends};
use super::{Cause, Fewer, Finding, Kind, Proof, Standing, Verdict};
use crate::check::{Outcome, Stage, StepName};
use crate::config::Policy;
use crate::plan::{Decision, Plan, Reason, Step};

/// Everything a verdict rests on.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// What was planned; every step that ran has an outcome.
    pub plan: &'a Plan,
    /// How the steps that ran ended. A running step without an outcome counts as not started.
    pub outcomes: &'a BTreeMap<StepName, Outcome>,
    /// Which tests failed.
    pub tests: Tests<'a>,
    /// Steps that ran fewer tests than before.
    pub fewer_tests: &'a BTreeMap<StepName, Fewer>,
    /// The policy.
    pub policy: &'a Policy,
    /// What is known of the base.
    pub standing: &'a Standing,
    /// What the change does to the gate itself.
    pub weakenings: &'a [Cause],
    /// Whether the change is to land: then it must not weaken the gate.
    pub lands: bool,
    /// What the steps ran on.
    pub ground: Ground,
    /// Steps that may have read what is not of the candidate: their passes prove nothing.
    pub disturbed: &'a BTreeSet<StepName>,
}

/// What steps ran on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A private checkout of exactly the candidate.
    Private,
    /// A private checkout with folders of the user's: what passes there is no proof.
    Shared,
    /// The user's own tree, whatever it holds: the verdict is never above `undecided`.
    Here,
}

/// What a step comes to.
enum Weight {
    /// It passed or was reused.
    Proved,
    /// It is taken to pass.
    Assumed,
    /// It has no say.
    None,
    /// It speaks against the change, or leaves it open.
    Against(Finding),
}

impl Trial<'_> {
    /// Says what is to be said of the change.
    ///
    /// `deployable` needs a pass, a reuse or an assumption for every required step: whatever is missing, skipped,
    /// cancelled or unknown is none of them.
    #[must_use]
    pub fn decide(&self) -> Verdict {
        let mut findings: Vec<Finding> =
            self.weakenings.iter().cloned().map(|cause| Finding::told(cause, self.lands)).collect();
        let mut required = 0;
        for step in &self.plan.steps {
            let weight = self.weigh(step);
            if step.check.required {
                required += 1;
            }
            match weight {
                Weight::Proved | Weight::None | Weight::Assumed => {}
                Weight::Against(finding) => findings.push(finding.for_step(step)),
            }
            findings.extend(self.unproved_elsewhere(step));
            findings.extend(self.fewer_tests(step));
        }
        let kind = self.kind(&mut findings, required);
        let proof = (kind == Kind::Deployable).then(|| self.rests_on());
        Verdict { kind, proof, standing: self.standing.clone(), findings }
    }

    /// The platforms on which a step has to pass and nobody has signed that it does. What equals the base is taken to pass
    /// everywhere, and nobody can sign for what there is nothing of.
    fn unproved_elsewhere<'s>(&self, step: &'s Step) -> impl Iterator<Item = Finding> + use<'s> {
        let assumed = step.reasons.first().is_some_and(leaves_aside);
        let counts = self.plan.stage == Stage::Merge && !assumed;
        step.elsewhere.iter().filter(move |(_, by)| counts && by.is_none()).map(|(platform, _)| {
            let cause = Cause::PlatformUnproved { step: step.name.clone(), platform: platform.clone() };
            Finding { cause, leads_to: Some(Kind::Undecided) }.for_step(step)
        })
    }

    /// That a step ran fewer tests than before; only told, unless the policy takes its pass for none.
    fn fewer_tests(&self, step: &Step) -> Option<Finding> {
        let fewer = self.fewer_tests.get(&step.name)?;
        let leads_to = self.is_doubtful(step).then_some(Kind::Undecided);
        let cause = Cause::FewerTests { step: step.name.clone(), fewer: fewer.clone() };
        Some(Finding { cause, leads_to }.for_step(step))
    }

    /// Whether the policy takes a step's pass for none, because tests are missing.
    fn is_doubtful(&self, step: &Step) -> bool {
        let passed = self.outcomes.get(&step.name) == Some(&Outcome::Passed);
        let fewer = self.fewer_tests.get(&step.name);
        passed && self.policy.reject_fewer_tests && fewer.is_some_and(Fewer::is_doubtful)
    }

    /// The steps whose passes the policy takes for none, because tests are missing: they stand in for no later run.
    #[must_use]
    pub fn doubtful(&self) -> BTreeSet<StepName> {
        self.plan.steps.iter().filter(|step| self.is_doubtful(step)).map(|step| step.name.clone()).collect()
    }

    /// What a deployable verdict rests on, as far as these steps go.
    #[must_use]
    pub fn rests_on(&self) -> Proof {
        let is_assumed = |step: &Step| matches!(self.weigh(step), Weight::Assumed);
        if self.ran_on_shared() || self.plan.steps.iter().any(is_assumed) { Proof::Relative } else { Proof::Proved }
    }

    fn kind(&self, findings: &mut Vec<Finding>, required: usize) -> Kind {
        let worst = findings.iter().filter_map(|finding| finding.leads_to).max_by_key(|kind| gravity(*kind));
        if worst == Some(Kind::Rejected) && self.may_mend() && mends(self, self.standing, findings) {
            return Kind::Mends;
        }
        if let Some(worst) = worst {
            return worst;
        }
        if self.ground == Ground::Here {
            return Kind::Undecided;
        }
        if self.plan.stage != Stage::Merge || self.plan.narrowed {
            return Kind::Clear;
        }
        if required == 0 {
            findings.push(Finding { cause: Cause::NothingRequired, leads_to: Some(Kind::Undecided) });
            return Kind::Undecided;
        }
        Kind::Deployable
    }

    fn ran_on_shared(&self) -> bool {
        self.ground == Ground::Shared && self.plan.running().next().is_some()
    }

    fn may_mend(&self) -> bool {
        self.ground != Ground::Here && self.plan.stage == Stage::Merge && !self.plan.narrowed
    }

    fn weigh(&self, step: &Step) -> Weight {
        match step.decision {
            Decision::Reuse => Weight::Proved,
            Decision::Run => self.weigh_outcome(step),
            Decision::Skip => weigh_skip(step),
        }
    }

    fn weigh_outcome(&self, step: &Step) -> Weight {
        let outcome = self.outcomes.get(&step.name).copied().unwrap_or(Outcome::NotStarted);
        let against = |kind| {
            let cause = Cause::Step { step: step.name.clone(), outcome };
            Weight::Against(Finding { cause, leads_to: Some(kind) })
        };
        match outcome {
            Outcome::Passed if step.files.as_ref().is_some_and(|files| files.assumed) => Weight::Assumed,
            // What proves nothing lands nothing.
            Outcome::Passed if self.disturbed.contains(&step.name) && self.lands => {
                let cause = Cause::Disturbed { step: step.name.clone() };
                Weight::Against(Finding { cause, leads_to: Some(Kind::Undecided) })
            }
            Outcome::Passed if self.disturbed.contains(&step.name) => Weight::Assumed,
            Outcome::Passed => Weight::Proved,
            Outcome::Flaky if self.policy.reject_flaky => against(Kind::Rejected),
            Outcome::Flaky => Weight::Assumed,
            Outcome::Failed | Outcome::TimedOut | Outcome::Leaked | Outcome::Modified => against(Kind::Rejected),
            Outcome::Cancelled | Outcome::NotStarted => against(Kind::Undecided),
        }
    }
}

impl Seen for Trial<'_> {
    fn fails_alike(&self, step: &StepName) -> bool {
        let Some(step) = self.plan.step(step) else { return false };
        let is_same = step.base.as_ref() == Some(&step.fingerprint);
        is_same || (is_defined_alike(step) && self.tests.of(&step.name).is_some_and(in_no_others))
    }

    fn fails_less(&self, step: &StepName) -> bool {
        self.tests.of(step).is_some_and(in_fewer)
    }

    fn is_mended(&self, step: &StepName) -> bool {
        self.plan.step(step).is_some_and(|step| {
            let passes = match step.decision {
                Decision::Reuse => true,
                Decision::Run => self.outcomes.get(&step.name) == Some(&Outcome::Passed),
                Decision::Skip => false,
            };
            passes && !self.is_doubtful(step) && step.check.required && step.base.as_ref() != Some(&step.fingerprint)
        })
    }
}

/// Whether a step that was skipped for this reason is nobody's to prove here.
fn leaves_aside(reason: &Reason) -> bool {
    matches!(reason, Reason::Unchanged | Reason::NotSelected | Reason::SelectsNothing | Reason::OtherShard { .. })
}

fn weigh_skip(step: &Step) -> Weight {
    let against = |cause, leads_to| Weight::Against(Finding { cause, leads_to });
    let step_name = || step.name.clone();
    match step.reasons.first() {
        Some(Reason::Unchanged) => Weight::Assumed,
        // What is proved elsewhere is told apart from it; the others leave the plan narrowed, so that nothing is deployable
        // by it alone.
        Some(Reason::NotSelected | Reason::OtherPlatform | Reason::OtherShard { .. }) => Weight::None,
        Some(Reason::SelectsNothing) if step.check.allow_empty => Weight::None,
        Some(Reason::SelectsNothing) => against(Cause::SelectsNothing { step: step_name() }, Some(Kind::Undecided)),
        Some(Reason::Asked { .. }) => against(Cause::Owed { step: step_name() }, None),
        // A skip for any other reason is a fault of gate's own, and no pass.
        _ => against(Cause::Step { step: step_name(), outcome: Outcome::NotStarted }, Some(Kind::Undecided)),
    }
}

pub(super) fn gravity(kind: Kind) -> u8 {
    match kind {
        Kind::Deployable | Kind::Mends | Kind::Clear => 0,
        Kind::Undecided => 1,
        Kind::Rejected => 2,
    }
}

impl Finding {
    /// A finding that no step brings. What weakens the gate is only told, unless the change is to land.
    fn told(cause: Cause, lands: bool) -> Self {
        let leads_to = match cause {
            Cause::RulesRemoved | Cause::Conflict { .. } => Some(Kind::Rejected),
            Cause::Weakened { .. } | Cause::Loosened { .. } | Cause::GuardedFile { .. } if lands => {
                Some(Kind::Rejected)
            }
            Cause::Interrupted => Some(Kind::Undecided),
            _ => None,
        };
        Self { cause, leads_to }
    }

    /// The finding as it counts for a step: one that blocks nothing is only told.
    fn for_step(self, step: &Step) -> Self {
        Self { leads_to: self.leads_to.filter(|_| step.check.blocks()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::change::NoBase;
    use crate::check::FailedTests;
    use crate::config::Check;
    use crate::plan::{Field, Fingerprint};

    fn step(name: &str, decision: Decision, reason: Reason) -> Step {
        let check = Check::sample(name, "true");
        Step {
            name: StepName::from(&check.name),
            check: Arc::new(check),
            decision,
            reasons: vec![reason],
            fingerprint: Fingerprint::new(Vec::new()),
            base: None,
            files: None,
            elsewhere: [].into(),
            needs: [].into(),
            after: [].into(),
        }
    }

    #[test]
    fn fewer_tests_are_told_and_where_the_policy_says_so_no_pass() {
        let fewer = |ran, same_inputs| Fewer {
            ran,
            before: 37,
            run: "0k".into(),
            tree: crate::digest::ObjectId::from_bytes([1; 20]),
            same_inputs,
        };
        let check = |ran, same_inputs, refused: bool, rejecting: bool| {
            let mut case = Case::of(vec![run("test")]).ended("test", Outcome::Passed);
            case.policy.reject_fewer_tests = rejecting;
            let name = case.plan.steps[0].name.clone();
            case.fewer_tests.insert(name.clone(), fewer(ran, same_inputs));
            let verdict = case.verdict();
            let leads_to = (rejecting && refused).then_some(Kind::Undecided);
            let kind = leads_to.unwrap_or(Kind::Deployable);
            let finding = Finding { cause: Cause::FewerTests { step: name, fewer: fewer(ran, same_inputs) }, leads_to };
            assert_eq!((verdict.kind, verdict.findings), (kind, vec![finding]), "{ran} {rejecting}");
        };
        for (ran, same_inputs, refused) in [(24, true, true), (24, false, false), (0, false, true), (0, true, true)] {
            check(ran, same_inputs, refused, false);
            check(ran, same_inputs, refused, true);
        }
    }

    fn run(name: &str) -> Step {
        step(name, Decision::Run, Reason::NoBase { why: NoBase::Asked })
    }

    fn reused(name: &str) -> Step {
        step(name, Decision::Reuse, Reason::Receipt { run: "r".into(), finished: 0 })
    }

    fn skipped(name: &str, reason: Reason) -> Step {
        step(name, Decision::Skip, reason)
    }

    struct Case {
        plan: Plan,
        outcomes: BTreeMap<StepName, Outcome>,
        tests: (BTreeMap<StepName, FailedTests>, BTreeMap<StepName, FailedTests>),
        fewer_tests: BTreeMap<StepName, Fewer>,
        policy: Policy,
        standing: Standing,
        weakenings: Vec<Cause>,
        lands: bool,
        ground: Ground,
        disturbed: BTreeSet<StepName>,
    }

    impl Case {
        fn of(steps: Vec<Step>) -> Self {
            Self {
                plan: Plan { stage: Stage::Merge, steps, narrowed: false },
                outcomes: BTreeMap::new(),
                tests: Default::default(),
                fewer_tests: BTreeMap::new(),
                policy: Policy::default(),
                standing: Standing::Unknown,
                weakenings: Vec::new(),
                lands: false,
                ground: Ground::Private,
                disturbed: BTreeSet::new(),
            }
        }

        fn ended(mut self, name: &str, outcome: Outcome) -> Self {
            let step = self.plan.steps.iter().find(|step| step.name.as_str() == name).unwrap();
            self.outcomes.insert(step.name.clone(), outcome);
            self
        }

        fn broken(mut self, names: &[&str]) -> Self {
            let steps = names.iter().map(|name| StepName::from(&name.parse().unwrap())).collect();
            self.standing = Standing::Broken { run: "r".into(), steps };
            for step in &mut self.plan.steps {
                step.base = Some(step.fingerprint.clone());
            }
            self
        }

        /// What the step depends on differs from the base.
        fn changed(mut self, name: &str) -> Self {
            let step = self.plan.steps.iter_mut().find(|step| step.name.as_str() == name).unwrap();
            step.base = Some(Fingerprint::new(vec![Field::subject("inputs", "others")]));
            self
        }

        fn verdict(&self) -> Verdict {
            Trial {
                plan: &self.plan,
                outcomes: &self.outcomes,
                tests: Tests { candidate: &self.tests.0, base: &self.tests.1 },
                fewer_tests: &self.fewer_tests,
                policy: &self.policy,
                standing: &self.standing,
                weakenings: &self.weakenings,
                lands: self.lands,
                ground: self.ground,
                disturbed: &self.disturbed,
            }
            .decide()
        }

        fn says(&self) -> (Kind, Option<Proof>) {
            let verdict = self.verdict();
            (verdict.kind, verdict.proof)
        }
    }

    const PROVED: (Kind, Option<Proof>) = (Kind::Deployable, Some(Proof::Proved));
    const RELATIVE: (Kind, Option<Proof>) = (Kind::Deployable, Some(Proof::Relative));

    #[test]
    fn every_outcome_has_one_meaning() {
        let expected = |outcome| match outcome {
            Outcome::Passed => PROVED,
            Outcome::Flaky => RELATIVE,
            Outcome::Failed | Outcome::TimedOut | Outcome::Leaked | Outcome::Modified => (Kind::Rejected, None),
            Outcome::Cancelled | Outcome::NotStarted => (Kind::Undecided, None),
        };
        for outcome in Outcome::ALL {
            assert_eq!(Case::of(vec![run("a")]).ended("a", outcome).says(), expected(outcome), "{outcome}");
        }
    }

    #[test]
    fn a_running_step_without_an_outcome_is_no_pass() {
        assert_eq!(Case::of(vec![run("a"), reused("b")]).says(), (Kind::Undecided, None));
    }

    #[test]
    fn what_was_not_run_is_proved_only_by_a_receipt() {
        assert_eq!(Case::of(vec![reused("a")]).says(), PROVED);
        assert_eq!(Case::of(vec![reused("a"), skipped("b", Reason::Unchanged)]).says(), RELATIVE);
        assert_eq!(Case::of(vec![skipped("a", Reason::SelectsNothing)]).says(), (Kind::Undecided, None));
        assert_eq!(Case::of(vec![skipped("a", Reason::Fresh)]).says(), (Kind::Undecided, None));
        assert_eq!(Case::of(vec![]).says(), (Kind::Undecided, None));
    }

    #[test]
    fn only_the_whole_merge_stage_says_deployable() {
        let mut case = Case::of(vec![reused("a")]);
        case.plan.stage = Stage::PreCommit;
        assert_eq!(case.says(), (Kind::Clear, None));
        let mut case = Case::of(vec![reused("a"), skipped("b", Reason::NotSelected)]);
        case.plan.narrowed = true;
        assert_eq!(case.says(), (Kind::Clear, None));
        let mut case = Case::of(vec![run("a")]).ended("a", Outcome::Passed);
        case.ground = Ground::Here;
        assert_eq!(case.says(), (Kind::Undecided, None));
        case.ground = Ground::Shared;
        assert_eq!(case.says(), RELATIVE);
    }

    #[test]
    fn what_is_not_required_never_blocks() {
        let mut optional = run("b");
        Arc::get_mut(&mut optional.check).unwrap().required = false;
        let verdict = Case::of(vec![reused("a"), optional]).ended("b", Outcome::Failed).verdict();
        assert_eq!(verdict.kind, Kind::Deployable);
        assert_eq!(verdict.findings.len(), 1);
    }

    #[test]
    fn a_broken_main_accepts_only_what_mends_it() {
        let fails = |case: Case, names: &[&str]| {
            names.iter().fold(case, |case, name| case.ended(name, Outcome::Failed)).says().0
        };
        let two = || Case::of(vec![run("a"), run("b")]);
        let passed = |case: Case| case.ended("a", Outcome::Passed).ended("b", Outcome::Passed);
        let mended = || passed(two()).broken(&["a", "b"]).changed("b");
        assert_eq!(fails(mended(), &["a"]), Kind::Mends);
        assert_eq!(fails(passed(two()).broken(&["a", "b"]), &["a"]), Kind::Rejected, "'b' passes at the base too");
        let mut removed = mended();
        removed.plan.steps.remove(1);
        assert_eq!(fails(removed, &["a"]), Kind::Rejected, "what is gone is not mended");
        let mut optional = mended();
        Arc::get_mut(&mut optional.plan.steps[1].check).unwrap().required = false;
        assert_eq!(fails(optional, &["a"]), Kind::Rejected, "what may fail is not mended");
        assert_eq!(fails(passed(two()).broken(&["a", "b"]), &["a", "b"]), Kind::Rejected, "nothing is mended");
        assert_eq!(fails(passed(two()).broken(&["a"]), &["b"]), Kind::Rejected, "another one breaks");
        assert_eq!(fails(passed(two()), &["a"]), Kind::Rejected, "the base is not known to be broken");
        assert_eq!(passed(two()).broken(&["a", "b"]).says(), PROVED);
        let mut other = passed(two()).broken(&["a", "b"]);
        other.plan.steps[0].base = None;
        assert_eq!(fails(other, &["a"]), Kind::Rejected, "it fails for another reason");
    }

    #[test]
    fn a_step_that_fails_in_no_other_tests_than_the_base_is_tolerated() {
        let tests =
            |names: &[&str], total| FailedTests { names: names.iter().map(|name| (*name).to_owned()).collect(), total };
        let told = |candidate: FailedTests, base: FailedTests, mended: bool| {
            let mut case = Case::of(vec![run("a"), run("b")]).ended("a", Outcome::Failed).ended("b", Outcome::Passed);
            case = case.broken(if mended { &["a", "b"] } else { &["a"] }).changed("a").changed("b");
            let name = case.plan.steps[0].name.clone();
            case.tests = ([(name.clone(), candidate)].into(), [(name, base)].into());
            case.says().0
        };
        assert_eq!(told(tests(&["x"], 9), tests(&["x", "y"], 9), false), Kind::Mends);
        assert_eq!(
            told(tests(&["x"], 8), tests(&["x", "y"], 9), false),
            Kind::Rejected,
            "what is taken away is not mended"
        );
        assert_eq!(told(tests(&["x"], 9), tests(&["x"], 9), false), Kind::Rejected, "nothing is mended");
        assert_eq!(told(tests(&["x"], 9), tests(&["x"], 9), true), Kind::Mends, "'b' is");
        assert_eq!(told(tests(&["z"], 9), tests(&["x", "y"], 9), true), Kind::Rejected, "another test fails");
    }

    #[test]
    fn a_change_that_takes_the_rules_away_is_rejected() {
        let mut case = Case::of(vec![reused("a")]);
        case.weakenings = vec![Cause::RulesRemoved];
        assert_eq!(case.says(), (Kind::Rejected, None));
    }

    #[test]
    fn a_pass_beside_a_step_that_meddled_proves_nothing() {
        let mut case = Case::of(vec![run("a"), reused("b")]).ended("a", Outcome::Passed);
        case.disturbed.insert(case.plan.steps[0].name.clone());
        assert_eq!(case.says(), RELATIVE);
        case.lands = true;
        assert_eq!(case.says(), (Kind::Undecided, None), "nothing lands by it");
    }

    #[test]
    fn policy_may_refuse_flakes() {
        let mut case = Case::of(vec![run("a")]).ended("a", Outcome::Flaky);
        case.policy.reject_flaky = true;
        assert_eq!(case.says(), (Kind::Rejected, None));
    }
}
