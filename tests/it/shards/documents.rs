//! Documents that anybody may have written: what can't be told is never a pass, and is named.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Host, read};

/// A host whose three shards pass, and their documents.
fn passing() -> (Host, Vec<PathBuf>) {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let files = host.shards();
    (host, files)
}

/// The step of a document that its shard ran.
fn own(document: &mut Value) -> &mut Value {
    document["steps"].as_array_mut().unwrap().iter_mut().find(|step| step["decision"] == "run").unwrap()
}

#[test]
fn what_is_no_document_is_named_and_leaves_all_undecided() {
    let (host, files) = passing();
    let text = fs_err::read(&files[1]).unwrap();
    let bad = host.repo.root().join("bad \u{7}\n.json");
    let replaced = |from: &str, to: &str| String::from_utf8(text.clone()).unwrap().replacen(from, to, 1).into_bytes();
    for (content, why) in [
        (Vec::new(), "it is empty"),
        (b"  \n".to_vec(), "it is empty"),
        (text[..text.len() / 2].to_vec(), "it is no JSON document"),
        (b"\xff\xfe{}".to_vec(), "it is not UTF-8"),
        (b"{}".to_vec(), "its schema is missing"),
        (b"[]".to_vec(), "it is no JSON document"),
        ("[".repeat(100_000).into_bytes(), "it is no JSON document"),
        (replaced("gate.verdict/1", "gate.verdict/2"), "its schema is \\\"gate.verdict/2\\\""),
        (replaced("\"verdict\": \"clear\"", "\"verdict\": \"warning\""), "unknown variant `warning`"),
        (replaced("\"verdict\": \"clear\"", "\"verdict\": \"deployable\""), "it says more than one shard can"),
        (replaced("\"outcome\": \"passed\"", "\"outcome\": \"neutral\""), "unknown variant `neutral`"),
        (replaced("\"index\": 2", "\"index\": 0"), "a shard that there can't be"),
        (replaced("\"narrowed\": true", "\"narrowed\": false"), "it says more than one shard can"),
    ] {
        fs_err::write(&bad, content).unwrap();
        let (code, joined) = host.joined(&[files[0].clone(), bad.clone(), files[2].clone()]);
        let causes = joined["findings"].to_string();
        assert_eq!((code, &joined["verdict"]), (3, &json!("undecided")), "{why}: {causes}");
        assert!(causes.contains(why) && causes.contains("bad \\u0007"), "{why}: {causes}");
        assert!(causes.contains("\"shard\":\"2/3\""), "{why}: {causes}");
    }
    let ran = host.join_with(&[files[0].clone(), bad.clone(), files[2].clone()], &[]);
    assert!(!ran.stdout.contains('\u{7}'), "{}", ran.stdout);
}

#[test]
fn files_that_can_not_be_read_are_named() {
    let (host, files) = passing();
    let root = host.repo.root();
    let huge = root.join("huge.json");
    fs_err::File::create(&huge).unwrap().set_len(65 << 20).unwrap();
    let fifo = root.join("fifo");
    host.repo.git(&["init", "--quiet", "--bare", root.join("folder").to_str().unwrap()]);
    assert_eq!(host.repo.run(&root, "mkfifo", &["fifo"]).code, 0);
    for (file, why) in [
        (root.join("absent.json"), "it can't be read"),
        (root.join("folder"), "it is no file"),
        (fifo, "it is no file"),
        (huge, "it is larger than 64 MB"),
    ] {
        let (code, joined) = host.joined(&[files[0].clone(), file.clone(), files[2].clone()]);
        let causes = joined["findings"].to_string();
        assert!(code == 3 && causes.contains(why) && causes.contains(file.to_str().unwrap()), "{code} {causes}");
        // Where there is nothing else, there is no verdict to write, and still no pass.
        let ran = host.join(&[file]);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
        assert!(ran.stderr.contains(why) && ran.stderr.contains("never a pass"), "{}", ran.stderr);
    }
    assert_eq!(host.join(&[]).code, 2);
}

#[test]
fn a_verdict_of_a_whole_run_is_no_shard() {
    let (host, mut files) = passing();
    let (code, whole) = host.check("whole", &[]);
    assert_eq!(code, 0);
    files[1] = whole;
    let (code, joined) = host.joined(&files);
    assert!(code == 3 && joined["findings"].to_string().contains("a run that was no shard"), "{joined}");
}

#[test]
fn one_shard_twice_counts_once_and_never_with_two_ends() {
    let (host, mut files) = passing();
    let again = host.shard("again", "2/3").1;
    files.push(again.clone());
    assert_eq!(host.joined(&files).0, 0);
    let mut other = read(&again);
    own(&mut other)["outcome"] = json!("failed");
    fs_err::write(&again, other.to_string()).unwrap();
    for files in [files.clone(), files.iter().rev().cloned().collect()] {
        let (code, joined) = host.joined(&files);
        let causes = joined["findings"].to_string();
        assert_eq!((code, &joined["verdict"]), (3, &json!("undecided")), "{causes}");
        assert!(causes.contains("where it ended in another way"), "{causes}");
    }
}

