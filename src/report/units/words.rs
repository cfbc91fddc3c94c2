//! What is said of units in words.

use crate::path::Pattern;
use crate::unit::{Affects, Graph, Rule, Widened};

/// Whom something affects: `everything`, `nothing`, `cargo units and core`.
pub(super) fn affects(affects: &Affects) -> String {
    match affects {
        Affects::Everything => "everything".to_owned(),
        Affects::Nothing => "nothing".to_owned(),
        Affects::Some(kinds, names) => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            let kinds = (!kinds.is_empty()).then(|| format!("{} units", kinds.join(" and ")));
            let all: Vec<String> = kinds.into_iter().chain(names.iter().cloned()).collect();
            all.join(", ")
        }
    }
}

/// A rule as a clause: what it says, where it stands, and why.
pub(super) fn rule(rule: Option<(usize, &Rule)>) -> String {
    let Some((number, rule)) = rule else {
        return "it belongs to no unit and no rule names it, so that it affects everything".to_owned();
    };
    let says = affects(&rule.affects);
    let from = match rule.why {
        Some(why) => format!("rule {} of gate's own: {why}", number + 1),
        None => format!("rule {} of gate.toml", number + 1),
    };
    format!("it belongs to no unit and affects {says} ({from})")
}

/// The patterns of a rule.
pub(super) fn patterns(rule: &Rule) -> String {
    rule.paths.iter().map(Pattern::as_str).collect::<Vec<_>>().join(", ")
}

/// Whom a widening widens.
pub(super) fn whom(widened: &Widened, graph: &Graph) -> String {
    match (widened.unit, widened.kind) {
        (Some(unit), _) => format!("{} is taken to depend on every file", graph.full_name(unit)),
        (None, Some(kind)) => format!("every {kind} unit is taken to depend on every file"),
        (None, None) => "every unit is taken to depend on every file".to_owned(),
    }
}

/// The names of some units, in a sentence.
pub(super) fn names(graph: &Graph, units: &[usize]) -> String {
    units.iter().map(|unit| graph.full_name(*unit)).collect::<Vec<_>>().join(" and ")
}
