//! What differs first between two fingerprints, as a reason.

use super::{Field, Fingerprint, Reason};
use crate::change::{Change, Delta};
use crate::check::{CheckName, StepName};
use crate::config::Check;

/// The names of fields that one has and the other has not, or has with another value; definitions first, then needs,
/// inputs, and the environment last, because that is what a reader wants to hear first.
#[must_use]
pub fn differing_fields<'a>(old: &'a [Field], new: &'a [Field]) -> Vec<&'a Field> {
    let mut fields: Vec<&Field> = new.iter().filter(|field| !old.contains(field)).collect();
    let gone = old.iter().filter(|field| !new.iter().any(|other| other.name == field.name && other.part == field.part));
    fields.extend(gone);
    fields.sort_by_key(|field| (rank(&field.name), &field.name));
    fields
}

fn rank(name: &str) -> u8 {
    match name.split_once([':', '.']).map_or(name, |(kind, _)| kind) {
        "definition" => 0,
        "inputs" | "commit" => 1,
        "workspace" => 2,
        "need" => 4,
        _ => 3,
    }
}

/// Why a step runs whose fingerprint differs from the base's.
pub(super) fn difference(change: &Change, check: &Check, base: &Fingerprint, candidate: &Fingerprint) -> Reason {
    let Some(field) = differing_fields(base.fields(), candidate.fields()).first().copied() else {
        return Reason::UnprovedBase;
    };
    if let Some(part) = field.name.strip_prefix("definition.") {
        return Reason::DefinitionChanged { field: part.to_owned() };
    }
    if field.name == "inputs" {
        return inputs_changed(change, check);
    }
    match field.name.strip_prefix("need:").and_then(|need| need.parse::<CheckName>().ok()) {
        Some(need) => Reason::NeedChanged { step: StepName::from(&need) },
        None => Reason::EnvironmentChanged { field: field.name.clone() },
    }
}

fn inputs_changed(change: &Change, check: &Check) -> Reason {
    let scope = check.scope();
    let taken =
        |delta: &&Delta| [delta.old, delta.new].into_iter().flatten().any(|side| scope.matches(&delta.path, side.mode));
    let direct: Vec<&Delta> = change.deltas.iter().filter(taken).collect();
    // Where no delta is selected itself, one is what a selected link leads to.
    let first = direct.first().copied().or(change.deltas.first());
    Reason::InputsChanged {
        path: first.map_or_else(String::new, |delta| delta.path.to_string()),
        edit: first.map_or("modified", |delta| delta.edit().as_str()).to_owned(),
        paths: direct.len().max(1),
    }
}
