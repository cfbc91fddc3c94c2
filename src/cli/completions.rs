//! `gate completions`.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Context, Exit, Failure};

/// Print a completion script for a shell
///
/// For example: gate completions zsh > ~/.zfunc/_gate
#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes the script to standard output.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn run(args: &CompletionsArgs, context: &Context) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "gate", &mut script);
    context.stdout().write_all(&script)?;
    Ok(Exit::Success)
}
