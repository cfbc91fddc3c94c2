//! `gate trust`.

use std::io::Write;

use clap::{Args, Subcommand};

use super::{Context, Exit, Failure};
use crate::server;

/// Say on a server what may be believed
#[derive(Debug, Subcommand)]
pub(super) enum TrustCommand {
    Init(InitArgs),
}

/// Let the next push to a branch bring its first gate.toml
///
/// Where a branch that must stay deployable has no gate.toml, nothing but the push itself could say what has to hold, and
/// it is refused. This lets one push bring it, from what the branch is at now, and be judged by it. It writes a line of the
/// repository's own git configuration: gate.start.
#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// The branch; left out: the one that HEAD is at
    branch: Option<String>,
}

/// Runs one of them.
///
/// # Errors
/// When it can't be done.
pub(super) fn run(command: &TrustCommand, context: &Context) -> Result<Exit, Failure> {
    let TrustCommand::Init(args) = command;
    let control = crate::process::Control::new();
    let setting = context.outside(&control);
    let repo = crate::judge::repository(&setting)?;
    let started = server::start(&repo, args.branch.as_deref())?;
    let mut stdout = context.stdout();
    let config = repo.common_dir().join("config");
    writeln!(stdout, "gate.start = {} in '{}'", started.value, config.display())?;
    let branch = started.branch.strip_prefix("refs/heads/").unwrap_or(&started.branch);
    let from =
        started.tip.map_or_else(|| "where it is not there yet".to_owned(), |tip| format!("from {}", tip.short()));
    writeln!(stdout, "the next push to {branch}, {from}, may bring its gate.toml, and is judged by it")?;
    if !started.changed {
        writeln!(stdout, "nothing was to be done")?;
    }
    Ok(Exit::Success)
}
