//! `gate check`.

use std::collections::BTreeMap;

use clap::Args;

use super::args::{CHECKS, ChangeArgs, RunArgs, SelectionArgs};
use super::finished::Finished;
use super::report_args::ReportArgs;
use super::skips::Skips;
use super::{Context, Exit, Failure};
use crate::change::Source;
use crate::check::Stage;
use crate::fix::{self, Fixed, Target};
use crate::judge::{self, Judged, Place, Request, Setting, Site};
use crate::record::Entry;
use crate::verdict::Kind;

const EXAMPLES: &str = "\
Examples:
  gate check                                  the working tree, against the main branch
  gate check --all                            the same, proved without trusting the main branch
  gate check --staged --stage pre-commit      what a commit would hold, quick checks only
  gate check --commit HEAD                    the last commit
  gate check --from origin/main --to HEAD     what a pull request would bring
  gate check --fix                            mend first what can be mended
  gate check --only test --fresh              one check, again
  gate check --format json | jq .verdict      for programs
  gate check --report junit=out/junit.xml     a file for the CI host, beside what is shown

Exit codes: 0 deployable, mends or clear; 1 rejected; 3 undecided. `gate --help` has the others.";

/// Say whether a change leaves main deployable, and why
///
/// Judges the working tree (tracked, staged, and untracked but not ignored) against the merge-base with the main branch,
/// unless something else is asked for. Runs the checks that the change can affect, in a private checkout of exactly the
/// result, and reuses what is already proved. Nothing of yours is written,
/// unless you ask for it with --fix.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    run: RunArgs,
    /// Mend first what can be mended, in your own files
    ///
    /// Runs the fixers of the checks that would run, in a private checkout, and writes what they change to the working
    /// tree, or with --staged to the index and the working tree. Files that were edited meanwhile stay as they are.
    #[arg(long, conflicts_with_all = ["here", "from", "to", "commit"], help_heading = CHECKS)]
    fix: bool,
    #[command(flatten)]
    report: ReportArgs,
}

/// Judges and reports.
///
/// # Errors
/// When there is no verdict at all.
pub(super) fn run(args: CheckArgs, context: &Context) -> Result<Exit, Failure> {
    let skips = Skips::read(context)?;
    let request = Request {
        place: if args.run.here { Place::Here } else { Place::Private },
        jobs: args.run.jobs,
        fail_fast: args.run.fail_fast,
        ..args.selection.request(args.change.spec())
    };
    context.warn(&skips.in_vain(request.stage));
    // Nothing is skipped on the way to the main branch.
    let skips = if request.stage == Stage::Merge { BTreeMap::new() } else { skips.of(None, request.stage) };
    let request = Request { skips, ..request };
    let audience = args.report.audience(context);
    let control = super::context::control()?;
    let setting = context.setting(&control, audience.sink())?;
    let mut site = judge::Site::open(&setting)?;
    let fixed = if args.fix { Some(mend(&request, &setting, &mut site)?) } else { None };
    let mut judged = judge::judge(&request, &setting, &mut site)?;
    judged.entry.fixes = fixed.map(|fixed| fixed.fixes());
    let finished = Finished::judged(&judged, &site, context);
    let told = audience.tell(&finished, &site.warnings);
    // A closed pipe keeps no file from being written.
    let exit = args.report.write(&finished, exit(&judged, request.place), context);
    if judged.signal.is_none() {
        told?;
    }
    Ok(exit)
}

/// Mends what can be mended, where the candidate comes from.
fn mend(request: &Request, setting: &Setting<'_>, site: &mut Site) -> Result<Fixed, Failure> {
    let target = if request.spec.source == Source::Staged { Target::Index } else { Target::WorkTree };
    Ok(fix::fix(request, setting, site, target)?)
}

/// What to exit with: in the user's own tree, whether anything failed.
fn exit(judged: &Judged, place: Place) -> Exit {
    match (judged.signal, place, judged.entry.verdict) {
        (Some(signal), ..) => Exit::Signal(signal),
        (None, Place::Here, Kind::Undecided) if !fails(&judged.entry) => Exit::Success,
        (None, Place::Here, _) => Exit::Rejected,
        (None, Place::Private | Place::Server, verdict) => Exit::from(verdict),
    }
}

/// Whether a required step failed.
fn fails(entry: &Entry) -> bool {
    entry.findings.iter().any(|finding| finding.leads_to == Some(Kind::Rejected))
}
