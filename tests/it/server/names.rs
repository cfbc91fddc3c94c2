//! Names that somebody chose to do harm, and hooks that are told what git never says.

use std::io::Write;
use std::process::Stdio;

use super::{RULES, Server};

#[test]
fn hostile_names_are_names() {
    let rules = RULES.replace("\"release/*\"", "\"*\"");
    let server = Server::with(&rules);
    let names = ["-x", "a'b", "a\"b", "$(id)", "a;b", "\u{202e}x", "caf\u{e9}", "{files}", "%s", "main.lock2"];
    server.change("data.json", "[1\n");
    for name in names {
        server.refuses(&[&format!("main:refs/heads/{name}")], "rejected: data failed");
    }
    server.change("data.json", "[1]\n");
    for name in names {
        let said = server.takes(&[&format!("main:refs/heads/{name}")]);
        assert!(!said.contains('\u{202e}') || !said.contains("gate: \u{202e}"), "{said}");
    }
}

#[test]
fn what_git_never_says_is_refused() {
    let server = Server::with(RULES);
    let main = server.at("main").unwrap();
    let hook = |input: &[u8]| {
        let mut command = server.repo.command(&server.folder(), env!("CARGO_BIN_EXE_gate"));
        command.args(["hook", "pre-receive"]).stdin(Stdio::piped()).stderr(Stdio::piped()).env("GIT_DIR", ".");
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(hook(b"").0, 0);
    for text in [format!("{main} {main}\n"), format!("x {main} refs/heads/main\n"), "\u{0}\n".to_owned()] {
        assert_eq!(hook(text.as_bytes()).0, 2, "{text:?}");
    }
    // An object that is not there, and one that is no commit.
    let tree = server.git(&["rev-parse", "main^{tree}"]);
    for new in ["1".repeat(40), tree] {
        let (code, said) = hook(format!("{main} {new} refs/heads/main\n").as_bytes());
        assert_ne!(code, 0, "{said}");
    }
    let name = [main.as_bytes(), b" ", main.as_bytes(), b" refs/heads/\xff\n"].concat();
    assert_eq!(hook(&name).0, 0);
}
