//! What a verdict lets one do: proofs that only this module makes.

use std::collections::BTreeSet;

use super::{Cause, Kind, Overridden, Proof, Verdict};
use crate::change::{Base, BaseChoice, Change};
use crate::check::StepName;
use crate::digest::ObjectId;

/// Says that a tree may land on a commit. Whatever moves a branch takes one, so that landing without a verdict does not
/// compile: there is no way to make one but [`Verdict::land_clearance`], and each is good for one landing.
///
/// ```compile_fail
/// use gate::digest::ObjectId;
/// use gate::verdict::LandClearance;
///
/// let made_up = LandClearance { tree: ObjectId::EMPTY_TREE, base: ObjectId::EMPTY_TREE };
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct LandClearance {
    tree: ObjectId,
    base: ObjectId,
}

/// Says that a tree may be deployed.
///
/// ```compile_fail
/// use gate::digest::ObjectId;
/// use gate::verdict::DeployClearance;
///
/// let made_up = DeployClearance { tree: ObjectId::EMPTY_TREE };
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct DeployClearance {
    tree: ObjectId,
}

impl LandClearance {
    /// Uses it up, for the tree that may land and the commit that it may land on.
    #[must_use]
    pub fn spend(self) -> (ObjectId, ObjectId) {
        (self.tree, self.base)
    }

    /// The clearance for a change whose target is known, if something says that it may land.
    fn of(change: &Change, may_land: bool) -> Option<Self> {
        match change.base {
            Base::Known { commit: Some(base), choice: BaseChoice::Target { .. }, .. } if may_land => {
                Some(Self { tree: change.candidate.tree, base })
            }
            _ => None,
        }
    }
}

impl DeployClearance {
    /// The tree that may be deployed.
    #[must_use]
    pub fn tree(&self) -> ObjectId {
        self.tree
    }
}

impl Verdict {
    /// The steps that keep a change from landing; what else does, where something else does.
    ///
    /// # Errors
    /// The first cause that is about no step that has to pass: nobody overrides that.
    pub fn open_steps(&self) -> Result<BTreeSet<&StepName>, &Cause> {
        let deciding = self.findings.iter().filter(|finding| finding.leads_to.is_some());
        deciding.map(|finding| finding.cause.open_step().ok_or(&finding.cause)).collect()
    }

    /// The clearance to land what this verdict was made of, judged against the tip of a target: for `deployable` and
    /// `mends`, and where somebody overrides the steps that keep it from landing, if nothing else does. Everything else
    /// lands nothing.
    #[must_use]
    pub fn land_clearance(&self, change: &Change, overridden: Option<&Overridden>) -> Option<LandClearance> {
        let lands = match self.kind {
            Kind::Deployable | Kind::Mends => true,
            Kind::Rejected | Kind::Undecided => {
                let is_open = self.open_steps().is_ok_and(|steps| !steps.is_empty());
                is_open && overridden.is_some_and(|told| !told.checks.is_empty())
            }
            Kind::Clear => false,
        };
        LandClearance::of(change, lands && change.conflicts.is_empty())
    }

    /// The clearance to deploy what this verdict was made of: only where every required step is proved. An override lets
    /// nothing be deployed, nor does anything that is `owed` since one: the checks that have not passed after it.
    #[must_use]
    pub fn deploy_clearance(&self, change: &Change, owed: &[String]) -> Option<DeployClearance> {
        let is_owed = self.findings.iter().any(|finding| matches!(finding.cause, Cause::Owed { .. }));
        let is_proved = self.kind == Kind::Deployable && self.proof == Some(Proof::Proved);
        let may_deploy = is_proved && !is_owed && owed.is_empty() && change.conflicts.is_empty();
        may_deploy.then_some(DeployClearance { tree: change.candidate.tree })
    }
}

