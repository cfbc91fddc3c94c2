//! `gate show`.

use clap::Args;

use super::finished::Finished;
use super::report_args::ReportArgs;
use super::{Context, Exit, Failure};
use crate::report::{Detail, View};

/// Show a recorded run again, in any format
#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// The run's id, or the beginning of it
    id: String,
    #[command(flatten)]
    report: ReportArgs,
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
    let finished = Finished::recorded(&entry, &site, context);
    finished.report(args.report.format, &view)?;
    Ok(args.report.write(&finished, Exit::Success, context))
}
