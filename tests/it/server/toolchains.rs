//! Nothing that is pushed chooses what is started on a server, not even to find out versions.

use std::os::unix::fs::PermissionsExt;

use super::{RULES, Server, WITH_COMMAND};

const TOOLS: [&str; 12] =
    ["rustc", "cargo", "rustup", "node", "npm", "python3", "python", "go", "java", "make", "cc", "mise"];

/// A server on whose PATH every tool leaves a mark when it is started.
fn marked(rules: &str) -> Server {
    let server = Server::with(rules);
    let tools = server.repo.root().join("tools");
    fs_err::create_dir_all(&tools).unwrap();
    for name in TOOLS {
        let program = tools.join(name);
        fs_err::write(&program, format!("#!/bin/sh\necho {name} >>'{}'\n", marks(&server).display())).unwrap();
        fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    server.repo.set_env("PATH", format!("{}:/usr/bin:/bin", tools.display()));
    server
}

fn marks(server: &Server) -> std::path::PathBuf {
    server.repo.root().join("marks")
}

fn change(server: &Server, number: usize) {
    let repo = &server.repo;
    repo.write("rust-toolchain.toml", format!("[toolchain]\npath = \"/tmp/{number}\"\n"));
    repo.write(".tool-versions", format!("nodejs {number}\npython {number}\n"));
    repo.write("Cargo.toml", "[package]\nname = \"x\"\n");
    repo.write("package.json", format!("{{\"engines\": {{\"node\": \"{number}\"}}}}\n"));
    repo.write("pyproject.toml", "\n");
    repo.write("go.mod", "module x\n");
    repo.write("Makefile", "\n");
    repo.write("web/.nvmrc", number.to_string());
    repo.write("web/package.json", "{}\n");
    server.change("data.json", &format!("[{number}]\n"));
}

#[test]
fn tools_are_not_asked_for_their_versions() {
    let server = marked(RULES);
    change(&server, 1);
    server.takes(&["main"]);
    let server = marked(&WITH_COMMAND.replace("run = \"! grep", "tools = [\"rustc\", \"node\"]\nrun = \"! grep"));
    change(&server, 1);
    // What pins tools has changed.
    server.refuses(&["main"], "undecided: words was not started");
    assert!(!marks(&server).exists(), "{}", fs_err::read_to_string(marks(&server)).unwrap());
    // The marks are left where somebody asks.
    server.repo.gate(&["check", "--all"]);
    assert!(marks(&server).exists());
}

#[test]
fn what_passed_there_is_known_from_then_on() {
    let server = marked(RULES);
    change(&server, 1);
    server.repo.git(&["branch", "good"]);
    server.change("data.json", "[\n");
    server.refuses(&["good:main", "main:release/1"], "release/1: rejected");
    // Whatever the server's own surroundings are by then.
    server.repo.set_env("LANG", "C");
    server.repo.set_env("TZ", "Asia/Tokyo");
    server.takes(&["good:main"]);
    let run = server.gate(&["log", "--number", "1"]).stdout;
    let run = run.split(' ').next().unwrap();
    let shown = server.gate(&["show", run, "--format", "json"]).stdout;
    let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(document["steps"][0]["attempts"], 0, "{shown}");
}
