//! What was judged on two platforms, each by itself.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Host, SHARDS, read};
use crate::documents::{assert_valid, schema};

/// Where the tests pretend to be too.
const THERE: &str = "plan9-mips";

/// Where the tests run, as `platforms` names it.
fn here() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// A host whose first check has to pass here and there.
pub(super) fn host(topic: &[(&str, &str)]) -> Host {
    let platforms = format!("[check.c0]\nplatforms = [\"{}\", \"{THERE}\"]\n", here());
    let rules = super::rules().replace("[check.c0]\n", &platforms);
    Host::new(&[("gate.toml", &rules)], topic)
}

/// A document as the other platform would write it.
fn moved(document: &Value) -> Value {
    let mut document = document.clone();
    document["id"] = format!("{}-there", document["id"].as_str().unwrap()).into();
    // Another environment has another digest.
    let digest = |here: &str| format!("beef{}", &here[4..]);
    let environments = document["environments"].as_object().unwrap().clone().into_iter();
    let environments = environments.map(|(key, mut environment)| {
        environment["platform"] = THERE.replace('-', " ").into();
        (digest(&key), environment)
    });
    document["environments"] = environments.collect::<serde_json::Map<_, _>>().into();
    for step in document["steps"].as_array_mut().unwrap() {
        step["environment"] = digest(step["environment"].as_str().unwrap()).into();
    }
    for finding in document["findings"].as_array_mut().unwrap() {
        if finding["cause"]["kind"] == "platform-unproved" {
            finding["cause"]["platform"] = here().into();
        }
    }
    document
}

fn write(host: &Host, name: &str, document: &Value) -> PathBuf {
    let file = host.repo.root().join(name);
    fs_err::write(&file, document.to_string()).unwrap();
    file
}

/// The verdict of a whole run here, and one as it would be there.
pub(super) fn both(host: &Host) -> [PathBuf; 2] {
    let (_, file) = host.check("here", &[]);
    let there = write(host, "there.json", &moved(&read(&file)));
    [file, there]
}

#[test]
fn each_platform_supplies_what_the_other_lacks() {
    let host = host(&[("f3", "better\n")]);
    let files = both(&host);
    let lacking = json!({"kind": "platform-unproved", "step": "c0", "platform": THERE});
    let alone = read(&files[0]);
    assert_eq!((&alone["verdict"], &alone["findings"][0]["cause"]), (&json!("undecided"), &lacking));
    let (code, joined) = host.joined(&files);
    assert_eq!((code, &joined["verdict"], &joined["proof"]), (0, &json!("deployable"), &json!("proved")), "{joined:#}");
    assert_eq!(joined["findings"], json!([]));
    let notes: Vec<&Value> = joined["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["name"] == "c0")
        .map(|step| &step["note"])
        .collect();
    let mut expected = [format!("on {}", here()), format!("on {THERE}")];
    expected.sort();
    assert_eq!(notes, expected.iter().map(|note| json!(note)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    assert_valid(&schema("gate.verdict-1"), &joined.to_string());
}

#[test]
fn no_other_platform_stands_in() {
    let host = host(&[("f3", "better\n")]);
    let [here, there] = both(&host);
    let mut other = read(&there);
    for environment in other["environments"].as_object_mut().unwrap().values_mut() {
        environment["platform"] = "plan9 sparc".into();
    }
    let other = write(&host, "other.json", &other);
    let (code, joined) = host.joined(&[here, other]);
    assert_eq!((code, &joined["verdict"]), (3, &json!("undecided")), "{joined:#}");
    assert_eq!(joined["findings"][0]["cause"]["platform"], THERE);
}

#[test]
fn what_one_platform_rejects_or_does_not_prove_is_not_deployable() {
    let host = host(&[("f3", "better\n")]);
    let [here, there] = both(&host);
    let first = |document: &mut Value, key: &str, value: Value| {
        let steps = document["steps"].as_array_mut().unwrap();
        steps.iter_mut().find(|step| step["name"] == "c0").unwrap()[key] = value;
    };
    let mut failed = read(&there);
    failed["verdict"] = "rejected".into();
    first(&mut failed, "outcome", "failed".into());
    first(&mut failed, "proves", false.into());
    let cause = json!({"kind": "step", "step": "c0", "outcome": "failed"});
    failed["findings"].as_array_mut().unwrap().push(json!({"cause": cause, "leads_to": "rejected"}));
    let failed = write(&host, "failed.json", &failed);
    assert_eq!(host.joined(&[here.clone(), failed]).1["verdict"], "rejected");
    let mut unproved = read(&there);
    first(&mut unproved, "proves", false.into());
    let unproved = write(&host, "unproved.json", &unproved);
    assert_eq!(host.joined(&[here.clone(), unproved]).1["verdict"], "undecided");
    let mut another = read(&there);
    another["candidate"]["tree"] = "1".repeat(40).into();
    let another = write(&host, "another.json", &another);
    let (code, joined) = host.joined(&[here.clone(), another]);
    assert_eq!((code, &joined["verdict"]), (3, &json!("undecided")), "{joined:#}");
    assert!(joined["findings"].to_string().contains("another merge"), "{joined:#}");
    let torn = host.repo.root().join("torn.json");
    fs_err::write(&torn, "{").unwrap();
    let (code, joined) = host.joined(&[here, there, torn]);
    assert_eq!((code, &joined["verdict"]), (3, &json!("undecided")), "{joined:#}");
}

#[test]
fn what_both_platforms_tell_is_told_once_and_over_the_whole_time() {
    let host = host(&[("f3", "better\n")]);
    let [here, there] = both(&host);
    let [mut first, mut second] = [read(&here), read(&there)];
    (first["notes"], second["notes"]) = (json!(["one", "both"]), json!(["both"]));
    (first["started"], second["started"]) = ("2026-01-02T03:00:00Z".into(), "2026-01-02T03:01:00Z".into());
    (first["duration_ms"], second["duration_ms"]) = (5000.into(), 7000.into());
    let (_, joined) = host.joined(&[write(&host, "first.json", &first), write(&host, "second.json", &second)]);
    let mut notes: Vec<&str> = joined["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
    let last = notes.pop().unwrap();
    assert!(last.contains("from the verdicts of platforms: "), "{last}");
    notes.sort_unstable();
    assert_eq!(notes, ["both", "one"]);
    assert_eq!((&joined["started"], &joined["duration_ms"]), (&first["started"], &json!(67_000)));
}

#[test]
fn shards_of_two_platforms_are_two_wholes() {
    let host = host(&[("f3", "better\n")]);
    let mut files = host.shards();
    for index in 1..=SHARDS {
        files.push(write(&host, &format!("there-{index}.json"), &moved(&read(&files[index - 1]))));
    }
    let (code, joined) = host.joined(&files);
    assert_eq!((code, &joined["verdict"], &joined["proof"]), (0, &json!("deployable"), &json!("proved")), "{joined:#}");
    files.pop();
    let (code, joined) = host.joined(&files);
    assert_eq!((code, &joined["verdict"]), (3, &json!("undecided")), "{joined:#}");
    assert!(joined["findings"].to_string().contains("shard-missing"), "{joined:#}");
    // One plan's shards may be on whatever runners there are.
    let spread = [files[0].clone(), files[1].clone(), write(&host, "moved.json", &moved(&read(&files[2])))];
    let (_, joined) = host.joined(&spread);
    assert!(!joined["findings"].to_string().contains("shard-"), "{joined:#}");
}
