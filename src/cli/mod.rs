//! The command line: clap types, one file per command, exit codes.
//!
//! The doc comments of the argument types are the help texts, the manual page and the completions.

mod args;
mod audience;
mod audit;
mod check;
mod clean;
mod completions;
mod config;
mod context;
mod doctor;
mod evidence;
mod exit;
mod failure;
mod finished;
mod given;
mod hook;
mod init;
mod install;
mod land;
mod log;
mod man;
mod merge_check;
mod merge_of;
mod plan;
mod receive;
mod report_args;
mod run_steps;
mod show;
mod skips;
mod spread;
mod trust;
mod uninstall;
mod unit;
mod verdict;
mod warm;
mod why;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use context::Context;
pub use exit::Exit;
pub use failure::Failure;

use crate::diagnostic::Diagnostic;
use crate::report::Choice;

/// What `gate --help` ends with.
const AFTER: &str = "\
Start with: gate init, then gate check --all

Exit codes:
  0      deployable, mends or clear; or what was asked is done
  1      rejected
  2      the command line can't be understood, or there is no repository to work with
  3      undecided: something could not be found out, which is never a pass
  4      gate.toml is missing or wrong
  70     gate itself, or the machine, failed
  128+n  ended by signal n";

/// Keeps a main branch deployable: runs the checks that a change can affect, and refuses what would break it
#[derive(Debug, Parser)]
#[command(name = "gate", version, max_term_width = 100, arg_required_else_help = true)]
#[command(disable_help_flag = true, disable_version_flag = true)]
#[command(disable_help_subcommand = false, after_help = "Start with: gate init", after_long_help = AFTER)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// The command line of the program `merge-check`.
#[derive(Debug, Parser)]
#[command(name = "merge-check", version, max_term_width = 100)]
#[command(disable_help_flag = true, disable_version_flag = true)]
struct MergeCheckCli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    args: merge_check::MergeCheckArgs,
}

/// What every command takes.
#[derive(Debug, Args)]
struct GlobalArgs {
    /// Run as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = GLOBAL, display_order = 1000)]
    directory: Option<std::path::PathBuf>,
    /// Use colour: auto, always or never
    #[arg(long, value_enum, default_value_t = ColourChoice::Auto, value_name = "WHEN", global = true)]
    #[arg(help_heading = GLOBAL, display_order = 1001, hide_default_value = true, hide_possible_values = true)]
    color: ColourChoice,
    /// Print help; --help says more than -h
    #[arg(short, long, action = clap::ArgAction::Help, global = true, help_heading = GLOBAL, display_order = 1002)]
    help: Option<bool>,
    /// Print the version
    #[arg(short = 'V', long, action = clap::ArgAction::Version, help_heading = GLOBAL, display_order = 1003)]
    version: Option<bool>,
}

/// The heading of the options that every command has.
const GLOBAL: &str = "Options";

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<ColourChoice> for Choice {
    fn from(choice: ColourChoice) -> Self {
        match choice {
            ColourChoice::Auto => Self::Auto,
            ColourChoice::Always => Self::Always,
            ColourChoice::Never => Self::Never,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    MergeCheck(merge_check::MergeCheckArgs),
    Land(land::LandArgs),
    Verdict(verdict::VerdictArgs),
    Plan(plan::PlanArgs),
    Why(why::WhyArgs),
    #[command(subcommand)]
    Unit(unit::UnitCommand),
    Init(init::InitArgs),
    Hook(hook::HookArgs),
    Install(install::InstallArgs),
    Uninstall(uninstall::UninstallArgs),
    Doctor(doctor::DoctorArgs),
    #[command(subcommand)]
    Config(config::ConfigCommand),
    Log(log::LogArgs),
    Show(show::ShowArgs),
    Audit(audit::AuditArgs),
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    #[command(subcommand)]
    Trust(trust::TrustCommand),
    Warm(warm::WarmArgs),
    Clean(clean::CleanArgs),
    #[command(hide = true, name = crate::server::COMMAND)]
    RunSteps(run_steps::RunStepsArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    start(|cli: Cli| (cli.global, move |context: &Context| run(cli.command, context)))
}

/// Runs the program `merge-check`: the command of that name.
#[must_use]
pub fn main_of_merge_check() -> ExitCode {
    start(|cli: MergeCheckCli| (cli.global, move |context: &Context| merge_check::run(cli.args, context)))
}

/// Reads a command line, and runs what it asks for.
fn start<C: Parser, F: FnOnce(&Context) -> Result<Exit, Failure>>(
    asked: impl FnOnce(C) -> (GlobalArgs, F),
) -> ExitCode {
    let (global, command) = match C::try_parse() {
        Ok(cli) => asked(cli),
        Err(error) => {
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Success };
            // Help that can't be written has no reader to be told so.
            let _unwritten = error.print();
            return ExitCode::from(code.code());
        }
    };
    let Ok(mut context) = Context::from_process() else {
        let shown = Diagnostic::error("gate/no-folder", "the current folder is not there any more");
        let exit = Failure::new(Exit::Usage, shown).tell(&mut std::io::stderr(), false);
        return ExitCode::from(exit.code());
    };
    context.choose_colour(global.color.into());
    if let Some(dir) = &global.directory {
        context.cwd.push(dir);
    }
    let exit = command(&context)
        .unwrap_or_else(|failure| failure.tell(&mut context.stderr(), context.stderr_style.has_colour()));
    ExitCode::from(exit.code())
}

fn run(command: Command, context: &Context) -> Result<Exit, Failure> {
    match command {
        Command::Check(args) => check::run(args, context),
        Command::MergeCheck(args) => merge_check::run(args, context),
        Command::Land(args) => land::run(args, context),
        Command::Verdict(args) => verdict::run(&args, context),
        Command::Plan(args) => plan::run(args, context),
        Command::Why(args) => why::run(args, context),
        Command::Unit(command) => unit::run(command, context),
        Command::Hook(args) => hook::run(&args, context),
        Command::Init(args) => init::run(&args, context),
        Command::Install(args) => install::run(&args, context),
        Command::Uninstall(args) => uninstall::run(&args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Config(command) => config::run(&command, context),
        Command::Log(args) => log::run(&args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Audit(args) => audit::run(args, context),
        Command::Evidence(command) => evidence::run(&command, context),
        Command::Trust(command) => trust::run(&command, context),
        Command::RunSteps(args) => run_steps::run(&args, context),
        Command::Warm(args) => warm::run(args, context),
        Command::Clean(args) => clean::run(&args, context),
        Command::Completions(args) => completions::run(&args, context),
        Command::Man(args) => man::run(&args, context),
    }
}
