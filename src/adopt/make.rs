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

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::valid as propose;

    #[test]
    fn targets_that_check_something() {
        let makefile = "CHECK := a\ncheck := b\n.PHONY: test lint\nall: a.o\ncheck test: all\n\t./run\n";
        let proposal = propose(&Files::of(&[("Makefile", makefile), ("a.c", "")]), "main");
        assert_eq!(proposal.found, ["a Makefile"]);
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.test]
        run = "make test"
        "#);
    }

    #[test]
    fn a_makefile_beside_something_else_is_left_alone() {
        let proposal = propose(&Files::of(&[("Makefile", "lint:\n"), ("go.mod", "module a\n")]), "main");
        assert_eq!(proposal.found, ["a Go module"]);
    }
}
