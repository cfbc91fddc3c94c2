//! A plan, with what it was made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::change::Change;
use crate::check::{FailedTests, StepName};
use crate::config::{Policy, Rules};
use crate::digest::ObjectId;
use crate::evidence::Foreign;
use crate::path::{Mode, RepoPath};
use crate::plan::{Field, Plan, Shard, Shards, Step};
use crate::unit::Graph;
use crate::verdict::{Cause, Standing};

/// A plan, with what it was made from.
pub struct Planned {
    /// What is judged.
    pub change: Change,
    /// The candidate's rules, with the base's policy where the base has one.
    pub rules: Rules,
    /// What will be done, and why.
    pub plan: Plan,
    /// What is known of the base.
    pub standing: Standing,
    /// Which tests failed on the base, where that is known.
    pub base_tests: BTreeMap<StepName, FailedTests>,
    /// What the change does to the gate itself.
    pub weakenings: Vec<Cause>,
    /// How steps are known to end that have to run, as others have signed it.
    pub known: BTreeMap<StepName, Foreign>,
    /// What holds for every step of the candidate.
    pub shared: Vec<Field>,
    /// The commit that the candidate lies on top of, where it is none itself.
    pub under: Option<ObjectId>,
    /// The base's own policy, where it has one.
    pub before: Option<Policy>,
    /// The candidate's units, where a check goes over them.
    pub graph: Option<Arc<Graph>>,
    /// How the steps are spread over several runners, where that was asked for.
    pub shards: Option<Shards>,
    /// Which of them this is.
    pub(super) own: Option<Shard>,
}

impl Planned {
    /// The paths among some that a step depends on.
    pub(super) fn touching<'p>(&self, step: &Step, paths: &[(&'p RepoPath, Mode)]) -> Vec<&'p RepoPath> {
        let scope = if step.check.subject.is_some() { step.check.common_scope() } else { Some(step.check.scope()) };
        let about = step.check.subject.as_ref().zip(self.graph.as_ref()).and_then(|(subject, graph)| {
            let unit = graph.find(&format!("{}:{}", subject.kind, subject.unit)).ok()?;
            let file = subject.file.as_deref().map(RepoPath::from);
            Some(graph.touched(unit, file.as_ref(), paths.iter().copied()))
        });
        let about = about.unwrap_or_default();
        let is_taken = |path: &RepoPath, mode| scope.as_ref().is_some_and(|scope| scope.matches(path, mode));
        paths
            .iter()
            .filter(|(path, mode)| about.contains(path) || is_taken(path, *mode))
            .map(|(path, _)| *path)
            .collect()
    }

    /// Which of several shards this is, and what all of them are.
    pub(super) fn shard(&self) -> Option<(Shard, &Shards)> {
        self.own.zip(self.shards.as_ref())
    }
}
