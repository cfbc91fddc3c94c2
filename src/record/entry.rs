//! A finished run as it is kept and reported: the document `gate.verdict/1`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use jiff::{Timestamp, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::change::{Base, BaseChoice, Candidate, Change, NoBase};
use crate::check::{Ended, FailedTests, Outcome, Stage, StepName, TestCounts};
use crate::digest::{Digest, ObjectId};
use crate::event::Fixes;
use crate::plan::{Decision, Fingerprint, Part, Plan, Reason, Shard, Step};
use crate::verdict::{Finding, Kind, Overridden, Proof, Standing, Verdict};

/// The name of the document's format.
pub const SCHEMA: &str = "gate.verdict/1";

/// A finished run: everything that any report needs. Report formats are pure functions of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The document's format: always `gate.verdict/1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The run's id; a later run's is greater.
    pub id: String,
    /// The stage asked for.
    pub stage: Stage,
    /// What is said of the change.
    pub verdict: Kind,
    /// What a deployable verdict rests on; null for every other verdict.
    pub proof: Option<Proof>,
    /// What the candidate was compared with; null where there was nothing.
    pub base: Option<BaseEntry>,
    /// Why there was nothing to compare with; null where there was a base.
    pub no_base: Option<NoBase>,
    /// What was judged.
    pub candidate: CandidateEntry,
    /// When the run began (RFC 3339, UTC).
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub started: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whether steps were left out with `--only` or are of other shards, so that the verdict says nothing of the whole.
    pub narrowed: bool,
    /// Which of several shards it is; null where it is no shard.
    #[serde(default)]
    pub shard: Option<ShardEntry>,
    /// What was known of the base.
    pub standing: Standing,
    /// What speaks against the change or is worth telling.
    pub findings: Vec<Finding>,
    /// What else the reader should know, one sentence each.
    pub notes: Vec<String>,
    /// What fixers changed before the run; null where none were to run.
    #[serde(default)]
    pub fixes: Option<Fixes>,
    /// Whether steps ran in a checkout that had kept folders from an earlier run.
    #[serde(default)]
    pub warm: bool,
    /// What the machine added to what the steps depend on, by the digest that steps name: names and values. Only where the
    /// stage is the merge stage.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, String>>")]
    pub environments: BTreeMap<Digest, BTreeMap<String, String>>,
    /// That somebody lets the change land all the same; null where nobody does.
    #[serde(default)]
    pub overridden: Option<Overridden>,
    /// Every step, whatever was decided about it.
    pub steps: Vec<StepEntry>,
}

/// One of several shards in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShardEntry {
    /// Its number, from 1.
    #[schemars(range(min = 1))]
    pub index: usize,
    /// How many there are.
    #[schemars(range(min = 1))]
    pub of: usize,
    /// What the shards of one plan have in common, and those of no other.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{64}$"))]
    pub plan: Digest,
    /// What a verdict rests on as far as its own steps go.
    pub proof: Proof,
}

/// The base in an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaseEntry {
    /// The commit; null where only a tree was given.
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9a-f]{40}$"))]
    pub commit: Option<ObjectId>,
    /// The tree.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub tree: ObjectId,
    /// How it was chosen.
    pub choice: BaseChoice,
}

/// The candidate in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CandidateEntry {
    /// The commit; null where there was none yet.
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9a-f]{40}$"))]
    pub commit: Option<ObjectId>,
    /// The tree.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub tree: ObjectId,
}

