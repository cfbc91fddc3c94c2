//! A branch is taken under gate by one explicit act.

use super::{RULES, Server};

#[test]
fn a_branch_without_rules_takes_nothing_until_it_is_started() {
    let server = Server::empty();
    server.repo.write("gate.toml", RULES);
    server.change("data.json", "[1\n");
    server.refuses(&["main"], "gate trust init main");
    let ran = server.gate(&["trust", "init"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("gate.start = refs/heads/main 0000000"), "{}", ran.stdout);
    let again = server.gate(&["trust", "init", "main"]);
    assert!(again.stdout.ends_with("nothing was to be done\n"), "{}", again.stdout);
    assert_eq!(server.git(&["config", "--get-all", "gate.start"]).lines().count(), 1);
    server.refuses(&["main"], "main: rejected: data failed");
    server.change("data.json", "[1]\n");
    server.takes(&["main"]);
    let late = server.gate(&["trust", "init"]);
    assert_eq!(late.code, 2);
    assert!(late.stderr.contains("under gate already"), "{}", late.stderr);
}

#[test]
fn it_holds_for_what_the_branch_is_at() {
    let server = Server::empty();
    server.repo.write("words", "x\n");
    server.repo.commit("before gate");
    server.take_over();
    assert_eq!(server.gate(&["trust", "init", "main"]).code, 0);
    server.change("words", "y\n");
    server.refuses(&["main"], "gate.toml");
    server.take_over();
    server.repo.write("gate.toml", RULES);
    server.change("data.json", "{}\n");
    server.refuses(&["main"], "gate trust init main");
    assert_eq!(server.gate(&["trust", "init", "main"]).code, 0);
    assert_eq!(server.git(&["config", "--get-all", "gate.start"]).lines().count(), 1);
    server.takes(&["main"]);
}

#[test]
fn rules_that_are_not_valid_are_none() {
    let server = Server::with("[check\n");
    server.change("gate.toml", RULES);
    server.refuses(&["main"], "has no valid gate.toml");
    assert_eq!(server.gate(&["trust", "init"]).code, 0);
    server.takes(&["main"]);
}

#[test]
fn names_of_branches_are_taken_as_they_are() {
    let server = Server::empty();
    let ran = server.gate(&["trust", "init", "a..b"]);
    assert_eq!((ran.code, ran.stderr.contains("can't be the name of a branch")), (2, true), "{}", ran.stderr);
    for name in ["release/1.x+y", "release/1-x+y"] {
        assert_eq!(server.gate(&["trust", "init", name]).code, 0);
    }
    assert_eq!(server.git(&["config", "--get-all", "gate.start"]).lines().count(), 2);
}
