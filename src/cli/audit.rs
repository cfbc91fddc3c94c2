//! `gate audit`: of a branch, or with `--recheck` of receipts.

use std::io::{self, Write};

use clap::Args;

use super::args::{ChangeArgs, SelectionArgs};
use super::land::LandFormat;
use super::{Context, Exit, Failure};
use crate::change::{BaseSpec, ChangeSpec, Source};
use crate::check::Stage;
use crate::diagnostic::Diagnostic;
use crate::judge::{self, Request, Site};
use crate::{land, report};

const EXAMPLES: &str = "\
Examples:
  gate audit                     the main branch: its last 100 commits
  gate audit v1.2..main          those since a release
  gate audit --recheck 5%        run some of the reused steps again

Exit codes: 0 nothing was found; 1 a commit went past the gate, or a receipt is refuted. `gate --help` has the others.";

/// Say whether all that is on the main branch came through the gate
///
/// Looks at each commit of its first-parent line: a verdict of the merge stage that lets it land has to be about exactly its
/// tree. So a squashed or rebased change is known by what it holds, and a merge whose tree is another one than the one that
/// was judged is found. Names every commit that went past the gate, overrides too; runs nothing.
///
/// What counts is this repository's ledger, and evidence that somebody has signed whom the newest commit's `[[policy.trust]]`
/// names: take it with `gate evidence fetch`. A key that a commit itself adds there says nothing of that commit.
///
/// With --recheck it is receipts that are looked at: reused steps run again, to test what checks claim to depend on. A step
/// that passed before and does not pass now has read something that its inputs do not name, and every receipt of its check
/// is void from then on. The options that say which change and which checks are meant belong to that.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct AuditArgs {
    /// The commits to look at: A..B, or the last 100 of B; left out: of the main branch
    #[arg(value_name = "RANGE", conflicts_with = "recheck")]
    range: Option<String>,
    /// How to write it: text or json
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true)]
    #[arg(conflicts_with = "recheck")]
    format: LandFormat,
    /// Run so many of the reused steps again instead, in percent
    #[arg(long, value_name = "N%", value_parser = percent)]
    recheck: Option<u8>,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

/// Audits and reports: exit code 1 if something was found.
///
/// # Errors
/// When nothing could be looked at.
pub(super) fn run(args: AuditArgs, context: &Context) -> Result<Exit, Failure> {
    let request = args.selection.request(args.change.spec());
    match args.recheck {
        Some(percent) => recheck(&request, percent, context),
        None if is_usual(&request) => branch(args.range.as_deref(), args.format, context),
        None => {
            let shown = Diagnostic::error("audit/no-recheck", "an audit of a branch is about no change and no checks");
            Err(Failure::new(Exit::Usage, shown.hint("name a range, as in gate audit v1.2..main, or add --recheck N%")))
        }
    }
}

/// Whether nothing is asked that only a recheck can answer.
fn is_usual(request: &Request) -> bool {
    let usual = ChangeSpec { source: Source::WorkTree, base: BaseSpec::Usual };
    request.spec == usual && request.only.is_empty() && !request.fresh && request.stage == Stage::Merge
}

fn branch(range: Option<&str>, format: LandFormat, context: &Context) -> Result<Exit, Failure> {
    let mut site = context.site()?;
    let history = land::audit(&mut site, range)?;
    context.warn(&site.warnings);
    match format {
        LandFormat::Text => write!(context.stdout(), "{}", report::history::render(&history, &context.view()))?,
        LandFormat::Json => {
            writeln!(context.stdout(), "{}", serde_json::to_string_pretty(&history).map_err(io::Error::from)?)?;
        }
    }
    Ok(if history.counts.bypassed == 0 { Exit::Success } else { Exit::Rejected })
}

fn recheck(request: &Request, percent: u8, context: &Context) -> Result<Exit, Failure> {
    let terminal = context.terminal();
    let control = super::context::control()?;
    let setting = context.setting(&control, &terminal)?;
    let mut site = Site::open(&setting)?;
    let audited = judge::audit(request, &setting, &mut site, percent)?;
    drop(terminal);
    context.warn(&site.warnings);
    let mut stdout = context.stdout();
    for (step, outcome) in &audited.refuted {
        writeln!(stdout, "{step}: {outcome}, although a receipt covered it; its receipts count no more")?;
    }
    let (held, refuted) = (audited.held.len(), audited.refuted.len());
    let (looked_at, total) = (held + refuted, held + refuted + audited.left);
    match (total, refuted) {
        (0, _) => writeln!(stdout, "audit: nothing is reused, so there is nothing to look at")?,
        (_, 0) => writeln!(stdout, "audit: {looked_at} of {total} reused steps run again, and passed again")?,
        _ => writeln!(stdout, "audit: {looked_at} of {total} reused steps run again, {refuted} refuted")?,
    }
    Ok(match (control.signal(), refuted) {
        (Some(signal), _) => Exit::Signal(signal),
        (None, 0) => Exit::Success,
        (None, _) => Exit::Rejected,
    })
}

fn percent(text: &str) -> Result<u8, String> {
    let number = text.strip_suffix('%').unwrap_or(text);
    number.parse().ok().filter(|number| (1..=100).contains(number)).ok_or_else(|| "a number from 1 to 100".to_owned())
}
