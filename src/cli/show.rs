//! `gate show`.

use clap::Args;

use super::args::Format;
use super::{Context, Exit, Failure};
use crate::report::{Detail, View};

/// Show a recorded run again, in any format
#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// The run's id, or the beginning of it
    id: String,
    /// Write text, json or jsonl to standard output
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "FORMAT")]
    format: Format,
}

/// Shows it.
///
/// # Errors
/// When there is no such run, or more than one.
pub(super) fn run(args: &ShowArgs, context: &Context) -> Result<Exit, Failure> {
    let site = context.site()?;
    context.warn(&site.warnings);
    let entry = site.ledger.entry(&args.id).map_err(|error| Failure::new(Exit::Usage, (&error).into()))?;
    let logs = site.state.join("logs");
    let view = View { logs: Some(&logs), detail: Detail::Every, ..context.view() };
    context.report(&entry, args.format, &view)?;
    Ok(Exit::Success)
}
