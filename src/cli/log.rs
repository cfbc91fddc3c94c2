//! `gate log`.

use std::io::Write;
use std::time::Duration;

use clap::Args;

use super::{Context, Exit, Failure};
use crate::{record, report};

/// How long overrides are counted.
const COUNTED: Duration = Duration::from_hours(30 * 24);

/// List the recorded runs, newest first
///
/// Overrides are counted, and on a server pushes that were refused are listed too.
#[derive(Args, Debug)]
pub(super) struct LogArgs {
    /// How many
    #[arg(long, short = 'n', default_value_t = 20, value_name = "N")]
    number: usize,
    /// List the checks that were overridden and have not passed since
    #[arg(long, conflicts_with = "number")]
    owed: bool,
}

/// Lists them.
///
/// # Errors
/// When the ledger can't be read.
pub(super) fn run(args: &LogArgs, context: &Context) -> Result<Exit, Failure> {
    let site = context.site()?;
    context.warn(&site.warnings);
    let failed = |error: record::Error| Failure::new(Exit::Internal, (&error).into());
    let (ledger, view) = (&site.ledger, context.view());
    let mut stdout = context.stdout();
    if args.owed {
        write!(stdout, "{}", report::table::owed(&ledger.owed().map_err(failed)?, &view))?;
        return Ok(Exit::Success);
    }
    let runs = ledger.runs(args.number).map_err(failed)?;
    let refused = ledger.refusals(args.number).map_err(failed)?;
    write!(stdout, "{}", report::table::render(&runs, &refused, &view))?;
    let overrides = ledger.overrides(context.now - COUNTED).map_err(failed)?;
    if overrides > 0 {
        let some = if overrides == 1 { "1 override".to_owned() } else { format!("{overrides} overrides") };
        writeln!(stdout, "{some} in the last 30 days; gate log --owed lists what is still open of them")?;
    }
    Ok(Exit::Success)
}
