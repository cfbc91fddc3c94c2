//! `gate plan`.

use std::io::Write;

use clap::Args;

use super::args::{ChangeArgs, Format, SelectionArgs};
use super::{Context, Exit, Failure};
use crate::report;

/// Say what would be run, reused and skipped, and why, without running anything
#[derive(Args, Debug)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    /// How to write the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Plans and reports.
///
/// # Errors
/// When there is nothing that could be judged.
pub(super) fn run(args: PlanArgs, context: &Context) -> Result<Exit, Failure> {
    let request = args.selection.request(args.change.spec());
    let (planned, _site) = context.plan(&request)?;
    let mut stdout = context.stdout();
    match args.format {
        Format::Text => {
            let shown = report::plan_text(&planned.plan, &planned.change, context.colour_on_stdout);
            write!(stdout, "{shown}")?;
        }
        Format::Json | Format::Jsonl => writeln!(stdout, "{}", report::plan_json(&planned.plan, &planned.change))?,
    }
    Ok(Exit::Success)
}
