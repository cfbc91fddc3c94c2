//! Who may have a push taken all the same, and what is left of that.

use super::{Server, WITH_COMMAND};
use crate::signer::{commit_signed, ops_and_dev};

/// A server with a commit that nothing proves, and with the keys of `ops`, who is listed, and of `dev`, who is not.
fn undecided() -> Server {
    let server = Server::empty();
    let repo = &server.repo;
    repo.write("trusted-keys", ops_and_dev(repo));
    repo.write("gate.toml", WITH_COMMAND);
    repo.write("data.json", "{}\n");
    repo.write("words", "good\n");
    repo.commit("first");
    server.take_over();
    server.change("words", "better\n");
    server
}

/// Signs the last commit anew, with another message.
fn sign(server: &Server, key: &str, message: &str) {
    commit_signed(&server.repo, key, &["--amend", "--message", message]);
}

fn as_user(server: &Server, name: &str) {
    server.repo.set_env("GL_ID", "user-1");
    server.repo.set_env("GL_USERNAME", name);
}

const WHY: &[&str] = &["-o", "gate.override=the CI is down", "main"];

#[test]
fn somebody_whom_the_server_knows_and_the_branch_lists_overrides() {
    let server = undecided();
    as_user(&server, "ann");
    let said = server.takes(WHY);
    assert!(said.contains("GL-HOOK-ERR: gate: main: undecided"), "{said}");
    assert!(said.contains("overridden by ann (GL_USERNAME): the CI is down; still owed: words"), "{said}");
    let log = server.gate(&["log"]).stdout;
    assert!(log.contains("overridden by ann") && log.contains("1 override in the last 30 days"), "{log}");
    let run = log.split(' ').next().unwrap();
    let shown = server.gate(&["show", run, "--format", "json"]).stdout;
    let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(document["verdict"], "undecided");
    let expected = serde_json::json!({"by": "ann", "how": "GL_USERNAME", "reason": "the CI is down", "checks": ["words"], "until": null});
    assert_eq!(document["overridden"], expected);
    assert!(server.gate(&["show", run]).stdout.contains("override overridden by ann"));
    let owed = server.gate(&["log", "--owed"]).stdout;
    assert!(owed.contains("words on main"), "{owed}");
}

#[test]
fn nobody_else_does() {
    let server = undecided();
    server.refuses(WHY, "override of the branch lists");
    for name in ["bob", "ops", "ANN"] {
        as_user(&server, name);
        server.refuses(WHY, &format!("'{name}' is not among those"));
    }
    let only_name = undecided();
    only_name.repo.set_env("GL_USERNAME", "ann");
    only_name.refuses(WHY, "override of the branch lists");
    let log = only_name.gate(&["log"]).stdout;
    assert!(!log.contains("in the last 30 days"), "{log}");
}

#[test]
fn a_change_can_t_list_who_overrides_it() {
    let server = undecided();
    server.repo.write("gate.toml", WITH_COMMAND.replace("\"ann\"", "\"bob\""));
    server.repo.commit("me too");
    as_user(&server, "bob");
    server.refuses(WHY, "policy.override is loosened");
    as_user(&server, "ann");
    server.refuses(WHY, "the override does not count");
}

#[test]
fn a_signature_overrides_by_what_it_signs_and_not_by_what_somebody_asks_for_who_pushes_it() {
    let check = |key: &str, message: &str, says: &str| {
        let server = undecided();
        sign(&server, key, message);
        if key == "ops" && message.contains("Gate-Override") {
            let said = server.takes(WHY);
            assert!(said.contains("overridden by ops@example.org (signature), until 2099-01-01: known;"), "{said}");
        } else {
            server.refuses(WHY, says);
        }
    };
    let trailer = "better\n\nGate-Override: words 2099-01-01 known";
    check("ops", trailer, "");
    check("dev", trailer, "is not among those");
    check("dev", "better", "override of the branch lists");
    // Whoever signs their work says with that nothing of landing it.
    check("ops", "better", "has to say so in its message");
}

