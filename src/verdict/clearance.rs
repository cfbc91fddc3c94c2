//! What a verdict lets one do: proofs that only this module makes.

use super::{Cause, Kind, Proof, Verdict};
use crate::change::{Base, BaseChoice, Change};
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
    /// The clearance to land what this verdict was made of: for `deployable` and `mends`, judged against the tip of a
    /// target. Everything else lands nothing.
    #[must_use]
    pub fn land_clearance(&self, change: &Change) -> Option<LandClearance> {
        let fits = change.conflicts.is_empty();
        LandClearance::of(change, fits && matches!(self.kind, Kind::Deployable | Kind::Mends))
    }

    /// The clearance to deploy what this verdict was made of: only where every required step is proved, and none is owed.
    #[must_use]
    pub fn deploy_clearance(&self, change: &Change) -> Option<DeployClearance> {
        let is_owed = self.findings.iter().any(|finding| matches!(finding.cause, Cause::Owed { .. }));
        let is_proved = self.kind == Kind::Deployable && self.proof == Some(Proof::Proved);
        let may_deploy = is_proved && !is_owed && change.conflicts.is_empty();
        may_deploy.then_some(DeployClearance { tree: change.candidate.tree })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Candidate;
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
            let given = verdict(kind, None).land_clearance(&onto_target());
            assert_eq!(given, expected.as_ref().filter(|_| cleared).map(|c| LandClearance { ..*c }), "{kind}");
        }
        let other = change(BaseChoice::MergeBase { branch: "refs/heads/main".into() });
        assert_eq!(verdict(Kind::Deployable, Some(Proof::Proved)).land_clearance(&other), None, "no target");
    }

    #[test]
    fn only_what_is_proved_and_owes_nothing_is_deployed() {
        let proved = verdict(Kind::Deployable, Some(Proof::Proved));
        assert!(proved.deploy_clearance(&onto_target()).is_some_and(|cleared| cleared.tree() == id('3')));
        assert_eq!(verdict(Kind::Deployable, Some(Proof::Relative)).deploy_clearance(&onto_target()), None);
        assert_eq!(verdict(Kind::Mends, None).deploy_clearance(&onto_target()), None);
        let step = crate::check::StepName::from(&"test".parse().unwrap());
        let owed = Finding { cause: Cause::Owed { step }, leads_to: None };
        assert_eq!(Verdict { findings: vec![owed], ..proved }.deploy_clearance(&onto_target()), None);
    }
}
