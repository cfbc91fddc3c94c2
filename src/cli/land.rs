//! `gate land`.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use super::args::{CHECKS, MethodArg};
use super::{Context, Exit, Failure};
use crate::ci;
use crate::diagnostic::Diagnostic;
use crate::judge::{Request, Site};
use crate::land::{self, LandRequest, Landing};
use crate::report;

const EXAMPLES: &str = "\
Examples:
  gate land topic                         into the main branch of this repository
  gate land --push origin topic           into the main branch of the remote
  gate land one two three four            together, and apart where they break it
  gate land --dry-run --method squash topic

Exit codes: 0 all landed; 1 some are rejected; 3 some could not be decided. `gate --help` has the others.";

/// The heading of the options that say what lands where.
const LANDING: &str = "What lands, and where";

/// Land branches on the main branch: merge, check, and move it on
///
/// What lands has exactly the tree that was judged, on exactly the commit that it was judged for: the branch moves from that
/// commit or not at all. Where it moved meanwhile all starts again from the plan, and what is proved is not run again.
///
/// Several branches are judged together and land together. If that fails, those that the failing checks see nothing of are
/// let through, and the others are halved until it is known who breaks it. Nobody is blamed for what the main branch itself
/// fails, for what could not be decided, or for another branch. Each branch lands as it was when the command began; one
/// that moves meanwhile is left out.
///
/// A branch whose last commit allows something (`Gate-Allow`), or overrides checks (`Gate-Override: CHECK DAY REASON`), is judged
/// by itself. What is overridden lands though its verdict is against it, if the commit is signed by somebody whom the
/// target's `[policy] override` lists; the checks stay owed.
///
/// A working tree that has the main branch checked out follows it, as with `git merge --ff-only`: changes in it stay, and
/// where they are in the way nothing lands.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct LandArgs {
    /// The branches to land, in this order
    #[arg(value_name = "BRANCH", required = true)]
    branches: Vec<String>,
    /// The branch to land on; left out: the one that [main] branches names
    #[arg(long, value_name = "TARGET", help_heading = LANDING)]
    into: Option<String>,
    /// Land on this remote's branch
    #[arg(long, value_name = "REMOTE", help_heading = LANDING)]
    push: Option<String>,
    /// How they are brought together: merge, squash or rebase
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help_heading = LANDING)]
    method: MethodArg,
    /// How many are judged together at most
    #[arg(long, value_name = "N", default_value_t = LandRequest::new(Vec::new()).batch, help_heading = LANDING)]
    batch: NonZeroUsize,
    /// How often it starts again when the target moves
    #[arg(long, value_name = "N", default_value_t = LandRequest::new(Vec::new()).retries, help_heading = LANDING)]
    retries: u32,
    /// Land on a target that has no valid gate.toml, by the branch's own
    #[arg(long, help_heading = LANDING)]
    start: bool,
    /// Do all but the landing
    #[arg(long, help_heading = LANDING)]
    dry_run: bool,
    #[command(flatten)]
    how: HowArgs,
    /// How to write it: text or json
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true)]
    format: LandFormat,
}

/// How what would land is judged.
#[derive(Args, Debug)]
struct HowArgs {
    /// Run again what has passed before
    #[arg(long, help_heading = CHECKS)]
    fresh: bool,
    /// In a CI, reuse what this clone's own ledger holds: only where no other job can have written it
    #[arg(long, help_heading = CHECKS)]
    trust_ledger: bool,
    /// How many at once; left out: one for each processor
    #[arg(long, short, value_name = "N", value_parser = super::args::jobs, help_heading = CHECKS)]
    jobs: Option<NonZeroUsize>,
}

/// How what came of it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LandFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
}

/// Lands and reports.
///
/// # Errors
/// When nothing could be landed at all.
pub(super) fn run(args: LandArgs, context: &Context) -> Result<Exit, Failure> {
    let by_ci = ci::system(&context.env).map_err(|error| Failure::new(Exit::Undecided, Diagnostic::from(&error)))?;
    let usual = LandRequest::new(args.branches);
    let request = LandRequest {
        into: args.into,
        remote: args.push,
        method: args.method.into(),
        batch: args.batch,
        retries: args.retries,
        dry_run: args.dry_run,
        judging: Request {
            jobs: args.how.jobs,
            fresh: args.how.fresh,
            starts: args.start,
            trusts_ledger: args.how.trust_ledger || by_ci.is_none(),
            ..usual.judging
        },
        branches: usual.branches,
    };
    let terminal = context.terminal();
    let control = super::context::control()?;
    let setting = context.setting(&control, &terminal)?;
    let mut site = Site::open(&setting)?;
    let landed = land::land(&request, &setting, &mut site);
    drop(terminal);
    context.warn(&site.warnings);
    let landing = landed?;
    match args.format {
        LandFormat::Text => write!(context.stdout(), "{}", report::landing::render(&landing, &context.view()))?,
        LandFormat::Json => {
            writeln!(context.stdout(), "{}", serde_json::to_string_pretty(&landing).map_err(io::Error::from)?)?;
        }
    }
    Ok(exit(&landing))
}

fn exit(landing: &Landing) -> Exit {
    let fates = || landing.branches.iter().map(|branch| &branch.fate);
    match landing.signal {
        _ if fates().all(land::Fate::is_good) => Exit::Success,
        Some(signal) => Exit::Signal(signal),
        None if fates().any(land::Fate::is_rejection) => Exit::Rejected,
        None => Exit::Undecided,
    }
}
