//! What lands although a verdict is against it, because somebody whom the target lists says so.

use super::{assert_code, audit, branch, checks, fate, fates, land, rev};
use crate::repo::TestRepo;
use crate::signer::{commit_signed, ops_and_dev};

const RULES: &str = r#"
[main]
branches = ["main"]

[policy]
override = ["ops@example.org"]

[check.words]
inputs = ["words/**"]
run = "! grep -rq bad words"

[check.docs]
inputs = ["docs/**"]
run = "! grep -rq bad docs"
"#;

/// A repository that lists `ops`, with a key of hers and one of somebody else's, on a branch of its own.
fn repository() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("trusted-keys", ops_and_dev(&repo));
    repo.write("gate.toml", RULES);
    repo.write("words/first", "good\n");
    repo.write("docs/first", "good\n");
    repo.commit("first");
    repo.git(&["checkout", "--quiet", "-b", "elsewhere"]);
    repo
}

/// A branch of one commit with a message of its own, signed by a key.
fn signed(repo: &TestRepo, name: &str, path: &str, (message, key): (&str, &str)) {
    branch(repo, name, path, "bad\n");
    repo.git(&["checkout", "--quiet", name]);
    commit_signed(repo, key, &["--amend", "--message", message]);
    repo.git(&["checkout", "--quiet", "elsewhere"]);
}

const URGENT: &str = "urgent\n\nGate-Override: words 2999-12-31 the list is down";

#[test]
fn an_override_lands_by_itself_and_the_check_stays_owed() {
    let repo = repository();
    signed(&repo, "urgent", "words/urgent", (URGENT, "ops"));
    branch(&repo, "other", "docs/other", "good\n");
    let (code, document) = land(&repo, &["other", "urgent"]);
    assert_eq!((code, fates(&document)), (0, vec![fate("other", "landed"), fate("urgent", "landed")]));
    assert_eq!(checks(&document), ["other", "urgent"], "what is overridden is judged alone");
    assert!(document["branches"][0]["overridden"].is_null());
    let urgent = &document["branches"][1];
    assert_eq!(urgent["verdict"], "rejected", "a verdict stays what it is");
    let expected = serde_json::json!({
        "by": "ops@example.org", "how": "signature", "reason": "the list is down", "checks": ["words"],
        "until": "2999-12-31",
    });
    assert_eq!(urgent["overridden"], expected);
    let owed = repo.gate(&["log", "--owed"]).stdout;
    assert!(owed.contains("words on main"), "{owed}");
    // What mends it pays the debt.
    repo.git(&["checkout", "--quiet", "-b", "mended", "main"]);
    repo.write("words/urgent", "good\n");
    repo.commit("mended");
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    assert_eq!(fates(&land(&repo, &["mended"]).1), [fate("mended", "landed")]);
    let owed = repo.gate(&["log", "--owed"]).stdout;
    assert!(!owed.contains("words"), "{owed}");
}

#[test]
fn what_was_overridden_is_a_bypass_that_names_who_and_why() {
    let repo = repository();
    signed(&repo, "urgent", "words/urgent", (URGENT, "ops"));
    assert_code(&repo.gate(&["land", "urgent"]), 0);
    let (code, document) = audit(&repo, &["main~1..main"]);
    let commit = &document["commits"][0];
    assert_eq!((code, &commit["cover"], &commit["why"]), (1, &"bypass".into(), &"overridden".into()), "{document:#}");
    assert_eq!((&commit["by"], &commit["reason"]), (&"ops@example.org".into(), &"the list is down".into()));
    let told = repo.gate(&["audit"]).stdout;
    let named = told.lines().find(|line| line.starts_with("bypass")).unwrap();
    for text in [&rev(&repo, "main")[..10], "ops@example.org", "the list is down", "still owed: words"] {
        assert!(named.contains(text), "{text}: {named}");
    }
}

#[test]
fn nobody_else_overrides_anything() {
    let repo = repository();
    let long_ago = URGENT.replace("2999", "2001");
    let another = URGENT.replace("words", "docs");
    for (number, told) in
        [(URGENT, "dev"), ("urgent", "ops"), (&long_ago, "ops"), (&another, "ops")].into_iter().enumerate()
    {
        let name = format!("urgent{number}");
        signed(&repo, &name, "words/urgent", told);
        let before = rev(&repo, "main");
        let (code, document) = land(&repo, &[&name]);
        assert_eq!((code, fates(&document)), (1, vec![fate(&name, "rejected")]), "{told:?}");
        assert_eq!(rev(&repo, "main"), before);
    }
}
