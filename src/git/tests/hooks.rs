//! What a hook sees: git names an index, and gate's answer must be the tree of the commit that comes of it.

use std::path::Path;

use crate::git::testing::{TestRepo, hermetic, run};
use crate::git::{Environment, Repo};

const ANSWER: &str = "GATE_TEST_ANSWER";

/// Not a test: what the hook of the tests below runs, in git's own environment.
#[test]
#[ignore = "run by a hook of the other tests"]
#[expect(clippy::disallowed_methods, reason = "it stands in for the program that a hook starts")]
fn probe() {
    let Some(answer) = std::env::var_os(ANSWER) else { return };
    let environment = Environment {
        dir: std::env::var_os("GIT_DIR"),
        work_tree: std::env::var_os("GIT_WORK_TREE"),
        index_file: std::env::var_os("GIT_INDEX_FILE"),
        object_directory: std::env::var_os("GIT_OBJECT_DIRECTORY"),
        alternate_object_directories: std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
        ..Environment::default()
    };
    let cwd = std::env::current_dir().unwrap();
    let repo = Repo::open(&cwd, &environment).unwrap();
    let store = Path::new(&answer).with_file_name("gate").join("objects");
    let tree = match std::env::var("GATE_TEST_PUSHED") {
        // In a quarantine: what was pushed must be readable, by libgit2 and by git.
        Ok(pushed) => {
            let repo = repo.with_store(&store).unwrap();
            let tree = repo.resolve(&pushed).unwrap().tree;
            repo.tree(tree).unwrap();
            super::super::GitProgram::new(&repo, "cat-file").arg("-p").arg(tree.to_string()).run().unwrap();
            tree
        }
        Err(_) => repo.index_tree(&store).unwrap(),
    };
    fs_err::write(answer, tree.to_string()).unwrap();
}

fn hook(repo: &TestRepo, name: &str, before: &str) {
    let exe = std::env::current_exe().unwrap();
    let probe = "git::tests::hooks::probe";
    let script = format!("#!/bin/sh\n{before}exec '{}' --ignored --exact {probe} >&2\n", exe.display());
    repo.write(format!(".git/hooks/{name}"), script);
    repo.chmod(&format!(".git/hooks/{name}"), 0o755);
}

/// Runs git with the hook in place, and checks that gate's answer was the tree that HEAD then has.
#[track_caller]
fn check(repo: &TestRepo, dir: &Path, args: &[&str]) {
    hook(repo, "pre-commit", "");
    let answer = repo.top().join("answer");
    drop(fs_err::remove_file(&answer));
    run(&hermetic("git").args(args).dir(dir).env(ANSWER, &answer).env_remove("GATE_TEST_PUSHED"));
    assert_eq!(fs_err::read_to_string(&answer).unwrap(), repo.git_in(dir, &["rev-parse", "HEAD^{tree}"]), "{args:?}");
}

#[test]
fn every_way_to_commit() {
    let repo = TestRepo::new();
    let root = repo.root();
    repo.write("a", "staged\n");
    repo.write("d/b", "not staged\n");
    repo.git(&["add", "a"]);
    check(&repo, root, &["commit", "-q", "-m", "plain"]);
    check(&repo, root, &["commit", "-q", "-a", "-m", "all"]);
    repo.write("a", "staged, and not part of it\n");
    repo.git(&["add", "a"]);
    repo.write("d/b", "named\n");
    check(&repo, root, &["commit", "-q", "-m", "path", "d/b"]);
    check(&repo, &root.join("d/e"), &["commit", "-q", "-m", "from a subfolder"]);
    check(&repo, root, &["commit", "-q", "--allow-empty", "-m", "nothing"]);
    check(&repo, root, &["commit", "-q", "--amend", "--allow-empty", "-m", "amended"]);
    repo.write("d/e/c", "included\n");
    check(&repo, &root.join("d"), &["commit", "-q", "-m", "included", "-i", "e/c"]);
}

#[test]
fn in_a_linked_worktree_and_with_an_index_of_its_own() {
    let repo = TestRepo::new();
    let linked = repo.top().join("linked");
    repo.git(&["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
    fs_err::write(linked.join("a"), "linked\n").unwrap();
    check(&repo, &linked, &["commit", "-q", "-a", "-m", "all"]);
    fs_err::write(linked.join("d/b"), "linked\n").unwrap();
    check(&repo, &linked.join("d"), &["commit", "-q", "-m", "path", "b"]);

    hook(&repo, "pre-commit", "");
    let (index, answer) = (repo.top().join("own index"), repo.top().join("answer"));
    let own = || hermetic("git").dir(repo.root()).env("GIT_INDEX_FILE", &index).env(ANSWER, &answer);
    run(&own().args(["read-tree", "HEAD"]));
    run(&own().args(["rm", "-q", "--cached", "d/b"]));
    run(&own().args(["commit", "-q", "-m", "own index"]));
    assert_eq!(fs_err::read_to_string(&answer).unwrap(), repo.git(&["rev-parse", "HEAD^{tree}"]));
}

#[test]
fn in_a_submodule() {
    let (repo, other) = (TestRepo::new(), TestRepo::new());
    repo.git(&["submodule", "add", "-q", other.root().to_str().unwrap(), "sub"]);
    repo.commit("submodule");
    hook(&repo, "pre-commit", "");
    let hooks = repo.root().join(".git/hooks");
    let sub = repo.root().join("sub");
    repo.git_in(&sub, &["config", "core.hooksPath", hooks.to_str().unwrap()]);
    fs_err::write(sub.join("a"), "in the submodule\n").unwrap();
    check(&repo, &sub, &["commit", "-q", "-a", "-m", "all"]);
    assert_eq!(Repo::discover(&sub).unwrap().work_dir(), Some(sub.as_path()));
}

#[test]
fn objects_in_quarantine_are_read() {
    let (server, user) = (TestRepo::empty(), TestRepo::new());
    server.git(&["config", "receive.denyCurrentBranch", "ignore"]);
    hook(&server, "pre-receive", "read old GATE_TEST_PUSHED ref\nexport GATE_TEST_PUSHED\n");
    let answer = server.top().join("answer");
    let push = |branch: &str| {
        run(&hermetic("git")
            .args(["push", "-q", server.root().to_str().unwrap(), branch])
            .dir(user.root())
            .env(ANSWER, &answer));
        assert_eq!(fs_err::read_to_string(&answer).unwrap(), user.git(&["rev-parse", "HEAD^{tree}"]));
    };
    push("main");
    user.write("d/e/c", "one more\n");
    user.commit("second");
    push("main");
}
