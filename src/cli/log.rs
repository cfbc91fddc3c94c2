//! `gate log`.

use std::io::Write;

use clap::Args;

use super::{Context, Exit, Failure};
use crate::report;

/// List the recorded runs, newest first
#[derive(Args, Debug)]
pub(super) struct LogArgs {
    /// How many
    #[arg(long, short = 'n', default_value_t = 20, value_name = "N")]
    number: usize,
}

/// Lists them.
///
/// # Errors
/// When the ledger can't be read.
pub(super) fn run(args: &LogArgs, context: &Context) -> Result<Exit, Failure> {
    let site = context.site()?;
    context.warn(&site.warnings);
    let runs = site.ledger.runs(args.number).map_err(|error| Failure::new(Exit::Internal, (&error).into()))?;
    write!(context.stdout(), "{}", report::table::render(&runs, &context.view()))?;
    Ok(Exit::Success)
}
