//! The published schemas of the documents that gate writes.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;

use super::Entry;
use super::planned::{PLAN_SCHEMA, PlanEntry};
use crate::event::Event;

/// The name of the format of streamed events.
pub const EVENTS_SCHEMA: &str = "gate.events/1";

/// One line of a stream of events.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EventLine {
    /// The line's format: always `gate.events/1`.
    #[schemars(extend("const" = EVENTS_SCHEMA))]
    pub schema: &'static str,
    /// Milliseconds since the stream began.
    pub at_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// A line of a stream: events, and at the end the verdict's document.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is wanted")]
enum Line {
    /// An event.
    Event(EventLine),
    /// The last line.
    Verdict(Box<Entry>),
}

/// The JSON schema of [`Entry`], as it is committed.
#[must_use]
pub fn verdict_schema() -> Value {
    let schema = generator().into_root_schema_for::<Entry>();
    titled(schema.to_value(), "gate.verdict/1", "A finished run of gate")
}

/// The JSON schema of a line of `--format jsonl`, as it is committed.
#[must_use]
pub fn events_schema() -> Value {
    let schema = generator().into_root_schema_for::<Line>();
    titled(schema.to_value(), "gate.events/1", "A line of what gate streams while it runs; the last one is the verdict")
}

/// The JSON schema of [`PlanEntry`], as it is committed.
#[must_use]
pub fn plan_schema() -> Value {
    let schema = generator().into_root_schema_for::<PlanEntry>();
    titled(schema.to_value(), PLAN_SCHEMA, "What gate would run, reuse and skip")
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().for_serialize().into_generator()
}

