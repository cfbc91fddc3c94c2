//! What a merge comes to: the tree that git itself makes.

use super::{assert_code, branch, findings, merge_check, tree};
use crate::repo::{TestRepo, assert_untouched};

const RULES: &str = "[main]\nbranches = [\"main\"]\n\n[check.sum]\nrun = \"[ $(cat a b | wc -l) -le 5 ]\"\n";

fn repository() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("gate.toml", RULES);
    repo.write("a", "1\n2\n");
    repo.write("b", "1\n2\n");
    repo.commit("first");
    repo
}

#[test]
fn two_changes_that_pass_alone_are_rejected_where_they_fail_together() {
    let repo = repository();
    branch(&repo, "topic", "main");
    repo.write("a", "1\n2\n3\n");
    repo.commit("topic");
    assert_eq!(merge_check(&repo, &["--into", "main"]).0, 0, "alone");
    branch(&repo, "main", "main");
    repo.write("b", "1\n2\n3\n");
    repo.commit("main");
    let before = repo.snapshot();
    let (code, document) = merge_check(&repo, &["--into", "main", "--from", "topic"]);
    assert_eq!((code, &document["verdict"]), (1, &"rejected".into()));
    assert_untouched(&before, &repo.snapshot(), "merge-check");
    assert_eq!(findings(&document), [("step".to_owned(), "rejected".to_owned())]);
    repo.git(&["merge", "--quiet", "topic"]);
    assert_eq!(document["candidate"]["tree"], tree(&repo, "HEAD"));
}

#[test]
fn a_target_of_two_meanings_is_refused() {
    let repo = repository();
    branch(&repo, "topic", "main");
    repo.write("a", "1\n2\n3\n4\n5\n6\n");
    repo.commit("topic");
    repo.write("gate.toml", RULES.replace('5', "9"));
    repo.git(&["tag", "main", &repo.commit("made easier")]);
    repo.git(&["update-ref", "refs/tags/origin/main", "main"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "refs/heads/main"]);
    for into in ["main", "origin/main"] {
        let ran = repo.gate(&["merge-check", "--into", into, "--from", "topic"]);
        assert_code(&ran, 2);
        assert!(ran.stderr.contains("refs/tags/") && ran.stderr.contains("several commits"), "{}", ran.stderr);
    }
    assert_code(&repo.gate(&["merge-check", "--into", "refs/heads/main", "--from", "topic"]), 1);
    assert_code(&repo.gate(&["merge-check", "--into", "refs/remotes/origin/main", "--from", "topic"]), 1);
}

#[test]
fn a_tree_that_git_would_not_make_is_refused_and_spoils_nothing() {
    let repo = TestRepo::new();
    repo.write(
        "gate.toml",
        "[main]\nbranches = [\"main\"]\n\n[check.t]\ninputs = [\"src/**\"]\nrun = \"test ! -e src/bad\"\n",
    );
    repo.write("src/a", "1\n");
    repo.commit("first");
    assert_code(&repo.gate(&["check", "--commit", "HEAD", "--stage", "merge"]), 0);
    branch(&repo, "bad", "main");
    repo.write("src/bad", "x\n");
    repo.commit("bad");
    // Beside the folder an entry whose name has a slash in it: where that lies depends on who reads it.
    let script = r"{ git cat-file tree main^{tree}; printf '100644 src/bad\0'; git cat-file tree bad:src | tail -c 20; } |
        git hash-object -w --literally -t tree --stdin";
    let made = repo.run(&repo.path(), "sh", &["-c", script]);
    assert_code(&made, 0);
    let hostile = repo.git(&["commit-tree", "-p", "main", "-m", "hostile", made.stdout.trim()]);
    for _ in 0..2 {
        let ran = repo.gate(&["merge-check", "--into", "main", "--from", &hostile]);
        assert_code(&ran, 3);
        assert!(ran.stderr.contains("is none that git would make"), "{}", ran.stderr);
        assert_ne!(repo.gate(&["check", "--commit", &hostile]).code, 0);
    }
    assert_code(&repo.gate(&["merge-check", "--into", "main", "--from", "bad"]), 1);
}

