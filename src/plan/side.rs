//! What one of the two trees comes to, check by check: fingerprints, and what is assumed of files.

use std::collections::{BTreeMap, BTreeSet};

use super::{Facts, Field, Fingerprint, Side};
use crate::check::CheckName;
use crate::config::{Check, Reuse, UnprovedBase};
use crate::digest::{Digest, Hasher};

impl Side<'_> {
    /// What the result of one file depends on beside that file, in one digest.
    #[must_use]
    pub fn common(&self, check: &Check, facts: &Facts) -> Digest {
        let mut fields = self.conditions(check, facts);
        fields.extend(Fingerprints::default().needs(self, check, &mut BTreeSet::new()));
        fields.sort();
        let mut hasher = Hasher::new("file-conditions", 1);
        for field in &fields {
            hasher.field(&field.name, &field.value);
        }
        if let Some(common) = &facts.common {
            hasher.field("inputs", common.digest.as_bytes());
        }
        hasher.finish()
    }

    /// Whether files that equal the base's are taken to pass: nothing else that their results depend on differs, their
    /// results count at all, and the policy assumes that the base passes.
    #[must_use]
    pub fn assumes_files(&self, base: Option<&Self>, name: &CheckName) -> bool {
        let (Some((here, facts)), Some(base)) = (self.check(name), base) else { return false };
        let Some((there, base_facts)) = base.check(name) else { return false };
        self.rules.policy.unproved_base == UnprovedBase::Assume
            && here.reuse != Reuse::Never
            && !is_newly_required(there, here)
            && self.common(here, facts) == base.common(there, base_facts)
    }
}

/// Whether a base can be deployable although the check fails there, which the candidate requires.
pub(super) fn is_newly_required(base: &Check, candidate: &Check) -> bool {
    candidate.required && !base.required
}

/// The fingerprints of one side, each need before its dependents.
#[derive(Default)]
pub(super) struct Fingerprints {
    known: BTreeMap<CheckName, Fingerprint>,
}

impl Fingerprints {
    /// The fingerprint of a check, if it was taken.
    pub(super) fn of(&self, name: &CheckName) -> Option<&Fingerprint> {
        self.known.get(name)
    }

    /// Takes those of every check of a side.
    pub(super) fn take(&mut self, side: &Side<'_>) {
        for name in side.facts.keys() {
            self.one(side, name, &mut BTreeSet::new());
        }
    }

    /// `on_the_way` guards against a cycle, which valid rules do not have.
    fn one(&mut self, side: &Side<'_>, name: &CheckName, on_the_way: &mut BTreeSet<CheckName>) {
        if self.known.contains_key(name) || !on_the_way.insert(name.clone()) {
            return;
        }
        let Some((check, facts)) = side.check(name) else { return };
        let mut fields = side.conditions(check, facts);
        fields.push(Field::subject("inputs", facts.inputs.digest.to_string()));
        fields.extend(self.needs(side, check, on_the_way));
        self.known.insert(name.clone(), Fingerprint::new(fields));
    }

    /// What the steps that a check needs come to.
    fn needs(&mut self, side: &Side<'_>, check: &Check, on_the_way: &mut BTreeSet<CheckName>) -> Vec<Field> {
        let mut fields = Vec::new();
        for need in &check.needs {
            self.one(side, need, on_the_way);
            if let Some(fingerprint) = self.known.get(need) {
                fields.push(Field::subject(format!("need:{need}"), fingerprint.subject().to_string()));
                fields.push(Field::environment(format!("need:{need}"), fingerprint.environment().to_string()));
            }
        }
        fields
    }
}
