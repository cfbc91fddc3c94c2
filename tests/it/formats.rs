//! Reports in the formats of others are what their schemas and specifications say, on real runs.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use crate::documents;
use crate::repo::TestRepo;

/// Checks that fail, and tell where in ways that no format may be broken by.
const FAILING: &str = r#"
[check.fail]
inputs = ["*.txt"]
run = "printf 'a.txt:1:2: error: ]]> \\033[1m\\001\\377 <b>\\na.txt:3: warning: w [-Wx]\\n'; exit 3"

[check.lost]
inputs = ["*.txt"]
dir = "sub"
run = "echo b.txt:1: here; exit 1"
"#;

fn repo() -> TestRepo {
    documents::repo(FAILING)
}

fn report(format: &str) -> String {
    let ran = repo().gate(&["check", "--format", format]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    ran.stdout
}

#[test]
fn sarif_fits_the_official_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/schema/sarif-2.1.0.schema.json");
    let text = fs_err::read_to_string(path).unwrap();
    // This pattern has a bracket too many, which the standard's first errata take away.
    let text = text.replace("^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let document: Value = serde_json::from_str(&report("sarif")).unwrap();
    let errors: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?} in {document:#}");
    let run = &document["runs"][0];
    let places: Vec<(&str, Option<u64>)> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| &result["locations"][0]["physicalLocation"])
        .map(|place| (place["artifactLocation"]["uri"].as_str().unwrap(), place["region"]["startLine"].as_u64()))
        .collect();
    let expected =
        [("a.txt", Some(1)), ("gate.toml", None), ("sub/b.txt", Some(1)), ("a.txt", Some(3)), ("gate.toml", None)];
    assert_eq!(places, expected, "{document:#}");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        assert_eq!(rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], result["ruleId"]);
    }
    let broken = serde_json::json!({"version": "2.1.0", "runs": [{"results": []}]});
    assert!(!schema.is_valid(&broken), "the schema refuses what has no tool");
}

/// What an element may hold: its attributes, with a `!` those it must have, and its elements.
type Grammar = BTreeMap<&'static str, (&'static [&'static str], &'static [&'static str])>;

/// What junit-10.xsd of Jenkins' xunit plugin allows, as far as gate writes it.
fn junit() -> Grammar {
    let said: (&[&str], &[&str]) = (&["type", "message"], &[]);
    BTreeMap::from([
        ("", (&[][..], &["testsuites"][..])),
        ("testsuites", (&["name", "time", "tests", "failures", "errors"], &["testsuite"])),
        (
            "testsuite",
            (
                &["name!", "tests!", "failures!", "errors!", "skipped", "time", "timestamp", "id"],
                &["properties", "testcase"],
            ),
        ),
        ("properties", (&[], &["property"])),
        ("property", (&["name!", "value!"], &[])),
        ("testcase", (&["name!", "time", "classname"], &["skipped", "error", "failure", "flakyFailure", "system-out"])),
        ("skipped", said),
        ("error", said),
        ("failure", said),
        ("flakyFailure", (&["message", "type!"], &["stackTrace"])),
        ("stackTrace", (&[], &[])),
        ("system-out", (&[], &[])),
    ])
}

/// What is found in a document: how often each element, and every attribute by element and name.
#[derive(Default)]
struct Found {
    elements: BTreeMap<String, usize>,
    attributes: BTreeMap<String, Vec<String>>,
}

/// Reads a document and holds it to a grammar.
#[track_caller]
fn read(text: &str, grammar: &Grammar) -> Found {
    let mut found = Found::default();
    let mut open = vec![String::new()];
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(enter(&tag, open.last().unwrap(), grammar, &mut found)),
            Event::Empty(tag) => drop(enter(&tag, open.last().unwrap(), grammar, &mut found)),
            Event::End(_) => drop(open.pop()),
            Event::Eof => break,
            Event::Text(text) => {
                let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
                let text: &str = text.as_ref();
                assert!(text.chars().all(allowed) && !text.contains("]]>"), "{text:?}");
            }
            Event::Decl(_) | Event::GeneralRef(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open, [""]);
    found
}

#[track_caller]
fn enter(tag: &BytesStart<'_>, parent: &str, grammar: &Grammar, found: &mut Found) -> String {
    let name: String = tag.name().as_ref().to_string();
    assert!(grammar[parent].1.contains(&name.as_str()), "{name} in {parent}");
    let (allowed, _) = grammar[name.as_str()];
    let mut seen = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap();
        let key: String = attribute.key.as_ref().to_string();
        assert!(allowed.iter().any(|allowed| allowed.trim_end_matches('!') == key), "{key} of {name}");
        let value: &str = attribute.value.as_ref();
        found.attributes.entry(format!("{name}.{key}")).or_default().push(value.to_owned());
        seen.push(key);
    }
    for must in allowed.iter().filter_map(|allowed| allowed.strip_suffix('!')) {
        assert!(seen.iter().any(|key| key == must), "{name} without {must}");
    }
    *found.elements.entry(name.clone()).or_default() += 1;
    name
}

#[test]
fn junit_is_built_as_its_schema_says() {
    let found = read(&report("junit"), &junit());
    let number = |element: &str| found.elements.get(element).copied().unwrap_or_default();
    assert_eq!((number("testcase"), number("failure"), number("error")), (6, 2, 1));
    assert_eq!((number("skipped"), number("flakyFailure")), (1, 1));
    let counts = ["tests", "failures", "errors", "skipped"]
        .map(|name| found.attributes[&format!("testsuite.{name}")][0].clone());
    assert_eq!(counts, ["6", "2", "1", "1"], "the counts are those of the elements");
    let is_time = |time: &String| time.split_once('.').is_some_and(|(_, part)| part.len() == 3);
    assert!(found.attributes["testcase.time"].iter().all(is_time), "{:?}", found.attributes["testcase.time"]);
}

#[test]
fn checkstyle_names_files_and_lines() {
    let grammar: Grammar = BTreeMap::from([
        ("", (&[][..], &["checkstyle"][..])),
        ("checkstyle", (&["version!"], &["file"])),
        ("file", (&["name!"], &["error"])),
        ("error", (&["line!", "column", "severity!", "message!", "source!"], &[])),
    ]);
    let found = read(&report("checkstyle"), &grammar);
    assert_eq!(found.attributes["file.name"], ["a.txt", "gate.toml", "sub/b.txt"]);
    assert_eq!(found.attributes["error.severity"], ["error", "warning", "error", "warning", "error"]);
}

#[test]
fn code_quality_has_what_gitlab_asks_for() {
    let text = report("gitlab");
    assert!(text.starts_with('['), "without a byte order mark");
    let issues: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(issues.len(), 5);
    for issue in &issues {
        assert!(issue["description"].is_string() && issue["check_name"].is_string(), "{issue}");
        assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0), "{issue}");
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{issue}");
    }
    let prints: std::collections::BTreeSet<&str> =
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), issues.len(), "equal fingerprints collapse");
}

