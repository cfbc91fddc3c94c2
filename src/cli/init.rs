//! `gate init`.

use std::io::{self, Write};

use clap::Args;

use super::{Context, Exit, Failure};
use crate::adopt;
use crate::diagnostic::Diagnostic;

/// Write a gate.toml for what the repository holds
///
/// Takes over what pre-commit, lefthook, husky with lint-staged, or hk were told to run, and says what it could not carry
/// over and why. Looks for Cargo, npm, pnpm, yarn, Python, Go and Make, and adds the checks that they call for. The file
/// is short and commented. Never overwrites one that is there.
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
        tell(&mut context.stderr(), &proposal)?;
        write!(stdout, "{}", proposal.text)?;
        return Ok(Exit::Success);
    }
    let path = root.join("gate.toml");
    write_new(&path, &proposal.text)?;
    tell(&mut stdout, &proposal)?;
    writeln!(stdout, "wrote {}", path.display())?;
    let is_empty = proposal.found.is_empty() && proposal.managers.iter().all(|manager| manager.carried.is_empty());
    let next = if is_empty {
        "Nothing was recognised: add a check to it, then try it: gate check --all"
    } else {
        "Read it, then try it: gate check --all"
    };
    writeln!(stdout, "{next}")?;
    for manager in &proposal.managers {
        writeln!(stdout, "Then put gate in its place: {}, then gate install", manager.retire)?;
    }
    Ok(Exit::Success)
}

/// Says what was found, what became of it, and what else there is to know.
fn tell(out: &mut impl Write, proposal: &adopt::Proposal) -> io::Result<()> {
    for manager in &proposal.managers {
        writeln!(out, "found {}", manager.found)?;
        for (what, check) in &manager.carried {
            let name = if what == check { String::new() } else { format!(" as '{check}'") };
            writeln!(out, "  carried over: {what}{name}")?;
        }
        for (what, why) in &manager.left {
            writeln!(out, "  not carried over: {what}: {why}")?;
        }
    }
    for found in &proposal.found {
        writeln!(out, "found {found}")?;
    }
    for note in &proposal.notes {
        writeln!(out, "note: {note}")?;
    }
    Ok(())
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
