//! `gate audit` where nothing landed: by the evidence of those who let it land.

use std::path::PathBuf;

use serde_json::Value;

use super::assert_code;
use crate::documents::{assert_valid, schema};
use crate::repo::TestRepo;
use crate::signer::Signer;

const RULES: &str = r#"
[main]
branches = ["main"]

[policy]
unproved-base = "run"
override = ["ops@example.org"]
"#;

const CHECK: &str = r#"
[check.words]
inputs = ["words/**"]
run = "! grep -rq bad words"
"#;

/// A repository whose main trusts a signer.
fn repository() -> (TestRepo, Signer) {
    let repo = TestRepo::new();
    let signer = Signer::new(&repo, "ci");
    repo.write("gate.toml", format!("{RULES}{}{CHECK}", signer.trusted()));
    repo.write("words/first", "good\n");
    repo.commit("first");
    (repo, signer)
}

/// Judges a change to main, which lands then as a host lets it, whatever is said. Gives the document.
fn land(repo: &TestRepo, name: &str, path: &str, text: &str) -> PathBuf {
    repo.git(&["checkout", "--quiet", "-b", name, "main"]);
    repo.write(path, text);
    repo.commit(name);
    land_branch(repo, name)
}

fn land_branch(repo: &TestRepo, name: &str) -> PathBuf {
    let file = repo.root().join(format!("{name}.json"));
    let report = format!("json={}", file.display());
    repo.gate(&["merge-check", "--into", "main", "--from", name, "--report", &report]);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--no-ff", "--no-edit", name]);
    file
}

/// What an audit says in a clone that has all evidence there is.
fn audit(repo: &TestRepo) -> (i32, Value) {
    let clone = repo.root().join("auditor");
    drop(fs_err::remove_dir_all(&clone));
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "--quiet", &url, clone.to_str().unwrap()]);
    assert_code(&repo.run(&clone, env!("CARGO_BIN_EXE_gate"), &["evidence", "fetch"]), 0);
    let ran = repo.run(&clone, env!("CARGO_BIN_EXE_gate"), &["audit", "--format", "json", "origin/main"]);
    assert!(ran.stdout.starts_with('{'), "{}\n{}", ran.stdout, ran.stderr);
    (ran.code, assert_valid(&schema("gate.audit-1"), &ran.stdout))
}

/// What speaks for each commit, the oldest first, and who signed it.
fn covers(document: &Value) -> Vec<String> {
    let told = |commit: &Value| {
        let texts = ["cover", "why", "source", "signed_by"].map(|key| commit[key].as_str());
        texts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    document["commits"].as_array().unwrap().iter().rev().map(told).collect()
}

#[test]
fn a_clone_that_landed_nothing_knows_by_evidence_how_main_came_about() {
    let (repo, signer) = repository();
    let documents = [land(&repo, "one", "words/one", "1\n"), land(&repo, "two", "other", "2\n")];
    let (code, document) = audit(&repo);
    assert_eq!(
        (code, covers(&document)),
        (1, vec!["start".into(), "bypass no-record".into(), "bypass no-record".into()])
    );
    for file in &documents {
        assert_code(&signer.sign(&repo, file), 0);
    }
    let (code, document) = audit(&repo);
    let by_ci = "verdict evidence ci".to_owned();
    assert_eq!((code, covers(&document)), (0, vec!["start".into(), by_ci.clone(), by_ci]), "{document:#}");
    assert_eq!(document["counts"]["by_evidence"], 2);
    let clone = repo.root().join("auditor");
    let told = repo.run(&clone, env!("CARGO_BIN_EXE_gate"), &["audit", "origin/main"]).stdout;
    assert_eq!(told, "origin/main: 3 commits: 2 proved, 1 where gate.toml begins; 2 by evidence\n");
}

#[test]
fn evidence_that_nobody_trusts_or_signed_does_not_count() {
    let (repo, signer) = repository();
    let well = land(&repo, "one", "words/one", "1\n");
    assert_code(&signer.sign(&repo, &well), 0);
    let id = repo.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence/"]);
    // A verdict that nobody gave, for what went past the gate.
    land(&repo, "worse", "words/worse", "bad\n");
    let mut made_up: Value = serde_json::from_str(&fs_err::read_to_string(&well).unwrap()).unwrap();
    made_up["candidate"]["tree"] = repo.git(&["rev-parse", "main^{tree}"]).into();
    let file = repo.root().join("made-up.json");
    fs_err::write(&file, made_up.to_string()).unwrap();
    let other = Signer::new(&repo, "somebody");
    assert_code(&other.sign(&repo, &file), 0);
    let expected = ["start", "verdict evidence ci", "bypass no-record"].map(str::to_owned).to_vec();
    let (code, document) = audit(&repo);
    assert_eq!((code, covers(&document)), (1, expected), "by a key that nobody trusts");
    // Put where the trusted one's is.
    let refs = repo.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence/"]);
    let theirs = refs.lines().find(|name| *name != id).unwrap();
    repo.git(&["update-ref", &id, theirs]);
    let (code, document) = audit(&repo);
    let expected = ["start", "bypass no-record", "bypass no-record"].map(str::to_owned).to_vec();
    assert_eq!((code, covers(&document)), (1, expected), "in the trusted one's place");
}

#[test]
fn what_evidence_rejects_is_a_bypass() {
    let (repo, signer) = repository();
    let worse = land(&repo, "worse", "words/worse", "bad\n");
    assert_code(&signer.sign(&repo, &worse), 0);
    let (code, document) = audit(&repo);
    assert_eq!((code, covers(&document)), (1, vec!["start".into(), "bypass against".to_owned()]), "{document:#}");
    assert_eq!(document["commits"][0]["verdict"], "rejected");
}

#[test]
fn no_commit_speaks_for_itself_with_a_key_that_it_brings() {
    let (repo, signer) = repository();
    let own = Signer::new(&repo, "own");
    repo.git(&["checkout", "--quiet", "-b", "own", "main"]);
    repo.write("gate.toml", format!("{}{}", repo.read("gate.toml"), own.trusted()));
    repo.write("words/worse", "bad\n");
    repo.commit("own");
    let judged = land_branch(&repo, "own");
    let mut made_up: Value = serde_json::from_str(&fs_err::read_to_string(&judged).unwrap()).unwrap();
    made_up["verdict"] = "deployable".into();
    let file = repo.root().join("made-up.json");
    fs_err::write(&file, made_up.to_string()).unwrap();
    assert_code(&own.sign(&repo, &file), 0);
    let next = land(&repo, "next", "other", "1\n");
    assert_code(&own.sign(&repo, &next), 0);
    let (code, document) = audit(&repo);
    assert_eq!(code, 1);
    assert_eq!(covers(&document)[1], "bypass own-key own", "{document:#}");
    assert_code(&signer.sign(&repo, &judged), 0);
    assert_eq!(covers(&audit(&repo).1)[1], "bypass against", "the one who was trusted before has a say");
}
