//! What evidence says: an in-toto statement about a tree, with the test result predicate, and in it what gate needs beside
//! that.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Error;
use crate::check::{Outcome, Stage, StepName};
use crate::digest::Digest;
use crate::plan::{Decision, Reason};
use crate::record::{BaseEntry, CandidateEntry, Entry, StepEntry};
use crate::verdict::{Kind, Overridden, Proof};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// The format of what gate adds. Raise it when a field changes its meaning.
const FORMAT: &str = "gate.evidence/1";

/// A statement about a tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// What it is: always in-toto's Statement v1.
    #[serde(rename = "_type")]
    pub kind: String,
    /// What it is about: the tree, and the commit if there was one.
    pub subject: Vec<Resource>,
    /// What is said: always in-toto's test result v0.1.
    pub predicate_type: String,
    /// That.
    pub predicate: Predicate,
}

/// Something that a digest names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// What it is called.
    pub name: String,
    /// Its digests, by algorithm: `gitTree`, `gitCommit`.
    pub digest: BTreeMap<String, String>,
}

/// The result of tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Predicate {
    /// `PASSED`, `WARNED` or `FAILED`.
    pub result: String,
    /// What says what was to be tested: the gate.toml of the tree.
    pub configuration: Vec<Resource>,
    /// The steps that passed.
    pub passed_tests: Vec<String>,
    /// The steps that passed on a retry.
    pub warned_tests: Vec<String>,
    /// The steps that failed.
    pub failed_tests: Vec<String>,
    /// The same with all that it takes to let it stand in for a run.
    pub gate: Run,
}

/// A run as evidence tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The format: always `gate.evidence/1`.
    pub format: String,
    /// The run's id.
    pub run: String,
    /// The stage.
    pub stage: Stage,
    /// The verdict.
    pub verdict: Kind,
    /// What a deployable verdict rests on.
    pub proof: Option<Proof>,
    /// Who lets the change land although the verdict does not.
    #[serde(default)]
    pub overridden: Option<Overridden>,
    /// What the candidate was compared with.
    pub base: Option<BaseEntry>,
    /// What was judged.
    pub candidate: CandidateEntry,
    /// When the run began, in seconds since 1970 UTC.
    pub started: i64,
    /// Whether steps ran in a checkout that had kept folders from an earlier run.
    pub warm: bool,
    /// What the machine added, by the digest that steps name.
    #[schemars(with = "BTreeMap<String, BTreeMap<String, String>>")]
    pub environments: BTreeMap<Digest, BTreeMap<String, String>>,
    /// The steps that have a result.
    pub steps: Vec<StepResult>,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepResult {
    /// The step.
    pub name: StepName,
    /// What its result depends on as far as trees decide it.
    #[schemars(with = "String")]
    pub subject: Digest,
    /// What the machine adds to that: a key of `environments`.
    #[schemars(with = "String")]
    pub environment: Digest,
    /// How it ended.
    pub outcome: Outcome,
    /// When, in seconds since 1970 UTC.
    pub finished: i64,
    /// Whether nothing is deployable without its pass.
    pub required: bool,
    /// Whether this very run saw it, and no earlier evidence was taken for it.
    pub fresh: bool,
}

