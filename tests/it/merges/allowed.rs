//! Who may let a change weaken the gate: whom the target lists, by a signature of theirs on the commit that is merged.

use super::{branch, findings, merge_check, step};
use crate::repo::TestRepo;
use crate::signer::{commit_signed, ops_and_dev};

const RULES: &str = r#"
[main]
branches = ["main"]

[policy]
guarded = ["Makefile", "trusted-keys"]
override = ["ops@example.org"]

[check.words]
inputs = ["words"]
run = "! grep bad words"
"#;

/// A repository whose target trusts the key `ops`; there is a key `dev` too.
fn repository() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("trusted-keys", ops_and_dev(&repo));
    repo.write("gate.toml", RULES);
    repo.write("words", "bad\n");
    repo.write("Makefile", "all:\n");
    repo.commit("first");
    branch(&repo, "topic", "main");
    repo
}

/// Commits everything with a message, signed by a key if one is named.
fn commit(repo: &TestRepo, message: &str, key: Option<&str>) {
    repo.git(&["add", "--all"]);
    let args = ["--allow-empty", "--message", message];
    match key {
        Some(key) => commit_signed(repo, key, &args),
        None => drop(repo.git(&[&["commit", "--quiet"], &args[..]].concat())),
    }
}

const ALLOWING: &str = "easier\n\nGate-Allow: words the list moved\nGate-Allow: Makefile goes with it";

/// A change that weakens the check `words` and touches a guarded file.
fn weakened() -> TestRepo {
    let repo = repository();
    repo.write("gate.toml", RULES.replace("grep bad", "grep worse"));
    repo.write("Makefile", "all: words\n");
    repo
}

#[test]
fn a_signature_of_somebody_listed_allows_what_the_message_names() {
    let repo = weakened();
    commit(&repo, ALLOWING, Some("ops"));
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, &document["verdict"]), (0, &"deployable".into()), "{document}");
    let allowed = |what: &str, reason: &str| serde_json::json!({"kind": "allowed", "what": what, "by": "ops@example.org", "reason": reason});
    let causes: Vec<_> = document["findings"].as_array().unwrap().iter().map(|found| found["cause"].clone()).collect();
    assert_eq!(causes, [allowed("words", "the list moved"), allowed("Makefile", "goes with it")]);
    assert_eq!(step(&document, "words.before"), None);
}

#[test]
fn nobody_else_allows_anything() {
    let only_one = "easier\n\nGate-Allow: words the list moved";
    for (message, key) in [(ALLOWING, None), (ALLOWING, Some("dev")), ("easier", Some("ops")), (only_one, Some("ops"))]
    {
        let repo = weakened();
        commit(&repo, message, key);
        let (code, document) = merge_check(&repo, &["--into", "main"]);
        assert_eq!(code, 1, "{message:?} {key:?}: {document}");
    }
}

#[test]
fn a_commit_on_top_is_not_signed_for() {
    let repo = weakened();
    commit(&repo, ALLOWING, Some("ops"));
    repo.write("Makefile", "all: evil\n");
    commit(&repo, ALLOWING, None);
    assert_eq!(merge_check(&repo, &["--into", "main"]).0, 1);
}

#[test]
fn a_change_can_t_bring_its_own_judge() {
    let repo = weakened();
    let key = fs_err::read_to_string(repo.home().join("dev.pub")).unwrap();
    repo.write("trusted-keys", format!("ops@example.org {key}"));
    repo.write("gate.toml", repo.read("gate.toml").replace("ops@", "dev@"));
    let message = format!("{ALLOWING}\nGate-Allow: trusted-keys new ones");
    commit(&repo, &message, Some("dev"));
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!(code, 1);
    assert!(findings(&document).contains(&("guarded-file".into(), "rejected".into())), "{document}");
}

#[test]
fn a_key_that_has_run_out_allows_nothing() {
    let repo = weakened();
    repo.git(&["stash", "--quiet"]);
    branch(&repo, "main", "main");
    let key = fs_err::read_to_string(repo.home().join("ops.pub")).unwrap();
    repo.write("trusted-keys", format!("ops@example.org valid-before=\"20200101\" {key}"));
    repo.commit("run out");
    branch(&repo, "topic", "main");
    repo.git(&["stash", "pop", "--quiet"]);
    commit(&repo, ALLOWING, Some("ops"));
    assert_eq!(merge_check(&repo, &["--into", "main"]).0, 1);
}

#[test]
fn what_is_allowed_is_judged_by_itself_and_lands() {
    let repo = weakened();
    commit(&repo, ALLOWING, Some("ops"));
    branch(&repo, "weaker-too", "main");
    repo.write("trusted-keys", "");
    repo.commit("nobody allows this");
    branch(&repo, "other", "main");
    repo.write("other", "1\n");
    repo.commit("other");
    let (code, document) = repo.gate(&["land", "--format", "json", "other", "topic", "weaker-too"]).judged();
    let fates: Vec<&str> =
        document["branches"].as_array().unwrap().iter().map(|branch| branch["fate"].as_str().unwrap()).collect();
    assert_eq!((code, fates), (1, vec!["landed", "landed", "rejected"]), "{document:#}");
}
