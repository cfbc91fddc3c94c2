//! Make, where nothing else tells how a project is checked.

use super::part::{Check, Part, Place};

/// The targets of the Makefile that check something, by name.
pub(super) fn part(place: &Place<'_>) -> Part {
    let Some(makefile) = place.present(&["GNUmakefile", "makefile", "Makefile"]).into_iter().next() else {
        return Part::default();
    };
    let has = |target: &&str| has_target(place.text(&makefile), target);
    let lint = Some("lint").filter(has).map(|_| Check::new("lint", "make lint").on("pre-push"));
    // By GNU's convention `check` is what `test` is elsewhere; with both, `test` is the usual one.
    let test = ["test", "check"].into_iter().find(has).map(|target| Check::new("test", format!("make {target}")));
    Part {
        found: format!("a {makefile}"),
        label: "make",
        checks: lint.into_iter().chain(test).collect(),
        ..Part::default()
    }
}

/// Whether a rule at the beginning of a line makes the target.
fn has_target(makefile: &str, target: &str) -> bool {
    makefile.lines().filter(|line| !line.starts_with(['\t', ' ', '#', '.'])).any(|line| {
        line.split_once(':').is_some_and(|(targets, rest)| {
            !rest.starts_with('=') && targets.split_whitespace().any(|name| name == target)
        })
    })
}
