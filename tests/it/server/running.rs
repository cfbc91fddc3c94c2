//! Steps that are run on the server, by a user to whom the repository is closed.

use std::path::PathBuf;

use super::{Server, WITH_COMMAND};

fn rules(budget: &str, run: &str) -> String {
    let rules = WITH_COMMAND.replace("! grep bad words", run);
    format!("{rules}[server]\nrun = true\nbudget = \"{budget}\"\n")
}

/// Whether the test runs as the superuser, who alone can become somebody else.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A user's number that nobody has.
const NOBODY: &str = "64321";

/// A server whose steps somebody else runs, where that can be.
fn server(rules: &str) -> Server {
    let server = Server::with(rules);
    if is_root() {
        // The other user must be able to come to the repository and to the program.
        let open = |path: PathBuf| {
            use std::os::unix::fs::PermissionsExt;
            fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        open(server.repo.root());
        let program = server.repo.root().join("gate");
        fs_err::copy(env!("CARGO_BIN_EXE_gate"), &program).unwrap();
        open(program.clone());
        let hook = server.folder().join("hooks/pre-receive");
        let text = format!("#!/bin/sh\nexec '{}' hook pre-receive\n", program.display());
        fs_err::write(&hook, text).unwrap();
        let run_as = format!("setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups --no-new-privs --");
        server.git(&["config", "gate.run-as", &run_as]);
    }
    server
}

#[test]
fn nobody_is_named_who_may_run_it() {
    let server = Server::with(&rules("1m", "! grep bad words"));
    server.change("words", "better\n");
    let said = server.refuses(&["main"], "nobody is named who may run what is pushed");
    assert!(said.contains("git config gate.run-as"), "{said}");
    server.git(&["config", "gate.run-as", "sudo 'x"]);
    server.refuses(&["main"], "gate.run-as leaves a quote open: sudo 'x");
}

#[test]
fn who_can_write_to_the_repository_may_not_run_it() {
    let server = Server::with(&rules("1m", "! grep bad words"));
    server.git(&["config", "gate.run-as", "'env' \"--\""]);
    server.change("words", "better\n");
    let said = server.refuses(&["main"], "can write to '");
    assert!(said.contains("make a user of its own"), "{said}");
}

#[test]
fn missing_steps_are_run_by_another_user() {
    if !is_root() {
        return who_can_write_to_the_repository_may_not_run_it();
    }
    let run = "id -u; env | grep -q ^GIT_DIR && exit 1; touch $HOME/x; ! grep bad words";
    let server = server(&rules("1m", run));
    server.change("words", "bad\n");
    let said = server.refuses(&["main"], "main: rejected: words failed");
    assert!(said.contains(&format!("| {NOBODY}")) && said.contains("| bad"), "{said}");
    server.change("words", "better\n");
    let said = server.takes(&["main"]);
    assert!(said.contains("1 step is run on the server") && said.contains("main: deployable"), "{said}");
    // What passed once is known from then on.
    let said = server.takes(&["main:release/1"]);
    assert!(!said.contains("run on the server"), "{said}");
}

#[test]
fn a_broken_main_is_found_out_by_running_it() {
    if !is_root() {
        return who_can_write_to_the_repository_may_not_run_it();
    }
    let server = server(&rules("1m", "! grep bad words"));
    server.change("words", "bad\n");
    server.take_over();
    server.change("words", "bad and worse\n");
    server.refuses(&["main"], "rejected: words failed");
    server.change("words", "good\n");
    server.takes(&["main"]);
}

#[test]
fn when_the_time_is_over_nothing_is_decided() {
    if !is_root() {
        return who_can_write_to_the_repository_may_not_run_it();
    }
    let server = server(&rules("1s", "sleep 600"));
    server.change("words", "better\n");
    server.refuses(&["main"], "main: undecided: words was cancelled");
}

#[test]
fn what_is_run_can_t_reach_the_repository() {
    if !is_root() {
        return who_can_write_to_the_repository_may_not_run_it();
    }
    // The file says where the repository is.
    let run = "cd $(cat words) && ! { git -c safe.directory='*' branch evil main || touch config || rm -f HEAD; }";
    let server = server(&rules("1m", run));
    server.change("words", server.folder().to_str().unwrap());
    server.takes(&["main"]);
    assert_eq!(server.at("evil"), None);
    let config = server.git(&["config", "--list"]);
    assert!(config.contains("gate.run-as"), "{config}");
}
