//! Arguments that several commands share.

use std::num::NonZeroUsize;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::change::{BaseSpec, ChangeSpec, Method, Source};
use crate::check::{CheckName, Stage};
use crate::judge::Request;
use crate::report::FileFormat;

/// The heading of the options that say which change is meant.
const CHANGE: &str = "Which change";

/// The heading of the options that say which checks are meant, and how they run.
pub(super) const CHECKS: &str = "Which checks, and how";

/// The heading of the options that say which merge is meant.
pub(super) const MERGE: &str = "Which merge";

/// Which change is meant.
#[derive(Args, Debug)]
#[command(next_help_heading = CHANGE)]
pub(super) struct ChangeArgs {
    /// The index, against HEAD
    #[arg(long, group = "source")]
    staged: bool,
    /// A commit, against its first parent
    #[arg(long, value_name = "REV", group = "source")]
    commit: Option<String>,
    /// A commit or tree to compare with
    #[arg(long, value_name = "REV", requires = "end", conflicts_with = "source")]
    from: Option<String>,
    /// The commit or tree to judge, after --from
    #[arg(long, value_name = "REV", requires = "from", conflicts_with = "source", group = "end")]
    to: Option<String>,
    /// Compare with the merge-base with this revision
    #[arg(long, value_name = "REV", conflicts_with = "from")]
    base: Option<String>,
    /// Compare with nothing: every check is affected
    #[arg(long, conflicts_with_all = ["from", "base"])]
    all: bool,
}

/// Which checks are meant.
#[derive(Args, Debug)]
#[command(next_help_heading = CHECKS)]
pub(super) struct SelectionArgs {
    /// Those of pre-commit, commit-msg, pre-push or merge
    #[arg(long, value_enum, default_value_t = StageArg::Merge, hide_possible_values = true)]
    stage: StageArg,
    /// Only these, and what they need
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub(super) only: Vec<CheckName>,
    /// Run again what has passed before
    #[arg(long)]
    pub(super) fresh: bool,
}

/// How the steps are run.
#[derive(Args, Debug)]
#[command(next_help_heading = CHECKS)]
pub(super) struct RunArgs {
    /// In your own tree: quick advice, no proof
    #[arg(long, conflicts_with_all = ["staged", "from", "to", "commit"])]
    pub(super) here: bool,
    /// End at the first failure
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// How many at once; left out: one for each processor
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    pub(super) jobs: Option<NonZeroUsize>,
}

pub(super) fn jobs(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "a whole number from 1 is needed")
}

/// A stage, as the command line writes it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum StageArg {
    /// A commit is about to be made
    PreCommit,
    /// A commit message has been written
    CommitMsg,
    /// Commits are about to be pushed
    PrePush,
    /// The change is about to land
    Merge,
}

/// How two commits are brought together, as the command line writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum MethodArg {
    /// A commit with both as parents
    #[default]
    Merge,
    /// One commit with all that the second one brings
    Squash,
    /// Each commit again, on top of the target
    Rebase,
}

/// How a finished run is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs, when it has ended.
    File(FileFormat),
    /// A line of JSON for each event, the document last.
    Jsonl,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        const FILES: usize = FileFormat::ALL.len();
        const ALL: [Format; FILES + 2] = {
            let mut all = [Format::Text; FILES + 2];
            let mut at = 0;
            while at < FILES {
                all[at + 1] = Format::File(FileFormat::ALL[at]);
                at += 1;
            }
            all[FILES + 1] = Format::Jsonl;
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Text => ("text", "For people"),
            Self::File(format) => format.told(),
            Self::Jsonl => ("jsonl", "A line of JSON for each event, the document last"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

impl MethodArg {
    /// The name as the command line takes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Squash => "squash",
            Self::Rebase => "rebase",
        }
    }
}

impl From<MethodArg> for Method {
    fn from(method: MethodArg) -> Self {
        match method {
            MethodArg::Merge => Self::Merge,
            MethodArg::Squash => Self::Squash,
            MethodArg::Rebase => Self::Rebase,
        }
    }
}

impl ChangeArgs {
    /// What --from names.
    pub(super) fn from(&self) -> Option<String> {
        self.from.clone()
    }

    /// The change that the arguments name.
    #[must_use]
    pub(super) fn spec(self) -> ChangeSpec {
        let source = match (self.from, self.to, self.commit) {
            (Some(from), Some(to), _) => Source::Range { from, to },
            (_, _, Some(commit)) => Source::Commit(commit),
            _ if self.staged => Source::Staged,
            _ => Source::WorkTree,
        };
        let base = match self.base {
            Some(revision) => BaseSpec::Named(revision),
            None if self.all => BaseSpec::Nothing,
            None => BaseSpec::Usual,
        };
        ChangeSpec { source, base }
    }
}

impl SelectionArgs {
    /// The stage.
    #[must_use]
    pub(super) fn stage(&self) -> Stage {
        match self.stage {
            StageArg::PreCommit => Stage::PreCommit,
            StageArg::CommitMsg => Stage::CommitMsg,
            StageArg::PrePush => Stage::PrePush,
            StageArg::Merge => Stage::Merge,
        }
    }

    /// A request for a change, to be run in a private checkout if at all.
    #[must_use]
    pub(super) fn request(&self, spec: ChangeSpec) -> Request {
        Request { only: self.only.iter().cloned().collect(), fresh: self.fresh, ..Request::new(spec, self.stage()) }
    }
}
