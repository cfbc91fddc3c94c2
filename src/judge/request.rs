//! What judge is asked, and with what it works.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Asked, Elsewhere};
use crate::change::ChangeSpec;
use crate::check::{CheckName, Stage, StepName};
use crate::digest::ObjectId;
use crate::event::Sink;
use crate::plan::Shard;
use crate::process::Control;

/// What is asked.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, as the command line has it")]
pub struct Request {
    /// The change.
    pub spec: ChangeSpec,
    /// The stage.
    pub stage: Stage,
    /// The only checks that are asked for; all of the stage if empty.
    pub only: BTreeSet<CheckName>,
    /// Checks to skip, with why.
    pub skips: BTreeMap<CheckName, String>,
    /// The message of the commit that is judged, as git hands it over: for the stage commit-msg.
    pub message: Option<Vec<u8>>,
    /// Where the steps run.
    pub place: Place,
    /// How many slots there are; by default one for each processor.
    pub jobs: Option<NonZeroUsize>,
    /// Whether earlier results count for nothing.
    pub fresh: bool,
    /// Whether what this repository's own ledger holds counts: not where somebody else could have written it.
    pub trusts_ledger: bool,
    /// Refs of evidence that come together with the change, and what they are to be at: taken already, and not there yet.
    pub coming: Vec<(String, ObjectId)>,
    /// Whether what is judged says itself whose evidence counts: what is on the target already, not what is to come there.
    pub trusts_itself: bool,
    /// Whether a change may land on a base that has no valid gate.toml, by the candidate's.
    pub starts: bool,
    /// That the change is to land all the same, if somebody asks for that beside the commit.
    pub overriding: Option<Asked>,
    /// Whether the first failure of a required step ends the run.
    pub fail_fast: bool,
    /// How the steps are spread over several runners; `None` if all are this one's.
    pub sharding: Option<Sharding>,
}

/// How steps are spread over several runners.
#[derive(Clone, Debug)]
pub struct Sharding {
    /// Over which, and which of them this is.
    pub over: Over,
    /// How long each step lasts, as earlier runs say. Never what the ledger knows: each runner's knows something else, and
    /// something else again after the first shard.
    pub durations: BTreeMap<StepName, Duration>,
}

/// Over which shards steps are spread.
#[derive(Clone, Copy, Debug)]
pub enum Over {
    /// As many as are of use, and no more than this: for a plan.
    AtMost(NonZeroUsize),
    /// As many as this one names: only its own steps are this runner's.
    One(Shard),
}

impl Request {
    /// A request to judge a change at a stage with all of its checks, in a private checkout, reusing what is proved.
    #[must_use]
    pub fn new(spec: ChangeSpec, stage: Stage) -> Self {
        Self {
            spec,
            stage,
            only: BTreeSet::new(),
            skips: BTreeMap::new(),
            message: None,
            place: Place::Private,
            jobs: None,
            fresh: false,
            trusts_ledger: true,
            coming: Vec::new(),
            trusts_itself: false,
            starts: false,
            overriding: None,
            fail_fast: false,
            sharding: None,
        }
    }
}

/// Where steps run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a private checkout of exactly the candidate.
    Private,
    /// In the user's own tree, whatever it holds.
    Here,
    /// Not by gate itself: it looks up what is proved, and hands the rest to [`Setting::elsewhere`]. gate's own checks, which
    /// run nothing, are carried out.
    Server,
}

/// With what judge works: everything it would otherwise have to ask the process for.
pub struct Setting<'a> {
    /// The folder it was called in.
    pub cwd: &'a Path,
    /// The user's environment.
    pub env: &'a [(OsString, OsString)],
    /// The folder for private checkouts.
    pub cache: PathBuf,
    /// The time of the run's start.
    pub now: SystemTime,
    /// What ends a run early.
    pub control: &'a Control,
    /// Who is told what happens.
    pub sink: &'a dyn Sink,
    /// Who runs steps where gate runs none itself.
    pub elsewhere: Option<&'a dyn Elsewhere>,
}

impl Setting<'_> {
    /// A variable of the user's environment.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&OsString> {
        self.env.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}
