//! What the machine adds where steps run, told by whoever runs them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::CheckName;
use crate::plan::{Facts, Field, Part};

/// What the machine adds to the two trees of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    pub(super) candidate: Added,
    pub(super) base: Option<Added>,
}

/// What it adds to one tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Added {
    /// To every step.
    shared: Vec<Field>,
    /// To each check.
    checks: BTreeMap<CheckName, Vec<Field>>,
}

impl Added {
    /// What of these fields is not known from trees.
    pub(super) fn of(shared: &[Field], checks: &BTreeMap<CheckName, Facts>) -> Self {
        let added = |fields: &[Field]| fields.iter().filter(|field| is_added(field)).cloned().collect();
        let checks = checks.iter().map(|(name, facts)| (name.clone(), added(&facts.environment)));
        Self { shared: added(shared), checks: checks.collect() }
    }

    /// Takes the place of what is among these fields and not known from trees.
    pub(super) fn replace(&self, shared: &mut Vec<Field>, checks: &mut BTreeMap<CheckName, Facts>) {
        let replace = |fields: &mut Vec<Field>, added: &[Field]| {
            fields.retain(|field| !is_added(field));
            fields.extend(added.iter().filter(|field| is_added(field)).cloned());
        };
        replace(shared, &self.shared);
        for (name, facts) in checks {
            replace(&mut facts.environment, self.checks.get(name).map(Vec::as_slice).unwrap_or_default());
        }
    }
}

/// What trees say is not for others to tell.
fn is_added(field: &Field) -> bool {
    field.part == Part::Environment
}
