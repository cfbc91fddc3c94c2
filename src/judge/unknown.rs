//! Names that no check of a stage has, and what was most likely meant.

use crate::check::{CheckName, Stage};
use crate::config::{Rules, nearest};
use crate::diagnostic::Diagnostic;

/// Why a check can't be skipped, if it can't be. One that the stage does not run needs no skipping.
pub(super) fn unskippable(rules: &Rules, stage: Stage, name: &CheckName) -> Option<Diagnostic> {
    match rules.checks.get(name) {
        None => Some(unknown_check(rules, stage, name)),
        Some(check) if !check.skippable && check.on.contains(&stage) => Some(
            Diagnostic::error("plan/not-skippable", format!("the check '{name}' can't be skipped"))
                .hint("its definition says 'skippable = false'"),
        ),
        Some(_) => None,
    }
}

/// Why a check can't be chosen: the stage has none of the name.
pub(super) fn unknown_check(rules: &Rules, stage: Stage, name: &CheckName) -> Diagnostic {
    let message = match rules.checks.get(name) {
        Some(_) => format!("the check '{name}' does not run at the {stage} stage"),
        None => format!("there is no check '{name}'"),
    };
    unknown(rules, stage, name.as_str(), message)
}

/// What is to be said of a name that no check of the stage has.
pub(super) fn unknown(rules: &Rules, stage: Stage, name: &str, message: String) -> Diagnostic {
    let known = rules.checks.values().filter(|check| check.on.contains(&stage));
    let known: Vec<&str> = known.map(|check| check.name.as_str()).collect();
    let elsewhere = rules.checks.values().find(|check| check.name.as_str() == name);
    let hint = match (elsewhere, nearest(name, known.iter().copied())) {
        (Some(check), _) => {
            let stages: Vec<&str> = check.on.iter().map(|stage| stage.as_str()).collect();
            format!("it runs at: {}", stages.join(", "))
        }
        (None, Some(near)) => format!("did you mean '{near}'?"),
        (None, None) if known.is_empty() => format!("no check runs at the {stage} stage"),
        (None, None) if known.len() <= LISTED => format!("its checks are: {}", known.join(", ")),
        (None, None) => "'gate plan' lists the checks".to_owned(),
    };
    Diagnostic::error("plan/unknown-check", message).hint(hint)
}

/// Up to so many checks are named in a hint.
const LISTED: usize = 8;
