//! What the machine adds where steps run, told by whoever runs them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::facts::Gathered;
use crate::check::CheckName;
use crate::plan::{Field, Part};

/// What the machine adds to the two trees of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    candidate: Added,
    base: Option<Added>,
}

/// What it adds to one tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Added {
    /// To every step.
    shared: Vec<Field>,
    /// To each check.
    checks: BTreeMap<CheckName, Vec<Field>>,
}

impl Surroundings {
    pub(super) fn of(candidate: &Gathered, base: Option<&Gathered>) -> Self {
        Self { candidate: Added::of(candidate), base: base.map(Added::of) }
    }

    /// Takes the place of what was found here.
    pub(super) fn apply(&self, candidate: &mut Gathered, base: Option<&mut Gathered>) {
        self.candidate.apply(candidate);
        if let (Some(added), Some(base)) = (&self.base, base) {
            added.apply(base);
        }
    }
}

impl Added {
    fn of(gathered: &Gathered) -> Self {
        let added = |fields: &[Field]| fields.iter().filter(|field| is_added(field)).cloned().collect();
        let checks = gathered.facts.iter().map(|(name, facts)| (name.clone(), added(&facts.environment)));
        Self { shared: added(&gathered.shared), checks: checks.collect() }
    }

    fn apply(&self, gathered: &mut Gathered) {
        let replace = |fields: &mut Vec<Field>, added: &[Field]| {
            fields.retain(|field| !is_added(field));
            fields.extend(added.iter().filter(|field| is_added(field)).cloned());
        };
        replace(&mut gathered.shared, &self.shared);
        for (name, facts) in &mut gathered.facts {
            replace(&mut facts.environment, self.checks.get(name).map(Vec::as_slice).unwrap_or_default());
        }
    }
}

/// What trees say is not for others to tell.
fn is_added(field: &Field) -> bool {
    field.part == Part::Environment
}
