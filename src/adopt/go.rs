//! Go: modules.

use super::part::{Check, Part, Place, WHOLE_TREE};

/// What a Go project needs: nothing, since Go's caches lie in the user's cache folder and check what they hold.
pub(super) fn part(place: &Place<'_>) -> Part {
    let settings = place.present(&[".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json"]);
    let vet = Check::new("vet", "go vet ./...").on("pre-push");
    let lint = (!settings.is_empty()).then(|| Check::new("lint", "golangci-lint run").on("pre-push"));
    let test = Check::new("test", "go test ./...").comment(WHOLE_TREE);
    Part {
        found: "a Go module".to_owned(),
        label: "go",
        checks: [Some(vet), lint, Some(test)].into_iter().flatten().collect(),
        ..Part::default()
    }
}
