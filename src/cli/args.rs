//! Arguments that several commands share.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use crate::change::{ChangeSpec, Source};
use crate::check::{CheckName, Stage};
use crate::judge::{Place, Request};

/// Which change is meant.
#[derive(Args, Debug)]
pub(super) struct ChangeArgs {
    /// The index that git names, against HEAD
    #[arg(long, group = "source")]
    staged: bool,
    /// A commit or tree to compare with; goes with --to
    #[arg(long, value_name = "REV", requires = "to", conflicts_with = "source")]
    from: Option<String>,
    /// A commit or tree to judge; goes with --from
    #[arg(long, value_name = "REV", requires = "from", conflicts_with = "source")]
    to: Option<String>,
    /// A commit, against its first parent
    #[arg(long, value_name = "REV", group = "source")]
    commit: Option<String>,
    /// The working tree, against nothing: every check is affected
    #[arg(long, group = "source")]
    all: bool,
    /// What to compare with, instead of the merge-base with the main branch
    #[arg(long, value_name = "REV", conflicts_with_all = ["from", "commit", "all"])]
    base: Option<String>,
}

/// Which checks are meant.
#[derive(Args, Debug)]
pub(super) struct SelectionArgs {
    /// The stage whose checks are meant
    #[arg(long, value_enum, default_value_t = StageArg::Merge)]
    stage: StageArg,
    /// Only these checks and what they need; the verdict is then never above 'clear'
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub(super) only: Vec<CheckName>,
    /// Take no earlier result for granted
    #[arg(long)]
    pub(super) fresh: bool,
}

/// How the steps are run.
#[derive(Args, Debug)]
pub(super) struct RunArgs {
    /// Run in your own working tree: quick advice that proves nothing
    #[arg(long, conflicts_with_all = ["staged", "from", "to", "commit"])]
    pub(super) here: bool,
    /// End the run at the first failure
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// How many slots to spread the steps over; by default one for each processor
    #[arg(long, short, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,
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

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document (gate.verdict/1)
    Json,
    /// A line of JSON for each event (gate.events/1), the document last
    Jsonl,
}

impl ChangeArgs {
    /// The change that the arguments name.
    #[must_use]
    pub(super) fn spec(self) -> ChangeSpec {
        let source = match (self.from, self.to, self.commit) {
            (Some(from), Some(to), _) => Source::Range { from, to },
            (_, _, Some(commit)) => Source::Commit(commit),
            _ if self.staged => Source::Staged,
            _ if self.all => Source::All,
            _ => Source::WorkTree,
        };
        ChangeSpec { source, base: self.base }
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
        Request {
            spec,
            stage: self.stage(),
            only: self.only.iter().cloned().collect(),
            skips: BTreeMap::new(),
            place: Place::Private,
            jobs: None,
            fresh: self.fresh,
            fail_fast: false,
        }
    }
}