/// A step in an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepEntry {
    /// The step.
    pub name: StepName,
    /// The check it belongs to.
    pub check: String,
    /// The unit it is about; null where the check is one step.
    pub unit: Option<String>,
    /// The folder it runs in, from the root of the repository; null for the root.
    #[serde(default)]
    pub dir: Option<String>,
    /// Whether nothing is deployable without its pass.
    pub required: bool,
    /// The stages that the check belongs to.
    pub on: Vec<Stage>,
    /// What was decided about it.
    pub decision: Decision,
    /// Why: at least one reason.
    #[schemars(length(min = 1))]
    pub reasons: Vec<Reason>,
    /// How it ended; null where it was not to run.
    pub outcome: Option<Outcome>,
    /// The exit code of the last attempt, if it exited.
    pub exit: Option<i32>,
    /// The signal that ended the last attempt, if one did.
    pub signal: Option<i32>,
    /// When the first attempt began (RFC 3339, UTC); null if it never began.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub started: Option<Timestamp>,
    /// How long all attempts took together, in milliseconds; 0 if it never began.
    pub duration_ms: u64,
    /// How many attempts there were; 0 if it never began.
    pub attempts: u32,
    /// What its result depends on, as one digest: the key of its receipt.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{64}$"))]
    pub fingerprint: Digest,
    /// The half of that which trees alone decide; null in entries of older versions.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9a-f]{64}$"))]
    pub subject: Option<Digest>,
    /// The half that the machine adds, whose values are in `environments`; null in entries of older versions.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9a-f]{64}$"))]
    pub environment: Option<Digest>,
    /// Whether it is a pass that may stand in for another run: of all that the step is about, and on nothing else.
    #[serde(default)]
    pub proves: bool,
    /// How many tests it had, where their runner tells it.
    #[serde(default)]
    pub tests: Option<TestCounts>,
    /// The tests that failed, where their runner tells all of them.
    #[serde(default)]
    pub failed_tests: Option<FailedTests>,
    /// The same on the base, where it is known and the check is defined alike there.
    #[serde(default)]
    pub base_failed_tests: Option<FailedTests>,
    /// The fingerprint of the base; null if there is no base, or it has no such step.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9a-f]{64}$"))]
    pub base_fingerprint: Option<Digest>,
    /// The file that holds its output, if it wrote any.
    pub log: Option<String>,
    /// What to know about it beside the outcome.
    pub note: Option<String>,
}

/// What an entry says of the run itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The run's id.
    pub id: String,
    /// When it began.
    pub started: SystemTime,
    /// How long it took.
    pub duration: Duration,
    /// What the reader should know beside verdict and steps, one sentence each.
    pub notes: Vec<String>,
    /// The steps whose pass stands in for another run.
    pub proving: BTreeSet<StepName>,
    /// Whether steps ran in a checkout that had kept folders from an earlier run.
    pub warm: bool,
}

impl Entry {
    /// The entry of a run. Steps are in the plan's order; a step that was to run and that `ended` does not name was
    /// not started.
    #[must_use]
    pub fn new(about: About, change: &Change, plan: &Plan, ended: &[Ended], verdict: &Verdict) -> Self {
        let ended: BTreeMap<&StepName, &Ended> = ended.iter().map(|ended| (&ended.step, ended)).collect();
        let (base, no_base) = base(change);
        let entry = |step: &Step| StepEntry {
            proves: about.proving.contains(&step.name),
            ..StepEntry::new(step, ended.get(&step.name).copied())
        };
        let steps = plan.steps.iter().map(entry).collect();
        Self {
            schema: SCHEMA.to_owned(),
            id: about.id,
            stage: plan.stage,
            verdict: verdict.kind,
            proof: verdict.proof,
            base,
            no_base,
            candidate: change.candidate.into(),
            started: timestamp(about.started),
            duration_ms: milliseconds(about.duration),
            narrowed: plan.narrowed,
            shard: None,
            standing: verdict.standing.clone(),
            findings: verdict.findings.clone(),
            notes: about.notes,
            fixes: None,
            warm: about.warm,
            environments: environments(plan),
            overridden: None,
            steps,
        }
    }

    /// Which tests of its steps failed, where their runners tell it.
    #[must_use]
    pub fn failed_tests(&self) -> BTreeMap<StepName, FailedTests> {
        self.steps.iter().filter_map(|step| Some((step.name.clone(), step.failed_tests.clone()?))).collect()
    }

    /// Whether the change may land: the verdict says so, or somebody overrides it.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self.verdict, Kind::Deployable | Kind::Mends | Kind::Clear) || self.overridden.is_some()
    }

    /// The step of a name.
    #[must_use]
    pub fn step(&self, name: &StepName) -> Option<&StepEntry> {
        self.steps.iter().find(|step| &step.name == name)
    }
}

