//! `gate man`.

use std::io::{self, Write};

use clap::{Args, Command, CommandFactory};

use super::{Cli, Context, Exit, Failure};

/// Print the manual page, in roff
///
/// For example: gate man | man -l -
#[derive(Args, Debug)]
pub(super) struct ManArgs {}

/// Writes one page, with a section for each command, to standard output.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn run(_args: &ManArgs, context: &Context) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    command.build();
    let man = clap_mangen::Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_options_section(&mut page)?;
    for sub in commands(&command) {
        page.extend(section(sub)?);
    }
    let mut extra = Vec::new();
    man.render_extra_section(&mut extra)?;
    page.extend(String::from_utf8_lossy(&extra).replace(".SH EXTRA", ".SH \"FIRST STEPS AND EXIT CODES\"").bytes());
    context.stdout().write_all(&page)?;
    Ok(Exit::Success)
}

/// The commands below a command, theirs after each, but for those that clap adds.
fn commands(command: &Command) -> Vec<&Command> {
    let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help");
    shown.flat_map(|sub| std::iter::once(sub).chain(commands(sub))).collect()
}

/// A command as a section: what would be sections of a page of its own are parts of it.
fn section(command: &Command) -> io::Result<Vec<u8>> {
    let man = clap_mangen::Man::new(command.clone());
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    if command.get_after_long_help().or(command.get_after_help()).is_some() {
        man.render_extra_section(&mut parts)?;
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).replace('-', " ");
    let parts = String::from_utf8_lossy(&parts).replace("\n.SH ", "\n.SS ").replace(".SS EXTRA", ".SS NOTES");
    let parts = parts.strip_prefix(".SH ").map(|rest| format!(".SS {rest}")).unwrap_or(parts);
    Ok(format!(".SH \"{name}\"\n{parts}").into_bytes())
}
