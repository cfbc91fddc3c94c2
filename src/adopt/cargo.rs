//! Cargo: packages and workspaces.

use super::part::{Check, Part, Place};
use super::toml_text::has_table;

/// What a Cargo project needs: nothing but its folder `target`, which it makes itself.
pub(super) fn part(place: &Place<'_>) -> Part {
    let manifest = place.text("Cargo.toml");
    let is_workspace = has_table(manifest, "workspace");
    let is_locked = place.has("Cargo.lock");
    let workspace = if is_workspace { " --workspace" } else { "" };
    let options = format!("{workspace}{}", if is_locked { " --locked" } else { "" });
    let checks = [format_check(place, is_workspace), lint_check(place, &options)];
    let test = Check::new("test", format!("cargo test{options}"));
    Part {
        found: if is_workspace { "a Cargo workspace".to_owned() } else { "a Cargo package".to_owned() },
        label: "cargo",
        // Without a committed lock file each run would look for the newest versions again.
        keep: if is_locked { vec!["target"] } else { vec!["target", "Cargo.lock"] },
        checks: checks.into_iter().flatten().chain([test]).collect(),
        ..Part::default()
    }
}

/// Only where the project is known to be formatted: a new project, or one whose server or settings say so.
fn format_check(place: &Place<'_>, is_workspace: bool) -> Option<Check> {
    let settings = place.present(&["rustfmt.toml", ".rustfmt.toml"]);
    let is_asked = place.files.mentions(&["cargo fmt", "rustfmt", "nightly fmt", "cargo-fmt"]);
    if settings.is_empty() && !is_asked && place.files.has_server() {
        return None;
    }
    let toolchain = if place.files.mentions(&["cargo +nightly fmt"]) { " +nightly" } else { "" };
    let all = if is_workspace { " --all" } else { "" };
    // Patterns, so that a file of settings that appears does not go unseen.
    let inputs = ["**/Cargo.toml", "**/*rustfmt.toml", "rust-toolchain*"].map(str::to_owned).to_vec();
    let check = Check::new("fmt", format!("cargo{toolchain} fmt{all} --check"));
    Some(check.about(&["**/*.rs"], inputs).on("pre-commit"))
}

/// Only where the project uses clippy: its server, its settings or its lints say so.
fn lint_check(place: &Place<'_>, options: &str) -> Option<Check> {
    let manifest = place.text("Cargo.toml");
    let is_set = place.has("clippy.toml")
        || place.has(".clippy.toml")
        || has_table(manifest, "lints.clippy")
        || has_table(manifest, "workspace.lints.clippy");
    if !is_set && !place.files.mentions(&["cargo clippy", "clippy-check", "cargo-clippy"]) {
        return None;
    }
    let strict = place.files.mentions(&["-D warnings", "-Dwarnings", "--deny warnings"]);
    let deny = if strict { " -- -D warnings" } else { "" };
    Some(Check::new("clippy", format!("cargo clippy{options} --all-targets{deny}")).on("pre-push"))
}

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::valid as propose;

    #[test]
    fn a_workspace_with_a_server_that_lints() {
        let proposal = propose(
            &Files::of(&[
                ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"),
                ("Cargo.lock", ""),
                ("a/Cargo.toml", "[package]\nname = \"a\"\n"),
                ("a/src/lib.rs", ""),
                ("rustfmt.toml", ""),
                (".github/workflows/ci.yml", "run: cargo clippy --all-targets -- -D warnings\n"),
            ]),
            "main",
        );
        assert_eq!(proposal.found, ["a Cargo workspace"]);
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["main"]

        [workspace]
        # Stays in the private checkout: its tools check for themselves what is still good.
        keep = ["target"]

        [check.fmt]
        files = ["**/*.rs"]
        inputs = ["**/Cargo.toml", "**/*rustfmt.toml", "rust-toolchain*"]
        run = "cargo fmt --all --check"
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.clippy]
        run = "cargo clippy --workspace --locked --all-targets -- -D warnings"
        on = ["pre-push"]

        [check.test]
        run = "cargo test --workspace --locked"
        "#);
    }

    #[test]
    fn a_package_whose_lock_file_is_not_committed() {
        let proposal = propose(&Files::of(&[("Cargo.toml", "[package]\nname = \"a\"\n"), ("src/lib.rs", "")]), "trunk");
        insta::assert_snapshot!(proposal.text, @r#"
        # What keeps the main branch of this repository deployable.
        # `gate check` runs what a change can affect, on a private checkout of exactly the tree that would result.

        [main]
        branches = ["trunk"]

        [workspace]
        # Stays in the private checkout: its tools check for themselves what is still good.
        keep = ["target", "Cargo.lock"]

        [check.fmt]
        files = ["**/*.rs"]
        inputs = ["**/Cargo.toml", "**/*rustfmt.toml", "rust-toolchain*"]
        run = "cargo fmt --check"
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.test]
        run = "cargo test"
        "#);
    }

    #[test]
    fn a_project_that_its_server_does_not_format_is_not_formatted() {
        let manifest = ("Cargo.toml", "[package]\nname = \"a\"\n");
        let text = |server| propose(&Files::of(&[manifest, (".github/workflows/ci.yml", server)]), "main").text;
        assert!(!text("run: cargo test").contains("[check.fmt]"));
        assert!(text("run: cargo fmt --check").contains("\"cargo fmt --check\""));
        assert!(text("run: cargo +nightly fmt --check").contains("\"cargo +nightly fmt --check\""));
    }
}
