//! `gate plan`.

use std::ffi::OsStr;
use std::io::Write;
use std::num::NonZeroUsize;

use clap::{ArgGroup, Args, ValueEnum};

use super::args::{ChangeArgs, MERGE, MethodArg, SelectionArgs};
use super::merge_of::{self, Asked, Named};
use super::spread::{self, DurationsArgs, JobArgs, SHARDS};
use super::{Context, Exit, Failure};
use crate::check::Stage;
use crate::event::Silent;
use crate::judge::{self, Over, Planned, Request, Site};
use crate::process::Control;
use crate::record::{PlanEntry, PlannedShard};
use crate::report::{self, shards::Jobs};

const EXAMPLES: &str = "\
Examples:
  gate plan                                       what `gate check` would run
  gate plan --into origin/main --from HEAD        what `gate merge-check` would run
  gate plan --shards 4 --format github-matrix     in a CI: the merge of the job, for up to four runners";

/// Say what would run, be reused or be skipped, and why
///
/// With --shards, the steps of a merge check are spread over at most so many runners, by how long each takes; what others
/// need stays on one runner with them. The merge is the one that --into and --from name, or that the CI's job is for. Every
/// runner then runs `gate merge-check --shard I/N`, which spreads them in the same way, and `gate verdict` joins what they
/// say.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
#[command(group = ArgGroup::new("end").multiple(true), group = ArgGroup::new("merging").multiple(true))]
pub(super) struct PlanArgs {
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    merge: MergeArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Spread the steps over at most this many runners
    #[arg(long, value_name = "N", value_parser = spread::shards, group = "end", group = "merging", help_heading = SHARDS)]
    #[arg(required_if_eq_any([("format", "github-matrix"), ("format", "gitlab"), ("format", "buildkite")]))]
    #[arg(conflicts_with_all = ["source", "to", "base", "all", "only", "stage"])]
    shards: Option<NonZeroUsize>,
    #[command(flatten)]
    durations: DurationsArgs,
    /// With --format gitlab: a file of the repository that the child pipeline includes, for its `default:`
    #[arg(long, value_name = "FILE", help_heading = SHARDS)]
    include: Option<String>,
    /// Write text, json, jsonl, github-matrix, gitlab or buildkite to standard output
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "FORMAT",
        help_heading = "Options"
    )]
    format: PlanFormat,
}

/// Which merge is planned, beside --from.
#[derive(Args, Debug)]
struct MergeArgs {
    /// The branch to merge into, and --from (or HEAD) is what is merged
    #[arg(long, value_name = "TARGET", group = "end", group = "merging", help_heading = MERGE)]
    #[arg(conflicts_with_all = ["source", "to", "base", "all", "only", "stage"])]
    into: Option<String>,
    /// How the two are brought together: merge, squash or rebase
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, requires = "merging", help_heading = MERGE)]
    method: MethodArg,
    /// Let a change land on a target that has no valid gate.toml, by the change's own
    #[arg(long, requires = "merging", help_heading = MERGE)]
    start: bool,
    /// In a CI, reuse what this clone's own ledger holds: only where no other job can have written it
    #[arg(long, requires = "merging", help_heading = MERGE)]
    trust_ledger: bool,
}

/// How a plan is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// The same, for symmetry with `gate check`
    Jsonl,
    /// A matrix of GitHub Actions
    GithubMatrix,
    /// A child pipeline of GitLab
    Gitlab,
    /// Steps of Buildkite
    Buildkite,
}

/// Plans and reports.
///
/// # Errors
/// When there is nothing that could be judged.
pub(super) fn run(mut args: PlanArgs, context: &Context) -> Result<Exit, Failure> {
    if args.merge.into.is_none() && args.shards.is_none() {
        let change = args.change.spec();
        let (planned, _site) = context.plan(&args.selection.request(change))?;
        write(args.format, &planned, None, context)?;
        return Ok(Exit::Success);
    }
    let (planned, asked) = plan_merge(&mut args, context)?;
    let durations = args.durations.quoted()?;
    let line = JobArgs {
        source: &asked.spec.source,
        method: args.merge.method,
        switches: args.switches(),
        durations: durations.as_deref(),
    };
    write(args.format, &planned, Some((&args, &line)), context)?;
    Ok(Exit::Success)
}

