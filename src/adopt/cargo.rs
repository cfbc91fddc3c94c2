//! Cargo: packages and workspaces.

use super::part::{Check, Part, Place, WHOLE_TREE};
use super::toml_text::has_table;

/// What a Cargo project needs: nothing but its folder `target`, which it makes itself.
pub(super) fn part(place: &Place<'_>) -> Part {
    let manifest = place.text("Cargo.toml");
    let is_workspace = has_table(manifest, "workspace");
    let is_locked = place.has("Cargo.lock");
    let workspace = if is_workspace { " --workspace" } else { "" };
    let options = format!("{workspace}{}", if is_locked { " --locked" } else { "" });
    let checks = [format_check(place, is_workspace), lint_check(place, &options)];
    let test = Check::new("test", format!("cargo test{options}")).comment(WHOLE_TREE);
    Part {
        found: if is_workspace { "a Cargo workspace".to_owned() } else { "a Cargo package".to_owned() },
        label: "cargo",
        // Without a committed lock file each run would look for the newest versions again.
        keep: if is_locked { vec!["target"] } else { vec!["target", "Cargo.lock"] },
        keep_reason: "cargo checks for itself what is still good in target",
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
    let toolchains = place.present(&["rust-toolchain.toml", "rust-toolchain"]);
    let inputs = [vec!["**/Cargo.toml".to_owned()], settings, toolchains].concat();
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
