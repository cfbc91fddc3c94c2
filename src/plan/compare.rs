//! What differs first between base and candidate, as a reason.

use super::{Facts, Fingerprint, Reason, Touched, first_difference};
use crate::change::{Change, Delta};
use crate::check::{CheckName, StepName};
use crate::config::Check;
use crate::tool::{FILE, PINS};

/// The field that the message of a commit has in fingerprints.
pub const MESSAGE: &str = "message";

/// Why a step runs whose fingerprint differs from the base's.
pub(super) fn difference(
    change: &Change,
    (check, facts): (&Check, &Facts),
    base: &Fingerprint,
    candidate: &Fingerprint,
) -> Reason {
    let Some(first) = first_difference(base.fields(), candidate.fields()) else {
        return Reason::UnprovedBase;
    };
    if let Some(part) = first.name.strip_prefix("definition.") {
        return Reason::DefinitionChanged { field: part.to_owned() };
    }
    if first.name == "inputs" {
        return match &facts.touched {
            Some(Touched { path, edit, paths }) => {
                Reason::InputsChanged { path: path.clone(), edit: edit.clone(), paths: *paths }
            }
            None => inputs_changed(change, check),
        };
    }
    if first.name == MESSAGE {
        return Reason::NewMessage;
    }
    if let Some(path) = first.name.strip_prefix(FILE).or(first.name.strip_prefix(PINS)) {
        let edit = match (&first.old, &first.new) {
            (None, _) => "added",
            (_, None) => "deleted",
            _ => "modified",
        };
        return Reason::InputsChanged { path: path.to_owned(), edit: edit.to_owned(), paths: 1 };
    }
    match first.name.strip_prefix("need:").and_then(|need| need.parse::<CheckName>().ok()) {
        Some(need) => Reason::NeedChanged { step: StepName::from(&need) },
        None => Reason::EnvironmentChanged { field: first.name },
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