impl PlanArgs {
    /// What the shards have to be asked in the same way.
    fn switches(&self) -> Vec<&'static str> {
        let all = [
            (self.merge.start, "--start"),
            (self.merge.trust_ledger, "--trust-ledger"),
            (self.selection.fresh, "--fresh"),
        ];
        all.into_iter().filter_map(|(is_set, switch)| is_set.then_some(switch)).collect()
    }
}

/// The plan of the merge that is named, or that the CI's job is for.
fn plan_merge(args: &mut PlanArgs, context: &Context) -> Result<(Planned, Asked), Failure> {
    let control = Control::new();
    let setting = context.setting(&control, &Silent)?;
    let repo = judge::repository(&setting)?;
    let named = Named { into: args.merge.into.take(), from: args.change.from(), method: args.merge.method.into() };
    let mut asked = merge_of::find(named, &repo, context)?;
    let sharding = args.shards.map(|most| args.durations.sharding(Over::AtMost(most), context));
    let (sharding, told) = sharding.unzip();
    let request = Request {
        fresh: args.selection.fresh,
        starts: args.merge.start,
        trusts_ledger: args.merge.trust_ledger || !asked.by_ci,
        sharding,
        ..Request::new(asked.spec.clone(), Stage::Merge)
    };
    let mut site = Site::open(&setting)?;
    site.warnings.extend(asked.told.drain(..).chain(told.into_iter().flatten()));
    let planned = judge::plan(&request, &setting, &mut site)?;
    context.warn(&site.warnings);
    Ok((planned, asked))
}

/// Writes a plan; one that is spread, with what its jobs are given.
fn write(
    format: PlanFormat,
    planned: &Planned,
    spread: Option<(&PlanArgs, &JobArgs<'_>)>,
    context: &Context,
) -> Result<(), Failure> {
    let shards = planned.shards.as_ref().map(|shards| PlannedShard::all(&planned.plan, shards)).unwrap_or_default();
    let mut stdout = context.stdout();
    if let (Some(render), Some((args, line))) = (format.pipeline(), spread) {
        let jobs = Jobs {
            shards: &shards,
            args: &line.line(),
            durations: line.durations,
            include: args.include.as_deref(),
            planner: variable(context, "CI_PIPELINE_ID").zip(variable(context, "CI_JOB_NAME")),
            queue: variable(context, "BUILDKITE_AGENT_META_DATA_QUEUE"),
        };
        write!(stdout, "{}", render(&jobs))?;
        return Ok(());
    }
    if format == PlanFormat::Text {
        write!(stdout, "{}", report::plan::render(&planned.plan, &planned.change, &context.view()))?;
        write!(stdout, "{}", report::shards::text(&shards))?;
    } else {
        write!(stdout, "{}", planned_json(planned, shards)?)?;
    }
    Ok(())
}

impl PlanFormat {
    /// What writes the jobs of a CI; `None` for a format that has none.
    fn pipeline(self) -> Option<fn(&Jobs<'_>) -> String> {
        match self {
            Self::Text | Self::Json | Self::Jsonl => None,
            Self::GithubMatrix => Some(report::shards::github),
            Self::Gitlab => Some(report::shards::gitlab),
            Self::Buildkite => Some(report::shards::buildkite),
        }
    }
}

/// The plan as the document that a run of it would leave, before anything has run.
fn planned_json(planned: &Planned, shards: Vec<PlannedShard>) -> Result<String, Failure> {
    let document = PlanEntry { shards, ..PlanEntry::new(&planned.change, &planned.plan) };
    Ok(report::json::plan(&document).map_err(std::io::Error::from)?)
}

/// A variable of the CI that is text.
fn variable<'a>(context: &'a Context, name: &str) -> Option<&'a str> {
    context.variable(name).and_then(OsStr::to_str)
}