#[test]
fn a_conflict_is_a_rejection_that_says_where_and_what() {
    let repo = repository();
    branch(&repo, "topic", "main");
    repo.write("a", "one\n2\n");
    repo.remove("b");
    repo.commit("topic");
    branch(&repo, "main", "main");
    repo.write("a", "ONE\n2\n");
    repo.write("b", "1\n2\n3\n");
    repo.commit("main");
    let before = repo.snapshot();
    let (code, document) = merge_check(&repo, &["--into", "main", "--from", "topic"]);
    assert_untouched(&before, &repo.snapshot(), "merge-check");
    assert_eq!((code, &document["verdict"]), (1, &"rejected".into()));
    let causes: Vec<_> =
        document["findings"].as_array().unwrap().iter().map(|finding| finding["cause"].clone()).collect();
    let conflict = |path: &str, kind: &str| serde_json::json!({"kind": "conflict", "path": path, "conflict": kind});
    assert_eq!(causes, [conflict("a", "contents"), conflict("b", "modify/delete")]);
    let told = repo.gate(&["merge-check", "--into", "main", "--from", "topic"]).stdout;
    assert!(told.contains("a conflicts: contents") && told.contains("Merge main into it"), "{told}");
}

#[test]
fn markers_in_gate_toml_are_a_conflict_and_no_mistake() {
    let repo = repository();
    branch(&repo, "topic", "main");
    repo.write("gate.toml", RULES.replace("-le 5", "-le 6"));
    repo.commit("topic");
    branch(&repo, "main", "main");
    repo.write("gate.toml", RULES.replace("-le 5", "-le 4"));
    repo.commit("main");
    let (code, document) = merge_check(&repo, &["--into", "main", "--from", "topic"]);
    assert_eq!((code, findings(&document)), (1, vec![("conflict".to_owned(), "rejected".to_owned())]));
}

#[test]
fn attributes_come_from_the_target_and_drivers_from_nobody() {
    let repo = repository();
    repo.write(".gitattributes", "log merge=union\n");
    repo.write("log", "start\n");
    repo.commit("attributes");
    branch(&repo, "topic", "main");
    repo.write("log", "start\ntopic\n");
    repo.remove(".gitattributes");
    repo.commit("topic");
    branch(&repo, "main", "main");
    repo.write("log", "start\nmain\n");
    repo.commit("main");
    // Neither what is checked out has a say, nor this clone's settings.
    branch(&repo, "elsewhere", "topic");
    repo.git(&["config", "merge.union.driver", "false"]);
    repo.write(".git/info/attributes", "log merge=ours\n");
    let (code, document) = merge_check(&repo, &["--into", "main", "--from", "topic"]);
    assert_eq!((code, &document["verdict"]), (0, &"deployable".into()));
    let candidate = document["candidate"]["tree"].as_str().unwrap();
    let objects = repo.cache();
    let found = repo.run(&repo.path(), "find", &[objects.to_str().unwrap(), "-name", "objects", "-path", "*gate*"]);
    repo.set_env("GIT_ALTERNATE_OBJECT_DIRECTORIES", found.stdout.lines().collect::<Vec<_>>().join(":"));
    assert_eq!(repo.git(&["cat-file", "blob", &format!("{candidate}:log")]), "start\nmain\ntopic");
}