impl Cause {
    /// The step that has not passed where it has to, if that is what it is about.
    fn open_step(&self) -> Option<&StepName> {
        match self {
            Self::Step { step, .. } | Self::SelectsNothing { step } | Self::PlatformUnproved { step, .. } => Some(step),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Candidate, Conflict};
    use crate::check::Outcome;
    use crate::verdict::{Finding, Standing};

    fn id(digit: char) -> ObjectId {
        digit.to_string().repeat(40).parse().unwrap()
    }

    fn change(choice: BaseChoice) -> Change {
        Change {
            base: Base::Known { commit: Some(id('1')), tree: id('2'), choice },
            candidate: Candidate { commit: None, tree: id('3') },
            deltas: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    fn onto_target() -> Change {
        change(BaseChoice::Target { revision: "main".into() })
    }

    fn verdict(kind: Kind, proof: Option<Proof>) -> Verdict {
        Verdict { kind, proof, standing: Standing::Unknown, findings: Vec::new() }
    }

    #[test]
    fn only_what_may_land_is_cleared_and_only_for_its_own_place() {
        let expected = Some(LandClearance { tree: id('3'), base: id('1') });
        for (kind, cleared) in [
            (Kind::Deployable, true),
            (Kind::Mends, true),
            (Kind::Clear, false),
            (Kind::Rejected, false),
            (Kind::Undecided, false),
        ] {
            let given = verdict(kind, None).land_clearance(&onto_target(), None);
            assert_eq!(given, expected.as_ref().filter(|_| cleared).map(|c| LandClearance { ..*c }), "{kind}");
        }
        let other = change(BaseChoice::MergeBase { branch: "refs/heads/main".into() });
        assert_eq!(verdict(Kind::Deployable, Some(Proof::Proved)).land_clearance(&other, None), None, "no target");
    }

    fn step_fails() -> Cause {
        Cause::Step { step: StepName::from(&"test".parse().unwrap()), outcome: Outcome::Failed }
    }

    fn against(kind: Kind, causes: Vec<Cause>) -> Verdict {
        let findings = causes.into_iter().map(|cause| Finding { cause, leads_to: Some(kind) }).collect();
        Verdict { findings, ..verdict(kind, None) }
    }

    fn overridden(checks: &[&str]) -> Overridden {
        let checks = checks.iter().map(|check| (*check).to_owned()).collect();
        Overridden { by: "ops".into(), how: "signature".into(), reason: "x".into(), checks, until: None }
    }

    #[test]
    fn an_override_lands_what_only_steps_stand_against_and_deploys_nothing() {
        let told = overridden(&["test"]);
        let lands = |verdict: &Verdict, change: &Change| verdict.land_clearance(change, Some(&told)).is_some();
        for kind in [Kind::Rejected, Kind::Undecided] {
            let open = against(kind, vec![step_fails()]);
            assert!(lands(&open, &onto_target()), "{kind}");
            assert_eq!(open.land_clearance(&onto_target(), None), None, "nobody overrides it");
            assert_eq!(open.land_clearance(&onto_target(), Some(&overridden(&[]))), None, "nothing is overridden");
            assert_eq!(open.deploy_clearance(&onto_target(), &[]), None);
            assert!(!lands(&open, &change(BaseChoice::Head)), "no target");
            for cause in [
                Cause::NothingRequired,
                Cause::Interrupted,
                Cause::RulesRemoved,
                Cause::Weakened { check: "test".into(), how: "removed".into() },
                Cause::GuardedFile { path: "Makefile".into() },
            ] {
                assert!(!lands(&against(kind, vec![step_fails(), cause.clone()]), &onto_target()), "{cause:?}");
            }
        }
        assert!(!lands(&verdict(Kind::Rejected, None), &onto_target()), "nothing says why");
        let conflict = Conflict { path: "a".into(), kind: "contents".into() };
        let conflicting = Change { conflicts: vec![conflict], ..onto_target() };
        assert!(!lands(&against(Kind::Rejected, vec![step_fails()]), &conflicting));
        assert!(!lands(&verdict(Kind::Clear, None), &onto_target()));
    }

    #[test]
    fn only_what_is_proved_and_owes_nothing_is_deployed() {
        let proved = verdict(Kind::Deployable, Some(Proof::Proved));
        assert!(proved.deploy_clearance(&onto_target(), &[]).is_some_and(|cleared| cleared.tree() == id('3')));
        assert_eq!(verdict(Kind::Deployable, Some(Proof::Relative)).deploy_clearance(&onto_target(), &[]), None);
        assert_eq!(verdict(Kind::Mends, None).deploy_clearance(&onto_target(), &[]), None);
        assert_eq!(proved.deploy_clearance(&onto_target(), &["test".to_owned()]), None, "owed since an override");
        let step = StepName::from(&"test".parse().unwrap());
        let owed = Finding { cause: Cause::Owed { step }, leads_to: None };
        assert_eq!(Verdict { findings: vec![owed], ..proved }.deploy_clearance(&onto_target(), &[]), None);
    }
}
