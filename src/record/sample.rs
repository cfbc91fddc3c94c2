//! Plans, changes and entries for tests of what records and reports them.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{About, Entry};
use crate::change::{Base, BaseChoice, Candidate, Change};
use crate::check::{CheckName, Ended, Outcome, Stage, StepName};
use crate::digest::{Digest, ObjectId};
use crate::path::{Mode, RepoPath};
use crate::plan::{
    Check, CommandLine, Decision, Field, FileWork, Fingerprint, GitView, Input, Part, Plan, Reason, Reuse, Step,
};
use crate::verdict::{Finding, Kind, Proof, Standing, Verdict};

/// 2026-01-02 03:04:05 UTC.
pub(crate) const NOW: u64 = 1_767_323_045;

/// So many seconds after [`NOW`].
pub(crate) fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW + seconds)
}

pub(crate) fn tree(byte: u8) -> ObjectId {
    ObjectId::from_bytes([byte; 20])
}

pub(crate) fn name(text: &str) -> StepName {
    StepName::from(&text.parse::<CheckName>().unwrap())
}

pub(crate) fn check(text: &str, reuse: Reuse) -> Check {
    Check {
        name: text.parse().unwrap(),
        description: None,
        files: Vec::new(),
        exclude: Vec::new(),
        inputs: Vec::new(),
        per_unit: None,
        subject: None,
        work: CommandLine::Shell("true".into()).into(),
        fix: None,
        on: BTreeSet::from([Stage::PreCommit, Stage::Merge]),
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
        reuse,
        cleanup: None,
        git: GitView::Snapshot,
        required: true,
        skippable: true,
        platforms: BTreeSet::new(),
        allow_empty: false,
        local: false,
    }
}

/// A fingerprint that depends on one text.
pub(crate) fn fingerprint(inputs: &str) -> Fingerprint {
    Fingerprint::new(vec![
        Field { part: Part::Subject, name: "inputs".into(), value: inputs.into() },
        Field { part: Part::Environment, name: "program:sh".into(), value: "dash".into() },
    ])
}

/// A step that runs because its inputs went from `old` to `new`.
pub(crate) fn step(text: &str, old: &str, new: &str) -> Step {
    let reason = Reason::InputsChanged { path: "src/a.rs".into(), edit: "modified".into(), paths: 1 };
    Step {
        name: name(text),
        check: Arc::new(check(text, Reuse::Always)),
        decision: if old == new { Decision::Skip } else { Decision::Run },
        reasons: vec![if old == new { Reason::Unchanged } else { reason }],
        fingerprint: fingerprint(&format!("{text}:{new}")),
        base: Some(fingerprint(&format!("{text}:{old}"))),
        files: None,
        elsewhere: [].into(),
        needs: BTreeSet::new(),
        after: BTreeSet::new(),
    }
}

/// The same step with another rule about reuse.
pub(crate) fn reusing(mut step: Step, reuse: Reuse) -> Step {
    step.check = Arc::new(check(step.check.name.as_str(), reuse));
    step
}

/// The same step with some files to pass, of ten in all.
pub(crate) fn with_files(mut step: Step, pending: &[Input]) -> Step {
    step.files = Some(FileWork {
        pending: pending.to_vec(),
        total: 10,
        assumed: true,
        common: Digest::of(b"common"),
        proved: None,
    });
    step
}

pub(crate) fn file(path: &str, byte: u8) -> Input {
    Input { path: RepoPath::from(path), mode: Mode::File, id: tree(byte), through: false }
}

pub(crate) fn plan(steps: Vec<Step>) -> Plan {
    Plan { stage: Stage::Merge, steps, narrowed: false }
}

pub(crate) fn change(candidate: u8) -> Change {
    let choice = BaseChoice::MergeBase { branch: "refs/remotes/origin/main".into() };
    Change {
        base: Base::Known { commit: Some(tree(0xaa)), tree: tree(0xbb), choice },
        candidate: Candidate { commit: None, tree: tree(candidate) },
        deltas: Vec::new(),
        conflicts: Vec::new(),
    }
}

/// A step that ended a second and a half after the run began.
pub(crate) fn ended(text: &str, outcome: Outcome) -> Ended {
    Ended {
        step: name(text),
        outcome,
        exit: Some(i32::from(outcome != Outcome::Passed)),
        signal: None,
        span: Some((at(0), at(0) + Duration::from_millis(1500))),
        attempts: 1,
        log: Some(PathBuf::from(format!("/repo/.git/gate/logs/run/{text}.log"))),
        tests: None,
        failed_tests: None,
        together: 1,
        passed_files: Vec::new(),
        note: None,
    }
}

pub(crate) fn verdict(kind: Kind, findings: Vec<Finding>) -> Verdict {
    let proof = (kind == Kind::Deployable).then_some(Proof::Proved);
    Verdict { kind, proof, standing: Standing::Unknown, findings }
}

/// The entry of a run that began `seconds` after [`NOW`].
pub(crate) fn entry(id: &str, seconds: u64, plan: &Plan, ended: &[Ended], verdict: &Verdict) -> Entry {
    let about = About {
        id: id.into(),
        started: at(seconds),
        duration: Duration::from_millis(1600),
        notes: Vec::new(),
        proving: BTreeSet::new(),
        warm: false,
    };
    Entry::new(about, &change(1), plan, ended, verdict)
}
