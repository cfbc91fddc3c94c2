//! What is pushed to a protected branch is judged, by the rules of what it replaces.

use super::{RULES, Server, WITH_COMMAND};

#[test]
fn what_is_deployable_is_taken() {
    let server = Server::with(RULES);
    let commit = server.change("data.json", "[1]\n");
    let said = server.takes(&["main"]);
    assert!(said.contains("gate: main: deployable"), "{said}");
    assert_eq!(server.at("main"), Some(commit));
}

#[test]
fn what_is_broken_is_refused_and_nothing_of_it_is_left() {
    let server = Server::with(RULES);
    let commit = server.change("data.json", "[1\n");
    let said = server.refuses(&["main"], "gate: main: rejected: data failed");
    assert!(said.contains("data.json"), "{said}");
    assert!(!server.has(&commit));
    let log = server.gate(&["log"]).stdout;
    assert!(log.contains("rejected") && log.contains("refused the push of refs/heads/main to"), "{log}");
    // Nothing was written but gate's own state.
    assert_eq!(server.git(&["for-each-ref", "refs/gate"]), "");
}

#[test]
fn what_nothing_proves_is_refused_with_what_supplies_it() {
    let server = Server::with(WITH_COMMAND);
    server.change("words", "better\n");
    let said = server.refuses(&["main"], "gate: main: undecided: words was not started");
    assert!(said.contains("words: nothing proves it yet") && said.contains("gate evidence push"), "{said}");
    // What equals the base is taken to be as good as that.
    server.repo.git(&["reset", "--quiet", "--hard", "HEAD~"]);
    server.change("data.json", "[1]\n");
    server.takes(&["main"]);
}

#[test]
fn a_toolchain_that_the_server_lacks_is_no_hindrance() {
    let server = Server::with(WITH_COMMAND);
    server.repo.set_env("PATH", "/usr/bin:/bin");
    server.repo.write("go.mod", "module x\n\ngo 1.21\n");
    server.repo.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.0.0\"\n");
    server.change("package.json", "{}\n");
    server.take_over();
    server.change("data.json", "[1]\n");
    server.takes(&["main"]);
}

#[test]
fn refs_that_no_rule_is_about_pass_without_a_word() {
    let server = Server::with(WITH_COMMAND);
    fs_err::remove_file(server.folder().join("gate/ledger.db")).unwrap();
    server.change("data.json", "[1\n");
    server.repo.git(&["tag", "v1"]);
    server.repo.git(&["tag", "--annotate", "--message", "x", "v2"]);
    let said = server.takes(&["main:topic", "v1", "v2", "main:refs/notes/x"]);
    assert!(!said.contains("gate:"), "{said}");
    server.takes(&["--delete", "topic"]);
    assert!(!server.folder().join("gate/ledger.db").exists(), "nothing was opened for it");
}

#[test]
fn a_push_is_taken_whole_or_not_at_all() {
    let server = Server::with(RULES);
    server.git(&["branch", "release/1", "main"]);
    server.change("data.json", "[1]\n");
    server.repo.git(&["branch", "good"]);
    server.change("data.json", "[1\n");
    for atomic in [&[][..], &["--atomic"]] {
        let args = [atomic, &["good:main", "main:release/1", "good:topic"]].concat();
        let said = server.refuses(&args, "gate: release/1: rejected");
        assert!(said.contains("gate: main: deployable") && said.contains("whole or not at all"), "{said}");
    }
    server.takes(&["--atomic", "good:main", "good:release/1", "good:topic"]);
    assert_eq!(server.at("main"), server.at("release/1"));
}

#[test]
fn a_change_can_t_disarm_its_judge() {
    let check = |rules: &str, saying: &str| {
        let server = Server::with(RULES);
        server.repo.write("data.json", "[1]\n");
        server.change("gate.toml", rules);
        server.refuses(&["main"], saying);
    };
    check(&RULES.replace("**/*.json", "x.json"), "data is weakened");
    check(&RULES.replace("\"main\", ", ""), "main.branches is loosened");
    check(&format!("{RULES}[server]\nforce-push = \"allow\"\n"), "server.force-push is loosened");
    check(&format!("{RULES}[policy]\noverride = [\"me\"]\n"), "policy.override is loosened");
    check("[check\n", "gate.toml");
    let server = Server::with(RULES);
    server.repo.remove("gate.toml");
    server.repo.commit("no rules");
    server.refuses(&["main"], "gate.toml is taken away");
}

#[test]
fn a_broken_main_takes_only_what_mends_it() {
    let server = Server::with(RULES);
    server.change("data.json", "[1\n");
    server.change("more.json", "[2\n");
    server.take_over();
    server.change("data.json", "[3\n");
    server.refuses(&["main"], "rejected: data failed");
    server.change("data.json", "[1]\n");
    server.change("more.json", "[2]\n");
    server.takes(&["main"]);
}

#[test]
fn gitlab_shows_the_lines_that_decide() {
    let server = Server::with(RULES);
    server.repo.set_env("GL_ID", "user-1");
    server.repo.set_env("GL_USERNAME", "ann");
    server.change("data.json", "[1\n");
    let said = server.refuses(&["main"], "GL-HOOK-ERR: gate: main: rejected: data failed");
    assert!(said.contains("remote: gate:   | ") || said.contains("remote: gate:   data failed"), "{said}");
    let log = server.gate(&["log"]).stdout;
    assert!(log.contains("by ann"), "{log}");
}

#[test]
fn gate_s_own_refs_are_taken_from_nobody() {
    let server = Server::with(RULES);
    let said = server.refuses(&["main:refs/gate/evidence/x"], "is not taken: ");
    assert!(!said.contains("GL-HOOK-ERR"), "{said}");
    server.git(&["update-ref", "refs/gate/evidence/x", "main"]);
    server.refuses(&["--delete", "refs/gate/evidence/x"], "is not taken: ");
}