#[test]
fn a_document_that_keeps_back_what_it_found_does_not_pass() {
    let (host, files) = passing();
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut document = read(&files[0]);
        edit(&mut document);
        let file = host.repo.root().join("edited.json");
        fs_err::write(&file, document.to_string()).unwrap();
        host.joined(&[file, files[1].clone(), files[2].clone()])
    };
    let verdict = |edit: &dyn Fn(&mut Value)| edited(edit).1["verdict"].as_str().unwrap().to_owned();
    assert_eq!(verdict(&|_| ()), "deployable");
    for (outcome, expected) in [
        ("failed", "rejected"),
        ("timed-out", "rejected"),
        ("leaked", "rejected"),
        ("modified", "rejected"),
        ("cancelled", "undecided"),
        ("not-started", "undecided"),
        ("flaky", "deployable"),
    ] {
        assert_eq!(verdict(&|document| own(document)["outcome"] = json!(outcome)), expected, "{outcome}");
    }
    assert_eq!(verdict(&|document| own(document)["outcome"] = Value::Null), "undecided");
    for (reason, expected) in [
        (json!({ "kind": "not-selected" }), "undecided"),
        (json!({ "kind": "asked", "why": "in a hurry" }), "undecided"),
        (json!({ "kind": "other-shard", "shard": "2/3" }), "undecided"),
        (json!({ "kind": "other-shard", "shard": "1/3" }), "undecided"),
        (json!({ "kind": "other-shard", "shard": "9/9" }), "undecided"),
        (json!({ "kind": "unchanged" }), "deployable"),
    ] {
        let skip = |document: &mut Value| {
            own(document)["reasons"] = json!([reason]);
            own(document)["decision"] = json!("skip");
        };
        assert_eq!(verdict(&skip), expected, "{reason}");
    }
    assert_eq!(verdict(&|document| document["verdict"] = json!("rejected")), "rejected");
    assert_eq!(verdict(&|document| document["verdict"] = json!("undecided")), "undecided");
    assert_eq!(verdict(&|document| document["shard"]["proof"] = json!("relative")), "deployable");
    assert_eq!(edited(&|document| document["shard"]["proof"] = json!("relative")).1["proof"], "relative");
    assert_eq!(verdict(&|document| drop(document["steps"].as_array_mut().unwrap().remove(0))), "undecided");
    assert_eq!(verdict(&|document| document["steps"] = json!([])), "undecided");
}

#[test]
fn an_override_is_one_only_where_every_shard_that_rejects_has_it() {
    let host = Host::new(&[], &[("f3", "bad\n"), ("f4", "bad\n")]);
    let files = host.shards();
    let rejecting: Vec<&PathBuf> = files.iter().filter(|file| read(file)["verdict"] == "rejected").collect();
    assert_eq!(rejecting.len(), 2, "or the test shows nothing");
    let overrides = |file: &PathBuf, reason: &str, check: &str| {
        let mut document = read(file);
        document["overridden"] =
            json!({ "by": "ops@example.org", "how": "signature", "reason": reason, "checks": [check], "until": null });
        fs_err::write(file, document.to_string()).unwrap();
    };
    overrides(rejecting[0], "outage", "c3");
    let (code, joined) = host.joined(&files);
    assert_eq!((code, &joined["verdict"], &joined["overridden"]), (1, &json!("rejected"), &Value::Null));
    overrides(rejecting[1], "something else", "c4");
    assert_eq!(host.joined(&files).0, 1);
    overrides(rejecting[1], "outage", "c4");
    let (code, joined) = host.joined(&files);
    assert_eq!((code, &joined["verdict"]), (0, &json!("rejected")), "the verdict stays what it is");
    assert_eq!(joined["overridden"]["checks"], json!(["c3", "c4"]));
    // It is no word about what is not known.
    assert_eq!(host.joined(&files.iter().filter(|file| rejecting.contains(file)).cloned().collect::<Vec<_>>()).0, 1);
}

#[test]
fn a_log_on_another_machine_is_not_looked_for_here() {
    let (host, files) = passing();
    let secret = host.repo.root().join("secret");
    fs_err::write(&secret, "a secret of this machine\n").unwrap();
    let mut document = read(&files[0]);
    own(&mut document)["outcome"] = json!("failed");
    own(&mut document)["log"] = json!(secret.to_str().unwrap());
    fs_err::write(&files[0], document.to_string()).unwrap();
    for format in ["text", "junit", "github", "markdown", "sarif"] {
        let ran = host.join_with(&files, &["--format", format]);
        assert!(ran.code == 1 && !ran.stdout.contains("a secret"), "{format}: {}", ran.stdout);
    }
}
