//! `gate init`.

use std::io::Write;

use clap::Args;

use super::{Context, Exit, Failure};
use crate::adopt;
use crate::diagnostic::Diagnostic;

/// Write a gate.toml for what the repository holds
///
/// Looks for Cargo, npm, pnpm, yarn, Python, Go and Make, and writes a short commented file with the checks that they
/// call for. Never overwrites one that is there.
#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// Print the file instead of writing it
    #[arg(long)]
    stdout: bool,
}

/// Writes the file.
///
/// # Errors
/// When there is one already, or the repository can't be read.
pub(super) fn run(args: &InitArgs, context: &Context) -> Result<Exit, Failure> {
    let site = context.site()?;
    let Some(root) = site.repo.work_dir() else {
        let shown = Diagnostic::error("git/bare", "a bare repository has no working tree to write gate.toml in");
        return Err(Failure::new(Exit::Usage, shown));
    };
    let tree = site.repo.work_tree(&site.store).map_err(crate::judge::Refusal::from)?;
    let files = adopt::Files::read(&site.repo, tree).map_err(crate::judge::Refusal::from)?;
    let branch = adopt::main_branch(&site.repo).map_err(crate::judge::Refusal::from)?;
    let proposal = adopt::propose(&files, &branch);
    let mut stdout = context.stdout();
    if args.stdout {
        write!(stdout, "{}", proposal.text)?;
        return Ok(Exit::Success);
    }
    let path = root.join("gate.toml");
    write_new(&path, &proposal.text)?;
    for found in &proposal.found {
        writeln!(stdout, "found {found}")?;
    }
    for note in &proposal.notes {
        writeln!(stdout, "note: {note}")?;
    }
    writeln!(stdout, "wrote {}", path.display())?;
    let next = if proposal.found.is_empty() {
        "Nothing was recognised: add a check to it, then try it: gate check --all"
    } else {
        "Read it, then try it: gate check --all"
    };
    writeln!(stdout, "{next}")?;
    Ok(Exit::Success)
}

fn write_new(path: &std::path::Path, text: &str) -> Result<(), Failure> {
    adopt::write_new(path, text).map_err(|error| {
        let exit = match error {
            adopt::Error::Exists(_) => Exit::Usage,
            adopt::Error::Io(..) => Exit::Internal,
        };
        Failure::new(exit, Diagnostic::from(&error))
    })
}
