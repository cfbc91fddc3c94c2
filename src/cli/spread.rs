//! `--shard`, `--shards` and `--durations`: steps spread over a CI's own runners.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::args::MethodArg;
use super::{Context, Exit, Failure, given};
use crate::change::Source;
use crate::check::StepName;
use crate::diagnostic::Diagnostic;
use crate::judge::{Over, Sharding};
use crate::plan::Shard;
use crate::record::Durations;

/// The heading of the options that spread steps.
pub(super) const SHARDS: &str = "Several runners";

/// The most jobs that a matrix of GitHub Actions has.
const MOST: usize = 256;

/// Where times of an earlier run are.
#[derive(Args, Debug)]
pub(super) struct DurationsArgs {
    /// How long steps take: what `gate verdict --durations` keeps, or the JSON document of an earlier run
    ///
    /// The same file for the plan and all its shards, because they spread the steps by it; what a ledger knows they leave
    /// aside. Left out, or where there is no such file, all steps are taken to last alike.
    #[arg(long, value_name = "FILE", help_heading = SHARDS)]
    pub(super) durations: Option<PathBuf>,
}

/// One of several shards.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    text.parse().map_err(|error: crate::plan::ParseShardError| error.to_string())
}

/// How many shards there are at most.
pub(super) fn shards(text: &str) -> Result<NonZeroUsize, String> {
    let number: Option<NonZeroUsize> = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MOST);
    number.ok_or_else(|| format!("a whole number from 1 to {MOST} is needed"))
}

impl DurationsArgs {
    /// How the steps are spread over these shards, and what is worth telling.
    pub(super) fn sharding(&self, over: Over, context: &Context) -> (Sharding, Vec<Diagnostic>) {
        let Some(path) = &self.durations else { return (Sharding { over, durations: BTreeMap::new() }, Vec::new()) };
        match times(&context.cwd.join(path)) {
            Ok(durations) => (Sharding { over, durations }, Vec::new()),
            Err(why) => {
                let shown = format!("'{}' says nothing of durations: {why}; all steps count alike", path.display());
                let told = Diagnostic::warning("shards/no-durations", shown);
                (Sharding { over, durations: BTreeMap::new() }, vec![told])
            }
        }
    }

    /// The file as an argument for a shell.
    ///
    /// # Errors
    /// When no shell takes it as it is.
    pub(super) fn quoted(&self) -> Result<Option<String>, Failure> {
        let Some(path) = &self.durations else { return Ok(None) };
        let text = path.to_str().and_then(|text| shlex::try_quote(text).ok());
        let refused = || {
            let shown = format!("a job can't be given the file '{}'", path.display());
            Failure::new(Exit::Usage, Diagnostic::error("shards/name", shown).hint("rename it"))
        };
        text.map(|text| Some(text.into_owned())).ok_or_else(refused)
    }
}

fn times(path: &Path) -> Result<BTreeMap<StepName, Duration>, String> {
    Ok(durations(path)?.times())
}

/// Reads a file of durations.
///
/// # Errors
/// Why it can't be used.
pub(super) fn durations(path: &Path) -> Result<Durations, String> {
    Durations::read(&given::bytes(path)?).map_err(|error| error.to_string())
}

/// What the job of a shard gives `gate merge-check` beside its shard.
pub(super) struct JobArgs<'a> {
    /// What is merged.
    pub(super) source: &'a Source,
    /// How.
    pub(super) method: MethodArg,
    /// Switches, as they are written.
    pub(super) switches: Vec<&'static str>,
    /// The file of durations, quoted.
    pub(super) durations: Option<&'a str>,
}

impl JobArgs<'_> {
    /// The arguments, quoted for a shell.
    pub(super) fn line(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        if let Source::Merge { into, from, .. } = self.source {
            words.extend(["--into".to_owned(), into.to_string(), "--from".to_owned(), from.to_string()]);
        }
        if self.method != MethodArg::Merge {
            words.extend(["--method".to_owned(), self.method.as_str().to_owned()]);
        }
        words.extend(self.switches.iter().map(|switch| (*switch).to_owned()));
        if let Some(durations) = self.durations {
            words.extend(["--durations".to_owned(), durations.to_owned()]);
        }
        words.join(" ")
    }
}
