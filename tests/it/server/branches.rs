//! What may become of a protected branch: force pushes, deletions, creations, and names that stand for it.

use super::{RULES, Server};

fn with_server(keys: &str) -> Server {
    Server::with(&format!("{RULES}[server]\n{keys}\n"))
}

#[test]
fn commits_are_left_out_only_where_the_rules_allow_it() {
    let rewrite = |server: &Server, content: &str| {
        server.change("words", "more\n");
        server.takes(&["main"]);
        server.repo.git(&["reset", "--quiet", "--hard", "HEAD~"]);
        server.change("data.json", content);
    };
    let server = with_server("");
    rewrite(&server, "[1]\n");
    server.refuses(&["--force", "main"], "may not be set to what leaves commits out");
    let server = with_server("force-push = \"allow\"");
    rewrite(&server, "[1\n");
    server.refuses(&["--force", "main"], "rejected: data failed");
    server.change("data.json", "[1]\n");
    server.takes(&["--force", "main"]);
}

#[test]
fn a_branch_is_deleted_only_where_the_rules_allow_it() {
    for (keys, allowed) in [("", false), ("delete = \"allow\"", true)] {
        let server = with_server(keys);
        server.git(&["branch", "release/1", "main"]);
        if allowed {
            server.takes(&["--delete", "release/1"]);
        } else {
            server.refuses(&["--delete", "release/1"], "may not be deleted");
        }
        assert_eq!(server.at("release/1").is_none(), allowed);
    }
}

#[test]
fn a_new_branch_is_judged_by_the_main_branch() {
    let server = with_server("");
    server.change("data.json", "[1\n");
    server.refuses(&["main:release/1"], "release/1: rejected: data failed");
    server.change("data.json", "[1]\n");
    server.takes(&["main:release/1"]);
    let server = with_server("create = \"refuse\"");
    server.refuses(&["main:release/1"], "may not be made by a push");
    server.takes(&["main:topic"]);
}

#[test]
fn a_branch_by_another_name_is_protected_all_the_same() {
    let server = with_server("");
    server.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    server.git(&["symbolic-ref", "refs/tags/alias", "refs/heads/alias"]);
    server.change("data.json", "[1\n");
    for name in ["refs/heads/alias", "refs/tags/alias"] {
        server.refuses(&[&format!("+main:{name}")], "rejected: data failed");
    }
}

#[test]
fn what_the_branch_says_of_itself_counts() {
    let server = with_server("");
    server.repo.write("gate.toml", RULES.replace("\"release/*\"", "\"stable\""));
    server.repo.commit("its own rules");
    server.git(&["fetch", "--quiet", server.repo.path().to_str().unwrap(), "main:stable"]);
    server.change("data.json", "[1\n");
    server.refuses(&["main:stable"], "stable: rejected");
    server.takes(&["main:other"]);
}
