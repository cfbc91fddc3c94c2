//! Plans for tests.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use crate::check::{CheckName, Stage, StepName};
use crate::plan::{Check, CommandLine, Decision, Fingerprint, GitView, Plan, Reason, Reuse, Step};

/// A check that does nothing.
pub(crate) fn check(name: &str) -> Check {
    Check {
        name: name.parse::<CheckName>().unwrap(),
        description: None,
        files: Vec::new(),
        exclude: Vec::new(),
        inputs: Vec::new(),
        per_unit: None,
        subject: None,
        work: CommandLine::Shell("true".into()).into(),
        fix: None,
        on: BTreeSet::from([Stage::Merge]),
        needs: BTreeSet::new(),
        after: BTreeSet::new(),
        dir: None,
        env: Vec::new(),
        pass_env: Vec::new(),
        tools: Vec::new(),
        junit: Vec::new(),
        timeout: Duration::from_mins(1),
        idle_timeout: None,
        retries: 0,
        slots: NonZeroUsize::MIN,
        locks: BTreeSet::new(),
        reuse: Reuse::Always,
        cleanup: None,
        git: GitView::Snapshot,
        required: true,
        local: false,
        skippable: true,
        platforms: BTreeSet::new(),
        allow_empty: false,
    }
}

/// The step of a check, to run.
pub(crate) fn step(check: Check) -> Step {
    Step {
        name: StepName::from(&check.name),
        check: Arc::new(check),
        decision: Decision::Run,
        reasons: vec![Reason::Fresh],
        fingerprint: Fingerprint::new(Vec::new()),
        base: None,
        files: None,
        elsewhere: [].into(),
        needs: BTreeSet::new(),
        after: BTreeSet::new(),
    }
}

/// A plan of some steps.
pub(crate) fn plan(steps: Vec<Step>) -> Plan {
    Plan { stage: Stage::Merge, steps, narrowed: false }
}
