//! Whoever can write refs but has no trusted key: nothing of theirs counts, and all of it is seen.

use std::slice::from_ref;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Project, RULES, assert_ran, assert_reused, fetch, merge_check, proved};
use crate::repo::TestRepo;

/// Puts blobs into the tree that a ref names, and moves the ref there.
pub(super) fn put(repo: &TestRepo, name: &str, files: &[(&str, &str, &str)]) {
    let index = format!("GIT_INDEX_FILE={}", repo.path().join(".git/forged").display());
    let git = |args: &[&str]| {
        let ran = repo.run(&repo.path(), "env", &[&[index.as_str(), "git"], args].concat());
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        ran.stdout.trim().to_owned()
    };
    git(&["read-tree", name]);
    for (path, mode, id) in files {
        git(&["update-index", "--add", "--replace", "--cacheinfo", &format!("{mode},{id},{path}")]);
    }
    let tree = git(&["write-tree", "--missing-ok"]);
    let commit = git(&["commit-tree", "-m", "forged", "-p", name, &tree]);
    git(&["update-ref", name, &commit]);
}

/// Writes a blob.
fn blob(repo: &TestRepo, content: &[u8]) -> String {
    let file = repo.root().join("blob");
    fs_err::write(&file, content).unwrap();
    repo.git(&["hash-object", "-w", file.to_str().unwrap()])
}

/// The evidence of a project: the ref, the paths in it, and the one envelope.
pub(super) struct Shelf {
    pub(super) name: String,
    pub(super) paths: Vec<String>,
    pub(super) envelope: Value,
}

impl Shelf {
    pub(super) fn of(project: &Project) -> Self {
        let repo = &project.origin;
        let name = repo.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence"]);
        assert_eq!(name.lines().count(), 1);
        let paths: Vec<String> =
            repo.git(&["ls-tree", "-r", "--name-only", &name]).lines().map(str::to_owned).collect();
        let envelope = serde_json::from_str(&repo.git(&["cat-file", "blob", &format!("{name}:{}", paths[0])])).unwrap();
        Self { name, paths, envelope }
    }

    pub(super) fn payload(&self) -> Vec<u8> {
        STANDARD.decode(self.envelope["payload"].as_str().unwrap()).unwrap()
    }

    pub(super) fn statement(&self) -> Value {
        serde_json::from_slice(&self.payload()).unwrap()
    }

    /// Puts something else in every place of the envelope.
    fn replace(&self, project: &Project, mode: &str, id: &str) {
        let files: Vec<_> = self.paths.iter().map(|path| (path.as_str(), mode, id)).collect();
        put(&project.origin, &self.name, &files);
    }
}

/// What DSSE has signed: <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>.
pub(super) fn pre_authentication(kind: &str, payload: &[u8]) -> Vec<u8> {
    [format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).as_bytes(), payload].concat()
}

pub(super) const IN_TOTO: &str = "application/vnd.in-toto+json";

