//! `gate config`.

use std::io::Write;

use clap::Subcommand;

use super::{Context, Exit, Failure};
use crate::config;

/// Look at gate.toml
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Check gate.toml and gate.local.toml of the working tree, and tell every mistake
    Validate,
    /// Print the JSON Schema of gate.toml
    Schema,
    /// Print what gate.toml and gate.local.toml come to, with every default filled in
    Show,
}

/// Runs the subcommand.
///
/// # Errors
/// Every mistake in the file; when there is no file.
pub(super) fn run(command: &ConfigCommand, context: &Context) -> Result<Exit, Failure> {
    let mut stdout = context.stdout();
    match command {
        ConfigCommand::Schema => writeln!(stdout, "{:#}", config::schema())?,
        ConfigCommand::Validate => {
            let loaded = context.rules()?;
            context.warn(&loaded.warnings);
            let checks = loaded.rules.checks.len();
            writeln!(stdout, "gate.toml is valid: {checks} {}", if checks == 1 { "check" } else { "checks" })?;
        }
        ConfigCommand::Show => {
            let loaded = context.rules()?;
            context.warn(&loaded.warnings);
            write!(stdout, "{}", loaded.rules.to_toml())?;
            if let Some(local) = loaded.rules.to_local_toml() {
                write!(stdout, "\n# gate.local.toml\n\n{local}")?;
            }
        }
    }
    Ok(Exit::Success)
}
