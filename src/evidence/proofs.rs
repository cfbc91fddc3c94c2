//! What stands in for a run: what was signed by a key that a policy trusts, in an environment that it accepts.

use std::collections::BTreeMap;

use super::key::{KeyId, PublicKey};
use super::statement::{Run, Statement, StepResult};
use super::{Error, place, shelf};
use crate::check::Outcome;
use crate::config::{Condition, Policy};
use crate::digest::{Digest, ObjectId};
use crate::git::Repo;

/// The name that the platform has among what the machine adds.
const PLATFORM: &str = "platform";
/// How many of the latest results of a step are looked at for each signer: one for each platform is wanted.
const LOOKED_AT: usize = 32;

/// A key that a policy trusts.
#[derive(Clone, Debug)]
pub struct Trusted {
    /// The key.
    pub key: PublicKey,
    /// What has to hold of a run's environment.
    pub environment: Vec<Condition>,
}

/// A result that somebody else has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Who signed it, as people call the key.
    pub by: String,
    /// The run that saw it.
    pub run: String,
    /// How the step ended.
    pub outcome: Outcome,
    /// When, in seconds since 1970 UTC.
    pub finished: i64,
    /// Where, such as `linux-x86_64`.
    pub platform: String,
}

/// The evidence of a repository that counts under a policy.
pub struct Proofs<'r> {
    repo: &'r Repo,
    warm: bool,
    shelves: Vec<(Trusted, ObjectId)>,
    /// What was read and checked: by blob and signer; `None` for what does not count.
    known: BTreeMap<(ObjectId, KeyId), Option<Statement>>,
}

impl Trusted {
    /// The keys that a policy trusts.
    ///
    /// # Errors
    /// When one of them is no key.
    pub fn of(policy: &Policy) -> Result<Vec<Self>, Error> {
        let read = |trust: &crate::config::Trust| {
            let key = trust
                .key
                .parse()
                .map_err(|error: ssh_key::Error| Error::TrustedKey(trust.key.clone(), error.to_string()))?;
            Ok(Self { key, environment: trust.environment.clone() })
        };
        policy.trust.iter().map(read).collect()
    }

    /// Whether a run's environment is one that the policy accepts: every name of a condition is there, and its value fits.
    #[must_use]
    pub fn accepts(&self, environment: &BTreeMap<String, String>) -> bool {
        let holds =
            |condition: &Condition| environment.get(&condition.name).is_some_and(|value| condition.holds(value));
        self.environment.iter().all(holds)
    }
}

impl<'r> Proofs<'r> {
    /// The evidence in a repository that counts under a policy. Nothing is read where it trusts nobody.
    ///
    /// # Errors
    /// When a trusted key is none, or refs can't be read.
    pub fn open(repo: &'r Repo, policy: &Policy) -> Result<Self, Error> {
        let trusted = Trusted::of(policy)?;
        let mut shelves = Vec::new();
        if !trusted.is_empty() {
            for (id, _, tree) in shelf::shelves(repo)? {
                let of_it = trusted.iter().filter(|trusted| trusted.key.id() == id);
                shelves.extend(of_it.map(|trusted| (trusted.clone(), tree)));
            }
        }
        Ok(Self { repo, warm: policy.warm, shelves, known: BTreeMap::new() })
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shelves.is_empty()
    }

    /// The latest result of a step on each platform, by what it depends on as far as trees decide it.
    ///
    /// # Errors
    /// When the repository can't be read.
    pub fn of_step(&mut self, subject: &Digest) -> Result<Vec<Foreign>, Error> {
        let folder = place::of_step(subject);
        let mut latest: BTreeMap<String, Foreign> = BTreeMap::new();
        for (trusted, shelf) in self.shelves.clone() {
            for blob in shelf::latest(self.repo, shelf, &folder)?.into_iter().take(LOOKED_AT) {
                let warm = self.warm;
                let Some(statement) = self.statement(&trusted, blob) else { continue };
                let run = statement.run();
                let fits = |step: &&StepResult| {
                    step.subject == *subject && run.environment(step).is_some_and(|it| trusted.accepts(it))
                };
                for step in run.steps.iter().filter(fits).filter(|_| !run.warm || warm) {
                    let found = Foreign::new(&trusted, run, step);
                    match latest.get(&found.platform) {
                        Some(known) if known.finished >= found.finished => {}
                        _ => drop(latest.insert(found.platform.clone(), found)),
                    }
                }
            }
        }
        Ok(latest.into_values().collect())
    }

    /// What was said of a tree, the latest first.
    ///
    /// # Errors
    /// When the repository can't be read.
    pub fn of_tree(&mut self, tree: ObjectId) -> Result<Vec<(String, Statement)>, Error> {
        let mut found = Vec::new();
        for (trusted, shelf) in self.shelves.clone() {
            for blob in shelf::latest(self.repo, shelf, &place::of_tree(tree))? {
                let warm = self.warm;
                let Some(statement) = self.statement(&trusted, blob) else { continue };
                let run = statement.run();
                let fits = |step: &StepResult| run.environment(step).is_some_and(|it| trusted.accepts(it));
                if run.candidate.tree == tree && (!run.warm || warm) && run.steps.iter().all(fits) {
                    found.push((trusted.key.label(), statement.clone()));
                }
            }
        }
        found.sort_by_key(|(_, statement)| std::cmp::Reverse(statement.run().started));
        Ok(found)
    }

    /// What a blob says, if the key has signed it.
    fn statement(&mut self, trusted: &Trusted, blob: ObjectId) -> Option<&Statement> {
        let repo = self.repo;
        let id = trusted.key.id();
        let read = || {
            let piece = shelf::read(repo, &id, blob).ok()?;
            Statement::parse(&piece.envelope.open(&trusted.key)?).ok()
        };
        self.known.entry((blob, id.clone())).or_insert_with(read).as_ref()
    }
}

impl Foreign {
    fn new(trusted: &Trusted, run: &Run, step: &StepResult) -> Self {
        let platform = run.environment(step).and_then(|environment| environment.get(PLATFORM));
        Self {
            by: trusted.key.label(),
            run: run.run.clone(),
            outcome: step.outcome,
            finished: step.finished,
            platform: platform.map(|text| short(text)).unwrap_or_default(),
        }
    }
}

/// A platform as `platforms` names it: system and architecture, without what else is known of it.
#[must_use]
pub fn short(platform: &str) -> String {
    platform.split(' ').take(2).collect::<Vec<_>>().join("-")
}