#[test]
fn each_method_comes_to_the_tree_that_git_makes() {
    let repo = repository();
    branch(&repo, "topic", "main");
    for (at, text) in ["1\n2\nx\n", "1\n2\nx\ny\n"].into_iter().enumerate() {
        repo.write("a", text);
        repo.commit(&format!("topic {at}"));
    }
    branch(&repo, "main", "main");
    repo.write("c", "main\n");
    repo.commit("main");
    let judged = |method: &str| {
        let (_, document) = merge_check(&repo, &["--into", "main", "--from", "topic", "--method", method]);
        document["candidate"]["tree"].as_str().unwrap().to_owned()
    };
    let [merged, squashed, replayed] = ["merge", "squash", "rebase"].map(judged);
    repo.git(&["checkout", "--quiet", "--detach", "topic"]);
    repo.git(&["rebase", "--quiet", "main"]);
    assert_eq!(replayed, tree(&repo, "HEAD"));
    repo.git(&["checkout", "--quiet", "--detach", "main"]);
    repo.git(&["merge", "--squash", "--quiet", "topic"]);
    assert_eq!(squashed, repo.git(&["write-tree"]));
    assert_eq!(merged, squashed);
}

#[test]
fn a_replayed_commit_that_conflicts_is_found_where_the_whole_merges() {
    let repo = repository();
    branch(&repo, "topic", "main");
    repo.write("a", "1\n2\ntopic\n");
    repo.commit("there");
    repo.write("a", "1\n2\nmain\n");
    repo.commit("and like main");
    branch(&repo, "main", "main");
    repo.write("a", "1\n2\nmain\n");
    repo.commit("main");
    let code = |method| merge_check(&repo, &["--into", "main", "--from", "topic", "--method", method]).0;
    assert_eq!(code("merge"), 0);
    assert_eq!(code("rebase"), 1);
}

#[test]
fn what_can_t_be_merged_is_no_pass() {
    let repo = repository();
    repo.git(&["checkout", "--quiet", "--orphan", "alien"]);
    repo.commit("alien");
    let ran = repo.gate(&["merge-check", "--into", "main", "--from", "alien"]);
    assert_code(&ran, 3);
    assert!(ran.stderr.contains("share no history"), "{}", ran.stderr);
    let ran = repo.gate(&["merge-check", "--into", "nothing"]);
    assert_code(&ran, 2);
}

#[test]
fn a_shallow_clone_is_made_as_deep_as_it_takes_and_says_so_where_nothing_gives_more() {
    let repo = repository();
    branch(&repo, "topic", "main");
    repo.write("c", "1\n");
    repo.commit("topic");
    branch(&repo, "main", "main");
    repo.write("d", "1\n");
    repo.commit("main");
    let url = format!("file://{}", repo.path().display());
    repo.run(&repo.root(), "git", &["clone", "--quiet", "--no-single-branch", "--depth", "1", &url, "shallow"]);
    let shallow = repo.root().join("shallow");
    let judged = || {
        let args = ["merge-check", "--into", "origin/main", "--from", "origin/topic"];
        repo.run(&shallow, env!("CARGO_BIN_EXE_gate"), &args)
    };
    repo.run(&shallow, "git", &["remote", "rename", "origin", "gone"]);
    repo.run(&shallow, "git", &["update-ref", "refs/remotes/origin/main", "gone/main"]);
    repo.run(&shallow, "git", &["update-ref", "refs/remotes/origin/topic", "gone/topic"]);
    repo.run(&shallow, "git", &["remote", "remove", "gone"]);
    let ran = judged();
    assert_code(&ran, 3);
    assert!(ran.stderr.contains("git fetch --unshallow"), "{}", ran.stderr);
    repo.run(&shallow, "git", &["remote", "add", "origin", &url]);
    assert_code(&judged(), 0);
}

#[test]
fn it_has_a_program_of_its_own() {
    let repo = repository();
    branch(&repo, "topic", "main");
    repo.write("a", "1\n2\n3\n4\n");
    repo.commit("topic");
    let ran = repo.run(&repo.path(), env!("CARGO_BIN_EXE_merge-check"), &["--into", "main", "--from", "topic"]);
    assert_code(&ran, 1);
    assert!(ran.stdout.contains("sum failed"), "{}", ran.stdout);
}
