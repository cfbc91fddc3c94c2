//! What stands in for a run: what was signed by a key that a policy trusts, in an environment that it accepts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::key::{KeyId, PublicKey};
use super::statement::{Run, Statement, StepResult};
use super::{Error, place, shelf};
use crate::check::Outcome;
use crate::config::{Condition, Policy};
use crate::digest::{Digest, ObjectId};
use crate::git::Repo;

/// The name that the platform has among what the machine adds.
const PLATFORM: &str = "platform";
/// The name that gate's own version has there, which is all that its own checks depend on.
const GATE: &str = "gate";
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
    shelves: Vec<Shelf>,
    /// What was read and checked: by blob and signer; `None` for what does not count.
    known: RefCell<Read>,
}

type Read = BTreeMap<(ObjectId, KeyId), Option<Rc<Statement>>>;

/// What one trusted key has signed.
struct Shelf {
    trusted: Trusted,
    id: KeyId,
    tree: ObjectId,
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
    /// What gate looks at itself depends on nothing of the machine, so that no condition for a machine is about it.
    #[must_use]
    pub fn accepts(&self, environment: &BTreeMap<String, String>) -> bool {
        let is_own = environment.contains_key(GATE) && !environment.contains_key(PLATFORM);
        let holds =
            |condition: &Condition| environment.get(&condition.name).is_some_and(|value| condition.holds(value));
        self.environment.iter().filter(|condition| !is_own || condition.name == GATE).all(holds)
    }

    fn accepts_run(&self, run: &Run, step: &StepResult) -> bool {
        run.environment(step).is_some_and(|environment| self.accepts(environment))
    }
}

impl<'r> Proofs<'r> {
    /// The evidence in a repository that counts under a policy, with refs that are to be there soon. Nothing is read where it
    /// trusts nobody.
    ///
    /// # Errors
    /// When a trusted key is none, or refs can't be read.
    pub fn open(repo: &'r Repo, policy: &Policy, coming: &[(String, ObjectId)]) -> Result<Self, Error> {
        let trusted = Trusted::of(policy)?;
        let trusted: Vec<(KeyId, Trusted)> = trusted.into_iter().map(|it| (it.key.id(), it)).collect();
        let found = if trusted.is_empty() { Vec::new() } else { shelf::shelves(repo, coming)? };
        let of_key = |(id, _, tree): (KeyId, String, ObjectId)| {
            let of_it = trusted.iter().filter(move |(key, _)| *key == id);
            of_it.map(move |(id, trusted)| Shelf { trusted: trusted.clone(), id: id.clone(), tree })
        };
        let shelves = found.into_iter().flat_map(of_key).collect();
        Ok(Self { repo, warm: policy.warm, shelves, known: RefCell::default() })
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
    pub fn of_step(&self, subject: &Digest) -> Result<Vec<Foreign>, Error> {
        let mut found = Vec::new();
        for (trusted, statement) in self.signed(&place::of_step(subject))? {
            let run = statement.run();
            // What a run has taken from others' evidence is not its own, wherever somebody has put it.
            let steps = run.steps.iter().filter(|step| step.subject == *subject && step.fresh);
            let steps = steps.filter(|step| trusted.accepts_run(run, step));
            found.extend(steps.map(|step| Foreign::new(trusted, run, step)));
        }
        // Of each platform, the last one is what the map keeps; of a pass and a failure in the same second, the failure.
        found.sort_by_key(|foreign| (foreign.finished, foreign.outcome != Outcome::Passed));
        let latest: BTreeMap<String, Foreign> =
            found.into_iter().map(|foreign| (foreign.platform.clone(), foreign)).collect();
        Ok(latest.into_values().collect())
    }

    /// What was said of a tree, the latest first, and by whom.
    ///
    /// # Errors
    /// When the repository can't be read.
    pub fn of_tree(&self, tree: ObjectId) -> Result<Vec<(String, Rc<Statement>)>, Error> {
        let mut found = self.signed(&place::of_tree(tree))?;
        found.retain(|(trusted, statement)| {
            let run = statement.run();
            run.candidate.tree == tree && run.steps.iter().all(|step| trusted.accepts_run(run, step))
        });
        found.sort_by_key(|(_, statement)| std::cmp::Reverse(statement.run().started));
        Ok(found.into_iter().map(|(trusted, statement)| (trusted.key.label(), statement)).collect())
    }

    /// The latest statements in a folder that trusted keys have signed.
    fn signed(&self, folder: &[String; 3]) -> Result<Vec<(&Trusted, Rc<Statement>)>, Error> {
        let mut found = Vec::new();
        for shelf in &self.shelves {
            let blobs = shelf::latest(self.repo, shelf.tree, folder)?;
            let statements = blobs.into_iter().take(LOOKED_AT).filter_map(|blob| self.statement(shelf, blob));
            let counting = statements.filter(|statement| !statement.run().warm || self.warm);
            found.extend(counting.map(|statement| (&shelf.trusted, statement)));
        }
        Ok(found)
    }

    /// What a blob says, if the key has signed it.
    fn statement(&self, of: &Shelf, blob: ObjectId) -> Option<Rc<Statement>> {
        let read = || {
            let piece = shelf::read(self.repo, &of.id, blob).ok()?;
            Statement::parse(&piece.envelope.open(&of.trusted.key)?).ok().map(Rc::new)
        };
        self.known.borrow_mut().entry((blob, of.id.clone())).or_insert_with(read).clone()
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
            platform: platform.map(|text| platform_name(text)).unwrap_or_default(),
        }
    }
}

/// A platform as `platforms` names it: system and architecture, without what else is known of it.
#[must_use]
pub fn platform_name(platform: &str) -> String {
    platform.split(' ').take(2).collect::<Vec<_>>().join("-")
}
