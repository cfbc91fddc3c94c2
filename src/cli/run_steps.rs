//! `gate run-steps`: what gate on a server starts as another user.

use std::io::{Read, Write};

use clap::Args;

use super::{Context, Exit, Failure};
use crate::diagnostic::Diagnostic;
use crate::server::{self, Letter};

/// Run steps of a push for the gate that asks for it on standard input
#[derive(Args, Debug)]
pub(super) struct RunStepsArgs {}

/// Runs them, and answers on standard output.
///
/// # Errors
/// When nobody asks.
pub(super) fn run(_args: &RunStepsArgs, context: &Context) -> Result<Exit, Failure> {
    let control = super::context::control()?;
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input)?;
    let letter: Letter = serde_json::from_slice(&input).map_err(|error| {
        let shown = Diagnostic::error("server/letter", format!("nothing is asked for on standard input: {error}"));
        Failure::new(Exit::Usage, shown.hint("gate starts this itself, where a server's gate.run-as says so"))
    })?;
    let reply = server::serve(&letter, &context.env, &control);
    let reply = serde_json::to_vec(&reply).map_err(std::io::Error::from)?;
    context.stdout().write_all(&reply)?;
    Ok(Exit::Success)
}