fn titled(mut schema: Value, title: &str, description: &str) -> Value {
    schema["title"] = title.into();
    schema["description"] = description.into();
    schema
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::change::{Base, BaseChoice, Candidate, Change, NoBase};
    use crate::check::{Ended, Outcome, Stage, StepName, TestCounts};
    use crate::plan::{Plan, Reason};
    use crate::record::sample;
    use crate::verdict::{Cause, Finding, Kind, Proof, Standing, Verdict};

    /// The committed copy, rewritten where `GATE_UPDATE` is set while the tests are compiled.
    fn committed(name: &str, current: &Value) -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema").join(name);
        if option_env!("GATE_UPDATE").is_some() {
            fs_err::write(&path, serde_json::to_string_pretty(current).unwrap() + "\n").unwrap();
        }
        serde_json::from_str(&fs_err::read_to_string(&path).unwrap()).unwrap()
    }

    #[test]
    fn committed_schemas_are_current() {
        let renew = "run GATE_UPDATE=1 cargo test schemas_are_current, and look at what changed";
        assert_eq!(committed("gate.verdict-1.schema.json", &verdict_schema()), verdict_schema(), "{renew}");
        assert_eq!(committed("gate.events-1.schema.json", &events_schema()), events_schema(), "{renew}");
        assert_eq!(committed("gate.plan-1.schema.json", &plan_schema()), plan_schema(), "{renew}");
    }

    fn step() -> StepName {
        sample::name("test")
    }

    fn every_reason() -> Vec<Reason> {
        let run = || "0k1a".to_owned();
        vec![
            Reason::NoBase { why: NoBase::Shallow { branch: "refs/heads/main".into() } },
            Reason::InputsChanged { path: "a\nb".into(), edit: "added".into(), paths: 3 },
            Reason::DefinitionChanged { field: "run".into() },
            Reason::EnvironmentChanged { field: "program:node".into() },
            Reason::NewCheck,
            Reason::UnprovedBase,
            Reason::BaseFailed { run: run() },
            Reason::Fresh,
            Reason::NeverReused,
            Reason::Expired { run: run(), age_s: 4 },
            Reason::SharedReceipt { run: run() },
            Reason::NeededBy { step: step() },
            Reason::NeedChanged { step: step() },
            Reason::Here,
            Reason::Receipt { run: run(), finished: 5 },
            Reason::FileReceipts { files: 6, oldest: 7 },
            Reason::Unchanged,
            Reason::NotSelected,
            Reason::OtherShard { shard: "2/3".into() },
            Reason::Asked { why: "later".into() },
            Reason::Evidence { by: "ci".into(), run: "r".into(), finished: 3 },
            Reason::OtherPlatform,
            Reason::SelectsNothing,
        ]
    }

    /// Entries that hold every value of every closed set between them.
    fn entries() -> Vec<Entry> {
        let mut plan = sample::plan(vec![sample::step("test", "a", "b"), sample::step("fmt", "a", "a")]);
        plan.steps[0].reasons = every_reason();
        let findings = [
            Cause::Step { step: step(), outcome: Outcome::TimedOut },
            Cause::Disturbed { step: step() },
            Cause::Owed { step: step() },
            Cause::NothingRequired,
            Cause::Interrupted,
            Cause::GuardedFile { path: "Makefile".into() },
            Cause::Loosened { key: "policy.trust".into(), how: "trusts another key".into() },
            Cause::SelectsNothing { step: step() },
            Cause::PlatformUnproved { step: step(), platform: "linux-x86_64".into() },
            Cause::Weakened { check: "test".into(), how: "longer timeout".into() },
            Cause::RulesRemoved,
            Cause::ShardMissing { shard: "2/3".into() },
            Cause::ShardUnusable { document: "a.json".into(), why: "it is cut off".into() },
            Cause::Allowed { what: "test".into(), by: "ops@example.org".into(), reason: "renamed".into() },
            Cause::Conflict { path: "a".into(), conflict: "contents".into() },
        ];
        let findings: Vec<_> = findings.map(|cause| Finding { cause, leads_to: Some(Kind::Rejected) }).to_vec();
        let bases = [
            Base::None(NoBase::Asked),
            Base::None(NoBase::Unrelated { branch: "refs/heads/main".into() }),
            Base::Known { commit: None, tree: sample::tree(2), choice: BaseChoice::Named { revision: "v1".into() } },
            Base::Known { commit: Some(sample::tree(3)), tree: sample::tree(2), choice: BaseChoice::Parent },
        ];
        let standings = [
            Standing::Deployable { run: "0k".into() },
            Standing::Broken { run: "0k".into(), steps: vec![step()] },
            Standing::Unknown,
        ];
        let kinds = [Kind::Deployable, Kind::Mends, Kind::Clear, Kind::Rejected, Kind::Undecided];
        let mut entries = Vec::new();
        for (at, outcome) in Outcome::ALL.into_iter().enumerate() {
            let failed_tests = Some(crate::check::FailedTests { names: ["t".to_owned()].into(), total: 3 });
            let ended =
                Ended { failed_tests, note: Some("x".into()), signal: Some(9), ..sample::ended("test", outcome) };
            let proof = [None, Some(Proof::Proved), Some(Proof::Relative)][at % 3];
            let (kind, standing) = (kinds[at % 5], standings[at % 3].clone());
            let verdict = Verdict { kind, proof, standing, findings: findings.clone() };
            let base = bases[at % 4].clone();
            let candidate = Candidate { commit: Some(sample::tree(4)), tree: sample::tree(5) };
            let change = Change { base, candidate, deltas: Vec::new(), conflicts: Vec::new() };
            let about = crate::record::About {
                id: "0k1a".into(),
                started: sample::at(0),
                duration: Duration::from_millis(1234),
                notes: vec!["a note".into()],
                proving: [sample::name("test")].into(),
                warm: at % 2 == 1,
            };
            let stage = Stage::ALL[at % 4];
            let plan = Plan { stage, narrowed: at % 2 == 0, ..plan.clone() };
            entries.push(Entry::new(about, &change, &plan, &[ended], &verdict));
        }
        entries
    }

    #[track_caller]
    fn assert_valid(schema: &jsonschema::Validator, document: &Value) {
        let errors: Vec<String> = schema.iter_errors(document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} in {document:#}");
    }

    #[test]
    fn documents_are_valid_and_read_back_the_same() {
        let schema = jsonschema::validator_for(&verdict_schema()).unwrap();
        for entry in entries() {
            let document = serde_json::to_value(&entry).unwrap();
            assert_valid(&schema, &document);
            assert_eq!(serde_json::from_value::<Entry>(document).unwrap(), entry);
        }
    }

    #[test]
    fn a_document_without_its_verdict_is_not_valid() {
        let schema = jsonschema::validator_for(&verdict_schema()).unwrap();
        for field in ["schema", "id", "stage", "verdict", "proof", "base", "candidate", "started", "steps"] {
            let mut document = serde_json::to_value(&entries()[0]).unwrap();
            document.as_object_mut().unwrap().remove(field);
            assert!(!schema.is_valid(&document), "{field}");
        }
    }

    #[test]
    fn plans_are_valid_and_need_their_fields() {
        let schema = jsonschema::validator_for(&plan_schema()).unwrap();
        let mut plan = sample::plan(vec![sample::step("test", "a", "b"), sample::step("fmt", "a", "a")]);
        plan.steps[0].reasons = every_reason();
        for base in [Base::None(NoBase::Unborn), sample::change(1).base] {
            let change = Change { base, ..sample::change(1) };
            let document = serde_json::to_value(PlanEntry::new(&change, &plan)).unwrap();
            assert_valid(&schema, &document);
            for field in ["schema", "stage", "base", "no_base", "candidate", "narrowed", "steps"] {
                let mut document = document.clone();
                document.as_object_mut().unwrap().remove(field);
                assert!(!schema.is_valid(&document), "{field}");
            }
        }
    }

    #[test]
    fn lines_of_events_are_valid() {
        let schema = jsonschema::validator_for(&events_schema()).unwrap();
        let duration = Duration::from_millis(7);
        let log = Some(std::os::unix::ffi::OsStringExt::from_vec(b"/caf\xe9/test.log".to_vec()));
        let events = [
            Event::Planned { run: "0k".into(), stage: Stage::Merge, running: 1, reused: 2, skipped: 3, slots: 4 },
            Event::CheckoutStarted { cold: true },
            Event::PrepareStarted { command: "npm ci".into() },
            Event::CheckoutReady { written: 3, duration },
            Event::StepStarted { step: step(), attempt: 1 },
            Event::StepRetried { step: step(), attempt: 1, outcome: Outcome::Failed },
            Event::StepFinished {
                step: step(),
                outcome: Outcome::Flaky,
                exit: Some(0),
                signal: None,
                duration,
                attempts: 2,
                tests: Some(TestCounts { passed: 1, ..TestCounts::default() }),
                log: log.map(|log: std::ffi::OsString| log.into()),
            },
            Event::Cancelling { cause: "fail-fast".into() },
            Event::Notice { text: "\u{1b}[31m".into() },
        ];
        for event in events {
            let line = EventLine { schema: EVENTS_SCHEMA, at_ms: 12, event };
            let document = serde_json::to_value(&line).unwrap();
            assert_valid(&schema, &document);
        }
        assert_valid(&schema, &serde_json::to_value(&entries()[0]).unwrap());
        assert!(!schema.is_valid(&serde_json::json!({"schema": "gate.events/1", "at_ms": 1, "event": "unheard-of"})));
    }
}
