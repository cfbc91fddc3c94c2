//! A plan and its steps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fingerprint, Reason};
use crate::check::{Stage, StepName};
use crate::config::Check;
use crate::digest::Digest;
use crate::input::Input;

/// Every step of a stage, with what will be done about it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The stage.
    pub stage: Stage,
    /// The steps, by name; each step's needs and predecessors are among them.
    pub steps: Vec<Step>,
    /// Whether `--only` left steps out, so that the answer says nothing of the whole.
    pub narrowed: bool,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The name.
    pub name: StepName,
    /// The check it belongs to.
    pub check: Arc<Check>,
    /// What will be done.
    pub decision: Decision,
    /// Why: at least one reason.
    pub reasons: Vec<Reason>,
    /// What its result depends on in the candidate.
    pub fingerprint: Fingerprint,
    /// The same for the base; `None` if there is no base or the base has no such check.
    pub base: Option<Fingerprint>,
    /// The files its command is given; `None` if the command takes none.
    pub files: Option<FileWork>,
    /// The platforms beside this one on which it has to pass, and who has signed that it does; `None` where nobody has.
    pub elsewhere: BTreeMap<String, Option<String>>,
    /// Steps whose products it uses.
    pub needs: BTreeSet<StepName>,
    /// Steps that come before it if they run.
    pub after: BTreeSet<StepName>,
}

/// What will be done about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It runs.
    Run,
    /// A receipt stands in for it: it is proved.
    Reuse,
    /// It does not run, and nothing is proved.
    Skip,
}

/// The files of a step whose command takes files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileWork {
    /// The files that the command is given, sorted.
    pub pending: Vec<Input>,
    /// How many files the check is about in all.
    pub total: u64,
    /// Whether files that equal the base's are assumed to pass, without receipts.
    pub assumed: bool,
    /// What every one of the files depends on beside itself: definition, common inputs, environment.
    pub common: Digest,
    /// What stands in for files that are not pending; `None` if no receipt does.
    pub proved: Option<FileProof>,
}

/// What the receipts for some files come to together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileProof {
    /// When the oldest of the passes was, in seconds since 1970 UTC.
    pub oldest: i64,
    /// Whether any of them was made with folders shared from the user's checkout.
    pub shared: bool,
}

impl FileWork {
    /// Takes every file of the check as pending: nothing is assumed of the base, and no receipt stands in for any.
    pub fn take_all(&mut self, all: Vec<Input>) {
        self.pending = all;
        self.assumed = false;
        self.proved = None;
    }

    /// Whether a run of what is pending is a run over every file of the check.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.assumed && self.proved.is_none()
    }
}

impl FileProof {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { oldest: self.oldest.min(other.oldest), shared: self.shared || other.shared }
    }
}

impl Plan {
    /// The step of a name.
    #[must_use]
    pub fn step(&self, name: &StepName) -> Option<&Step> {
        self.steps.iter().find(|step| &step.name == name)
    }

    /// The steps that run.
    pub fn running(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.decision == Decision::Run)
    }
}
