//! `gate man`.

use std::io::Write;

use clap::{Args, CommandFactory};

use super::{Cli, Context, Exit, Failure};

/// Print the manual page, in roff
///
/// For example: gate man | man -l -
#[derive(Args, Debug)]
pub(super) struct ManArgs {}

/// Writes the page of gate and of each command to standard output.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn run(_args: &ManArgs, context: &Context) -> Result<Exit, Failure> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        let man = clap_mangen::Man::new(sub.clone());
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    context.stdout().write_all(&page)?;
    Ok(Exit::Success)
}