/// What the machine adds to what the steps of the merge stage depend on.
fn environments(plan: &Plan) -> BTreeMap<Digest, BTreeMap<String, String>> {
    let mut environments = BTreeMap::new();
    for step in plan.steps.iter().filter(|_| plan.stage == Stage::Merge) {
        environments.entry(step.fingerprint.environment()).or_insert_with(|| {
            let fields = step.fingerprint.fields().iter().filter(|field| field.part == Part::Environment);
            fields.map(|field| (field.name.clone(), field.value.clone())).collect()
        });
    }
    environments
}

/// The base of a change as entries have it, or why there is none.
pub(super) fn base(change: &Change) -> (Option<BaseEntry>, Option<NoBase>) {
    match &change.base {
        Base::Known { commit, tree, choice } => {
            (Some(BaseEntry { commit: *commit, tree: *tree, choice: choice.clone() }), None)
        }
        Base::None(why) => (None, Some(why.clone())),
    }
}

impl StepEntry {
    /// A step that has not run.
    pub(super) fn planned(step: &Step) -> Self {
        Self { outcome: None, ..Self::new(step, None) }
    }

    fn new(step: &Step, ended: Option<&Ended>) -> Self {
        let ended = ended.filter(|_| step.decision == Decision::Run);
        let span = ended.and_then(|ended| ended.span);
        // Each of several that one command ran takes its part of the time.
        let together = ended.map_or(1, |ended| u32::try_from(ended.together).unwrap_or(1).max(1));
        let missing = (step.decision == Decision::Run).then_some(Outcome::NotStarted);
        Self {
            name: step.name.clone(),
            check: step.check.name.to_string(),
            unit: None,
            dir: step.check.dir.as_ref().map(|dir| dir.as_bstr().to_string()),
            required: step.check.required,
            on: step.check.on.iter().copied().collect(),
            decision: step.decision,
            reasons: step.reasons.clone(),
            outcome: ended.map(|ended| ended.outcome).or(missing),
            exit: ended.and_then(|ended| ended.exit),
            signal: ended.and_then(|ended| ended.signal),
            started: span.map(|(begin, _)| timestamp(begin)),
            duration_ms: span
                .map_or(0, |(begin, end)| milliseconds(end.duration_since(begin).unwrap_or_default() / together)),
            attempts: ended.map_or(0, |ended| ended.attempts),
            fingerprint: step.fingerprint.digest(),
            subject: Some(step.fingerprint.subject()),
            environment: Some(step.fingerprint.environment()),
            proves: false,
            tests: ended.and_then(|ended| ended.tests),
            failed_tests: ended.and_then(|ended| ended.failed_tests.clone()),
            base_failed_tests: None,
            base_fingerprint: step.base.as_ref().map(Fingerprint::digest),
            log: ended.and_then(|ended| ended.log.as_ref()).map(|log| log.to_string_lossy().into_owned()),
            note: ended.and_then(|ended| ended.note.clone()),
        }
    }

    /// When it ended, in seconds since 1970 UTC; `None` if it never began.
    #[must_use]
    pub fn finished(&self) -> Option<i64> {
        let length = i64::try_from(self.duration_ms / 1000).unwrap_or(i64::MAX);
        self.started.map(|started| started.as_second().saturating_add(length))
    }
}

impl ShardEntry {
    /// The shard, if there is one of that number.
    #[must_use]
    pub fn shard(&self) -> Option<Shard> {
        Shard::new(self.index, self.of)
    }
}

impl From<Candidate> for CandidateEntry {
    fn from(candidate: Candidate) -> Self {
        Self { commit: candidate.commit, tree: candidate.tree }
    }
}

/// A time in whole milliseconds; the epoch for a clock so far off that its time has no date.
fn timestamp(time: SystemTime) -> Timestamp {
    let exact = Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH);
    exact.round(Unit::Millisecond).unwrap_or(exact)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
