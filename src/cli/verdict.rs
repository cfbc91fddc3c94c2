//! `gate verdict`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::finished::Finished;
use super::report_args::{ReportArgs, replace};
use super::{Context, Exit, Failure, given};
use crate::diagnostic::Diagnostic;
use crate::judge::{self, Document};
use crate::record::Entry;
use crate::report;

const EXAMPLES: &str = "\
Examples:
  gate verdict shards/*.json                      what all shards say together
  gate verdict --report json=verdict.json a.json b.json c.json
  gate verdict linux.json macos.json              what both platforms say together

Exit codes: 0 deployable or mends; 1 rejected; 3 undecided, also where a shard is missing. `gate --help` has the others.";

/// Join the verdicts of all shards of a merge check, or of all its platforms, into one
///
/// Reads what `gate merge-check --shard I/N --report json=FILE` wrote on each runner, and needs no repository. All shards
/// have to be there, of the same merge and the same plan: one that is missing, cut off or of another commit leaves the
/// change undecided, and what one of them rejects is rejected.
///
/// Of several platforms each says what came of the whole there, in one document or in shards: what has to pass on another
/// platform is proved by that one's.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct VerdictArgs {
    /// The JSON document of each shard, or of each platform
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Add to this file how long each step took, for --durations of the next plan
    #[arg(long, value_name = "FILE", help_heading = "Options")]
    durations: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
}

/// Joins them and reports.
///
/// # Errors
/// When none of the files is a shard's document.
pub(super) fn run(args: &VerdictArgs, context: &Context) -> Result<Exit, Failure> {
    let audience = args.report.audience(context);
    let document = |path: &PathBuf| Document { name: path.display().to_string(), entry: read(&context.cwd.join(path)) };
    let documents = args.files.iter().map(document).collect();
    let (entry, gaps) = judge::join(documents, context.now, std::process::id());
    let Some(entry) = entry else {
        let told = |cause| Diagnostic::error("verdict/unusable", report::cause(cause));
        let last = Diagnostic::error("verdict/nothing", "no file says what came of a shard, and that is never a pass")
            .hint("a shard's verdict is written by: gate merge-check --shard 1/3 --report json=FILE");
        return Err(Failure::of(Exit::Undecided, gaps.iter().map(told).chain([last]).collect()));
    };
    let finished = Finished::joined(&entry, context);
    let told = audience.tell(&finished, &[]);
    let exit = args.report.write(&finished, Exit::from(&entry), context);
    if let Some(path) = &args.durations {
        keep_times(&context.cwd.join(path), &entry, context);
    }
    told?;
    Ok(exit)
}

/// A document out of a file that anybody may have written.
///
/// # Errors
/// Why it can't be used.
fn read(path: &Path) -> Result<Entry, String> {
    Entry::read(&given::bytes(path)?).map_err(|error| error.to_string())
}

/// Adds what took how long to a file. Where that can't be done, the next plan is less even, and nothing else.
fn keep_times(path: &Path, entry: &Entry, context: &Context) {
    let mut times = super::spread::durations(path).unwrap_or_default();
    times.learn(entry);
    let written = times.render().map_err(std::io::Error::from).and_then(|text| replace(path, text.as_bytes()));
    if let Err(error) = written {
        let shown = format!("'{}' can't be written: {error}", path.display());
        context.warn(&[Diagnostic::warning("verdict/no-durations", shown)]);
    }
}
