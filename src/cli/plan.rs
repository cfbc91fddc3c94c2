//! `gate plan`.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::args::{ChangeArgs, SelectionArgs};
use super::{Context, Exit, Failure};
use crate::judge::Planned;
use crate::record::PlanEntry;
use crate::report;

/// Say what would run, be reused or be skipped, and why
#[derive(Args, Debug)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Write text, json or jsonl to standard output
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "FORMAT",
        help_heading = "Options"
    )]
    format: PlanFormat,
}

/// How a plan is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// The same, for symmetry with `gate check`
    Jsonl,
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
        PlanFormat::Text => {
            write!(stdout, "{}", report::plan::render(&planned.plan, &planned.change, &context.view()))?;
        }
        PlanFormat::Json | PlanFormat::Jsonl => write!(stdout, "{}", planned_json(&planned)?)?,
    }
    Ok(Exit::Success)
}

/// The plan as the document that a run of it would leave, before anything has run.
fn planned_json(planned: &Planned) -> Result<String, Failure> {
    let document = PlanEntry::new(&planned.change, &planned.plan);
    Ok(report::json::plan(&document).map_err(std::io::Error::from)?)
}
