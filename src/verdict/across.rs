//! The verdict on a change that was judged on several platforms.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::gravity;
use super::join::{standing, together};
use super::{Cause, Finding, Kind, Proof, Standing, Verdict};
use crate::check::StepName;

/// What was said on one platform.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// What was said of the change there.
    pub kind: Kind,
    /// What its steps rest on.
    pub proof: Proof,
    /// What is known of the base there.
    pub standing: &'a Standing,
    /// What was found.
    pub findings: &'a [Finding],
    /// The steps that are proved there.
    pub proved: BTreeSet<&'a StepName>,
}

/// What was said on each platform, by its name, and what keeps that from being the whole.
#[derive(Clone, Debug)]
pub struct Across<'a> {
    /// The platforms.
    pub places: BTreeMap<&'a str, Place<'a>>,
    /// Each leaves the change undecided.
    pub gaps: Vec<Cause>,
}

impl Across<'_> {
    /// Says what is to be said of the change by all platforms together: what one of them rejects is rejected, and what one of
    /// them lacks is proved only by the one that was meant.
    #[must_use]
    pub fn decide(&self) -> Verdict {
        let told = self.places.values().flat_map(|place| place.findings).filter(|finding| !self.is_met(finding));
        let findings = together(&self.gaps, told);
        let said = self.places.values().map(|place| self.said(place));
        let found = findings.iter().filter_map(|finding| finding.leads_to);
        let kind = said.chain(found).max_by_key(|kind| (gravity(*kind), *kind != Kind::Deployable));
        let kind = kind.unwrap_or(Kind::Undecided);
        let is_proved = self.places.values().all(|place| place.proof == Proof::Proved);
        let proof = (kind == Kind::Deployable).then_some(if is_proved { Proof::Proved } else { Proof::Relative });
        let standing = standing(self.places.values().map(|place| place.standing));
        Verdict { kind, proof, standing, findings }
    }

    /// Whether a platform that was asked for has proved what another one lacked.
    fn is_met(&self, finding: &Finding) -> bool {
        let Cause::PlatformUnproved { step, platform } = &finding.cause else { return false };
        self.places.get(platform.as_str()).is_some_and(|place| place.proved.contains(step))
    }

    /// What a platform says where nothing is left of what it lacked.
    fn said(&self, place: &Place<'_>) -> Kind {
        let mut deciding = place.findings.iter().filter(|finding| finding.leads_to.is_some()).peekable();
        let is_met = deciding.peek().is_some() && deciding.all(|finding| self.is_met(finding));
        if place.kind == Kind::Undecided && is_met { Kind::Deployable } else { place.kind }
    }
}