/// A signature of ssh-keygen's.
fn signature(project: &Project, key: &str, namespace: &str, message: &[u8]) -> Value {
    let file = project.origin.root().join("message");
    fs_err::write(&file, message).unwrap();
    let signed = file.with_extension("sig");
    fs_err::remove_file(&signed).ok();
    let (key, file) = (project.key(key), file.to_str().unwrap().to_owned());
    let args = ["-q", "-Y", "sign", "-n", namespace, "-f", key.to_str().unwrap(), &file];
    let ran = project.origin.run(&project.origin.home(), "ssh-keygen", &args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::json!({"keyid": "", "sig": STANDARD.encode(fs_err::read(signed).unwrap())})
}

/// An envelope of a payload with signatures.
fn envelope(kind: &str, payload: &[u8], signatures: &[Value]) -> Vec<u8> {
    let envelope =
        serde_json::json!({"payloadType": kind, "payload": STANDARD.encode(payload), "signatures": signatures});
    envelope.to_string().into_bytes()
}

/// Asserts that nothing counts, and that it is said that something is wrong.
#[track_caller]
fn assert_refused(project: &Project, what: &str) {
    let clone = project.clone();
    fetch(&clone);
    let verified = clone.gate(&["evidence", "verify", "--by", "origin/main"]);
    assert_eq!(verified.code, 1, "{what}: {}{}", verified.stdout, verified.stderr);
    let (code, document) = merge_check(&clone, &[]);
    assert_eq!(code, 0, "{what}: {document}");
    assert_ran(&document, "words");
}

#[test]
fn evidence_as_it_was_signed_is_not_refused() {
    let project = proved();
    let clone = project.clone();
    fetch(&clone);
    let verified = clone.gate(&["evidence", "verify", "--by", "origin/main"]);
    let told = "evidence: 1 signed by trusted keys, 0 by others, 0 not what they say\n";
    assert_eq!((verified.code, verified.stdout.as_str()), (0, told));
}

#[test]
fn what_is_no_envelope_does_not_count() {
    let project = proved();
    let shelf = Shelf::of(&project);
    let text = shelf.envelope.to_string();
    let twice = text.replacen('{', &format!("{{\"payload\":{},", shelf.envelope["payload"]), 1);
    let nested = [b"[".repeat(200_000), b"]".repeat(200_000)].concat();
    let huge = [text.as_bytes(), b" ".repeat(16_000_000).as_slice()].concat();
    let cases: [(&str, &[u8]); 8] = [
        ("empty", b""),
        ("truncated", &text.as_bytes()[..text.len() / 2]),
        ("not UTF-8", &[text.as_bytes(), b"\xff"].concat()),
        ("followed by something", &[text.as_bytes(), b"{}"].concat()),
        ("nested", &nested),
        ("huge", &huge),
        ("a key twice", twice.as_bytes()),
        ("no object", b"[1, 2, 3]"),
    ];
    for (what, content) in cases {
        shelf.replace(&project, "100644", &blob(&project.origin, content));
        assert_refused(&project, what);
    }
}

#[test]
fn what_the_key_has_not_signed_does_not_count() {
    let project = proved();
    let shelf = Shelf::of(&project);
    let payload = shelf.payload();
    let message = pre_authentication(IN_TOTO, &payload);
    let sign = |key: &str, namespace: &str, message: &[u8]| signature(&project, key, namespace, message);
    let right = sign("ci", "gate", &message);
    let mut statement = shelf.statement();
    statement["predicate"]["gate"]["run"] = "another".into();
    let garbage = serde_json::json!({"keyid": "", "sig": "!"});
    let raw = serde_json::json!({"keyid": "", "sig": STANDARD.encode([0; 64])});
    let other_kind = pre_authentication("text/plain", &payload);
    let cases = [
        ("another payload", envelope(IN_TOTO, statement.to_string().as_bytes(), from_ref(&right))),
        ("nobody's", envelope(IN_TOTO, &payload, &[])),
        ("another key's", envelope(IN_TOTO, &payload, &[sign("other", "gate", &message)])),
        ("git's", envelope(IN_TOTO, &payload, &[sign("ci", "git", &message)])),
        ("a file's", envelope(IN_TOTO, &payload, &[sign("ci", "file", &message)])),
        ("the payload alone", envelope(IN_TOTO, &payload, &[sign("ci", "gate", &payload)])),
        ("another type", envelope("text/plain", &payload, from_ref(&right))),
        ("another type, signed", envelope("text/plain", &payload, &[sign("ci", "gate", &other_kind)])),
        ("garbage", envelope(IN_TOTO, &payload, from_ref(&garbage))),
        ("zeros", envelope(IN_TOTO, &payload, from_ref(&raw))),
    ];
    for (what, content) in cases {
        shelf.replace(&project, "100644", &blob(&project.origin, &content));
        assert_refused(&project, what);
    }
    let several = [garbage, raw, sign("other", "gate", &message), right];
    shelf.replace(&project, "100644", &blob(&project.origin, &envelope(IN_TOTO, &payload, &several)));
    assert_reused(&project.judged(&[]).1, "words");
}

#[test]
fn what_a_key_has_signed_and_is_no_statement_does_not_count() {
    let project = proved();
    let shelf = Shelf::of(&project);
    let run = |name: &str, value: Value| {
        let mut statement = shelf.statement();
        statement["predicate"]["gate"][name] = value;
        statement
    };
    let other_subject = {
        let mut statement = shelf.statement();
        statement["subject"][0]["digest"]["gitTree"] = "0".repeat(40).into();
        statement
    };
    let other_kind = {
        let mut statement = shelf.statement();
        statement["predicateType"] = "https://slsa.dev/provenance/v1".into();
        statement
    };
    let text = shelf.statement().to_string();
    let twice = text.replacen("\"outcome\":\"passed\"", "\"outcome\":\"failed\",\"outcome\":\"passed\"", 1);
    assert_ne!(twice, text);
    let cases = [
        ("another tree", other_subject.to_string()),
        ("another kind", other_kind.to_string()),
        ("another format", run("format", "gate.evidence/2".into()).to_string()),
        ("an early stage", run("stage", "pre-commit".into()).to_string()),
        ("no environment", run("environments", serde_json::json!({})).to_string()),
        ("no steps", run("steps", Value::Null).to_string()),
        ("a key twice", twice),
        ("no statement", "{}".to_owned()),
        ("no JSON", "yes, it passed".to_owned()),
    ];
    for (what, text) in cases {
        let signed = signature(&project, "ci", "gate", &pre_authentication(IN_TOTO, text.as_bytes()));
        let content = envelope(IN_TOTO, text.as_bytes(), &[signed]);
        shelf.replace(&project, "100644", &blob(&project.origin, &content));
        assert_refused(&project, what);
    }
}

#[test]
fn one_keys_evidence_in_the_ref_of_another_one_does_not_count() {
    let project = Project::new(RULES);
    assert_eq!(project.sign(&project.verdict(), "other").code, 0);
    let strange = Shelf::of(&project);
    let id = project.origin.git(&["rev-parse", &format!("{}:{}", strange.name, strange.paths[0])]);
    assert_eq!(project.sign(&project.verdict(), "ci").code, 0);
    project.origin.git(&["update-ref", "-d", &strange.name]);
    let shelf = Shelf::of(&project);
    project.origin.git(&["update-ref", &shelf.name, &project.origin.git(&["rev-parse", "HEAD"])]);
    put(
        &project.origin,
        &shelf.name,
        &strange.paths.iter().map(|path| (path.as_str(), "100644", id.as_str())).collect::<Vec<_>>(),
    );
    assert_refused(&project, "another key's");
}

#[test]
fn refs_that_are_no_evidence_are_in_nobodys_way() {
    let project = proved();
    let head = project.origin.git(&["rev-parse", "HEAD"]);
    let id = Shelf::of(&project).name.rsplit('/').next().unwrap().to_owned();
    let upper = id.to_uppercase();
    let names = ["x", "\u{202e}x", "-x", "a/b/c", "main", &format!("{id}0"), &upper, "@"];
    for name in names {
        project.origin.git(&["update-ref", &format!("refs/gate/evidence/{name}"), &head]);
    }
    let text = blob(&project.origin, b"text");
    project.origin.git(&["update-ref", "refs/gate/evidence/blob", &text]);
    project.origin.git(&["tag", "-a", "-m", "t", "tagged", &text]);
    project.origin.git(&["update-ref", "refs/gate/evidence/tag", "refs/tags/tagged"]);
    project.origin.git(&["update-ref", &format!("refs/gate/evidence/{}", "0".repeat(64)), &text]);
    let clone = project.clone();
    fetch(&clone);
    assert_eq!(clone.gate(&["evidence", "verify"]).code, 0);
    assert_reused(&merge_check(&clone, &[]).1, "words");
}

#[test]
fn a_few_trees_that_stand_for_billions_are_read_once() {
    let project = proved();
    let repo = &project.origin;
    let mktree = |lines: &str| {
        let script = "printf '%b' \"$0\" | git mktree --missing";
        let ran = repo.run(&repo.path(), "sh", &["-c", script, lines]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout.trim().to_owned()
    };
    let leaf = blob(repo, b"no evidence");
    let mut tree = mktree(&format!("100644 blob {leaf}\\tleaf\\n"));
    for _ in 0..40 {
        tree = mktree(
            &["0", "1", "2", "3", "4", "5", "6", "7"].map(|name| format!("040000 tree {tree}\\t{name}\\n")).concat(),
        );
    }
    let top = mktree(&format!("040000 tree {tree}\\tsteps\\n040000 tree {tree}\\ttrees\\n"));
    let commit = repo.git(&["commit-tree", "-m", "bomb", &top]);
    repo.git(&["update-ref", &Shelf::of(&project).name, &commit]);
    // Whoever reads each of them would take all the memory that there is.
    let clone = project.clone();
    let limited = "ulimit -v 2000000 && exec \"$0\" evidence fetch";
    let ran = clone.run(&clone.path(), "sh", &["-c", limited, env!("CARGO_BIN_EXE_gate")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_refused(&project, "billions");
}

#[test]
fn evidence_of_one_step_put_in_the_place_of_another_one_does_not_count() {
    let project = proved();
    let shelf = Shelf::of(&project);
    let good = project.origin.git(&["rev-parse", &format!("{}:{}", shelf.name, shelf.paths[0])]);
    project.origin.write("words", "good\nworse\n");
    project.origin.commit("third");
    let (_, document) = project.judged(&[]);
    assert_ran(&document, "words");
    let subject = document["steps"][0]["subject"].as_str().unwrap();
    let tree = document["candidate"]["tree"].as_str().unwrap();
    let file = shelf.paths[0].rsplit('/').next().unwrap();
    let step = format!("steps/{}/{}/{file}", &subject[..2], &subject[2..]);
    let judged = format!("trees/{}/{}/{file}", &tree[..2], &tree[2..]);
    put(&project.origin, &shelf.name, &[(&step, "100644", &good)]);
    assert_refused(&project, "another step's");
    put(&project.origin, &shelf.name, &[(&judged, "100644", &good)]);
    assert_refused(&project, "another tree's");
}

#[test]
fn what_is_no_file_does_not_count() {
    let project = proved();
    let shelf = Shelf::of(&project);
    let target = blob(&project.origin, b"/etc/passwd");
    let head = project.origin.git(&["rev-parse", "HEAD"]);
    shelf.replace(&project, "120000", &target);
    assert_refused(&project, "a link");
    shelf.replace(&project, "160000", &head);
    assert_refused(&project, "a submodule");
    let inside: Vec<String> = shelf.paths.iter().map(|path| format!("{path}/more")).collect();
    let files: Vec<_> = inside.iter().map(|path| (path.as_str(), "100644", target.as_str())).collect();
    put(&project.origin, &shelf.name, &files);
    assert_refused(&project, "a folder");
    put(&project.origin, &shelf.name, &[("steps", "100644", &target), ("trees", "100644", &target)]);
    assert_refused(&project, "no folders");
}

#[test]
fn what_strangers_write_does_not_reach_the_terminal() {
    let project = proved();
    let shelf = Shelf::of(&project);
    let mut statement = shelf.statement();
    statement["predicate"]["gate"]["steps"][0]["name"] = "\u{1b}[2Jstep".into();
    statement["predicate"]["gate"]["run"] = "\u{1b}[2Jrun".into();
    let content =
        envelope(IN_TOTO, statement.to_string().as_bytes(), &[serde_json::json!({"keyid": "\u{1b}[2J", "sig": ""})]);
    let id = blob(&project.origin, &content);
    let strange = format!("refs/gate/evidence/{}", "0".repeat(64));
    project.origin.git(&["update-ref", &strange, &shelf.name]);
    let files: Vec<_> = shelf.paths.iter().map(|path| (path.as_str(), "100644", id.as_str())).collect();
    put(&project.origin, &strange, &files);
    put(
        &project.origin,
        &shelf.name,
        &[("trees/\u{1b}[2J\u{202e}", "100644", &blob(&project.origin, b"{\"\x1b[2J\": 1}"))],
    );
    let clone = project.clone();
    fetch(&clone);
    for args in [&["evidence", "show"][..], &["evidence", "verify"]] {
        let ran = clone.gate(args);
        let disturbs = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(disturbs), "{:?}{:?}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("u{1b}[2J"), "{:?}", ran.stdout);
    }
}
