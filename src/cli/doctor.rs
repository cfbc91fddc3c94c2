//! `gate doctor`.

use std::ffi::OsStr;
use std::io::{self, Write};

use clap::{Args, ValueEnum};

use super::install::{program, refused};
use super::{Context, Exit, Failure};
use crate::config::{Check, CommandLine, Prepare, Rules};
use crate::diagnostic::Diagnostic;
use crate::hook::{self, Examination, Health, Needs, Program};
use crate::judge::{Refusal, rules_here};
use crate::tool::Request;

/// Say what is wrong with the installation, and how to mend it
///
/// Looks at the hooks, at what gate.toml calls for, and at the programs that checks start. Changes nothing. Exits with 1 if
/// an error is among what it finds, and with 0 otherwise: a warning alone does not keep hooks from working.
#[derive(Args, Debug)]
pub(super) struct DoctorArgs {
    /// How to write it: text or json
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true)]
    format: DoctorFormat,
}

/// How the findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DoctorFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
}

/// Examines the installation.
///
/// # Errors
/// When there is no repository, or it can't be read.
pub(super) fn run(args: &DoctorArgs, context: &Context) -> Result<Exit, Failure> {
    let site = context.site()?;
    // A bare repository's rules are in what is pushed.
    let (needs, told) = match site.repo.work_dir().map(|_| rules_here(&site)) {
        Some(Ok(loaded)) => (Some(needs(&loaded.rules)), loaded.warnings),
        Some(Err(Refusal { diagnostics, .. })) => (None, diagnostics),
        None => (None, Vec::new()),
    };
    let examination = Examination {
        repo: &site.repo,
        needs: needs.as_ref(),
        program: &program(context)?,
        path: context.variable("PATH").unwrap_or(OsStr::new("/usr/bin:/bin")),
    };
    let mut health = hook::examine(&examination).map_err(|error| refused(&error))?;
    health.problems.extend(told);
    match args.format {
        DoctorFormat::Json => write!(context.stdout(), "{}", hook::document(&health).map_err(io::Error::from)?)?,
        DoctorFormat::Text => tell(&health, context)?,
    }
    Ok(if health.is_well() { Exit::Success } else { Exit::Rejected })
}

fn tell(health: &Health, context: &Context) -> Result<(), Failure> {
    let mut stdout = context.stdout();
    for hook in &health.hooks {
        let before = hook.before.as_ref().map(|path| format!(", after '{}'", path.display()));
        writeln!(stdout, "gate answers {}{}", hook.name, before.unwrap_or_default())?;
    }
    for problem in &health.problems {
        writeln!(stdout, "\n{}", Diagnostic::render(problem, context.stdout_style.has_colour()))?;
    }
    if health.problems.is_empty() {
        writeln!(stdout, "nothing is wrong")?;
    }
    Ok(())
}

/// What the rules call for.
fn needs(rules: &Rules) -> Needs {
    let mut needs = Needs { hooks: hook::wanted(rules), programs: Vec::new() };
    for check in rules.checks.values() {
        let tools = names(None, &check.tools);
        let started = check.command().into_iter().chain(&check.fix).chain(&check.cleanup);
        let all = started.flat_map(|command| names(Some(command), &[])).chain(tools);
        let all: std::collections::BTreeSet<String> = all.collect();
        needs.programs.extend(all.into_iter().map(|name| Program { name, whose: whose(check) }));
    }
    for Prepare { run, .. } in &rules.workspace.prepare {
        let started = names(Some(run), &[]);
        needs.programs.extend(started.into_iter().map(|name| Program { name, whose: "prepare".into() }));
    }
    needs
}

fn whose(check: &Check) -> String {
    format!("check {}", check.name)
}

fn names(command: Option<&CommandLine>, tools: &[String]) -> Vec<String> {
    let (shell, words) = match command {
        Some(CommandLine::Shell(line)) => (Some(line.as_str()), &[][..]),
        Some(CommandLine::Words(words)) => (None, words.as_slice()),
        None => (None, &[][..]),
    };
    Request { shell, words, dir: std::path::Path::new(""), tools }.names()
}