impl Statement {
    /// What a finished run comes to as evidence.
    ///
    /// # Errors
    /// When it says nothing that could stand in for a run.
    pub fn of(entry: &Entry) -> Result<Self, Error> {
        if entry.stage != Stage::Merge {
            return Err(Error::NothingToSign("only the merge stage leaves evidence"));
        }
        let steps: Vec<StepResult> = entry.steps.iter().filter_map(StepResult::of).collect();
        if steps.is_empty() {
            return Err(Error::NothingToSign("no step of the run passed or failed by itself, on nothing but the tree"));
        }
        let names = |wanted: &[Outcome]| -> Vec<String> {
            let named = steps.iter().filter(|step| wanted.contains(&step.outcome));
            named.map(|step| step.name.to_string()).collect()
        };
        let tree = entry.candidate.tree.to_string();
        let resource = |name: &str, algorithm: &str, value: String| Resource {
            name: name.to_owned(),
            digest: [(algorithm.to_owned(), value)].into(),
        };
        let commit = entry.candidate.commit.map(|commit| resource("commit", "gitCommit", commit.to_string()));
        let subject = [resource("tree", "gitTree", tree.clone())].into_iter().chain(commit).collect();
        let met: BTreeSet<Digest> = steps.iter().map(|step| step.environment).collect();
        let environments = entry.environments.iter().filter(|(digest, _)| met.contains(digest));
        let predicate = Predicate {
            result: result(entry.verdict).to_owned(),
            configuration: vec![resource("gate.toml", "gitTree", tree)],
            passed_tests: names(&[Outcome::Passed]),
            warned_tests: names(&[Outcome::Flaky]),
            failed_tests: names(&[Outcome::Failed, Outcome::TimedOut]),
            gate: Run {
                format: FORMAT.to_owned(),
                run: entry.id.clone(),
                stage: entry.stage,
                verdict: entry.verdict,
                proof: entry.proof,
                overridden: entry.overridden.clone(),
                base: entry.base.clone(),
                candidate: entry.candidate,
                started: entry.started.as_second(),
                warm: entry.warm,
                environments: environments.map(|(digest, values)| (*digest, values.clone())).collect(),
                steps,
            },
        };
        Ok(Self { kind: STATEMENT.to_owned(), subject, predicate_type: PREDICATE.to_owned(), predicate })
    }

    /// Reads a statement.
    ///
    /// # Errors
    /// When it is none, of another format, or says of itself what does not agree.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let read: Self = serde_json::from_slice(bytes).map_err(|error| Error::Document(error.to_string()))?;
        let wrong = |what: &str| Err(Error::Document(what.to_owned()));
        if read.kind != STATEMENT || read.predicate_type != PREDICATE {
            return wrong("it is another kind of statement");
        }
        let run = &read.predicate.gate;
        if run.format != FORMAT {
            return Err(Error::Document(format!(
                "it is of the format '{}', which this version does not read",
                run.format
            )));
        }
        let tree = run.candidate.tree.to_string();
        if read.subject.iter().all(|resource| resource.digest.get("gitTree") != Some(&tree)) {
            return wrong("it is about another tree than it names");
        }
        if run.stage != Stage::Merge || run.steps.iter().any(|step| !run.environments.contains_key(&step.environment)) {
            return wrong("it lacks what it refers to");
        }
        Ok(read)
    }

    /// As it is signed.
    ///
    /// # Errors
    /// Never, but for a lack of memory.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|error| Error::Document(error.to_string()))
    }

    /// What gate needs of it.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.predicate.gate
    }
}

impl Run {
    /// What the machine added to a step.
    #[must_use]
    pub fn environment(&self, step: &StepResult) -> Option<&BTreeMap<String, String>> {
        self.environments.get(&step.environment)
    }
}

/// The predicate's word for a verdict.
fn result(verdict: Kind) -> &'static str {
    match verdict {
        Kind::Deployable | Kind::Clear => "PASSED",
        Kind::Mends => "WARNED",
        Kind::Rejected | Kind::Undecided => "FAILED",
    }
}

impl StepResult {
    /// What a step comes to: a pass that may stand in for another run, or a failure; nothing for all else.
    fn of(step: &StepEntry) -> Option<Self> {
        if step.reasons.contains(&Reason::Here) {
            // What ran in the user's own tree says nothing of the candidate's, not even where it failed.
            return None;
        }
        let outcome = match (step.decision, step.outcome) {
            (Decision::Reuse, _) | (Decision::Run, Some(Outcome::Passed)) if step.proves => Outcome::Passed,
            (Decision::Run, Some(outcome @ (Outcome::Failed | Outcome::TimedOut | Outcome::Flaky))) => outcome,
            _ => return None,
        };
        let earlier = step.reasons.iter().find_map(|reason| match reason {
            Reason::Receipt { finished, .. } | Reason::Evidence { finished, .. } => Some(*finished),
            Reason::FileReceipts { oldest, .. } => Some(*oldest),
            _ => None,
        });
        let finished = if step.decision == Decision::Reuse { earlier? } else { step.finished()? };
        Some(Self {
            name: step.name.clone(),
            subject: step.subject?,
            environment: step.environment?,
            outcome,
            finished,
            required: step.required,
            fresh: !step.reasons.iter().any(|reason| matches!(reason, Reason::Evidence { .. })),
        })
    }
}
