//! The documents that gate writes for programs are what their published schemas say, on real runs.

use serde_json::Value;

use crate::repo::TestRepo;

/// A check that fails.
const FAILING: &str = "[check.fail]\ninputs = [\"*.txt\"]\nrun = \"echo it broke; exit 3\"\n";

/// The others, one of which needs it.
const OTHERS: &str = r#"
[check.pass]
files = ["*.txt"]
run = "cat {files}"
on = ["pre-commit"]

[check.flaky]
inputs = ["*.txt"]
run = "echo no; test -e $TMPDIR/again || { touch $TMPDIR/again; exit 1; }"
retries = 1

[check.after-fail]
inputs = ["*.txt"]
run = "true"
needs = ["fail"]

[check.untouched]
inputs = ["*.md"]
run = "true"
"#;

/// A repository in which a run passes, fails by these checks (`fail` is one of them), retries, leaves out and skips.
pub(crate) fn repo(failing: &str) -> TestRepo {
    let rules = format!("{failing}{OTHERS}");
    let repo = TestRepo::with(&[("gate.toml", &rules), ("a.txt", "1\n"), ("sub/b.txt", "1\n"), ("a.md", "1\n")]);
    repo.git(&["checkout", "--quiet", "-b", "work"]);
    repo.write("a.txt", "2\n");
    repo
}

pub(crate) fn schema(name: &str) -> jsonschema::Validator {
    let path = format!("{}/fixtures/schema/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    jsonschema::validator_for(&serde_json::from_str(&fs_err::read_to_string(path).unwrap()).unwrap()).unwrap()
}

#[track_caller]
pub(crate) fn assert_valid(schema: &jsonschema::Validator, text: &str) -> Value {
    let document = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let errors: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?} in {document:#}");
    document
}

#[test]
fn a_run_and_the_same_run_shown_again() {
    let repo = repo(FAILING);
    let schema = schema("gate.verdict-1");
    let ran = repo.gate(&["check", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("failed fail"), "what happens meanwhile goes to standard error: {}", ran.stderr);
    let document = assert_valid(&schema, &ran.stdout);
    assert_eq!(document["verdict"], "rejected");
    let outcomes: Vec<&Value> = document["steps"].as_array().unwrap().iter().map(|step| &step["outcome"]).collect();
    assert_eq!(
        outcomes,
        ["not-started", "failed", "flaky", "passed", "null"]
            .map(|text| match text {
                "null" => Value::Null,
                text => text.into(),
            })
            .iter()
            .collect::<Vec<_>>()
    );
    let shown = repo.gate(&["show", document["id"].as_str().unwrap(), "--format", "json"]);
    assert_eq!(assert_valid(&schema, &shown.stdout), document);
}

#[test]
fn a_stream_line_by_line() {
    let repo = repo(FAILING);
    let ran = repo.gate(&["check", "--format", "jsonl"]);
    let schema = schema("gate.events-1");
    let lines: Vec<Value> = ran.stdout.lines().map(|line| assert_valid(&schema, line)).collect();
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert_eq!((of("planned"), of("step-started"), of("step-retried"), of("step-finished")), (1, 4, 1, 4));
    assert_eq!(lines.last().unwrap()["schema"], "gate.verdict/1");
    let times: Vec<u64> = lines.iter().filter_map(|line| line["at_ms"].as_u64()).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn a_plan() {
    let repo = repo(FAILING);
    let ran = repo.gate(&["plan", "--format", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let document = assert_valid(&schema("gate.plan-1"), &ran.stdout);
    let decisions: Vec<&str> =
        document["steps"].as_array().unwrap().iter().map(|step| step["decision"].as_str().unwrap()).collect();
    assert_eq!(decisions, ["run", "run", "run", "run", "skip"]);
}

#[test]
fn a_gate_toml() {
    let schema = schema("gate.toml");
    let own: toml::Table = repo(FAILING).read("gate.toml").parse().unwrap();
    assert_valid(&schema, &serde_json::to_string(&own).unwrap());
    let printed: Value = serde_json::from_str(&repo(FAILING).gate(&["config", "schema"]).stdout).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/schema/gate.toml.schema.json");
    assert_eq!(printed, serde_json::from_str::<Value>(&fs_err::read_to_string(path).unwrap()).unwrap());
}
