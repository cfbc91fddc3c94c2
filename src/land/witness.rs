//! What speaks for a tree, or against it: this repository's own ledger, and evidence that counts.

use super::history::ProofSource;
use crate::change::BaseChoice;
use crate::config::{Policy, Trust};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::evidence::{Proofs, Run};
use crate::git::Commit;
use crate::judge::{self, Refusal, RefusalKind, Site};
use crate::record::Judgement;
use crate::verdict::{Kind, Overridden, Proof};

/// Whoever knows what was said of trees.
pub(super) struct Witness<'a> {
    site: &'a Site,
    /// What the newest commit says of whom to trust.
    policy: Policy,
    proofs: Proofs<'a>,
}

/// What was said once of a tree.
#[derive(Clone)]
pub(super) struct Word {
    pub(super) run: String,
    pub(super) verdict: Kind,
    pub(super) proof: Option<Proof>,
    pub(super) source: ProofSource,
    pub(super) signed_by: Option<String>,
    /// The target's commit that it was judged on, where it was judged on one.
    pub(super) target: Option<ObjectId>,
    pub(super) overridden: Option<Overridden>,
}

impl<'a> Witness<'a> {
    /// Those of a repository, of whom evidence counts as far as a commit's gate.toml trusts whoever signed it.
    ///
    /// # Errors
    /// When a trusted key is none, or the repository can't be read.
    pub(super) fn new(site: &'a Site, newest: ObjectId) -> Result<Self, Refusal> {
        let policy = policy(site, newest)?;
        let proofs = Proofs::open(&site.repo, &policy, &[])?;
        Ok(Self { site, policy, proofs })
    }

    /// What was said of a commit's tree, the oldest first. Evidence by a key that the commit itself has trusted does not count
    /// for it: its author may have made it.
    ///
    /// # Errors
    /// When ledger, evidence or history can't be read.
    pub(super) fn of(&self, id: ObjectId, commit: &Commit) -> Result<Vec<Word>, Refusal> {
        let brought = self.brought(id, commit)?;
        if brought.is_empty() || self.proofs.is_empty() {
            return self.of_tree(commit.tree);
        }
        let mut policy = self.policy.clone();
        policy.trust.retain(|trust| !brought.contains(trust));
        self.words(commit.tree, &Proofs::open(&self.site.repo, &policy, &[])?)
    }

    /// The key that a commit has trusted itself and that speaks for it, if there is one.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(super) fn own_key(&self, id: ObjectId, commit: &Commit) -> Result<Option<String>, Refusal> {
        if self.brought(id, commit)?.is_empty() {
            return Ok(None);
        }
        Ok(self.of_tree(commit.tree)?.into_iter().find_map(|word| word.signed_by))
    }

    /// What was said of a tree, the oldest first.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(super) fn of_tree(&self, tree: ObjectId) -> Result<Vec<Word>, Refusal> {
        self.words(tree, &self.proofs)
    }

    fn words(&self, tree: ObjectId, proofs: &Proofs<'_>) -> Result<Vec<Word>, Refusal> {
        let own = self.site.ledger.judgements(tree);
        let own = own.map_err(|error| Refusal::new(RefusalKind::Internal, Diagnostic::from(&error)))?;
        // What is signed comes the newest first.
        let signed = proofs.of_tree(tree)?.into_iter().rev().map(|(by, statement)| Word::signed(by, statement.run()));
        Ok(own.into_iter().map(Word::own).chain(signed).collect())
    }

    /// Whom a commit's gate.toml trusts and its parent's does not.
    fn brought(&self, id: ObjectId, commit: &Commit) -> Result<Vec<Trust>, Refusal> {
        if self.policy.trust.is_empty() {
            return Ok(Vec::new());
        }
        let mut trust = policy(self.site, id)?.trust;
        if let Some(parent) = commit.parents.first() {
            let before = policy(self.site, *parent)?.trust;
            trust.retain(|trust| !before.contains(trust));
        }
        Ok(trust)
    }
}

/// The policy of a commit's gate.toml; the usual one, which trusts nobody, where there is none that is valid.
fn policy(site: &Site, commit: ObjectId) -> Result<Policy, Refusal> {
    Ok(judge::rules_of(&site.repo, commit)?.map(|rules| rules.policy).unwrap_or_default())
}

impl Word {
    fn own(judgement: Judgement) -> Self {
        let Judgement { run, verdict, proof, target, overridden } = judgement;
        Self { run, verdict, proof, source: ProofSource::Ledger, signed_by: None, target, overridden }
    }

    fn signed(by: String, run: &Run) -> Self {
        let target = run.base.as_ref().filter(|base| matches!(base.choice, BaseChoice::Target { .. }));
        Self {
            run: run.run.clone(),
            verdict: run.verdict,
            proof: run.proof,
            source: ProofSource::Evidence,
            signed_by: Some(by),
            target: target.and_then(|base| base.commit),
            overridden: run.overridden.clone(),
        }
    }
}
