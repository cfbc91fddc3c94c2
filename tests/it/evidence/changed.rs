//! A change can't choose by whose word it is judged.

use super::{Project, RULES, assert_ran, assert_reused, causes};

/// A project whose main trusts the CI's key only, and whose topic trusts another one that has signed it.
fn trusting_itself() -> Project {
    let project = Project::new(&RULES.replace("[policy]\n", "[policy]\noverride = [\"ops@example.org\"]\n"));
    project.origin.git(&["checkout", "--quiet", "main"]);
    project.origin.write("trusted-keys", format!("ops@example.org {}\n", project.public("ci")));
    project.origin.commit("keys");
    project.origin.git(&["checkout", "--quiet", "topic"]);
    project.origin.git(&["rebase", "--quiet", "main"]);
    let more = project
        .origin
        .read("gate.toml")
        .replace("[check.words]", &project.filled_in("[[policy.trust]]\nkey = \"@OTHER@\"\n\n[check.words]"));
    project.origin.write("gate.toml", more);
    project
}

#[test]
fn a_key_that_only_the_change_trusts_proves_nothing() {
    let project = trusting_itself();
    project.origin.commit("trust me");
    assert_eq!(project.sign(&project.verdict(), "other").code, 0);
    project.ran();
    let (code, document) = project.judged(&[]);
    assert_eq!((code, causes(&document)), (1, vec!["loosened".to_owned()]), "{document}");
    assert_ran(&document, "words");
    assert_eq!(document["findings"][0]["cause"]["key"], "policy.trust");
}

#[test]
fn somebody_listed_may_let_a_change_trust_another_key() {
    for key in ["ci", "other"] {
        let project = trusting_itself();
        let signing = format!("user.signingKey={}", project.key(key).display());
        let message = "trust another key\n\nGate-Allow: policy.trust a second CI";
        project.origin.git(&["add", "--all"]);
        let args = ["-c", "gpg.format=ssh", "-c", &signing, "commit", "--quiet", "--gpg-sign", "-m", message];
        project.origin.git(&args);
        assert_eq!(project.sign(&project.verdict(), "other").code, 0);
        let (code, document) = project.judged(&[]);
        let allowed = key == "ci";
        assert_eq!(code, i32::from(!allowed), "{document}");
        assert_eq!(causes(&document), [if allowed { "allowed" } else { "loosened" }]);
        assert_ran(&document, "words");
    }
}

#[test]
fn what_makes_the_policy_more_lenient_does_not_land() {
    let strict = RULES.replace("[policy]\n", "[policy]\nflaky = \"reject\"\nguarded = [\"Makefile\"]\n");
    let replaced = [
        ("unproved-base = \"run\"", "unproved-base = \"assume\"", "policy.unproved-base"),
        ("flaky = \"reject\"\n", "", "policy.flaky"),
        ("guarded = [\"Makefile\"]\n", "", "policy.guarded"),
        ("[policy]\n", "[policy]\nwarm = true\n", "policy.warm"),
        ("[policy]\n", "[policy]\noverride = [\"me@example.org\"]\n", "policy.override"),
        ("\"main\"]", "\"master\"]", "main.branches"),
        ("key = \"@KEY@\"\n", "key = \"@KEY@\"\nenvironment = [\"platform=*\"]\n", "policy.trust"),
    ];
    for (old, new, key) in replaced {
        let project = Project::new(&strict);
        project.push_rules("topic", &strict.replace(old, new));
        let (code, document) = project.judged(&[]);
        assert_eq!((code, &document["findings"][0]["cause"]["key"]), (1, &key.into()), "{document}");
    }
}

#[test]
fn what_makes_the_policy_stricter_lands() {
    let project = Project::new(RULES);
    let strict = RULES.replace("[policy]\n", "[policy]\nflaky = \"reject\"\nguarded = [\"Makefile\"]\n");
    project.push_rules("topic", &strict.replace("[[policy.trust]]\nkey = \"@KEY@\"\n", ""));
    let (code, document) = project.judged(&[]);
    assert_eq!((code, causes(&document)), (0, Vec::new()), "{document}");
}

#[test]
fn a_start_trusts_nobody() {
    let project = Project::new(RULES);
    project.prove();
    project.origin.git(&["checkout", "--quiet", "--orphan", "empty"]);
    project.origin.git(&["rm", "--quiet", "-rf", "."]);
    project.origin.commit("nothing");
    project.origin.git(&["branch", "--quiet", "--force", "main"]);
    project.origin.git(&["checkout", "--quiet", "topic"]);
    project.origin.git(&["rebase", "--quiet", "--onto", "main", "--root"]);
    let (code, document) = project.judged(&["--start"]);
    assert_eq!(code, 0, "{document}");
    assert_ran(&document, "words");
}

#[test]
fn evidence_holds_for_a_change_to_what_is_not_the_checks() {
    let project = Project::new(RULES);
    project.prove();
    project.push_rules("topic", &format!("# A comment.\n{RULES}"));
    assert_reused(&project.judged(&[]).1, "words");
}
