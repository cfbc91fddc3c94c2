//! `gate merge-check`, and the program `merge-check`.

use std::num::NonZeroUsize;

use clap::Args;

use super::args::{CHECKS, MERGE, MethodArg};
use super::finished::Finished;
use super::merge_of::{self, Named};
use super::report_args::ReportArgs;
use super::spread::{self, DurationsArgs, SHARDS};
use super::{Context, Exit, Failure};
use crate::check::Stage;
use crate::judge::{self, Over, Request};
use crate::plan::Shard;

const EXAMPLES: &str = "\
Examples:
  gate merge-check --into origin/main --from HEAD         what a merge of HEAD into main would be
  gate merge-check --into main --from topic --method rebase
  gate merge-check --into origin/main --from HEAD --format json
  gate merge-check                                        in a CI: the merge that the job is for

Exit codes: 0 deployable or mends; 1 rejected, also by a conflict; 3 undecided. `gate --help` has the others.";

/// Say whether a merge may happen, by the tree that would result
///
/// Merges as git's own ort strategy does, with the attributes of the target and nothing of anybody's configuration, and
/// judges the result against the tip of the target. The target's gate.toml has a say that the change can't take away: its
/// checks have to pass as it defines them, and what weakens them or touches guarded files is rejected. A target that is
/// broken already accepts what mends it. No file, index or ref is written; a shallow clone is made as deep as it takes.
///
/// What is rejected for weakening the gate lands where it is allowed: the commit that is merged names each check or
/// guarded file in a line `Gate-Allow: NAME REASON` of its message, and is signed with an SSH key by somebody whom the
/// target's `[policy] override` lists. The keys are in the target's file `trusted-keys`, an allowed signers file as
/// ssh-keygen(1) describes it.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct MergeCheckArgs {
    /// The branch to merge into; left out: what the CI's environment names
    #[arg(long, value_name = "TARGET", help_heading = MERGE)]
    into: Option<String>,
    /// The commit to merge; left out: what the CI's environment names, or with --into HEAD
    #[arg(long, value_name = "HEAD", help_heading = MERGE)]
    from: Option<String>,
    /// How the two are brought together: merge, squash or rebase
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help_heading = MERGE)]
    method: MethodArg,
    /// Let a change land on a target that has no valid gate.toml, by the change's own
    #[arg(long, help_heading = MERGE)]
    start: bool,
    /// In a CI, reuse what this clone's own ledger holds: only where no other job can have written it
    #[arg(long, help_heading = CHECKS)]
    trust_ledger: bool,
    /// Run only the steps of one of several shards, as in 2/3
    ///
    /// The verdict is at most `clear` then; `gate verdict` joins what all of them say with --report json=FILE. Give both
    /// sides of the merge by their commits, as `gate plan --shards` does, where the target may move meanwhile.
    #[arg(long, value_name = "I/N", value_parser = spread::shard, help_heading = SHARDS)]
    shard: Option<Shard>,
    #[command(flatten)]
    durations: DurationsArgs,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    report: ReportArgs,
}

/// How the steps are run.
#[derive(Args, Debug)]
struct HowArgs {
    /// Run again what has passed before
    #[arg(long, help_heading = CHECKS)]
    fresh: bool,
    /// End at the first failure
    #[arg(long, help_heading = CHECKS)]
    fail_fast: bool,
    /// How many at once; left out: one for each processor
    #[arg(long, short, value_name = "N", value_parser = super::args::jobs, help_heading = CHECKS)]
    jobs: Option<NonZeroUsize>,
}

/// Judges the merge and reports.
///
/// # Errors
/// When there is no verdict at all.
pub(super) fn run(args: MergeCheckArgs, context: &Context) -> Result<Exit, Failure> {
    let audience = args.report.audience(context);
    let control = super::context::control()?;
    let setting = context.setting(&control, audience.sink())?;
    let named = Named { into: args.into, from: args.from, method: args.method.into() };
    let asked = merge_of::find(named, &judge::repository(&setting)?, context)?;
    let sharding = args.shard.map(|shard| args.durations.sharding(Over::One(shard), context));
    let (sharding, untimed) = sharding.unzip();
    let request = Request {
        sharding,
        jobs: args.how.jobs,
        fresh: args.how.fresh,
        fail_fast: args.how.fail_fast,
        starts: args.start,
        trusts_ledger: args.trust_ledger || !asked.by_ci,
        ..Request::new(asked.spec, Stage::Merge)
    };
    let mut site = judge::Site::open(&setting)?;
    site.warnings.extend(asked.told.into_iter().chain(untimed.into_iter().flatten()));
    let judged = judge::judge(&request, &setting, &mut site)?;
    let finished = Finished::judged(&judged, &site, context);
    let told = audience.tell(&finished, &site.warnings);
    let exit = judged.signal.map_or_else(|| Exit::from(&judged.entry), Exit::Signal);
    // A closed pipe keeps no file from being written.
    let exit = args.report.write(&finished, exit, context);
    if judged.signal.is_none() {
        told?;
    }
    Ok(exit)
}
