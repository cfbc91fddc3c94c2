//! `gate unit` on real repositories made here: documents that fit their schemas, names that nobody would choose.

use crate::documents::{assert_valid, schema};
use crate::repo::TestRepo;

const RULES: &str = r#"
[unit.core]
root = "core"

[unit."a\"b [x] ünï"]
root = "q"
depends = ["core"]

[unit.":a:b"]
root = "j"
depends = ["core"]

[unit.slips]
root = "s"
depends = ["cor"]
"#;

fn repo() -> TestRepo {
    TestRepo::with(&[
        ("gate.toml", RULES),
        ("core/x", "1\n"),
        ("q/x", "1\n"),
        ("j/x", "1\n"),
        ("s/x", "1\n"),
        ("LICENSE", "1\n"),
    ])
}

#[test]
fn documents_fit_their_schemas() {
    let repo = repo();
    let listed = repo.gate(&["unit", "list", "--json"]);
    assert_eq!((listed.code, listed.stderr.as_str()), (0, ""));
    let graph = assert_valid(&schema("gate.units-1"), &listed.stdout);
    assert_eq!(graph["edges"].as_array().unwrap().len(), 2);
    assert_eq!(graph["widened"][0]["unit"], "slips");
    let files = repo.gate(&["unit", "graph", "--format", "json", "--files"]);
    assert!(assert_valid(&schema("gate.units-1"), &files.stdout)["files"].is_object());
    repo.git(&["checkout", "--quiet", "-b", "work"]);
    repo.write("core/x", "2\n");
    let affected = repo.gate(&["unit", "affected", "--json"]);
    let affected = assert_valid(&schema("gate.affected-1"), &affected.stdout);
    let units = affected["affected"].as_array().unwrap();
    assert_eq!(units.len(), 4, "one depends on every file: {affected:#}");
    assert!(units.iter().all(|unit| unit["because"]["path"] == "core/x"));
    let nothing = repo.gate(&["unit", "affected", "--json", "--all"]);
    let nothing = assert_valid(&schema("gate.affected-1"), &nothing.stdout);
    assert_eq!((nothing["affected"].as_array().unwrap().len(), &nothing["no_base"]["kind"]), (4, &"asked".into()));
}

#[test]
fn names_and_paths_are_understood_or_refused() {
    let repo = repo();
    for (args, code, told) in [
        (&["a\"b [x] ünï", "core"][..], 0, "depends on core"),
        (&[":a:b", "./core/x"], 0, "through core"),
        (&["declared::a:b", "core"], 0, ":a:b depends on core"),
        (&["core", ":a:b"], 1, "core does not depend on :a:b. :a:b depends on core."),
        (&["slips", "core"], 0, "there is no unit 'cor'"),
        (&["core", "LICENSE"], 1, "affects nothing"),
        (&["core", "any/where"], 0, "affects everything"),
        (&["corr", "core"], 2, "did you mean 'core'?"),
        (&["core", "/etc/passwd"], 2, "no path of the repository"),
        (&["LICENSE", "core"], 1, "What a file of no unit depends on is not known"),
    ] {
        let ran = repo.gate(&[&["unit", "why"], args].concat());
        let all = ran.stdout.clone() + &ran.stderr;
        let all: Vec<&str> = all.split_whitespace().collect();
        assert!(all.join(" ").contains(told), "{args:?}: {all:?}");
        assert_eq!(ran.code, code, "{args:?}");
    }
}

#[test]
fn without_a_gate_toml_there_are_the_manifests() {
    let repo = TestRepo::with(&[("a.txt", "1\n")]);
    let ran = repo.gate(&["unit", "list"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with("there are no units"), "{}", ran.stdout);
    assert_eq!(repo.gate(&["unit", "affected"]).code, 0);
    assert!(repo.gate(&["unit", "rules"]).stdout.ends_with("everything else affects everything\n"));
}