#[test]
fn a_job_of_github_gets_a_summary_and_outputs() {
    let repo = repo();
    let (summary, outputs) = (repo.root().join("summary"), repo.root().join("outputs"));
    repo.set_env("GITHUB_STEP_SUMMARY", &summary);
    repo.set_env("GITHUB_OUTPUT", &outputs);
    repo.gate(&["check"]);
    assert!(!summary.exists(), "only where github is asked for");
    let ran = repo.gate(&["check", "--report", "github=annotations"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let page = fs_err::read_to_string(&summary).unwrap();
    assert!(page.starts_with("### \u{274c} gate: rejected\n") && page.contains("| fail | failed |"), "{page}");
    assert!(fs_err::read_to_string(&outputs).unwrap().starts_with("verdict=rejected\ndeployable=false\nrun="));
    let room = 1 << 20;
    fs_err::write(&summary, "x".repeat(room - 100)).unwrap();
    repo.gate(&["check", "--format", "github"]);
    assert!(fs_err::metadata(&summary).unwrap().len() <= room as u64, "what others wrote is not refused for ours");
}

#[test]
fn files_are_put_in_place_whole_and_others_can_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let repo = repo();
    repo.write("kept.json", "old");
    std::os::unix::fs::symlink("kept.json", repo.path().join("link.json")).unwrap();
    let args =
        ["check", "--report", "json=link.json", "--report", "text=new/deep/report.txt", "--report", "tap=/dev/stdout"];
    let ran = repo.gate(&args);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(repo.path().join("link.json").is_symlink(), "a link stays");
    let document: Value = serde_json::from_str(&repo.read("kept.json")).unwrap();
    assert_eq!(document["verdict"], "rejected");
    assert!(repo.read("new/deep/report.txt").contains("rejected: "));
    assert!(ran.stdout.contains("TAP version 14\n1..6\n"), "{}", ran.stdout);
    let mode = fs_err::metadata(repo.path().join("new/deep/report.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o600, 0o600);
    let left = fs_err::read_dir(repo.path().join("new/deep")).unwrap().count();
    assert_eq!(left, 1, "no temporary file stays");
}

#[test]
fn a_report_that_can_not_be_written_is_never_a_pass() {
    let repo = repo();
    let bad = ["--report", "junit=a.txt/x", "--report", "tap=good.tap"];
    let passes = repo.gate(&[&["check", "--only", "pass"][..], &bad].concat());
    assert_eq!(passes.code, 70, "{}", passes.stderr);
    assert!(passes.stderr.contains("the report 'a.txt/x' can't be written"), "{}", passes.stderr);
    assert!(repo.read("good.tap").contains("ok 1 - "), "the others are written");
    let fails = repo.gate(&[&["check"][..], &bad].concat());
    assert_eq!(fails.code, 1, "a rejection stays one: {}", fails.stderr);
    let run = repo.gate(&["log"]).stdout.split(' ').next().unwrap().to_owned();
    let shown = repo.gate(&[&["show", &run][..], &bad].concat());
    assert_eq!(shown.code, 70, "{}", shown.stderr);
}
