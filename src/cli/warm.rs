//! `gate warm`.

use std::io::Write;

use clap::Args;

use super::args::{ChangeArgs, SelectionArgs};
use super::{Context, Exit, Failure};
use crate::judge::{self, Site};

/// Make a private checkout ready beforehand
///
/// The next run does not start cold then. Brings one to the working tree's candidate and runs what `[workspace] prepare` says.
#[derive(Args, Debug)]
pub(super) struct WarmArgs {
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

/// Makes it ready.
///
/// # Errors
/// When it can't be made.
pub(super) fn run(args: WarmArgs, context: &Context) -> Result<Exit, Failure> {
    let request = args.selection.request(args.change.spec());
    let terminal = context.terminal();
    let control = super::context::control()?;
    let setting = context.setting(&control, &terminal)?;
    let mut site = Site::open(&setting)?;
    let dir = judge::warm(&request, &setting, &mut site)?;
    drop(terminal);
    context.warn(&site.warnings);
    writeln!(context.stdout(), "a private checkout is ready: {}", dir.display())?;
    Ok(Exit::Success)
}
