//! Go: modules.

use super::part::{Check, Part, Place};

/// What a Go project needs: nothing, since Go's caches lie in the user's cache folder and check what they hold.
pub(super) fn part(place: &Place<'_>) -> Part {
    let settings = place.present(&[".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json"]);
    let vet = Check::new("vet", "go vet ./...").on("pre-push");
    let lint = (!settings.is_empty()).then(|| Check::new("lint", "golangci-lint run").on("pre-push"));
    let test = Check::new("test", "go test ./...");
    Part {
        found: "a Go module".to_owned(),
        label: "go",
        checks: [Some(vet), lint, Some(test)].into_iter().flatten().collect(),
        ..Part::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::valid as propose;

    #[test]
    fn a_module() {
        let files = Files::of(&[("go.mod", "module a\n"), ("a.go", ""), (".golangci.yml", "")]);
        let proposal = propose(&files, "main");
        assert_eq!(proposal.found, ["a Go module"]);
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.vet]
        run = "go vet ./..."
        on = ["pre-push"]

        [check.lint]
        run = "golangci-lint run"
        on = ["pre-push"]

        [check.test]
        run = "go test ./..."
        "#);
    }
}
