//! `gate uninstall`.

use std::io::Write;

use clap::Args;

use super::install::refused;
use super::{Context, Exit, Failure};
use crate::hook;

/// Take gate out of git's hooks
///
/// Hooks that were there before, and git's configuration, are as they were. What gate recorded stays.
#[derive(Args, Debug)]
pub(super) struct UninstallArgs {}

/// Takes them away.
///
/// # Errors
/// When a file can't be written.
pub(super) fn run(_args: &UninstallArgs, context: &Context) -> Result<Exit, Failure> {
    let site = context.site()?;
    let done = hook::uninstall(&site.repo).map_err(|error| refused(&error))?;
    context.warn(&done.notes);
    let mut stdout = context.stdout();
    for name in &done.hooks {
        writeln!(stdout, "removed {name}")?;
    }
    if !done.changed {
        writeln!(stdout, "nothing was to be done")?;
    }
    // What stays still runs, or was to run.
    Ok(if done.notes.is_empty() { Exit::Success } else { Exit::Rejected })
}
