//! `gate clean`.

use std::io::Write;

use clap::Args;

use super::{Context, Exit, Failure};
use crate::judge::Refusal;

/// Remove the private checkouts that no run is using
///
/// They are made again when a check has to run, from nothing and without anything warm.
#[derive(Args, Debug)]
pub(super) struct CleanArgs {}

/// Removes them.
///
/// # Errors
/// When one can't be removed.
pub(super) fn run(_args: &CleanArgs, context: &Context) -> Result<Exit, Failure> {
    let site = context.site()?;
    let cleaned = site.pool.clean().map_err(Refusal::from)?;
    let checkouts = if cleaned == 1 { "checkout" } else { "checkouts" };
    writeln!(context.stdout(), "removed {cleaned} private {checkouts}")?;
    Ok(Exit::Success)
}