#[test]
fn an_override_may_end_and_may_be_about_some_checks() {
    let server = undecided();
    as_user(&server, "ann");
    let with = |option: &str| ["-o", "gate.override=x", "-o", option, "main"].map(str::to_owned);
    let refuses = |option: &str, saying: &str| {
        let args = with(option);
        server.refuses(&args.each_ref().map(String::as_str), saying);
    };
    refuses("gate.override-until=2020-01-01", "it held until 2020-01-01");
    refuses("gate.override-until=soon", "'soon' is not a day");
    refuses("gate.override-checks=data", "it does not name words");
    server.refuses(&["-o", "gate.override-until=2099-01-01", "main"], "an override needs a reason");
    let said = server.takes(&with("gate.override-until=2099-01-01").each_ref().map(String::as_str));
    assert!(said.contains("until 2099-01-01"), "{said}");
}

#[test]
fn a_signed_message_overrides_what_it_names_for_its_time() {
    let check = |key: &str, trailer: &str, taken: bool| {
        let server = undecided();
        sign(&server, key, &format!("better\n\nGate-Override: {trailer}"));
        if taken {
            server.takes(&["main"]);
        } else {
            server.refuses(&["main"], "the override does not count");
        }
        // A merge check says the same of it.
        server.repo.git(&["branch", "--force", "target", "HEAD~"]);
        let code = server.repo.gate(&["merge-check", "--into", "target", "--format", "json"]);
        let document: serde_json::Value = serde_json::from_str(&code.stdout).unwrap();
        assert_eq!(document["verdict"], "deployable", "there it is run: nothing is to be overridden");
    };
    check("ops", "words 2099-01-01 the CI is down", true);
    check("dev", "words 2099-01-01 the CI is down", false);
    check("ops", "words 2020-01-01 the CI is down", false);
    check("ops", "words the CI is down", false);
    check("ops", "data 2099-01-01 the CI is down", false);
}

#[test]
fn a_merge_check_lets_through_what_is_overridden() {
    let server = undecided();
    server.change("words", "bad\n");
    server.repo.git(&["branch", "target", "HEAD~2"]);
    let check = || server.repo.gate(&["merge-check", "--into", "target"]);
    assert_eq!(check().code, 1);
    sign(&server, "ops", "worse\n\nGate-Override: words 2099-01-01 known");
    let ran = check();
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("rejected: words failed") && ran.stdout.contains("overridden by ops"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_breaks_main_by_an_override_is_known() {
    let server = undecided();
    as_user(&server, "ann");
    server.change("data.json", "[1\n");
    let said = server.takes(WHY);
    assert!(said.contains("still owed: data, words"), "{said}");
    server.change("other", "x\n");
    server.refuses(&["main"], "rejected: data failed");
    server.change("data.json", "[1]\n");
    server.takes(&["main"]);
    assert!(!server.gate(&["log", "--owed"]).stdout.contains("data"));
}

#[test]
fn what_was_overridden_is_owed_until_it_passes() {
    let server = undecided();
    as_user(&server, "ann");
    server.takes(WHY);
    server.change("data.json", "[1]\n");
    server.takes(&["main"]);
    assert!(server.gate(&["log", "--owed"]).stdout.contains("words on main"), "that it equals the base is no pass");
}

#[test]
fn an_audit_of_the_server_names_what_was_overridden_and_how_many_were_refused() {
    let server = undecided();
    server.refuses(&["main"], "undecided");
    as_user(&server, "ann");
    server.takes(WHY);
    let ran = server.gate(&["audit", "main"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for text in ["overridden by ann (GL_USERNAME): the CI is down; still owed: words", "1 push was refused here"] {
        assert!(ran.stdout.contains(text), "{text}: {}", ran.stdout);
    }
}
