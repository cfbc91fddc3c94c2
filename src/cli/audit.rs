//! `gate audit`.

use std::io::Write;

use clap::Args;

use super::args::{ChangeArgs, SelectionArgs};
use super::{Context, Exit, Failure};
use crate::judge::{self, Site};

/// Run reused steps again, to test what checks claim to depend on
///
/// A step that passed before and does not pass now has read something that its inputs do not name: every receipt of its
/// check is void from then on.
#[derive(Args, Debug)]
pub(super) struct AuditArgs {
    /// How many of the reused steps to run again, in percent
    #[arg(long, value_name = "N%", value_parser = percent)]
    recheck: u8,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

/// Audits and reports: exit code 1 if a result was refuted.
///
/// # Errors
/// When nothing could be run.
pub(super) fn run(args: AuditArgs, context: &Context) -> Result<Exit, Failure> {
    let request = args.selection.request(args.change.spec());
    let terminal = context.terminal();
    let control = super::context::control()?;
    let setting = context.setting(&control, &terminal)?;
    let mut site = Site::open(&setting)?;
    let audited = judge::audit(&request, &setting, &mut site, args.recheck)?;
    drop(terminal);
    context.warn(&site.warnings);
    let mut stdout = context.stdout();
    for (step, outcome) in &audited.refuted {
        writeln!(stdout, "{step}: {outcome}, although a receipt covered it; its receipts count no more")?;
    }
    let (held, refuted) = (audited.held.len(), audited.refuted.len());
    let (looked_at, total) = (held + refuted, held + refuted + audited.left);
    match (total, refuted) {
        (0, _) => writeln!(stdout, "audit: nothing is reused, so there is nothing to look at")?,
        (_, 0) => writeln!(stdout, "audit: {looked_at} of {total} reused steps run again, and passed again")?,
        _ => writeln!(stdout, "audit: {looked_at} of {total} reused steps run again, {refuted} refuted")?,
    }
    Ok(match (control.signal(), refuted) {
        (Some(signal), _) => Exit::Signal(signal),
        (None, 0) => Exit::Success,
        (None, _) => Exit::Rejected,
    })
}

fn percent(text: &str) -> Result<u8, String> {
    let number = text.strip_suffix('%').unwrap_or(text);
    number.parse().ok().filter(|number| (1..=100).contains(number)).ok_or_else(|| "a number from 1 to 100".to_owned())
}
